"""A council's own table under review: every form of the page over one set of names and values, kept as the draft."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from plans.documents.owners import name_and_post, posts_named
from plans.documents.plan_columns import meaning
from plans.documents.proposals import Problem
from plans.findings.models import Area, Inspection
from plans.improvement_plan.accept_rows import ConfirmedRow, actions_of, difference_of
from plans.improvement_plan.difference import PlanRowValues, RowDifference
from plans.improvement_plan.matching import ActionMatch, AreaMatch, RowKey, match_actions, match_areas
from plans.improvement_plan.models import PlanIntake
from plans.improvement_plan.posts_named import PostsNamed
from plans.web.forms.many import count_of, draft_of_data, draft_version, errors_of
from plans.web.forms.plan_files import MOST_ROWS, NEW_AREA, STATUSES, HeadingForm, ReasonForm, RowForm, TargetForm

# What a column of the file can change in the plan.
CHANGES_BY: dict[str, tuple[str, ...]] = {
    "area": ("area",),
    "action": ("wording",),
    "by_who": ("lead", "support"),
    "support": ("support",),
    "by_when": ("due",),
    "revised": ("due",),
    "first_date": ("due",),
    "status": ("status",),
    "progress": ("progress",),
    "evidence": ("progress",),
    "reference": ("reference",),
}
_PAGE = re.compile(r"page (\d+)")
_CELL = re.compile(r"(.*)![A-Z]+(\d+)")


@dataclass
class Heading:
    """A heading of the file with the area that it is taken for, how sure that is, and why."""

    form: HeadingForm
    match: AreaMatch
    rows: int


@dataclass
class FileRow:
    """A row of the file: its form, where it was read, what was doubtful there, and what it changes."""

    form: RowForm
    where: str
    problems: list[str]
    names: list[str] = field(default_factory=list)
    page: str = ""
    match: ActionMatch | None = None
    difference: RowDifference | None = None
    new_posts: list[str] = field(default_factory=list)


class PlanReview:
    """``data`` is what the page's form sent, or the draft; without either, what was read."""

    def __init__(self, intake: PlanIntake, data: Mapping[str, Any] | None = None) -> None:
        self.intake = intake
        self.plan = intake.plan
        self.proposal: dict[str, Any] = intake.proposal
        self.read: list[dict[str, Any]] = self.proposal["rows"]
        self.actions = actions_of(self.plan)
        self.areas: list[Area] = [row.area for row in self.plan.plan_areas.select_related("area")]
        self.data: Any = data if data is not None else MultiValueDict(intake.draft or self._as_read())

    @property
    def draft_seen(self) -> str:
        """Which draft the page shows: one that somebody else has saved since is not overwritten unseen."""
        return draft_version(self.intake.draft)

    def draft(self) -> dict[str, list[str]]:
        """The names and values to keep."""
        return draft_of_data(self.data)

    @cached_property
    def present(self) -> frozenset[str]:
        """The fields of the plan for which the file has a column."""
        taken = {self.intake.mapping.get(str(place), name) for place, name in enumerate(self.proposal["fields"])}
        taken |= {meaning(heading)[0] for heading in self.proposal["columns"]} & {"revised", "first_date", "support"}
        return frozenset(name for column in taken for name in CHANGES_BY.get(column, ()))

    @property
    def seen(self) -> str:
        """What the plan was when the page was made: accepting compares it with what it is."""
        versions = ",".join(f"{pk}.{action.version}" for pk, action in self.actions.items())
        return hashlib.sha256(versions.encode()).hexdigest()[:24]

    # What was read, as the form's names and values.

    @cached_property
    def _printed_headings(self) -> list[str]:
        return list(dict.fromkeys(row["area"] for row in self.read if row["area"]))

    @cached_property
    def _matches(self) -> dict[str, AreaMatch]:
        known = [(area.pk, place, area.wording) for place, area in enumerate(self.areas, start=1)]
        return match_areas(self._printed_headings, known)

    def _as_read(self) -> dict[str, list[str]]:
        inspections = self.inspections
        target = next((area.inspection_id for area in self.areas), None) or (inspections[0].pk if inspections else "")
        values = {
            "headings-count": str(len(self._printed_headings)),
            "rows-count": str(len(self.read)),
            "target-inspection": str(target),
        }
        for number, printed in enumerate(self._printed_headings):
            pk = self._matches[printed].pk
            values[f"headings-{number}-printed"] = printed
            values[f"headings-{number}-area"] = str(pk) if pk else NEW_AREA if inspections else ""
        for number, (row, match) in enumerate(zip(self.read, self._action_matches, strict=True)):
            now = self.actions.get(match.pk) if match.pk else None
            values |= {
                f"rows-{number}-{name}": value
                for name, value in self._row_as_read(row, now.reference if now else "").items()
            }
        return {name: [value] for name, value in values.items()}

    @cached_property
    def _action_matches(self) -> list[ActionMatch]:
        return match_actions(
            [RowKey(row["reference"] or None, row["action"], self._area_pk(row)) for row in self.read],
            [(pk, row.reference, row.wording, row.area_id) for pk, row in self.actions.items()],
        )

    def _area_pk(self, row: dict[str, Any]) -> int | None:
        match = self._matches.get(row["area"])
        return match.pk if match else None

    def _row_as_read(self, row: dict[str, Any], same_as: str) -> dict[str, str]:
        lead, *support = [self._post(owner) for owner in row["by_who"]] or [""]
        progress = row["progress"]
        if row["evidence"]:
            progress = f"{progress}\n\nEvidence: {row['evidence']}".strip()
        moved_from = row.get("moved_from") or {}
        status = row["status"].replace(" ", "_")
        return {
            "keep": "on",
            "same_as": same_as,
            "heading": str(self._printed_headings.index(row["area"])) if row["area"] else "",
            "reference": row["reference"][:30],
            "wording": row["action"],
            "lead": lead,
            "support": "\n".join(support),
            "due": row["by_when"]["printed"],
            "first_due": moved_from.get("printed", "") if moved_from.get("last_day") else "",
            "status": status if status in set(STATUSES) else "",
            "progress": progress,
        }

    @cached_property
    def _posts(self) -> dict[str, str]:
        return posts_named(row["by_who"] for row in self.read)

    def _post(self, owner: str) -> str:
        """The post of an owner: what stands behind a person's name, here or elsewhere in the file."""
        return self._posts.get(owner) or name_and_post(owner)[1]

    def _names(self, owners: list[str]) -> list[str]:
        """The people whom a row names beside their posts."""
        named = (owner if owner in self._posts else name_and_post(owner)[0] for owner in owners)
        return [name for name in named if name]

    # The forms.

    @cached_property
    def inspections(self) -> list[Inspection]:
        return list(self.plan.organisation.inspections.order_by("-pk"))

    @cached_property
    def headings(self) -> list[Heading]:
        choices = [(str(area.pk), f"{place}. {area.wording[:100]}") for place, area in enumerate(self.areas, start=1)]
        if self.inspections:
            choices.append((NEW_AREA, "A new area of the plan, in these words"))
        choices.append(("", "No area: these are the council’s own actions"))
        found = []
        for number in range(count_of(self.data, "headings", MOST_ROWS)):
            form = HeadingForm(self.data, prefix=f"headings-{number}", areas=choices)
            printed = str(form["printed"].value() or "")
            rows = sum(
                str(self.data.get(f"rows-{row}-heading")) == str(number)
                for row in range(count_of(self.data, "rows", MOST_ROWS))
            )
            found.append(Heading(form, self._matches.get(printed) or AreaMatch(None, 0.0, "Added by hand"), rows))
        return found

    @cached_property
    def target(self) -> TargetForm:
        needed = any(self.data.get(heading.form.add_prefix("area")) == NEW_AREA for heading in self.headings)
        return TargetForm(
            self.data, prefix="target", inspections=self.plan.organisation.inspections.all(), needed=needed
        )

    @cached_property
    def rows(self) -> list[FileRow]:
        headings = [
            (str(number), str(heading.form["printed"].value())[:100]) for number, heading in enumerate(self.headings)
        ]
        headings.append(("", "No heading"))
        references = {action.reference: pk for pk, action in self.actions.items()}
        found = []
        for number in range(count_of(self.data, "rows", MOST_ROWS)):
            form = RowForm(self.data, prefix=f"rows-{number}", headings=headings, references=references)
            read = self.read[number] if number < len(self.read) else None
            where = read["where"] if read else "added by hand"
            problems = [one.message for one in self.problems if read and _same_place(one.where, where)]
            names = self._names(read["by_who"]) if read else []
            match = self._action_matches[number] if read else None
            found.append(FileRow(form, where, problems, names, self._page_address(where), match))
        self._refuse_doubles(found)
        self._tell_differences(found)
        return found

    @cached_property
    def problems(self) -> list[Problem]:
        return [Problem(**one) for one in self.proposal["problems"]]

    @property
    def problems_of_the_file(self) -> list[Problem]:
        """Those that stand at no row: all others are shown beside theirs."""
        places = [row["where"] for row in self.read]
        return [one for one in self.problems if not any(_same_place(one.where, where) for where in places)]

    def _page_address(self, where: str) -> str:
        page = _PAGE.search(where)
        if not page or not self.intake.document.is_pdf:
            return ""
        return reverse("document_page", args=[self.intake.document_id, page.group(1)])

    def _refuse_doubles(self, rows: list[FileRow]) -> None:
        seen: dict[tuple[str, str], str] = {}
        for row in rows:
            if not row.form.is_valid() or not row.form.cleaned_data["keep"]:
                continue
            for name, words in (("same_as", "given as action"), ("reference", "given reference")):
                value = row.form.cleaned_data[name]
                if value and (name, value) in seen:
                    place = seen[name, value]
                    row.form.add_error(name, f"{place[:1].upper()}{place[1:]} is {words} {value} too")
                elif value:
                    seen[name, value] = row.where

    def _tell_differences(self, rows: list[FileRow]) -> None:
        posts = PostsNamed(self.plan)
        for row in rows:
            if not row.form.is_valid() or not row.form.cleaned_data["keep"]:
                continue
            confirmed = self._confirmed(row)
            row.difference = difference_of(confirmed, self.actions.get(confirmed.action_pk or 0), self.present)
            row.new_posts = posts.new_among([confirmed.values.lead, *confirmed.values.support])

    @property
    def moved_dates(self) -> int:
        """How many rows move a date that was agreed."""
        return sum(
            any(cell.field == "due" and cell.old for cell in row.difference.cells)
            for row in self.rows
            if row.difference and row.difference.kind == "changed"
        )

    @cached_property
    def reason(self) -> ReasonForm:
        return ReasonForm(self.data, prefix="reason", needed=bool(self.moved_dates))

    def forms(self) -> Iterator[forms.Form]:
        yield from (heading.form for heading in self.headings)
        yield self.target
        yield self.reason
        yield from (row.form for row in self.rows)

    def is_valid(self) -> bool:
        return not [form for form in self.forms() if not form.is_valid()]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every error of the page with the id of its field, in the page's order."""
        return list(errors_of(self.forms()))

    def taken(self) -> list[FileRow]:
        """The rows that are taken."""
        return [row for row in self.rows if row.form.cleaned_data.get("keep")]

    def confirmed(self) -> list[ConfirmedRow]:
        """What the person confirms. Only for a review that is valid."""
        return [self._confirmed(row) for row in self.taken()]

    def _confirmed(self, row: FileRow) -> ConfirmedRow:
        said = row.form.cleaned_data
        heading = self.headings[int(said["heading"])] if said["heading"] else None
        chosen = str(self.data.get(heading.form.add_prefix("area"), "")) if heading else ""
        printed = str(heading.form["printed"].value()) if heading else ""
        area = next((area for area in self.areas if str(area.pk) == chosen), None)
        action_pk = row.form.references.get(said["same_as"])
        return ConfirmedRow(
            values=PlanRowValues(
                area_pk=area.pk if area else None,
                area_text=area.wording if area else "",
                reference=said["reference"],
                wording=said["wording"],
                lead=said["lead"],
                support=said["support"],
                due=said["due"],
                status=said["status"],
                progress=said["progress"],
            ),
            action_pk=action_pk,
            where=row.where,
            new_area=printed if chosen == NEW_AREA else "",
            first_due=said["first_due"],
        )

    # What the page says at its top.

    @property
    def counts(self) -> dict[str, int]:
        kinds = [row.difference.kind for row in self.rows if row.difference]
        return {kind: kinds.count(kind) for kind in ("new", "changed", "unchanged")}

    @property
    def missing(self) -> list[Any]:
        """Actions of the plan that the file does not name: they stay as they are."""
        named = {row.form.references.get(str(self.data.get(row.form.add_prefix("same_as"), ""))) for row in self.rows}
        return [action for pk, action in self.actions.items() if pk not in named]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for row in self.rows for name in row.names))

    @property
    def new_posts(self) -> list[str]:
        return list(dict.fromkeys(title for row in self.rows for title in row.new_posts))

    @property
    def new_areas(self) -> int:
        return sum(self.data.get(heading.form.add_prefix("area")) == NEW_AREA for heading in self.headings)


def _same_place(problem: str, row: str) -> bool:
    """Whether a problem stands at the row: at its own place, or at another cell of the same line of a sheet."""
    if problem == row:
        return True
    cell, other = _CELL.fullmatch(problem), _CELL.fullmatch(row)
    return bool(cell and other and cell.groups() == other.groups())
