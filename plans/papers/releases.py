"""A release as a brief: what it asks for, as at its moment, for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from plans.access.models import User
from plans.improvement_plan.models import LONDON
from plans.oversight.meetings import meeting_before
from plans.oversight.movement import Point
from plans.papers.brief import Brief, Choices, Recommendation
from plans.papers.models import Release
from plans.papers.rules import Audience, Format, Kind, Stage, Verb
from plans.papers.shipped_templates import shipped_bytes


def brief_of(release: Release, *, reader: User, at: datetime) -> Brief:
    """What the release asks for, read by ``reader`` at ``at``.

    A draft without a moment of its own follows the plan; one for a meeting that has begun is as at its beginning.
    """
    moment = moment_of(release, at)
    shown = moment or at
    before = meeting_before(release.meeting) if release.meeting else None
    return Brief(
        plan=release.plan,
        day=shown.astimezone(LONDON).date(),
        moment=moment,
        made_by=reader.name,
        made_at=at,
        reader=reader,
        audience=Audience(release.audience),
        choices=Choices.from_plain(release.choices),
        meeting=release.meeting,
        since=Point.at(before) if before else None,
        title=release.title,
        words=dict(release.words),
        recommendations=tuple(Recommendation(Verb(verb), text) for verb, text in release.recommendations),
        template=_template(release),
        let_stand=frozenset(release.let_stand),
        draft=release.stage != Stage.ISSUED,
    )


def moment_of(release: Release, at: datetime) -> datetime | None:
    """The moment that the release is about; None while it follows the plan as it is now."""
    if release.as_at is not None:
        return release.as_at
    if release.meeting is not None and release.meeting.starts_at <= at:
        return release.meeting.starts_at
    return None


def _template(release: Release) -> bytes | None:
    if release.template is None:
        return shipped_bytes(release.shipped_template) if release.shipped_template else None
    with release.template.file.open("rb") as file:
        data: bytes = file.read()
    return data


@dataclass(frozen=True)
class Carried:
    """What a new release takes over from the last one of its kind."""

    words: dict[str, str]
    recommendations: list[list[str]]
    choices: dict[str, object]
    template_id: int | None
    shipped_template: str
    let_stand: list[str]


def carried_forward(plan_id: int, kind: Kind) -> Carried | None:
    """The words, recommendations, choices and template of the plan's last release of that kind, if it has one."""
    last = Release.objects.filter(plan=plan_id, kind=kind).order_by("-made_at", "-pk").first()
    if last is None:
        return None
    template = last.template_id if last.template and last.template.retired_at is None else None
    return Carried(last.words, last.recommendations, last.choices, template, last.shipped_template, last.let_stand)


def formats_of(kind: Kind) -> Iterator[Format]:
    """The formats in which a release of that kind is issued: all, save that a summary for reading has no tables."""
    yield Format.WORD
    yield Format.PDF
    if kind != Kind.YOUNG_PEOPLE:
        yield Format.EXCEL
        yield Format.CSV
