"""What a paper says before it is issued: its content, its length, what is missing, why it cannot be issued yet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.cache import cache

from plans.access.models import User
from plans.improvement_plan.rules import Status
from plans.improvement_plan.wording import counted, day_of, day_words, listed_words
from plans.papers.brief import Brief
from plans.papers.columns import PLAN_COLUMNS
from plans.papers.content import Paper, Table, as_plain
from plans.papers.files import file_of, pages_in
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.missing import (
    WITH_WORDS,
    Lack,
    PaperLacks,
    RowLacks,
    counts_of,
    lacking_words,
    missing_in_paper,
    missing_in_rows,
)
from plans.papers.models import Release
from plans.papers.plan_table import actions_of
from plans.papers.releases import brief_of
from plans.papers.rules import Audience, Format, Kind
from plans.papers.warnings import Becoming, PublicCheck, check_public, what_becomes_public
from plans.web.release_templates import empty_considerations, template_name
from plans.web.views.papers import MOST_IN_A_REQUEST

NOTHING = "The plan has no action at that day, so there is nothing to issue."
NOTHING_PUBLIC = (
    "No action of this plan is marked for publication, so there is nothing to issue."
    " Mark actions as published in the plan first, or make the paper exempt."
)
PAGES_KEPT = 60 * 60  # seconds
MOST_NAMED = 20
MOST_SAID = 2  # in the opening sentence


@dataclass(frozen=True)
class RowsLacking:
    """What so many rows lack, with the first of them and how many more there are."""

    words: str
    rows: list[tuple[Any, str]]
    more: int


@dataclass(frozen=True)
class Preview:
    """``pages`` None: it is counted when the paper is made. ``problem``: why it cannot be issued, in a sentence."""

    release: Release
    brief: Brief
    paper: Paper | None
    pages: int | None
    rows: list[RowLacks] = field(default_factory=list)
    lacks: list[PaperLacks] = field(default_factory=list)
    problem: str = ""
    check: PublicCheck | None = None
    becoming: Becoming | None = None

    @property
    def counts(self) -> dict[Lack, int]:
        return counts_of(self.rows)

    @property
    def sentence(self) -> str:
        """“Cabinet, 16 March 2020, public: 22 actions on 6 pages; 3 rows lack an owner.”"""
        if self.paper is None:
            return f"{place_words(self.release)}."
        on = f" on {counted(self.pages, 'page')}" if self.pages else ""
        lacking = lacking_words(dict(list(self.counts.items())[:MOST_SAID])) or "nothing is missing in its rows"
        missing = f"; {lacking}" if CATALOGUE[Kind(self.release.kind)].columns else ""
        return f"{place_words(self.release)}: {counted(self.paper.stamp.rows, 'action')}{on}{missing}."

    @property
    def lacking(self) -> list[RowsLacking]:
        """The rows that lack each thing, each with the page that mends it."""
        found = []
        for lack, number in self.counts.items():
            rows = [(row.action, page) for row in self.rows for what, page, _ in row.places if what == lack]
            words = lacking_words({lack: number})
            found.append(RowsLacking(words, rows[:MOST_NAMED], max(number - MOST_NAMED, 0)))
        return found

    @property
    def shown(self) -> Paper | None:
        """As much of the paper as a page holds."""
        return cut(self.paper, MOST_IN_A_REQUEST) if self.paper else None

    @property
    def is_cut(self) -> bool:
        return self.paper is not None and self.shown != self.paper


def place_words(release: Release) -> str:
    """Where it goes and for whom: “Cabinet, 16 March 2020, public”."""
    audience = "public" if release.audience == Audience.PUBLIC else "exempt"
    if release.meeting is not None:
        return f"{release.meeting.board.name}, {day_words(day_of(release.meeting.starts_at))}, {audience}"
    return f"{CATALOGUE[Kind(release.kind)].label}, {audience}"


def preview_of(release: Release, *, reader: User, at: datetime) -> Preview:
    """The release as it would be issued now."""
    brief, kind = brief_of(release, reader=reader, at=at), Kind(release.kind)
    try:
        paper = paper_for(kind, brief)
    except ValueError as error:
        return Preview(release, brief, None, None, problem=str(error))
    has_rows = bool(CATALOGUE[kind].columns)
    rows = missing_in_rows(actions_of(brief.selected, brief.day)) if has_rows else []
    answered, any_action = _answered(brief)
    without = 0
    if has_rows:
        without = sum(pk not in answered for pk in brief.plan.plan_areas.values_list("area_id", flat=True))
    empty = [one.label for one in empty_considerations(release)] if kind in WITH_WORDS else []
    lacks = missing_in_paper(release, empty=empty, areas_without_action=without)
    problem = "" if any_action or not has_rows else NOTHING_PUBLIC if brief.public else NOTHING
    found = Preview(release, brief, paper, pages_of(paper, at), rows, lacks, problem)
    if not brief.public:
        return found
    return replace(found, check=check_public(kind, brief), becoming=what_becomes_public(brief) if has_rows else None)


def _answered(brief: Brief) -> tuple[set[int], bool]:
    """The areas that the paper's actions answer, and whether it has any action."""
    rows = brief.rows.exclude(status=Status.WITHDRAWN).order_by().values_list("area_id", "also_answers")
    found: set[int] = set()
    there = False
    for area, others in rows:
        there = True
        found.update([area] if area else [], others)
    return found, there


