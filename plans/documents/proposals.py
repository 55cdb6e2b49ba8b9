"""What was read from a document: plain proposals that a person confirms. Nothing here touches the database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from plans.documents.dates import PrintedDate


@dataclass(frozen=True)
class Problem:
    """Something doubtful or missing. ``where`` is a page, line or cell reference a person can find."""

    where: str
    message: str


@dataclass(frozen=True)
class SourceLine:
    """A printed line that something was read from. ``page`` and ``number`` (in the whole document) count from 1.

    ``box`` is its place on the page as shares of the page's width and height, from the top left corner:
    left, top, right, bottom; None where the document has no pages.
    """

    page: int
    number: int
    text: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class ProposedJudgement:
    """A judged area as labelled, and its grade word as printed; "" where none was given."""

    area: str
    grade: str
    source: tuple[SourceLine, ...] = ()


@dataclass(frozen=True)
class ProposedArea:
    """One ask in the document's own words, joined across line and page breaks.

    ``kind`` is the inspectorate's word for it; ``timescale`` the words printed ("within three months") or None;
    ``body`` who it is addressed to; ``reference`` a paragraph or framework reference split off its end.
    """

    text: str
    kind: str
    timescale: str | None
    body: str
    number: str | None
    theme: str | None
    reference: str | None
    page: int
    source: tuple[SourceLine, ...] = ()


@dataclass(frozen=True)
class ProposedInspection:
    """A report as read. ``framework`` is a code of ``fixtures/frameworks.toml``, None where unknown."""

    authority: str | None = None
    framework: str | None = None
    inspection_start: date | None = None
    inspection_end: date | None = None
    spells: tuple[tuple[date, date], ...] = ()
    published: date | None = None
    lead_inspector: str | None = None
    judgements: tuple[ProposedJudgement, ...] = ()
    areas: tuple[ProposedArea, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ProposedAction:
    """A row of a council's own plan, with where it was read. ``status`` is a word of ours or "".

    ``moved_from`` is the date that was agreed first, where the row prints it beside a later one.
    """

    area: str
    action: str
    by_who: tuple[str, ...]
    by_when: PrintedDate
    when_status: str = ""
    status: str = ""
    progress: str = ""
    reference: str = ""
    evidence: str = ""
    where: str = ""
    moved_from: PrintedDate | None = None


@dataclass(frozen=True)
class ProposedPlan:
    """A council's own plan as read: the headings as printed, its rows, and every problem.

    ``fields`` says for each column what it was taken for (a name of ``plan_columns.FIELDS``, "" for none), and
    ``samples`` are the first rows under the headings as printed, a text a column.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[ProposedAction, ...] = ()
    problems: tuple[Problem, ...] = field(default=())
    fields: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()


def as_plain(proposal: ProposedInspection | ProposedPlan) -> dict[str, Any]:
    """A proposal as plain JSON values: dates in ISO form."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return value

    return {name: plain(value) for name, value in asdict(proposal).items()}
