"""Forms of a paper on its way: what it is, and what every part of it has in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms

from plans.documents.dates import Precision, wording
from plans.improvement_plan.models import Plan, end_of_day
from plans.improvement_plan.wording import day_of, day_words, moment_words
from plans.oversight.models import Meeting
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.models import Release
from plans.papers.rules import EXEMPT_ONLY, Audience, Kind
from plans.web.forms.fields import PlainText, TypedDay

AUDIENCE_HINTS = {
    Audience.EXEMPT.value: "For use within the council and its boards. It says so on every page.",
    Audience.PUBLIC.value: "Only actions marked for publication. You see exactly what becomes public first.",
}
AUDIENCE_LABELS = {
    Audience.EXEMPT: "Exempt: not for publication",
    Audience.PUBLIC: "Public: may be published",
}
LONGEST_TITLE = 200
ONLY_WITHIN = "This kind of paper is for use within the council only. Choose “exempt”"


def meetings_for(plan: Plan) -> Any:
    """The meetings of the plan's boards, newest first."""
    return Meeting.objects.filter(board__plans=plan).select_related("board").order_by("-starts_at")


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.board.name}, {moment_words(obj.starts_at)}"


def proposed_title(kind: Kind, plan: Plan, meeting: Meeting | None) -> str:
    """What a paper is called where nobody calls it anything: kind, plan and meeting."""
    told = f"{CATALOGUE[kind].label}: {plan.title}"
    if meeting is not None:
        told = f"{told}, {meeting.board.name}, {day_words(day_of(meeting.starts_at))}"
    return told[:LONGEST_TITLE]


class WhatItIs(forms.Form):
    """Whom a paper is for, which meeting, as at which day and what it is called."""

    audience = forms.ChoiceField(
        label="Who is it for?",
        choices=[(word.value, AUDIENCE_LABELS[word]) for word in (Audience.EXEMPT, Audience.PUBLIC)],
        widget=forms.RadioSelect,
        initial=Audience.EXEMPT.value,
    )
    meeting = MeetingChoice(
        label="Which meeting is it for?", queryset=Meeting.objects.none(), required=False, empty_label="No meeting"
    )
    as_at = TypedDay(
        label="As at which day?",
        help_text=(
            "For example, 16 March 2020. Leave it empty to follow the plan until the paper is ready;"
            " a paper for a meeting that has begun is as at its beginning"
        ),
    )
    title = PlainText(label="Title", max_length=LONGEST_TITLE, required=False)

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.today = plan, today
        self.fields["meeting"].queryset = meetings_for(plan)  # type: ignore[attr-defined]
        self.fields["audience"].option_hints = AUDIENCE_HINTS  # type: ignore[attr-defined]

    def clean_as_at(self) -> date | None:
        day: date | None = self.cleaned_data["as_at"]
        if day is not None and day > self.today:
            raise forms.ValidationError("Enter today’s date or an earlier one")
        return day

    def kept(self) -> dict[str, Any]:
        """What is kept of the answers, as the release takes it."""
        said = self.cleaned_data
        day = said["as_at"]
        return {
            "audience": Audience(said["audience"]),
            "meeting": said["meeting"],
            "as_at": end_of_day(day) if day and day < self.today else None,
        }

    def refuse_public(self, kind: Kind) -> None:
        """Say beside the audience that the kind is for use within the council."""
        if kind in EXEMPT_ONLY and self.cleaned_data.get("audience") == Audience.PUBLIC:
            self.add_error("audience", ONLY_WITHIN)


class NewReleaseForm(WhatItIs):
    """A paper that is begun."""

    kind = forms.ChoiceField(label="What kind of paper?", widget=forms.RadioSelect)

    field_order = ("kind", "audience", "meeting", "as_at", "title")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.kind.value, each.label) for each in CATALOGUE.values()]
        field.option_hints = {  # type: ignore[attr-defined]
            each.kind.value: each.says + (" Exempt only." if each.kind in EXEMPT_ONLY else "")
            for each in CATALOGUE.values()
        }
        self.fields["title"].help_text = "Leave it empty to call it after its kind, the plan and the meeting"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind"):
            self.refuse_public(Kind(said["kind"]))
        return said

    def title_of(self) -> str:
        """The title that was typed, or the one proposed."""
        said = self.cleaned_data
        return said["title"] or proposed_title(Kind(said["kind"]), self.plan, said["meeting"])


