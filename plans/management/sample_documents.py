"""Loads the sample documents in ``seeds/``: each once, whole or not at all."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from plans.access.changes import post_named
from plans.access.models import Board, Organisation, Post, User
from plans.documents.models import SourceDocument
from plans.findings.models import Area, AskKind, Framework, GradeWord, Inspection, Judgement, Spell
from plans.improvement_plan.changes import answer_areas, nothing_asked
from plans.improvement_plan.ledger import Change, record_history, supporting
from plans.improvement_plan.models import LONDON, Plan
from plans.improvement_plan.rules import Kind, Status
from plans.management.reference_data import read_toml
from plans.management.sample_summary import load_summary
from plans.monitoring.models import Measure, Reading

SEEDS = Path(settings.BASE_DIR) / "seeds"
LOADER = {"email": "sample-data@example.org", "name": "Sample data"}

STATUS_WORDS = {
    "not stated": Status.UNREPORTED,
    "not started": Status.NOT_STARTED,
    "in progress": Status.IN_PROGRESS,
    "complete": Status.COMPLETE,
    "signed off": Status.SIGNED_OFF,
}
KIND_WORDS = {
    "progress": Kind.PROGRESS,
    "note": Kind.PROGRESS,
    "complete": Kind.COMPLETED,
    "extension asked": Kind.EXTENSION_ASKED,
    "extension agreed": Kind.EXTENSION_AGREED,
    "extension refused": Kind.EXTENSION_REFUSED,
    "signed off": Kind.SIGNED_OFF,
    "reopened": Kind.REOPENED,
}
STATUS_AFTER = {
    Kind.COMPLETED: Status.COMPLETE,
    Kind.SIGNED_OFF: Status.SIGNED_OFF,
    Kind.REOPENED: Status.IN_PROGRESS,
}
NOON = time(12)


def load_sample_documents(*, now: datetime) -> list[str]:
    """Load each document that is not there yet; answers the titles of those that were."""
    by, _ = User.objects.get_or_create(
        email=LOADER["email"], defaults={"name": LOADER["name"], "is_active": False, "password": "!"}
    )
    loaded = []
    for path in sorted(SEEDS.glob("*.toml")):
        facts = read_toml(path)
        if not SourceDocument.objects.filter(key=path.stem).exists():
            with transaction.atomic():
                loaded.append(_load(path.stem, facts, by, now).title)
    return loaded


def _load(key: str, facts: dict[str, Any], by: User, now: datetime) -> SourceDocument:
    printed = facts["document"]
    organisation = _organisation({"name": printed["organisation"], **printed})
    for row in facts.get("organisations", []):
        _organisation(row)
    document = SourceDocument.objects.create(
        key=key,
        organisation=organisation,
        title=printed["title"],
        kind=printed["kind"],
        printed_date=printed.get("printed_date", ""),
        dated=printed.get("dated"),
        address=printed.get("address", ""),
        query=printed.get("query", ""),
        headings=facts.get("paper", {}).get("headings", []),
        recommendations=facts.get("paper", {}).get("recommendations", []),
        young_people=facts.get("young_people", []),
    )
    areas = _load_inspection(document, facts)
    if "plan" in facts:
        _load_plan(organisation, areas, facts, by, now)
    return document


def _organisation(row: dict[str, Any]) -> Organisation:
    organisation, _ = Organisation.objects.get_or_create(
        name=row["name"], defaults={"kind": row["kind"], "formal_name": row.get("formal_name", "")}
    )
    if row.get("formal_name") and not organisation.formal_name:
        organisation.formal_name = row["formal_name"]
        organisation.save(update_fields=["formal_name"])
    return organisation


def _load_inspection(document: SourceDocument, facts: dict[str, Any]) -> dict[int, Area]:
    """The inspection with its judgements and areas; answers the council's own areas by number."""
    row = facts["inspection"]
    framework = Framework.objects.get(code=row["framework"])
    inspection = Inspection.objects.create(
        organisation=document.organisation,
        framework=framework,
        title=row["title"],
        published_on=row.get("published"),
        received_on=row.get("received"),
        source=document,
        query=row.get("query", ""),
    )
    for spell in row.get("spells", []):
        Spell.objects.create(inspection=inspection, **spell)
    for position, judgement in enumerate(row.get("judgements", []), start=1):
        grade = judgement.get("grade")
        Judgement.objects.create(
            inspection=inspection,
            label=judgement["label"],
            grade=GradeWord.objects.get(framework=framework, word=grade) if grade else None,
            position=position,
        )
    own: dict[int, Area] = {}
    for row in facts.get("areas", []):
        body = Organisation.objects.get(name=row.get("body", document.organisation.name))
        area = Area.objects.create(
            inspection=inspection,
            number=row["number"],
            wording=row["wording"],
            kind=AskKind.objects.get(code=row["kind"]),
            timescale=row.get("timescale", ""),
            addressed_to=body,
            body_as_printed=row.get("body_as_printed", ""),
            heading=row.get("heading", ""),
            location=row.get("location", ""),
            starts=row.get("starts", ""),
            earlier=_earlier_area(row.get("earlier"), document.organisation),
        )
        if body == document.organisation:
            own[area.number] = area
    return own


