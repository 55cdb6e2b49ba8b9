"""Forms of boards: a meeting called, a question put, an answer given."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from plans.access.models import Board, Post
from plans.improvement_plan.models import LONDON, Plan
from plans.web.forms.action_fields import posts_for
from plans.web.forms.fields import LongText, PlainText, TypedDay
from plans.web.forms.plans import PostChoice, PostChoices

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm)?", re.IGNORECASE)


class TypedTime(forms.CharField):
    """A time of day as people type it: “10:00”, “2pm”, “14.30”; cleaned to a time."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found = _CLOCK.fullmatch(typed.strip()) if typed else None
        if found is None:
            raise ValidationError("Enter a time, like 10:00 or 2pm")
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour > 23 or minute > 59:
            raise ValidationError("Enter a time, like 10:00 or 2pm")
        return time(hour, minute)


class MeetingForm(forms.Form):
    """A meeting to come: when, where, when its papers are due and who must attend."""

    day = TypedDay(label="Day", required=True, help_text="For example, 16 March 2027")
    clock = TypedTime(
        label="Time",
        help_text="For example, 10:00. What the board is shown is the state at that moment",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    place = PlainText(label="Place", max_length=200, required=False)
    papers_due = TypedDay(label="Papers due")
    must_attend = PostChoices(label="Posts that must attend", queryset=Post.objects.none(), required=False)

    def __init__(self, *args: Any, board: Board, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.board, self.now = board, now
        self.fields["must_attend"].queryset = posts_for([board.organisation_id])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("day") and said.get("clock"):
            said["starts_at"] = datetime.combine(said["day"], said["clock"], LONDON)
            if said["starts_at"] <= self.now:
                self.add_error("day", "Enter a day and a time that are still to come")
            elif self.board.meetings.filter(starts_at=said["starts_at"]).exists():
                self.add_error("day", "This board has a meeting at that time already")
            if said.get("papers_due") and said["papers_due"] > said["day"]:
                self.add_error("papers_due", "Papers are due before the meeting, not after it")
        return said


class ChallengeForm(forms.Form):
    """A question to which an answer is owed."""

    question = LongText(label="Question", rows=3)
    owed_by = PostChoice(
        label="Who owes the answer", queryset=Post.objects.none(), required=False, empty_label="Nobody yet"
    )
    answer_due = TypedDay(label="Answer wanted by")

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owed_by"].queryset = posts_for([plan.organisation_id])  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to a question of the board."""

    answer = LongText(label="Answer", rows=5)