class PartOfRelease(forms.Form):
    """A part of a draft that is changed on a page of its own.

    ``opened`` is what the part said when the page was opened, so that two who write at once lose nothing of either.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    opened = forms.JSONField(widget=forms.HiddenInput, required=False)
    # What the part is made of, as a sentence about a change names it.
    names: ClassVar[dict[str, str]] = {}

    def __init__(
        self, data: Any = None, files: Any = None, *, release: Release, now: Any = None, **kwargs: Any
    ) -> None:
        """``now``: what the form shows when it is opened; what the release says where that is not given."""
        self.release = release
        kept = self.plain(release)
        shown = kept if now is None else now
        first = {"version": release.version, "opened": kept, **self.shown(shown), **kwargs.pop("initial", {})}
        super().__init__(data, files, initial=first, **kwargs)

    def clean_opened(self) -> dict[str, Any]:
        opened = self.cleaned_data["opened"]
        return opened if isinstance(opened, dict) else {}

    @classmethod
    def plain(cls, release: Release) -> dict[str, Any]:
        """What the release says of this part, as plain values under the names of ``names``."""
        raise NotImplementedError

    @classmethod
    def shown(cls, plain: dict[str, Any]) -> dict[str, Any]:
        """The fields' values for what ``plain`` made plain."""
        return plain

    def typed(self) -> dict[str, Any]:
        """What was answered, as ``plain`` would say it."""
        raise NotImplementedError

    def said(self, release: Release, plain: dict[str, Any]) -> dict[str, Any]:
        """What of the release is to change so that it says ``plain``."""
        raise NotImplementedError

    def in_words(self, value: Any) -> str:
        """A value of the part as a sentence about another writer's change shows it."""
        return str(value) if value not in (None, "", []) else "nothing"


class DetailsForm(PartOfRelease, WhatItIs):
    """What a draft is: for whom, for which meeting, as at which day, its title."""

    names: ClassVar[dict[str, str]] = {
        "title": "the title",
        "audience": "whom it is for",
        "meeting": "the meeting",
        "as_at": "the day",
    }
    field_order = ("title", "audience", "meeting", "as_at", "version", "opened")

    def __init__(self, *args: Any, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, release=release, plan=release.plan, **kwargs)
        self.fields["title"].required = True
        if release.kind in EXEMPT_ONLY:
            field = self.fields["audience"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(Audience.EXEMPT.value, AUDIENCE_LABELS[Audience.EXEMPT])]
            field.help_text = "This kind of paper is for use within the council only"

    @classmethod
    def plain(cls, release: Release) -> dict[str, Any]:
        day = day_of(release.as_at) if release.as_at else None
        return {
            "title": release.title,
            "audience": release.audience,
            "meeting": release.meeting_id,
            "as_at": wording(day, Precision.DAY) if day else "",
        }

    def typed(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "title": said["title"],
            "audience": said["audience"],
            "meeting": said["meeting"].pk if said["meeting"] else None,
            "as_at": wording(said["as_at"], Precision.DAY) if said["as_at"] else "",
        }

    def said(self, release: Release, plain: dict[str, Any]) -> dict[str, Any]:
        return {"title": self.cleaned_data["title"], **self.kept()}

    def in_words(self, value: Any) -> str:
        if isinstance(value, int):
            meeting = meetings_for(self.release.plan).filter(pk=value).first()
            return str(meeting) if meeting else "another meeting"
        return super().in_words(AUDIENCE_LABELS[Audience(value)] if value in list(Audience) else value)


def named(names: Iterable[str], words: dict[str, str]) -> list[str]:
    """What those parts are called, in the order of the form."""
    wanted = set(names)
    return [word for name, word in words.items() if name in wanted]