def _earlier_area(reference: str | None, organisation: Organisation) -> Area | None:
    """The area that “001:2” names: number 2 of the document whose key begins with 001."""
    if not reference:
        return None
    key, _, number = reference.partition(":")
    return Area.objects.get(inspection__source__key__startswith=key, addressed_to=organisation, number=int(number))


def _load_plan(
    organisation: Organisation, areas: dict[int, Area], facts: dict[str, Any], by: User, now: datetime
) -> None:
    row = facts["plan"]
    plan = Plan.objects.create(
        organisation=organisation,
        title=row["title"],
        stage=row["stage"],
        summary=row.get("summary", ""),
        submitted_printed=row.get("submitted_printed", ""),
    )
    for name in row.get("boards", []):
        kind = Board.Kind.CABINET if "Cabinet" in name else Board.Kind.IMPROVEMENT
        board, _ = Board.objects.get_or_create(organisation=organisation, name=name, defaults={"kind": kind})
        plan.boards.add(board)
    answer_areas(plan, areas.values())
    histories = _histories(plan, areas, facts, by, row["holds_from"])
    actions = record_history(plan, histories, recorded_at=now) if histories else []
    by_reference = {action.reference: action for action in actions}
    for measure_row in facts.get("measures", []):
        measure = Measure.objects.create(
            organisation=organisation,
            **{
                name: measure_row[name]
                for name in (
                    "code",
                    "name",
                    "unit",
                    "better",
                    "baseline",
                    "target",
                    "target_printed",
                    "rag_printed",
                )
                if name in measure_row
            },
        )
        measure.plans.add(plan)
        measure.areas.set([areas[number] for number in measure_row.get("areas", [])])
        measure.actions.set([by_reference[reference] for reference in measure_row.get("actions", [])])
        for reading in measure_row["readings"]:
            Reading.objects.create(
                measure=measure,
                kind=reading["kind"],
                period_ends=reading["period_end"],
                period_printed=reading.get("period", reading["period_printed"]),
                value=reading["value"],
            )
    load_summary(
        plan, areas, facts, by=by, at=datetime.combine(facts["document"].get("dated", now.date()), NOON, LONDON)
    )


def _histories(
    plan: Plan, areas: dict[int, Area], facts: dict[str, Any], by: User, holds_from: date
) -> list[list[Change]]:
    made_up: dict[str, list[dict[str, Any]]] = {}
    for row in facts.get("illustration", []):
        made_up.setdefault(row["action"], []).append(row)
    start = datetime.combine(holds_from, time(), LONDON)
    histories = []
    for position, row in enumerate(facts.get("actions", []), start=1):
        due = {
            "due_date": row.get("due"),
            "due_precision": row.get("due_precision", ""),
            "due_printed": row["due_printed"],
        }
        added = Change(
            by,
            start,
            Kind.ADDED,
            row.get("progress", ""),
            changes={
                "area_id": areas[row["area"]].pk,
                "reference": row["reference"],
                "position": position,
                "wording": row["wording"],
                "lead_id": _post(row["lead"], row.get("lead_organisation"), plan).pk,
                "support": supporting([_post(title, None, plan) for title in row.get("support", [])]),
                "status": STATUS_WORDS[row["status"]],
                "published": True,
                **due,
            },
        )
        later = sorted(made_up.get(row["reference"], []), key=lambda entry: entry["at"])
        histories.append([added, *_illustration(later, by)])
    return histories


def _post(title: str, organisation: str | None, plan: Plan) -> Post:
    of = Organisation.objects.get(name=organisation) if organisation else plan.organisation
    return post_named(title, of)


def _illustration(rows: list[dict[str, Any]], by: User) -> list[Change]:
    """Made-up progress as changes, each marked as illustration. An agreed date is the one that was asked."""
    changes = []
    asked: dict[str, Any] = {}
    for row in rows:
        kind = KIND_WORDS[row["kind"]]
        said: dict[str, Any] = {}
        if "status" in row:
            said["status"] = STATUS_WORDS[row["status"]]
        if kind in STATUS_AFTER:
            said["status"] = STATUS_AFTER[kind]
        said |= {name: row[name] for name in ("confidence", "reported_rag") if name in row}
        if "forecast" in row:
            said |= {
                "forecast_date": row["forecast"],
                "forecast_precision": row.get("forecast_precision", "month"),
            }
        if kind == Kind.EXTENSION_ASKED:
            asked = row
            said |= {
                "asked_due_date": row["asked_due"],
                "asked_due_precision": row.get("asked_due_precision", "month"),
                "asked_reason": row["note"],
            }
        elif kind == Kind.EXTENSION_AGREED:
            said |= {
                "due_date": row.get("asked_due", asked["asked_due"]),
                "due_precision": asked.get("asked_due_precision", "month"),
                "due_printed": row.get("asked_due_printed", asked.get("asked_due_printed", "")),
                **nothing_asked(),
            }
        elif kind in (Kind.EXTENSION_REFUSED, Kind.COMPLETED):
            said |= nothing_asked()
        at = datetime.combine(row["at"], NOON, LONDON)
        changes.append(Change(by, at, kind, row["note"], illustration=True, changes=said))
    return changes
