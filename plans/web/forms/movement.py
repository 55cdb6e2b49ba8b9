"""What the movement page can be asked for, besides its two days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from plans.access.models import Board
from plans.improvement_plan.models import Plan
from plans.oversight.models import Meeting
from plans.oversight.movement import STATES, STATES_BEFORE
from plans.oversight.movement_words import KINDS, state_label
from plans.web.pages import LIST_NAMES

DAYS = ("since", "as_at")


class OneOf(forms.ChoiceField):
    """A choice among rows that were read already; cleaned to the row, or None."""

    def __init__(self, rows: Iterable[Any], *, empty: str, **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        choices = [("", empty), *((key, str(row)) for key, row in self.rows.items())]
        super().__init__(**{"required": False, "choices": choices, **kwargs})

    def clean(self, value: Any) -> Any:
        return self.rows.get(super().clean(value))


class OneMeeting(forms.ModelChoiceField):
    """A meeting by its number."""

    widget = forms.HiddenInput


def _choose_of_list(label: str) -> dict[str, str]:
    return {"invalid_choice": f"Choose {label} of the list"}


class MovementForm(forms.Form):
    """The scope (board, plan, meeting, ever rated red), and of what moved in it the rows to list.

    A name that is neither a field nor a day is refused, so that no filter is left out without a word.
    """

    def __init__(self, data: QueryDict, *, boards: list[Board], plans: list[Plan], meetings: Any) -> None:
        super().__init__(data)
        states = [("", "Any state")]
        self.fields |= {
            "board": OneOf(boards, label="Board", empty="All boards", error_messages=_choose_of_list("a board")),
            "plan": OneOf(plans, label="Plan", empty="All plans", error_messages=_choose_of_list("a plan")),
            "kind": forms.ChoiceField(
                label="Show",
                required=False,
                choices=[("", "What moved"), *((move.value, label) for move, label in KINDS.items())],
                error_messages=_choose_of_list("a kind of movement"),
            ),
            "from": forms.ChoiceField(
                label="Changed from",
                required=False,
                choices=[*states, *((state, state_label(state)) for state in STATES_BEFORE)],
                error_messages=_choose_of_list("a state"),
            ),
            "to": forms.ChoiceField(
                label="Changed to",
                required=False,
                choices=[*states, *((state, state_label(state)) for state in STATES)],
                error_messages=_choose_of_list("a state"),
            ),
            "ever_red": forms.BooleanField(label="Only actions that their owner has ever rated red", required=False),
            "meeting": OneMeeting(queryset=meetings, required=False, error_messages=_choose_of_list("a meeting")),
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        assert isinstance(self.data, QueryDict)
        for name in sorted(set(self.data) - set(self.fields) - set(DAYS) - (LIST_NAMES - {"sort"})):
            known = ", ".join([*DAYS, *self.fields])
            self.add_error(None, ValidationError(f"There is no filter called “{name}”. The filters are: {known}."))
        return said

    @property
    def meeting(self) -> Meeting | None:
        """The meeting whose plans and instant are meant."""
        return self.said("meeting")

    def said(self, name: str) -> Any:
        """What was chosen; None where nothing was, or nothing that could be read."""
        return getattr(self, "cleaned_data", {}).get(name) or None
