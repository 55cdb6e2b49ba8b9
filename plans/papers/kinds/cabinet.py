"""The report to cabinet in the council's own words: its template filled, the plan and the summary appended.

The template's text is read back into blocks, so that every format says what the Word file says. What nobody wrote is
left out of an issued report, and marked in a draft; nothing is put in its place.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from plans.findings.models import Inspection
from plans.improvement_plan.wording import counted, day_of, day_words, listed_words
from plans.papers.account import Account
from plans.papers.brief import Brief, ChosenColumn
from plans.papers.columns import CABINET_TABLE
from plans.papers.considerations import FIELDS, VERBS, Holds
from plans.papers.content import Block, Heading, PageBreak, Paper, Paragraph, Points, Table
from plans.papers.kinds import exceptions, measures, young_people
from plans.papers.kinds.parts import kept_back_note
from plans.papers.plan_table import action_table, actions_of, columns_for, rating_key
from plans.papers.shipped_templates import shipped_bytes
from plans.papers.word_template import Filled, TemplateFacts, fill, template_facts
from plans.papers.word_template_reading import Mark

COLUMNS = CABINET_TABLE
# Few enough for an upright page, with their shares of it.
IN_EXCEPTIONS = (
    ChosenColumn("reference", 12),
    ChosenColumn("wording", 32),
    ChosenColumn("by_whom", 18),
    ChosenColumn("first_agreed", 13),
    ChosenColumn("by_when", 13),
    ChosenColumn("days_late", 8),
)
USUAL_TEMPLATE = "considerations"
_DEEPEST = 4


def build(brief: Brief) -> Paper:
    """The report. Raises RefusedTemplate, a ValueError, where the template cannot be filled."""
    account = Account(brief)
    template = brief.template or shipped_bytes(USUAL_TEMPLATE)
    facts = template_facts(template)
    actions = actions_of(brief.selected, brief.day)
    key = rating_key(brief, [column.key for column in columns_for(brief, COLUMNS)])
    appendices = _appendices(account, facts, actions)
    said = _blocks(account, facts, actions, appendices)
    words = {**_words(account, facts), **_lists(account, appendices)}
    there = {name: bool(blocks) for name, blocks in said.items()} | {"stamp": True, "rag_key": bool(key)}
    organisation, title = brief.plan.organisation.paper_name, brief.title or brief.plan.title
    filled = fill(template, words | there, leave_out=(organisation, " ".join(title.split())))
    blocks, slots = _assembled(filled, said)
    return Paper(
        organisation=organisation,
        title=" ".join(title.split()),
        subtitle=" ".join(part for part in (words["meeting_body"], words["meeting_date"]) if part),
        blocks=tuple(_without_skips(blocks)),
        # A report to a committee names no officer who happened to make it.
        stamp=replace(
            brief.stamp(len(actions), illustration=any(action.illustration for action in actions)), made_by=""
        ),
        key=key,
        landscape=brief.choices.landscape,
        skeleton=b64encode(filled.skeleton).decode(),
        slots=tuple(slots),
    )


# What the template is filled with


def _words(account: Account, facts: TemplateFacts) -> dict[str, str]:
    """A text for every fact and everything that is typed; a person's own words go before a fact."""
    brief = account.brief
    typed = {name: text for name, text in brief.words.items() if text.strip()}
    texts: dict[str, str] = {field.name: "" for field in FIELDS if field.holds != Holds.BLOCK}
    texts |= _facts(account)
    if brief.draft:
        texts |= {field.name: f"[{field.label}: not written yet]" for field in facts.empty(typed)}
    return texts | {name: text for name, text in typed.items() if name in texts}


def _facts(account: Account) -> dict[str, str]:
    brief, plan, told = account.brief, account.plan, account.figures
    inspections = list(Inspection.objects.filter(areas__plans=plan).distinct().prefetch_related("spells"))
    meeting = brief.meeting
    return {
        "organisation": plan.organisation.paper_name,
        "organisation_short": plan.organisation.name,
        "title": brief.title or plan.title,
        "plan_title": plan.title,
        "meeting_body": meeting.board.name if meeting else "",
        "meeting_date": day_words(day_of(meeting.starts_at)) if meeting else "",
        "meeting_place": meeting.place if meeting else "",
        "as_at": day_words(brief.day),
        "inspection": listed_words([one.title for one in inspections]),
        "inspection_dates": listed_words([said for one in inspections if (said := _on_site(one))]),
        "submitted": plan.submitted_printed,
        "position": position(account),
        "actions_total": f"{told.all:,}",
        "areas_total": f"{_areas(account).count():,}",
        "actions_overdue": f"{told.overdue:,}",
        "actions_later_than_first_agreed": f"{told.late_against_first:,}",
        "actions_open": f"{told.open:,}",
        "actions_complete": f"{told.complete:,}",
        "actions_signed_off": f"{told.signed_off:,}",
        "actions_without_owner": f"{told.without_owner:,}",
        "actions_without_date": f"{told.without_date:,}",
    }


def _on_site(inspection: Inspection) -> str:
    return listed_words([f"{day_words(spell.starts)} to {day_words(spell.ends)}" for spell in inspection.spells.all()])


