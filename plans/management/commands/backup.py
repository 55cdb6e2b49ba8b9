"""Back everything up into one file while the product runs; check a backup; make a key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plans.management.backup.archive import prune
from plans.management.backup.encryption import Keys, make_key
from plans.management.backup.problems import BackupProblem
from plans.management.backup.reading import check
from plans.management.backup.taking import take

# Written, and something in it is amiss: a file is missing, or is no longer what arrived.
WITH_FAULTS = 2
_MEGABYTE = 1024 * 1024


def keys_from(file: Path | None) -> Keys:
    """The keys in the file, or else in BACKUP_KEY. Raises CommandError where there are none that can be read."""
    try:
        keys = Keys(file.read_text("utf-8") if file else settings.BACKUP_KEY)
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"The key file cannot be read: {problem}.") from problem
    except BackupProblem as problem:
        raise CommandError(str(problem)) from problem
    if file and not keys:
        raise CommandError(f"There is no key in {file}.")
    return keys


class Command(BaseCommand):
    help = (
        "Writes all rows as at one moment, and the files that they name, into one file. The product can go on running."
        " Ends with 2 where the backup was written and a stored file is missing or changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--to", type=Path, help="The folder to write to; else BACKUP_DIR.")
        what.add_argument("--verify", type=Path, metavar="FILE", help="Check a backup instead, without a database.")
        what.add_argument("--make-key", type=Path, metavar="FILE", help="Make a new key instead, and write it there.")
        parser.add_argument("--key-file", type=Path, help="The file with the key; else BACKUP_KEY.")
        parser.add_argument("--keep", type=int, help="Delete all but so many of the newest backups in the folder.")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            if options["make_key"]:
                self._make_key(options["make_key"])
            elif options["verify"]:
                self._verify(options["verify"], keys_from(options["key_file"]))
            else:
                self._take(options["to"] or settings.BACKUP_DIR, keys_from(options["key_file"]), options["keep"])
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem

    def _take(self, folder: Path, keys: Keys, keep: int | None) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep must leave at least one backup.")
        at = timezone.now()
        path, manifest = take(folder, keys, at=at, storage=default_storage, say=self.stdout.write)
        for note in manifest.notes:
            self.stdout.write(note)
        for fault in manifest.faults:
            self.stderr.write(fault)
        size = path.stat().st_size / _MEGABYTE
        how = "encrypted" if keys else "NOT encrypted"
        self.stdout.write(
            f"{path}: {manifest.rows:,} rows and {manifest.files:,} files, {size:,.1f} MB, {how},"
            f" as at {at:%d %B %Y %H:%M:%S} UTC."
        )
        if manifest.faults:
            self.stderr.write(f"The backup was written, and {len(manifest.faults)} of its files are not right.")
            sys.exit(WITH_FAULTS)
        for name in prune(path.parent, keep, at) if keep else []:
            self.stdout.write(f"{name} deleted.")

    def _verify(self, path: Path, keys: Keys) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        read = check(path, keys)
        for fault in read.manifest.faults:
            self.stderr.write(f"When it was made: {fault}")
        self.stdout.write(
            f"The backup is whole: {read.manifest.rows:,} rows in {len(read.head.tables)} tables and"
            f" {read.manifest.files:,} files, made {read.head.made_at} by version {read.head.version}"
            f" from {read.head.engine}."
        )

    def _make_key(self, path: Path) -> None:
        try:
            public = make_key(path)
        except OSError as problem:
            raise CommandError(f"The key cannot be written: {problem}.") from problem
        self.stdout.write(
            f"{path} has the secret key. Keep it away from this server, in two places: without it no backup opens.\n"
            f"Set on the server, which needs no more to make backups: BACKUP_KEY={public}"
        )
