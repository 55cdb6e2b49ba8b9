"""Write a plan's paper to a file, for any day, as the papers of the web are made: checked, recorded and in draft."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from plans.access.models import User
from plans.documents.dates import Precision, read_typed_date, wording
from plans.improvement_plan.models import LONDON, Plan, end_of_day
from plans.oversight.movement import Point
from plans.papers.brief import Brief, Choices, ChosenColumn
from plans.papers.changes import record_copy
from plans.papers.columns import PLAN_COLUMNS
from plans.papers.files import file_of, pages_in
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.public import RefusedPaper
from plans.papers.rules import Audience, Format, Kind
from plans.papers.warnings import check_public, what_becomes_public


class Command(BaseCommand):
    help = (
        "Writes a plan's paper to a file, as at any day, for the council or for the public. It is a draft, and it is"
        " recorded that it was made."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="The plan's number or its title.")
        parser.add_argument("--kind", default=Kind.FULL_PLAN.value, help=f"One of: {', '.join(CATALOGUE)}.")
        parser.add_argument("--format", help=f"One of: {', '.join(Format)}. Else as the file's name ends.")
        parser.add_argument(
            "--as-at", default="", help="The day that it is about, such as “16 March 2020”. Else today."
        )
        parser.add_argument("--audience", default=Audience.EXEMPT.value, help=f"One of: {', '.join(Audience)}.")
        parser.add_argument("--out", required=True, type=Path, help="The file to write.")
        parser.add_argument("--force", action="store_true", help="Put it in the place of a file that is there.")
        parser.add_argument("--by", default="", help="E-mail address of the person who makes it, and who may read it.")
        parser.add_argument("--columns", default="", help=f"Separated by commas, of: {', '.join(PLAN_COLUMNS)}.")
        parser.add_argument("--since", default="", help="The day since which it tells what moved.")

    def handle(self, *args: object, **options: Any) -> None:
        at = timezone.now()
        out: Path = options["out"]
        kind: Kind = _one_of(Kind, options["kind"], [kind.value for kind in CATALOGUE], "kind of paper")
        file_format: Format = _one_of(
            Format, options["format"] or out.suffix.removeprefix("."), [one.value for one in Format], "format"
        )
        audience: Audience = _one_of(Audience, options["audience"], [one.value for one in Audience], "audience")
        if audience not in CATALOGUE[kind].audiences:
            raise CommandError(
                f"{CATALOGUE[kind].label}: this paper is for use within the council. Give --audience exempt."
            )
        _refuse_unwritable(out, force=options["force"])
        by = _person(options["by"])
        plan = _plan(options["plan"], by)
        today = at.astimezone(LONDON).date()
        day = _day(options["as_at"], "--as-at", today)
        since = _day(options["since"], "--since", today) if options["since"] else None
        if since is not None and since > day:
            raise CommandError("--since is after the day that the paper is about. Give an earlier day.")
        brief = Brief(
            plan,
            day,
            end_of_day(day) if day < today else None,
            by.name if by else "",
            at,
            reader=by,
            audience=audience,
            choices=Choices(columns=_columns(options["columns"])),
            since=Point.end_of(since) if since else None,
            draft=True,
        )
        self._write(kind, brief, file_format, out, by, at)

    def _write(self, kind: Kind, brief: Brief, file_format: Format, out: Path, by: User | None, at: datetime) -> None:
        try:
            paper = paper_for(kind, brief)
        except RefusedPaper as refusal:
            raise CommandError(str(refusal)) from None
        content = file_of(paper, file_format, at)
        with transaction.atomic():
            record_copy(brief, paper, kind=kind, by=by, at=at, file_format=file_format)
            _put(content, out)
        rows = paper.stamp.rows
        told = [f"{out}: {rows:,} {'action' if rows == 1 else 'actions'} as at {wording(brief.day, Precision.DAY)}."]
        if file_format == Format.PDF:
            pages = pages_in(content)
            told.append(f"{pages} {'page' if pages == 1 else 'pages'}.")
        if brief.public:
            told += self._of_the_public_paper(kind, brief)
        for line in told:
            self.stderr.write(line)

    def _of_the_public_paper(self, kind: Kind, brief: Brief) -> list[str]:
        becoming, check = what_becomes_public(brief), check_public(kind, brief)
        told = [f"For the public: {becoming.sentence}"]
        told += [f"Kept out: {part[:1].lower()}{part[1:]}, of {', '.join(of)}." for part, of in becoming.kept_out]
        told += [f"Name taken out: {one.where}: now “{one.instead}”." for one in check.names]
        told += [f"Withheld: {one.where}: {one.kind}: {one.excerpt}" for one in check.warnings if not one.stands]
        return told


def _one_of(words: Any, said: str, known: list[str], what: str) -> Any:
    if said not in known:
        raise CommandError(f"“{said}” is no {what}. Choose one of: {', '.join(known)}.")
    return words(said)


def _plan(said: str, by: User | None) -> Plan:
    rows = Plan.objects.select_related("organisation").order_by("pk")
    if by is not None:
        rows = rows.read_in_full_by(by)
    found = list(rows.filter(title=said) or rows.filter(title__iexact=said))
    if not found and said.isdecimal() and len(said) < 19:
        found = list(rows.filter(pk=int(said)))
    if not found:
        whose = f" that {by.email} reads in full" if by else ""
        raise CommandError(f"There is no plan “{said}”{whose}. Give the number or the whole title of a plan.")
    if len(found) > 1:
        numbers = ", ".join(f"{plan.pk} ({plan.organisation})" for plan in found)
        raise CommandError(f"Several plans are called “{said}”. Give the number of one of them: {numbers}.")
    return found[0]


def _person(said: str) -> User | None:
    if not said:
        return None
    found = User.objects.filter(email__iexact=said, is_active=True).first()
    if found is None:
        raise CommandError(f"Nobody who can sign in has the address “{said}”. Give the address of a person.")
    return found


def _day(said: str, option: str, today: date) -> date:
    if not said:
        return today
    try:
        read = read_typed_date(said)
    except ValueError as refusal:
        raise CommandError(f"{option}: {refusal}.".replace("..", ".")) from None
    if read.last_day is None or read.precision != Precision.DAY:
        raise CommandError(f"{option}: “{said}” is not a single day. Give a day, like 16 March 2020.")
    if read.last_day > today:
        raise CommandError(
            f"{option}: {wording(read.last_day, Precision.DAY)} has not come yet. Give a day up to today."
        )
    return read.last_day


def _columns(said: str) -> tuple[ChosenColumn, ...]:
    keys = [key.strip() for key in said.split(",") if key.strip()]
    for key in keys:
        if key not in PLAN_COLUMNS:
            raise CommandError(f"“{key}” is no column. The columns are: {', '.join(PLAN_COLUMNS)}.")
        if keys.count(key) > 1:
            raise CommandError(f"The column “{key}” is named twice. Name each once.")
    return tuple(ChosenColumn(key) for key in keys)


def _refuse_unwritable(out: Path, *, force: bool) -> None:
    if out.is_dir():
        raise CommandError(f"{out} is a folder. Give the name of a file.")
    if out.exists() and not force:
        raise CommandError(f"{out} is there already. Give another name, or --force to put the paper in its place.")
    if not out.parent.is_dir():
        raise CommandError(f"There is no folder {out.parent}. Make it first, or give another.")


def _put(content: bytes, out: Path) -> None:
    """The whole file or none: it is written beside its place and then moved there."""
    beside = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        try:
            beside.write_bytes(content)
            beside.replace(out)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as reason:
        raise CommandError(f"{out} cannot be written: {reason.strerror or reason}.") from None
