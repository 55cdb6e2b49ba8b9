"""Keeping a part of a draft where two may write at once: neither loses anything, the second sees what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plans.access.models import User
from plans.audit.models import Event
from plans.improvement_plan.wording import listed_words
from plans.papers.changes import ReleaseChanged, change_draft
from plans.papers.models import Release
from plans.web.forms.releases import PartOfRelease, named

TRIES = 3


@dataclass(frozen=True)
class Clash:
    """What another writer changed of the same part meanwhile.

    ``form`` shows their change, and on top of it what this writer changed; ``both``: what both changed, as it is kept.
    """

    sentence: str
    both: tuple[str, ...]
    form: PartOfRelease


def keep_part(
    form: PartOfRelease, *, by: User, at: datetime, plain: dict[str, Any] | None = None, **again: Any
) -> Clash | None:
    """Keep what a valid form says (``plain``: or this in its place). A change of another part is not in the way.

    ``again``: what the form is made with besides the release. Raises RefusedRelease where it is no draft any more.
    """
    typed = form.typed() if plain is None else plain
    version, opened = form.cleaned_data["version"], form.cleaned_data["opened"]
    release = form.release
    for _ in range(TRIES):
        try:
            change_draft(release, by=by, at=at, expected_version=version, **form.said(release, typed))
        except ReleaseChanged as changed:
            release, version = changed.release, changed.release.version
            now = type(form).plain(release)
            if any(_differ(now, opened, name) for name in form.names):
                return _clash(form, release, opened, typed, now, again)
            continue
        return None
    raise ReleaseChanged(release)


def _clash(
    form: PartOfRelease,
    release: Release,
    opened: dict[str, Any],
    typed: dict[str, Any],
    now: dict[str, Any],
    again: dict[str, Any],
) -> Clash:
    theirs = [name for name in form.names if _differ(now, opened, name)]
    mine = [name for name in form.names if _differ(typed, opened, name)]
    merged = {name: (typed if name in mine else now).get(name) for name in form.names}
    who = _who_changed(release)
    return Clash(
        f"{who} changed {listed_words(named(theirs, form.names))} while you were writing."
        " Check what is below, then save again",
        tuple(
            f"You both changed {form.names[name]}. It now says: {form.in_words(now.get(name))}."
            " Below is what you wrote; saving keeps yours."
            for name in theirs
            if name in mine and _differ(now, typed, name)
        ),
        type(form)(release=release, now=merged, **again),
    )


def _differ(one: dict[str, Any], other: dict[str, Any], name: str) -> bool:
    """Whether that name says something else; nothing, no words and an empty list are the same."""
    return (one.get(name) or "") != (other.get(name) or "")


def _who_changed(release: Release) -> str:
    changes = Event.objects.filter(what="release.changed", subject_ref=f"release {release.pk}")
    address = changes.order_by("-at", "-pk").values_list("by", flat=True).first()
    writer = User.objects.filter(email=address).first() if address else None
    return writer.name if writer else "Somebody else"
