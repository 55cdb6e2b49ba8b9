"""Files beside the rows that name them: rows whose file is missing or altered, and files that no row names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import Storage
from django.db.models import Model

from plans.documents.changes import pictures_of
from plans.documents.models import SourceDocument
from plans.monitoring.models import Evidence
from plans.papers.models import Making, PaperTemplate, ReleaseFile

# Each with where its files are kept, and whether it keeps their hash.
MODELS: tuple[type[Any], ...] = (Evidence, SourceDocument, PaperTemplate, ReleaseFile, Making)
FOLDERS = ("evidence", "documents", "templates", "releases", "made")


@dataclass(frozen=True)
class Kept:
    """A row and the name of its file. ``sha256`` is empty where the row keeps none."""

    row: Model
    name: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.row._meta.verbose_name} {self.row.pk}"


def rows_with_files() -> Iterator[Kept]:
    for model in MODELS:
        for row in model.objects.exclude(file="").order_by("pk").iterator(chunk_size=1000):
            yield Kept(row, str(row.file.name), getattr(row, "sha256", ""))


def fault_of(kept: Kept, storage: Storage, *, hashes: bool) -> str:
    """What is wrong with the file of a row, or nothing."""
    if not hashes or not kept.sha256:
        return "" if storage.exists(kept.name) else f"{kept}: its file {kept.name} is missing."
    try:
        with storage.open(kept.name) as file:
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
    except FileNotFoundError:
        return f"{kept}: its file {kept.name} is missing."
    return "" if digest.hexdigest() == kept.sha256 else f"{kept}: {kept.name} is not the file that was kept."


def files_without_row(storage: Storage, *, before: datetime) -> Iterator[tuple[str, bool]]:
    """The name of each file that no row names, and whether it is older than ``before``."""
    named = {kept.name for kept in rows_with_files()}
    pictures = {
        f"{pictures_of(document)}/{document.sha256}-"
        for document in SourceDocument.objects.exclude(file="").only("organisation_id", "sha256")
    }
    for folder in FOLDERS:
        for name in _files_under(storage, folder):
            if name not in named and name.rpartition("-")[0] + "-" not in pictures:
                yield name, storage.get_modified_time(name) < before


def _files_under(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for inner in sorted(folders):
        yield from _files_under(storage, f"{folder}/{inner}")
