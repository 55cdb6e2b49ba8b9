"""What the lead's form and the administrator's form of an action share: its own fields and their checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from plans.access.models import Organisation, Post
from plans.documents.dates import Precision, PrintedDate, wording
from plans.improvement_plan.changes import due_columns
from plans.improvement_plan.ledger import supporting
from plans.improvement_plan.state import ActionState
from plans.papers.columns import WITHHOLDABLE


class WithheldChoices(forms.MultipleChoiceField):
    """The parts of a published action that are kept out of public papers; cleaned to their keys in their order."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "But keep out of them",
                "choices": list(WITHHOLDABLE.items()),
                "required": False,
                "help_text": "Public papers print “Not published” in the place of what is ticked",
                **kwargs,
            }
        )

    def clean(self, value: Any) -> list[str]:
        said = super().clean(value)
        return [key for key in WITHHOLDABLE if key in said]


def initial_of(row: ActionState) -> dict[str, Any]:
    """What the form shows of an action, or of an earlier update of it."""
    return {
        "area": row.area_id,
        "reference": row.reference,
        "wording": row.wording,
        "lead": row.lead_id,
        "support": [post_id for post_id, _ in row.support],
        "due": wording(row.due_date, row.due_precision),
        "published": row.published,
        "withheld": row.withheld,
    }


def columns_of(form: forms.Form | forms.ModelForm) -> dict[str, Any]:
    """What was typed, as the ledger takes it: only what differs from what the form was opened with."""
    said = form.cleaned_data
    due: PrintedDate | None = said["due"]
    columns: dict[str, dict[str, Any]] = {
        "area": {"area_id": said["area"].pk if said["area"] else None},
        "reference": {"reference": said["reference"]},
        "wording": {"wording": said["wording"]},
        "lead": {"lead_id": said["lead"].pk if said["lead"] else None},
        "support": {"support": supporting(said["support"])},
        "due": due_columns(due),
        "published": {"published": said["published"]},
        "withheld": {"withheld": said["withheld"]},
    }
    return {name: value for field in form.changed_data for name, value in columns.get(field, {}).items()}


def before_the_inspection(area: Any, due: PrintedDate | None) -> str:
    """The sentence about a date before the inspection that the area is of; "" where there is nothing to ask."""
    first = area.inspection.first_day() if area else None
    if first is None or due is None or due.last_day is None or due.last_day >= first:
        return ""
    return (
        f"{wording(due.last_day, due.precision)} is before the inspection ({wording(first, Precision.DAY)})."
        " Check the year, or tick the box to keep it"
    )


def posts_for(organisations: Any) -> QuerySet[Post]:
    """Posts that may own actions of these organisations' plans: their own, and those of partner bodies."""
    theirs = Q(organisation__in=organisations) | ~Q(organisation__kind=Organisation.Kind.COUNCIL)
    return Post.objects.filter(theirs).select_related("organisation")
