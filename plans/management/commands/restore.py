"""Restore a backup into an empty database and an empty storage, on SQLite or PostgreSQL, and check all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from plans.management.backup.problems import BackupProblem
from plans.management.backup.restoring import restore
from plans.management.commands.backup import keys_from


class Command(BaseCommand):
    help = (
        "Restores a backup into the database and the storage of the settings, which must be empty. Everything is read"
        " back and compared, and history verified, before it says done. Where anything fails, nothing is left."
    )
    # The tables may not be there yet.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The backup.")
        parser.add_argument("--key-file", type=Path, help="The file with the secret key; else BACKUP_KEY.")
        parser.add_argument(
            "--with-faults",
            action="store_true",
            help="Keep it even where history or files had faults already when the backup was made.",
        )

    def handle(self, *args: object, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        keys = keys_from(options["key_file"])
        try:
            restored = restore(
                path, keys, storage=default_storage, say=self.stdout.write, with_faults=options["with_faults"]
            )
        except BackupProblem as problem:
            raise CommandError(str(problem)) from problem
        manifest = restored.archive.manifest
        for note in (*manifest.notes, *manifest.faults):
            self.stdout.write(f"When the backup was made: {note}")
        for fault in restored.faults:
            self.stderr.write(fault)
        history = f"history has {len(restored.faults)} faults" if restored.faults else "history is whole"
        self.stdout.write(
            f"Done: {manifest.rows:,} rows are equal to those in the backup of {restored.archive.head.made_at},"
            f" {manifest.files:,} files have the hashes that they had, and {history}."
        )
