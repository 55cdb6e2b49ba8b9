"""What was made of a plan, held against what is there now: a sentence for each fault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from plans.oversight.changes import digest_of_history
from plans.papers.content import from_plain
from plans.papers.models import Release, WorkingCopy
from plans.papers.rules import Stage


def faults_in_papers() -> Iterator[str]:
    """Papers whose actions are no longer those that they were made from, and issued ones that changed since."""
    for release in Release.objects.filter(stage=Stage.ISSUED).select_related("plan").iterator():
        yield from _faults(release)
    for copy in WorkingCopy.objects.select_related("plan").iterator():
        if digest_of_history([copy.plan_id], copy.as_at) != copy.history_digest:
            yield f"Working copy {copy.pk} ({copy}): its actions are no longer those that it was made from."


def _faults(release: Release) -> Iterator[str]:
    named = f"Release {release.pk} ({release})"
    if release.as_at is None or digest_of_history([release.plan_id], release.as_at) != release.history_digest:
        yield f"{named}: its actions are no longer those that it was made from."
    if release.content is None or from_plain(release.content).content_hash() != release.content_hash:
        yield f"{named}: its content is no longer what was issued."
    for file in release.files.all():
        try:
            with file.file.open("rb") as kept:
                same = hashlib.file_digest(kept, "sha256").hexdigest() == file.sha256
        except OSError:
            yield f"{named}: its {file.get_format_display()} file is missing."
            continue
        if not same:
            yield f"{named}: its {file.get_format_display()} file is no longer what was issued."