def pages_of(paper: Paper, at: datetime) -> int | None:
    """The pages of its PDF; None for a paper so long that they are counted when it is made."""
    if paper.stamp.rows > MOST_IN_A_REQUEST:
        return None
    # When it was made is printed, and does not change how many pages there are.
    plain = as_plain(replace(paper, stamp=replace(paper.stamp, made_on="")))
    key = f"pages-{hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()}"
    pages: int | None = cache.get_or_set(key, lambda: pages_in(file_of(paper, Format.PDF, at)), PAGES_KEPT)
    return pages


def cut(paper: Paper, most: int) -> Paper:
    """The paper with at most so many rows in each table."""
    blocks = tuple(
        replace(block, rows=block.rows[:most]) if isinstance(block, Table) and len(block.rows) > most else block
        for block in paper.blocks
    )
    return paper if blocks == paper.blocks else replace(paper, blocks=blocks)


def facts_of(release: Release, brief: Brief) -> list[tuple[str, str, str]]:
    """What the release asks for: a name, what it says, and the page on which it is changed."""
    choices, kind = brief.choices, Kind(release.kind)
    facts = [
        ("Kind", CATALOGUE[kind].label, ""),
        ("For", "Public" if brief.public else "Exempt: for use within the council", "release_details"),
        ("Meeting", _meeting_words(release), "release_details"),
        ("As at", _day_words(release, brief), "release_details"),
    ]
    if CATALOGUE[kind].columns:
        columns = [one.key for one in choices.columns] or list(CATALOGUE[kind].columns)
        facts += [
            ("Rows", choices.selection.words() or "Every action of the plan", "release_rows"),
            ("Columns", _columns_words(columns, usual=not choices.columns), "release_columns"),
        ]
    if kind in WITH_WORDS:
        empty = len(empty_considerations(release))
        written = f"{counted(empty, 'consideration is', 'considerations are')} empty" if empty else "All written"
        facts += [
            ("Template", template_name(release), "release_words"),
            ("Considerations", written, "release_words"),
            ("Recommendations", counted(len(release.recommendations), "recommendation"), "release_recommendations"),
        ]
    return facts


def _meeting_words(release: Release) -> str:
    if release.meeting is None:
        return "None named"
    return f"{release.meeting.board.name}, {day_words(day_of(release.meeting.starts_at))}"


def _day_words(release: Release, brief: Brief) -> str:
    if brief.moment is None:
        return f"It follows the plan: today, {day_words(brief.day)}"
    why = "" if release.as_at else ", when the meeting began"
    return f"{day_words(brief.day)}{why}"


def _columns_words(keys: list[str], *, usual: bool) -> str:
    said = listed_words([PLAN_COLUMNS[key].heading for key in keys if key in PLAN_COLUMNS])
    return f"{said} (as usual)" if usual else said
