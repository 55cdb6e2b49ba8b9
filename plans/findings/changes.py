"""The writes of this stage: a report that a person has confirmed becomes an inspection, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from plans.access.models import Organisation, User
from plans.audit.changes import note_event
from plans.documents.changes import discard_document
from plans.documents.models import SourceDocument
from plans.documents.proposals import ProposedInspection, as_plain
from plans.findings.models import Area, AskKind, Framework, GradeWord, Inspection, Judgement, ReportIntake, Spell


class RefusedReport(ValueError):
    """What was confirmed cannot be kept. The message is a sentence for the person who confirms."""


@dataclass(frozen=True)
class Body:
    """Whom areas are addressed to: an organisation that is there, or the name and kind of one to be made."""

    name: str
    kind: str


@dataclass(frozen=True)
class ConfirmedJudgement:
    label: str
    grade: GradeWord | None


@dataclass(frozen=True)
class ConfirmedArea:
    """An area as a person confirmed it; ``same_as`` is the area that the inspection has for it already, if any."""

    number: int
    wording: str
    kind: AskKind
    timescale: str
    body: Body
    body_as_printed: str
    heading: str
    location: str
    same_as: Area | None = None


@dataclass(frozen=True)
class ConfirmedReport:
    """A report as a person confirmed it; ``inspection`` is the one that it is a newer report of, None for a new one."""

    framework: Framework
    title: str
    spells: tuple[tuple[date, date], ...]
    published_on: date | None
    received_on: date | None
    letter_due_on: date | None
    lead_inspector: str
    judgements: tuple[ConfirmedJudgement, ...]
    areas: tuple[ConfirmedArea, ...]
    inspection: Inspection | None = None


@dataclass
class Accepted:
    """What accepting did: the inspection, its areas in the report's order, and how many rows were made or changed."""

    inspection: Inspection
    areas: list[Area] = field(default_factory=list)
    new: int = 0
    changed: int = 0


@transaction.atomic
def open_report(document: SourceDocument, proposal: ProposedInspection, *, by: User, at: datetime) -> ReportIntake:
    """Keep what was read until a person accepts it; what is kept already where the document was read before."""
    intake, _ = ReportIntake.objects.get_or_create(
        document=document, defaults={"proposal": as_plain(proposal), "opened_by": by, "opened_at": at}
    )
    return intake


def keep_draft(intake: ReportIntake, draft: dict[str, Any]) -> None:
    """Keep what the person typed so far, right or wrong."""
    intake.draft = draft
    intake.save(update_fields=["draft"])


@transaction.atomic
def discard_report(intake: ReportIntake, *, by: User, at: datetime) -> None:
    """Leave the report out: the reading and the file go, the trail says so. Raises RefusedReport once accepted."""
    if intake.accepted_at:
        raise RefusedReport("This report has been accepted. Its inspection is kept.")
    document = intake.document
    intake.delete()
    if not document.plan_intakes.exists():
        discard_document(document, by=by, at=at)


@transaction.atomic
def accept_report(intake: ReportIntake, said: ConfirmedReport, *, by: User, at: datetime) -> Accepted:
    """Make the inspection, its spells, judgements and areas; or bring an inspection that is there up to the report.

    Nothing that is there goes because the report does not name it. Raises RefusedReport where the intake was
    accepted already: then nothing changes.
    """
    held = ReportIntake.objects.select_for_update().get(pk=intake.pk)
    if held.accepted_at:
        raise RefusedReport("This report has been accepted already. Nothing was changed.")
    organisation = intake.document.organisation
    inspection = _inspection(intake.document, said)
    accepted = Accepted(inspection)
    _keep_judgements(inspection, said.judgements, accepted)
    _keep_areas(inspection, organisation, said.areas, accepted)
    intake.inspection, intake.accepted_by, intake.accepted_at = inspection, by, at
    intake.save(update_fields=["inspection", "accepted_by", "accepted_at"])
    note_event(
        "report.accepted",
        inspection,
        by=by,
        at=at,
        sha256=intake.document.sha256,
        judgements=len(said.judgements),
        areas=len(said.areas),
        new=accepted.new,
        changed=accepted.changed,
    )
    return accepted


def start_inspection(organisation: Organisation, framework: Framework, title: str) -> Inspection:
    """An inspection whose report is still to be read, so that a plan can name it."""
    return Inspection.objects.create(organisation=organisation, framework=framework, title=title)


