"""What a person is told before a paper becomes public: what looks personal and where, whose name was taken out, and
which actions and which parts of them are not published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from plans.improvement_plan.wording import counted, listed_words
from plans.oversight.personal_text import Found, findings
from plans.papers.brief import Brief
from plans.papers.columns import WITHHOLDABLE
from plans.papers.considerations import FIELDS
from plans.papers.content import Chart, Heading, Paper, Paragraph, Points, Table
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.plan_table import actions_of, marks_now
from plans.papers.public import (
    Cleaner,
    RefusedPaper,
    as_shown,
    cleaner_for,
    for_public,
    hidden,
    redacted_brief,
    template_findings,
)
from plans.papers.rules import Audience, Kind

_AROUND = 40  # letters shown on either side of what was found
IN_THE_TEMPLATE = "The Word template"


@dataclass(frozen=True)
class PaperWarning:
    """Something in a public paper that looks personal.

    ``kind`` is in plain words; ``excerpt`` shows it partly hidden among its neighbours; ``action``: the id of the
    action in which it stands, where it is one. ``stands``: a person has said that it may be printed; what is
    ``strong`` is always withheld.
    """

    id: str
    kind: str
    where: str
    excerpt: str
    strong: bool
    stands: bool
    action: int | None = None


@dataclass(frozen=True)
class NameTakenOut:
    """A person's name in the texts of the paper, and the job title that is printed in its place."""

    name: str
    instead: str
    where: str
    action: int | None = None


@dataclass(frozen=True)
class PublicCheck:
    """What was found in the texts of a public paper; ``refused``: the sentence why it cannot be made, or nothing."""

    warnings: list[PaperWarning] = field(default_factory=list)
    names: list[NameTakenOut] = field(default_factory=list)
    refused: str = ""


@dataclass(frozen=True)
class _Place:
    where: str
    text: str
    action: int | None = None


def warnings_of(kind: Kind, brief: Brief) -> list[PaperWarning]:
    """What looks personal in the public paper of this kind, the strong kinds first; nothing for other audiences."""
    return check_public(kind, brief).warnings


def check_public(kind: Kind, brief: Brief) -> PublicCheck:
    """Everything that a person should look at before the paper becomes public. Nothing for other audiences."""
    if not brief.public:
        return PublicCheck()
    clean, built = cleaner_for(brief), CATALOGUE[kind].build
    warnings: dict[tuple[str, str], PaperWarning] = {}
    names: dict[NameTakenOut, None] = {}
    for place in (*_of_brief(brief), *_of_paper(built(replace(brief, template=None)), brief)):
        shown = as_shown(place.text)
        for found in findings(shown):
            warnings.setdefault((found.id, place.where), _warning(found, shown, place.where, clean, place.action))
        for named in clean.names.found_in(shown):
            names.setdefault(NameTakenOut(named.text, named.instead, place.where, place.action))
    refused = ""
    if brief.template is not None:
        paper = built(redacted_brief(brief, clean))
        for found in template_findings(paper) if paper.skeleton else ():
            said = _warning(found, found.text, IN_THE_TEMPLATE, clean)
            warnings.setdefault((found.id, IN_THE_TEMPLATE), said)
        refused = _refusal(paper, brief, clean)
    ordered = sorted(warnings.values(), key=lambda one: (not one.strong, one.stands))
    return PublicCheck(ordered, list(names), refused)


def _warning(found: Found, shown: str, where: str, clean: Cleaner, action: int | None = None) -> PaperWarning:
    return PaperWarning(
        found.id, found.kind.words, where, _excerpt(shown, found), found.kind.strong, clean.may_stand(found), action
    )


def _refusal(paper: Paper, brief: Brief, clean: Cleaner) -> str:
    try:
        for_public(paper, brief, clean)
    except RefusedPaper as refusal:
        return str(refusal)
    return ""


def _excerpt(text: str, found: Found) -> str:
    """The words around it, with everything partly hidden that looks personal."""
    for one in findings(text):
        text = f"{text[: one.start]}{hidden(one.text)}{text[one.end :]}"
    begin, end = max(0, found.start - _AROUND), min(len(text), found.end + _AROUND)
    begin = text.rfind(" ", 0, begin) + 1 if begin else 0
    end = end if end == len(text) or " " not in text[end:] else text.index(" ", end)
    said = " ".join(text[begin:end].split())
    return f"{'… ' if begin else ''}{said}{' …' if end < len(text) else ''}"


# Where each text stands.


