"""The form with which those who run a plan ask for updates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from plans.access.models import User
from plans.improvement_plan.models import Plan
from plans.oversight.models import Meeting
from plans.oversight.rounds import meetings_for
from plans.web.forms.fields import LongText, TypedDay
from plans.web.wording import day_of, moment_words


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.board.name}, {moment_words(obj.starts_at)}"


class RoundForm(forms.Form):
    """A call for updates: by when, for which meeting, and what is asked."""

    due = TypedDay(label="Updates by", required=True, help_text="The last day in time. For example, 5 March 2027")
    meeting = MeetingChoice(
        label="For a meeting", queryset=Meeting.objects.none(), required=False, empty_label="Not for a meeting"
    )
    note = LongText(
        label="What you ask of the owners",
        rows=3,
        required=False,
        help_text="Shown on their page of actions; mails do not repeat it. Do not write about individual children",
    )

    def __init__(self, *args: Any, plan: Plan, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = day_of(now)
        self.fields["meeting"].queryset = meetings_for(plan, user, now)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        due, meeting = said.get("due"), said.get("meeting")
        if due and due < self.today:
            self.add_error("due", "Enter today’s date or a later one")
        elif due and meeting and due > day_of(meeting.starts_at):
            self.add_error("due", "Ask for the updates by the day of the meeting, not after it")
        return said