def add_area(inspection: Inspection, wording: str, *, body: Organisation, location: str = "") -> Area:
    """An area as a council's own plan words it: a heading of its own, not an inspectorate's ask."""
    kind, _ = AskKind.objects.get_or_create(
        code="OWN_HEADING", defaults={"name": "heading needing attention", "rank": 4, "from_inspectorate": False}
    )
    taken = _numbers_taken(inspection, body)
    return Area.objects.create(
        inspection=inspection,
        number=max(taken, default=0) + 1,
        wording=wording,
        kind=kind,
        addressed_to=body,
        location=location,
    )


def _inspection(document: SourceDocument, said: ConfirmedReport) -> Inspection:
    facts: dict[str, Any] = {
        "framework": said.framework,
        "title": said.title,
        "published_on": said.published_on,
        "received_on": said.received_on,
        "letter_due_on": said.letter_due_on,
        "lead_inspector": said.lead_inspector,
    }
    inspection = said.inspection
    if inspection is None:
        inspection = Inspection.objects.create(organisation=document.organisation, source=document, **facts)
    else:
        for name, value in facts.items():
            if value:
                setattr(inspection, name, value)
        inspection.source = inspection.source or document
        inspection.save()
    for starts, ends in said.spells:
        Spell.objects.get_or_create(inspection=inspection, starts=starts, ends=ends)
    return inspection


def _keep_judgements(inspection: Inspection, said: Sequence[ConfirmedJudgement], accepted: Accepted) -> None:
    there = {row.label.casefold(): row for row in inspection.judgements.all()}
    position = max((row.position for row in there.values()), default=0)
    for judgement in said:
        row = there.get(judgement.label.casefold())
        if row is None:
            position += 1
            Judgement.objects.create(
                inspection=inspection, label=judgement.label, grade=judgement.grade, position=position
            )
            accepted.new += 1
        elif judgement.grade and row.grade_id != judgement.grade.pk:
            row.grade = judgement.grade
            row.save(update_fields=["grade"])
            accepted.changed += 1


def _keep_areas(
    inspection: Inspection, organisation: Organisation, said: Sequence[ConfirmedArea], accepted: Accepted
) -> None:
    taken: dict[int, set[int]] = {}
    for area in said:
        body = organisation_named(area.body, organisation)
        columns: dict[str, Any] = {
            "wording": area.wording,
            "kind": area.kind,
            "timescale": area.timescale,
            "heading": area.heading,
            "location": area.location,
            "body_as_printed": area.body_as_printed,
        }
        if area.same_as is not None:
            row = area.same_as
            different = {name: value for name, value in columns.items() if value and getattr(row, name) != value}
            if different:
                for name, value in different.items():
                    setattr(row, name, value)
                row.save(update_fields=list(different))
                accepted.changed += 1
        else:
            numbers = taken.setdefault(body.pk, _numbers_taken(inspection, body))
            number = area.number if area.number not in numbers else max(numbers) + 1
            numbers.add(number)
            row = Area.objects.create(
                inspection=inspection,
                number=number,
                addressed_to=body,
                starts=" ".join(area.wording.split()[:6])[:150],
                **columns,
            )
            accepted.new += 1
        accepted.areas.append(row)


def _numbers_taken(inspection: Inspection, body: Organisation) -> set[int]:
    return set(inspection.areas.filter(addressed_to=body).values_list("number", flat=True))


def organisation_named(body: Body, of: Organisation) -> Organisation:
    """The council itself, a body that is there, or a new one. Raises RefusedReport as ``body_refusal`` says."""
    if refused := body_refusal(body.name, of):
        raise RefusedReport(refused)
    return _organisation_there(body.name, of) or Organisation.objects.create(name=body.name, kind=body.kind)


def body_refusal(name: str, of: Organisation) -> str:
    """Why areas of this council's inspection cannot be addressed to a body of that name; "" where they can.

    An area makes its inspection readable to whom it is addressed to: another council is no such body.
    """
    found = _organisation_there(name, of)
    if found is not None and found != of and found.kind == Organisation.Kind.COUNCIL:
        return f"“{found}” is another council. Name the body that the report addresses"
    return ""


def _organisation_there(name: str, of: Organisation) -> Organisation | None:
    if name.casefold() in (of.name.casefold(), of.paper_name.casefold()):
        return of
    return (
        Organisation.objects.filter(name__iexact=name).first()
        or Organisation.objects.filter(formal_name__iexact=name).exclude(formal_name="").first()
    )
