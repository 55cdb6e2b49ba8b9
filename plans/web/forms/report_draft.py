"""A report as read, as the names and values of the review's form."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from plans.access.models import Organisation
from plans.documents.dates import MONTHS, Precision, wording
from plans.findings.models import AskKind, Framework, Inspection
from plans.findings.reading import body_addressed, grade_of, kind_named

Values = dict[str, str | list[str]]
# Bodies whose areas a council's plan answers as a rule: its own, and those of the partnership that it is part of.
ANSWERED_BY_THE_COUNCIL = ("local authority", "partnership")


def draft_of(proposal: dict[str, Any], organisation: Organisation, *, has_pages: bool) -> Values:
    """Every field of the page, filled with what was read; what was not read is left empty, never made up."""
    framework = Framework.objects.filter(code=proposal.get("framework") or "").first()
    bodies = _bodies(proposal["areas"])
    title = _title(proposal, framework)
    values: Values = {
        **_facts(proposal, framework, title, organisation),
        **_judgements(proposal["judgements"], framework),
        **_body_rows(bodies, organisation),
        **_area_rows(proposal["areas"], bodies, has_pages),
    }
    addressed = Counter(area["body"] for area in proposal["areas"])
    answered = [body for body in bodies if body in ANSWERED_BY_THE_COUNCIL and addressed[body]]
    answered = answered or [body for body in bodies if addressed[body]]
    values["plan-make"] = "on" if proposal["areas"] else ""
    values["plan-title"] = f"Improvement plan: {title}"[:200] if title else ""
    values["plan-bodies"] = [str(bodies.index(body)) for body in answered]
    return values


def _bodies(areas: list[dict[str, Any]]) -> list[str]:
    """The bodies addressed, the council first whether or not anything is."""
    return list(dict.fromkeys(["local authority", *(area["body"] for area in areas)]))


def _title(proposal: dict[str, Any], framework: Framework | None) -> str:
    if framework is None:
        return ""
    name = re.split(r" \(|, ", framework.name)[0]
    start = proposal.get("inspection_start")
    if not start:
        return name
    first = date.fromisoformat(start)
    return f"{name}, {MONTHS[first.month - 1].capitalize()} {first.year}"


def _day(iso: str | None) -> str:
    return wording(date.fromisoformat(iso), Precision.DAY) if iso else ""


def _facts(proposal: dict[str, Any], framework: Framework | None, title: str, organisation: Organisation) -> Values:
    spells = [*proposal["spells"], ("", ""), ("", "")]
    there = _same_inspection(proposal, organisation)
    return {
        "facts-inspection": str(there.pk) if there else "",
        "facts-framework": str(framework.pk) if framework else "",
        "facts-title": there.title if there else title,
        "facts-starts_1": _day(spells[0][0]),
        "facts-ends_1": _day(spells[0][1]),
        "facts-starts_2": _day(spells[1][0]),
        "facts-ends_2": _day(spells[1][1]),
        "facts-published_on": _day(proposal.get("published")),
        "facts-received_on": _day(there.received_on.isoformat()) if there and there.received_on else "",
        "facts-letter_due_on": _day(there.letter_due_on.isoformat()) if there and there.letter_due_on else "",
        "facts-lead_inspector": proposal.get("lead_inspector") or "",
    }


def _same_inspection(proposal: dict[str, Any], organisation: Organisation) -> Inspection | None:
    """The inspection of the organisation that was on site from the same day, if it is here."""
    start = proposal.get("inspection_start")
    return organisation.inspections.filter(spells__starts=start).first() if start else None


def _judgements(read: list[dict[str, Any]], framework: Framework | None) -> Values:
    grades = list(framework.grades.all()) if framework else []
    values: Values = {"judgements-count": str(len(read))}
    for number, judgement in enumerate(read):
        grade = grade_of(judgement["grade"], grades)
        values[f"judgements-{number}-keep"] = "on"
        values[f"judgements-{number}-label"] = judgement["area"]
        values[f"judgements-{number}-grade"] = str(grade.pk) if grade else ""
    return values


def _body_rows(bodies: list[str], organisation: Organisation) -> Values:
    values: Values = {"bodies-count": str(len(bodies))}
    for number, printed in enumerate(bodies):
        body = body_addressed(printed, organisation)
        values[f"bodies-{number}-printed"] = printed
        values[f"bodies-{number}-name"] = body.name
        values[f"bodies-{number}-kind"] = body.kind
    return values


def _area_rows(read: list[dict[str, Any]], bodies: list[str], has_pages: bool) -> Values:
    kinds = list(AskKind.objects.all())
    taken: dict[str, set[int]] = {}
    values: Values = {"areas-count": str(len(read))}
    for number, area in enumerate(read):
        kind = kind_named(area["kind"], kinds)
        numbers = taken.setdefault(area["body"], set())
        printed = area["number"] or ""
        place = int(printed) if printed.isdecimal() and 0 < int(printed) < 10_000 else len(numbers) + 1
        if place in numbers:
            place = max(numbers) + 1
        numbers.add(place)
        page = f"page {area['page']}" if has_pages else ""
        row = {
            "keep": "on",
            "wording": area["text"],
            "number": str(place),
            "kind": str(kind.pk) if kind else "",
            "timescale": area["timescale"] or "",
            "body": str(bodies.index(area["body"])),
            "heading": area["theme"] or "",
            "location": ", ".join(part for part in (page, area["reference"] or "") if part),
        }
        values |= {f"areas-{number}-{name}": value for name, value in row.items()}
    return values