def position(account: Account) -> str:
    """“On 16 March 2020 the plan had 22 actions for 5 areas: 1 was signed off, 11 were overdue.”"""
    told = account.figures
    said = [
        (told.signed_off, "signed off"),
        (told.complete, "complete and awaiting sign-off"),
        (told.overdue, "overdue"),
        (told.without_owner, "without an owner"),
    ]
    parts = [f"{number:,} {'was' if number == 1 else 'were'} {words}" for number, words in said if number]
    areas = counted(_areas(account).count(), "area")
    beginning = f"On {account.as_at_words} the plan had {counted(told.all, 'action')} for {areas}"
    return f"{beginning}: {listed_words(parts)}." if parts else f"{beginning}."


def _areas(account: Account) -> Any:
    """The plan's areas in its order; for the public those with a published action, and the inspectorate's own."""
    rows = account.plan.plan_areas.order_by("position", "id")
    if account.brief.public:
        answered = account.brief.rows.order_by().values("area")
        rows = rows.filter(area__in=answered) | rows.filter(area__kind__from_inspectorate=True)
    return rows


def _lists(account: Account, appendices: Sequence[tuple[str, Sequence[Block]]]) -> dict[str, Any]:
    return {
        "each_recommendation": list(_recommended(account.brief, 0)),
        "each_area": [row.area.wording for row in _areas(account).select_related("area")],
        "each_appendix": [heading for heading, _ in appendices],
    }


def _recommended(brief: Brief, form: int) -> tuple[str, ...]:
    """“Notes the plan; and”, “Approves the summary.”"""
    said = [
        f"{VERBS[one.verb][form]} {' '.join(one.text.split()).rstrip(';,. ')}"
        for one in brief.recommendations
        if one.text.strip()
    ]
    ends = {len(said) - 1: ".", len(said) - 2: "; and"}
    return tuple(f"{text}{ends.get(place, ';')}" for place, text in enumerate(said))


# The blocks of the paper


def _appendices(account: Account, facts: TemplateFacts, actions: Sequence[Any]) -> list[tuple[str, Sequence[Block]]]:
    """What is appended: its heading with its number, and its blocks, the first of which prints the heading."""
    found: list[tuple[str, Sequence[Block]]] = []
    if "plan_table" not in facts.fields:
        heading = f"Appendix {len(found) + 1}: {account.plan.title}"
        found.append((heading, [_plan_table(account, actions, heading), *kept_back_note(account)]))
    if "young_peoples_summary" not in facts.fields:
        summary = young_people.blocks(account.brief, level=3)
        if summary:
            heading = f"Appendix {len(found) + 1}: {young_people.SUBTITLE}"
            found.append((heading, [Heading(heading, 2), *summary]))
    return found


def _plan_table(account: Account, actions: Sequence[Any], caption: str, level: int = 2) -> Table:
    columns = columns_for(account.brief, COLUMNS)
    return action_table(account.brief, actions, columns, caption=caption, level=level)


def _blocks(
    account: Account,
    facts: TemplateFacts,
    actions: Sequence[Any],
    appendices: Sequence[tuple[str, Sequence[Block]]],
) -> dict[str, list[Block]]:
    """What stands for each block field; what the template does not use is made of nothing."""
    brief = account.brief
    used = set(facts.fields)
    said: dict[str, list[Block]] = {field.name: [] for field in FIELDS if field.holds == Holds.BLOCK}
    for form, name in enumerate(("recommendations", "recommendations_to")):
        if items := _recommended(brief, form):
            said[name] = [Points(items, "i")]
        elif brief.draft:
            said[name] = [Paragraph("[Recommendations: not written yet]")]
    if words := tuple(row.area.wording for row in _areas(account).select_related("area")):
        said["areas"] = [Points(words)]
    if appendices:
        said["appendix_list"] = [Paragraph(heading) for heading, _ in appendices]
        said["appendices"] = [block for _, blocks in appendices for block in (PageBreak(), *blocks)]
    if "plan_table" in used:
        said["plan_table"] = [_plan_table(account, actions, "The plan", 3), *kept_back_note(account)]
    if "exceptions" in used:
        narrow = Account(replace(brief, choices=replace(brief.choices, columns=brief.choices.columns or IN_EXCEPTIONS)))
        tables = (exceptions.overdue(narrow, level=3), exceptions.later_than_first_agreed(narrow, level=3))
        said["exceptions"] = list(tables)
    if "measures" in used:
        said["measures"] = measures.standing(account, level=3)
    if "young_peoples_summary" in used:
        said["young_peoples_summary"] = list(young_people.blocks(brief, level=3))
    return said


def _assembled(filled: Filled, said: dict[str, list[Block]]) -> tuple[list[Block], list[tuple[str, int, int]]]:
    """All blocks, those of each mark in its place, and where; what the template has no place for comes last."""
    blocks: list[Block] = []
    slots: list[tuple[str, int, int]] = []
    for piece in filled.pieces:
        if isinstance(piece, Mark):
            slots.append((piece.name, len(blocks), len(blocks) + len(said.get(piece.name, ()))))
            blocks += said.get(piece.name, [])
        else:
            blocks.append(piece)
    marked = {name for name, _, _ in slots}
    rest = [name for name in ("stamp", "appendices", "rag_key") if name not in marked]
    if "plan_table" in marked:
        rest = [name for name in rest if name != "appendices"]
    for name in rest:
        slots.append((name, len(blocks), len(blocks) + len(said.get(name, ()))))
        blocks += said.get(name, [])
    return blocks, slots


def _without_skips(blocks: Iterable[Block]) -> Iterable[Block]:
    """No heading more than one level below the last: who listens to a document goes through it by its levels."""
    last = 1
    for block in blocks:
        if isinstance(block, Heading | Table):
            last = min(block.level, last + 1, _DEEPEST)
            yield replace(block, level=last)
        else:
            yield block
