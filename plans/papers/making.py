"""Papers made outside the request: what was asked is kept, the steps are told as they are done, and so is the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from plans.access.models import User
from plans.improvement_plan.models import LONDON, Plan
from plans.improvement_plan.permissions import reads_exempt_papers, reads_in_full, runs
from plans.papers.brief import Brief, Choices
from plans.papers.changes import RefusedRelease, ReleaseChanged, issue, record_copy
from plans.papers.content import Paper
from plans.papers.files import file_of, pages_in
from plans.papers.kinds.catalogue import paper_for
from plans.papers.models import Making, Release
from plans.papers.releases import brief_of, formats_of
from plans.papers.rules import Audience, Format, Kind, Stage
from tracker.file_store import StoreUnreachable

Clock = Callable[[], datetime]
Reader = Callable[[Callable[[], Paper]], Paper]
KEPT = timedelta(days=1)
# A paper of 10,000 rows takes half a minute; what has not ended after this was cut off.
LONGEST = timedelta(minutes=15)
UNKNOWN = "Something went wrong while the paper was made. Nothing was issued. Try again, and tell your administrator."
NOT_KEPT = "The place where files are kept does not answer. Nothing was issued. Try again in a few minutes."
WORKERS_LOST = "The program that makes papers was ended several times while it made this one. Tell your administrator."

_log = logging.getLogger(__name__)


@transaction.atomic
def ask_to_issue(release: Release, *, by: User, at: datetime, expected_version: int) -> Making:
    """Ask for a ready paper to be made and issued; the one that was asked for already while it is being made.

    Raises ReleaseChanged where the paper is not as it was, RefusedRelease where it is not ready.
    """
    locked = Release.objects.select_for_update().get(pk=release.pk)
    if locked.version != expected_version:
        raise ReleaseChanged(locked)
    if locked.stage != Stage.READY:
        raise RefusedRelease("Only a paper that is ready can be issued.")
    running = locked.makings.filter(ended_at__isnull=True, asked_at__gt=at - LONGEST).first()
    if running is not None:
        return running
    return Making.objects.create(
        release=locked,
        plan=locked.plan,
        asked={"version": expected_version},
        asked_by=by,
        asked_at=at,
        steps=2 + len(list(formats_of(Kind(locked.kind)))),
    )


def ask_for_copy(
    plan: Plan,
    *,
    kind: Kind,
    file_format: Format,
    audience: Audience,
    as_at: datetime | None,
    choices: Choices,
    by: User,
    at: datetime,
) -> Making:
    """Ask for a working copy of the plan as at a moment (None: when it is made) as one file."""
    asked = {
        "kind": kind.value,
        "format": file_format.value,
        "audience": audience.value,
        "as_at": as_at.isoformat() if as_at else None,
        "choices": choices.as_plain(),
    }
    return Making.objects.create(plan=plan, asked=asked, asked_by=by, asked_at=at, steps=2)


def make(pk: int, clock: Clock, read: Reader = lambda reading: reading()) -> None:
    """Make what was asked, once: of two workers the second finds it taken. What goes wrong is kept in a sentence.

    ``read`` calls what reads the plan, perhaps from another database.
    """
    if not Making.objects.filter(pk=pk, state=Making.State.WAITING).update(
        state=Making.State.WORKING, began_at=clock()
    ):
        return
    making = Making.objects.select_related("release__plan", "release__meeting", "plan", "asked_by").get(pk=pk)
    if making.release and making.release.stage == Stage.ISSUED and making.release.version > making.asked["version"]:
        # The worker that was lost had issued it, and not said so any more.
        _end(making, clock())
        return
    try:
        for step in _issue(making, clock, read) if making.release else _copy(making, clock, read):
            if not _still(making).update(step=step, done=making.done):
                return
            making.done += 1
    except StoreUnreachable:
        _log.exception("Making %s could not be kept.", pk)
        _end(making, clock(), NOT_KEPT)
    except (RefusedRelease, ReleaseChanged, ValueError) as error:
        _end(making, clock(), str(error) or UNKNOWN)
    except Exception:
        _log.exception("Making %s was not made.", pk)
        _end(making, clock(), UNKNOWN)
    else:
        _end(making, clock())
    _forget(clock() - KEPT)


def begin_again(pk: int) -> None:
    """Let it be made from the start: the worker that was making it was lost."""
    Making.objects.filter(pk=pk, state=Making.State.WORKING).update(
        state=Making.State.WAITING, began_at=None, step="", done=0
    )


def give_up(pk: int, at: datetime) -> None:
    """Say that it was not made: the workers that were to make it were lost, again and again."""
    Making.objects.filter(pk=pk, ended_at__isnull=True).update(
        state=Making.State.FAILED, problem=WORKERS_LOST, ended_at=at, step=""
    )


def _still(making: Making) -> QuerySet[Making]:
    """The row, as long as it is this worker that makes it: one that was taken for lost is too late."""
    return Making.objects.filter(pk=making.pk, state=Making.State.WORKING, began_at=making.began_at)


def _end(making: Making, at: datetime, problem: str = "") -> None:
    ended = _still(making).update(
        state=Making.State.FAILED if problem else Making.State.DONE,
        problem=problem,
        ended_at=at,
        step="",
        done=making.done,
        file=making.file,
    )
    if not ended and making.file:
        making.file.storage.delete(str(making.file.name))


def _issue(making: Making, clock: Clock, read: Reader) -> Iterator[str]:
    """Issue the release; each step is said before it is done."""
    release = making.release
    assert release is not None
    if not runs(making.asked_by, release.plan):
        raise RefusedRelease("Only an improvement lead or an administrator issues papers.")
    yield "Reading the plan"
    at = clock()
    brief = replace(brief_of(release, reader=making.asked_by, at=at), draft=False)
    paper = read(lambda: paper_for(Kind(release.kind), brief))
    files: dict[Format, bytes] = {}
    for file_format in formats_of(Kind(release.kind)):
        yield f"Making the {file_format.label} file"
        files[file_format] = file_of(paper, file_format, at)
    yield "Keeping the files with their hashes"
    pages = pages_in(files[Format.PDF])
    issue(release, paper, files, pages=pages, by=making.asked_by, at=at, expected_version=making.asked["version"])


def _copy(making: Making, clock: Clock, read: Reader) -> Iterator[str]:
    """Write the working copy to the making's own file."""
    asked, plan, user = making.asked, making.plan, making.asked_by
    if not reads_in_full(user, plan):
        raise RefusedRelease("A paper shows all of a plan, and you see only your own actions of this one.")
    if asked["audience"] == Audience.EXEMPT and not reads_exempt_papers(user, plan):
        raise RefusedRelease("Your role reads papers that are public, and this one is not for publication.")
    yield "Reading the plan"
    at = clock()
    moment = datetime.fromisoformat(asked["as_at"]) if asked["as_at"] else None
    brief = Brief(
        plan,
        (moment or at).astimezone(LONDON).date(),
        moment,
        user.name,
        at,
        reader=user,
        audience=Audience(asked["audience"]),
        choices=Choices.from_plain(asked["choices"]),
        draft=asked["audience"] == Audience.PUBLIC,
    )
    kind, file_format = Kind(asked["kind"]), Format(asked["format"])
    paper = read(lambda: paper_for(kind, brief))
    yield f"Making the {file_format.label} file"
    data = file_of(paper, file_format, at)
    record_copy(brief, paper, kind=kind, by=user, at=at, file_format=file_format)
    name = f"{slugify(plan.title)[:60] or 'plan'}-{brief.day.isoformat()}.{file_format}"
    making.file.save(f"{making.pk}/{name}", ContentFile(data), save=False)


def _forget(before: datetime) -> None:
    """Take away the files of working copies that were made a day ago: they can be made again."""
    for old in Making.objects.filter(ended_at__lt=before).exclude(file=""):
        old.file.delete(save=False)
        Making.objects.filter(pk=old.pk).update(file="")
