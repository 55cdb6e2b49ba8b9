"""Which of a plan's actions a paper is about, as plain values: kept with a release, and said in its stamp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from plans.improvement_plan.rating import with_rating
from plans.improvement_plan.rules import Rag, Status
from plans.improvement_plan.timeliness import Timeliness, with_timeliness
from plans.oversight.overdue import LATE, Shown, listed

LIST_WORDS: dict[Shown, str] = {
    Shown.OVERDUE: "overdue",
    Shown.FIRST: "later than first agreed",
    Shown.DUE_SOON: "due within 30 days",
    Shown.NO_DATE: "without a date",
    Shown.PENDING: "with an extension that waits for a decision",
    Shown.COMPLETE: "complete, awaiting sign-off",
    Shown.SIGNED_OFF: "signed off",
    Shown.ALL: "",
}


@dataclass(frozen=True)
class Selection:
    """Everything that is said narrows further; the default is every action that is not withdrawn.

    ``areas`` are ids of areas, 0 for the council's own actions; ``rating`` is the rating by its date.
    """

    show: str = Shown.ALL.value
    late_by: int = 0
    q: str = ""
    lead: str = ""
    status: str = ""
    timeliness: str = ""
    rating: str = ""
    owner_rating: str = ""
    areas: tuple[int, ...] = ()

    def of(self, rows: Any, day: date) -> Any:
        """Those of ``rows``, a queryset of states as at ``day``, that are chosen; withdrawn ones never."""
        found = rows.exclude(status=Status.WITHDRAWN).filter(listed(Shown(self.show), day, self.late_by))
        for word in self.q.split():
            found = found.filter(
                Q(wording__icontains=word)
                | Q(reference__iexact=word)
                | Q(lead__title__icontains=word)
                | Q(progress__icontains=word)
            )
        if self.lead:
            found = found.filter(lead__title__icontains=self.lead)
        if self.status:
            found = found.filter(status=self.status)
        if self.owner_rating:
            found = found.filter(reported_rag=self.owner_rating)
        if self.areas:
            own = Q(area__isnull=True) if 0 in self.areas else Q()
            found = found.filter(Q(area__in=[key for key in self.areas if key]) | own)
        if self.timeliness:
            found = with_timeliness(found, day).filter(timeliness=self.timeliness)
        if self.rating:
            found = with_rating(found, day).filter(rating=self.rating)
        return found

    def words(self) -> str:
        """What was chosen, for the stamp; “” for everything."""
        late = f" by more than {self.late_by} days" if self.late_by and Shown(self.show) in LATE else ""
        said = [
            f"{LIST_WORDS[Shown(self.show)]}{late}",
            f"status “{Status(self.status).label}”" if self.status else "",
            f"timeliness “{Timeliness(self.timeliness).label}”" if self.timeliness else "",
            f"rated {Rag(self.rating).label.lower()} by date" if self.rating else "",
            f"rated {Rag(self.owner_rating).label.lower()} by the owner" if self.owner_rating else "",
            f"led by “{self.lead}”" if self.lead else "",
            f"with “{self.q}”" if self.q else "",
            ("of one area" if len(self.areas) == 1 else f"of {len(self.areas)} areas") if self.areas else "",
        ]
        return ", ".join(part for part in said if part)

    def as_plain(self) -> dict[str, Any]:
        """What JSON holds of it: only what differs from the default."""
        usual = asdict(Selection())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Selection:
        """The selection that ``as_plain`` made plain. Names that it does not know are left out."""
        known = {name: value for name, value in plain.items() if name in cls.__dataclass_fields__}
        return cls(**{**known, "areas": tuple(known.get("areas", ()))})
