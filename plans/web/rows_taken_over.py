"""The filters of a list of actions as those of a paper: what has a counterpart is taken over, what has none is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from plans.access.rules import May
from plans.access.standing import may_anywhere
from plans.documents.dates import Precision, read_typed_date
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rules import Rag, Status
from plans.improvement_plan.timeliness import Timeliness
from plans.oversight.overdue import LATE, Shown
from plans.papers.brief import Choices
from plans.papers.rules import Grouping
from plans.papers.selection import Selection
from plans.web.guards import person

LONGEST = 100
GROUPS = {"area": Grouping.AREA, "lead": Grouping.LEAD}
# What the lists have and a paper of one plan has not, in the words of their fields.
WITHOUT_COUNTERPART = {
    "organisation": "the organisation of the lead",
    "board": "the board: the paper is of one plan",
    "waiting": "“waits for a decision”",
}
OF_LISTS = frozenset(
    ["show", "late_by", "q", "lead", "status", "timeliness", "rating", "owner_rating", "inspection", "group"]
    + ["without", "as_at", "waiting", "organisation", "board", "list"]
)


@dataclass(frozen=True)
class TakenOver:
    """``selection`` and ``grouping`` None: the address said nothing of them. ``left``: what could not be taken over."""

    selection: Selection | None = None
    grouping: Grouping | None = None
    day: date | None = None
    left: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        return self.selection is not None or self.grouping is not None

    @property
    def words(self) -> str:
        """The selection in words."""
        return self.selection.words() if self.selection else ""

    def into(self, choices: Choices) -> Choices:
        """The choices with what was taken over."""
        chosen = replace(choices, selection=self.selection) if self.selection is not None else choices
        return replace(chosen, grouping=self.grouping) if self.grouping is not None else chosen


def paper_of_rows_link(request: HttpRequest, page: str, *, may_make: bool | None = None) -> dict[str, Any]:
    """What a list needs to offer a paper of its rows: whether this person makes any, and the address.

    ``may_make``: where the page knows it already.
    """
    if may_make is None:
        may_make = may_anywhere(person(request), May.RUN_PLANS)
    query = QueryDict(mutable=True)
    for name in request.GET:
        value = request.GET.get(name)
        if value and name not in ("page", "sort"):
            query[name] = value
    query["list"] = page
    return {
        "may_make_papers": may_make,
        "paper_url": f"{reverse('paper_of_rows')}?{query.urlencode()}",
    }


@dataclass
class _Reading:
    said: Mapping[str, Any]
    chosen: dict[str, Any] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def take(self, name: str, known: Callable[[str], bool], label: str, kept_as: str = "") -> None:
        value = str(self.said.get(name, "")).strip()
        if not value:
            return
        if known(value):
            self.chosen[kept_as or name] = value
        else:
            self.left.append(label)


def taken_over(said: Mapping[str, Any], plan: Plan) -> TakenOver:
    """What an address with the filters of the overdue list or of the list of actions means for a paper of ``plan``."""
    if not OF_LISTS & {name for name in said if str(said.get(name, "")).strip()}:
        return TakenOver()
    read = _Reading(said)
    read.take("show", lambda value: value in list(Shown), "the list")
    read.take("q", lambda value: len(value) <= LONGEST, "the words to search for")
    read.take("lead", lambda value: len(value) <= LONGEST, "the lead post")
    read.take("status", lambda value: value in list(Status) and value != Status.WITHDRAWN, "the status")
    read.take(
        "timeliness",
        lambda value: value in list(Timeliness) and value != Timeliness.WITHDRAWN,
        "“withdrawn”: no paper has withdrawn actions",
    )
    read.take("rating", lambda value: value in list(Rag), "“no rating”")
    read.take("owner_rating", lambda value: value in list(Rag), "the owner’s rating")
    without = str(said.get("without", ""))
    if without == "date":
        read.chosen["show"] = Shown.NO_DATE.value
    elif without:
        read.left.append(f"“open, and without an {without}”")
    late = str(said.get("late_by", ""))
    if late.isdecimal() and len(late) < 5 and Shown(read.chosen.get("show", Shown.OVERDUE)) in LATE:
        read.chosen["late_by"] = int(late)
        read.chosen.setdefault("show", Shown.OVERDUE.value)
    if said.get("list") == "overdue":
        read.chosen.setdefault("show", Shown.OVERDUE.value)
    inspection = str(said.get("inspection", ""))
    if inspection.isdecimal() and len(inspection) < 19:
        areas = plan.areas.filter(inspection=int(inspection)).values_list("pk", flat=True)
        if areas:
            read.chosen["areas"] = tuple(sorted(areas))
        else:
            read.left.append("the inspection: the plan has no area of it")
    group = str(said.get("group", ""))
    if group and group not in GROUPS:
        read.left.append("the groups")
    read.left += [words for name, words in WITHOUT_COUNTERPART.items() if said.get(name)]
    return TakenOver(
        Selection(**read.chosen) if read.chosen else None,
        GROUPS.get(group),
        _day(str(said.get("as_at", ""))[:10]),
        tuple(read.left),
    )


def _day(typed: str) -> date | None:
    try:
        read = read_typed_date(typed) if typed.strip() else None
    except ValueError:
        return None
    return read.last_day if read is not None and read.precision == Precision.DAY else None