def _of_brief(brief: Brief) -> Iterator[_Place]:
    yield _Place("Title", brief.title)
    labels = {field.name: field.label for field in FIELDS}
    for name, said in brief.words.items():
        yield _Place(labels.get(name, name), said)
    for number, one in enumerate(brief.recommendations, start=1):
        yield _Place(f"Recommendation {number}", one.text)


def _of_paper(paper: Paper, brief: Brief) -> Iterator[_Place]:
    """Every text of the paper, save what the brief itself says, with where its reader will find it."""
    own = "\n".join((brief.title, *brief.words.values(), *(one.text for one in brief.recommendations)))
    for place in _places(paper, brief):
        if place.text and place.text not in own:
            yield place


def _places(paper: Paper, brief: Brief) -> Iterator[_Place]:
    yield from (_Place("Title", text) for text in (paper.organisation, paper.title, paper.subtitle))
    yield _Place("Which actions are in it", paper.stamp.selection)
    yield from (_Place("What the ratings mean", sentence) for sentence in paper.key)
    by_reference, by_wording = _actions_by_words(brief)
    under = paper.title
    for block in paper.blocks:
        if isinstance(block, Heading):
            under = block.text
            yield _Place(f"Heading “{under}”", block.text)
        elif isinstance(block, Paragraph | Points):
            for text in block.items if isinstance(block, Points) else (block.text,):
                yield _Place(f"Under “{under}”", text)
        elif isinstance(block, Chart):
            yield from (_Place(f"Picture “{block.caption}”", text) for text in (block.caption, block.alt))
        elif isinstance(block, Table):
            yield _Place(f"Table “{block.caption}”", block.caption)
            yield from _cells(block, by_reference, by_wording)


def _cells(table: Table, by_reference: dict[str, int], by_wording: dict[str, tuple[str, int]]) -> Iterator[_Place]:
    keys = [head.key for head in table.columns]
    for number, row in enumerate(table.rows, start=1):
        said = {key: cell.text for key, cell in zip(keys, row.cells, strict=True) if cell is not None}
        reference, action = by_wording.get(said.get("wording", ""), ("", None))
        reference = said.get("reference") or reference
        action = by_reference.get(reference, action)
        for head, cell in zip(table.columns, row.cells, strict=True):
            if cell is None or not cell.text:
                continue
            if head.spans or head.key == "area_each_row":
                yield _Place(head.heading, cell.text)
            elif reference:
                yield _Place(f"Action {reference}, {head.heading.lower()}", cell.text, action)
            else:
                yield _Place(f"Table “{table.caption}”, row {number}, {head.heading.lower()}", cell.text)


def _actions_by_words(brief: Brief) -> tuple[dict[str, int], dict[str, tuple[str, int]]]:
    by_reference, by_wording = {}, {}
    for action in brief.rows:
        by_reference[action.reference] = action.action_pk
        by_wording[action.wording] = (action.reference, action.action_pk)
    return by_reference, by_wording


# What becomes public.


@dataclass(frozen=True)
class Becoming:
    """How many of the paper's actions become public, which do not, and what is kept out of those that do.

    ``kept_out``: for each part, in words, the references of the actions that keep it out.
    """

    published: int
    whole: int
    left_out: tuple[str, ...]
    kept_out: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def sentence(self) -> str:
        """“18 of 22 actions; 4 are not marked for publication: 1.2, 1.4, 2.1 and 3.3.”"""
        actions = counted(self.whole, "action")
        if not self.left_out:
            return f"{'All ' if self.whole > 1 else ''}{actions}."
        left = f"{len(self.left_out):,} {'is' if len(self.left_out) == 1 else 'are'} not marked for publication"
        return f"{self.published:,} of {actions}; {left}: {listed_words(self.left_out)}."


def what_becomes_public(brief: Brief) -> Becoming:
    """Of the actions that the brief selects, what stands in a public paper by the marks that hold."""
    every = actions_of(replace(brief, audience=Audience.EXEMPT).selected, brief.day)
    public = replace(brief, audience=Audience.PUBLIC)
    shown = actions_of(public.selected, brief.day)
    published, now = {action.action_pk for action in shown}, marks_now(public)
    kept = [
        (label, tuple(one.reference for one in shown if key in {*one.withheld, *now.get(one.action_pk, ())}))
        for key, label in WITHHOLDABLE.items()
    ]
    return Becoming(
        published=len(shown),
        whole=len(every),
        left_out=tuple(action.reference for action in every if action.action_pk not in published),
        kept_out=tuple((label, references) for label, references in kept if references),
    )
