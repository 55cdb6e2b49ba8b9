"""Check that every row has its file, and find the files that no row names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from plans.improvement_plan.wording import counted
from plans.management.kept_files import fault_of, files_without_row, rows_with_files


class Command(BaseCommand):
    help = (
        "Names each row whose file is missing (with --hashes: or altered), and each file that no row names: what is"
        " left where a process ended between keeping a file and its row."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hashes", action="store_true", help="Read every file, and compare it with its hash.")
        parser.add_argument("--remove", action="store_true", help="Remove the files that no row names.")
        parser.add_argument(
            "--older-than",
            type=float,
            default=24,
            metavar="HOURS",
            help="Younger files without a row are left: they may be of what is being saved now. Default: 24.",
        )

    def handle(self, *args: object, **options: Any) -> None:
        checked = faults = 0
        for kept in rows_with_files():
            checked += 1
            if fault := fault_of(kept, default_storage, hashes=options["hashes"]):
                faults += 1
                self.stderr.write(fault)
        before = timezone.now() - timedelta(hours=options["older_than"])
        for name, old in files_without_row(default_storage, before=before):
            removed = options["remove"] and old
            if removed:
                default_storage.delete(name)
            self.stdout.write(f"{name}: no row names it{'; removed' if removed else ''}.")
        if faults:
            raise CommandError(f"{counted(faults, 'fault')} in {counted(checked, 'file')}.")
        self.stdout.write(f"{counted(checked, 'file')}, all there.")
