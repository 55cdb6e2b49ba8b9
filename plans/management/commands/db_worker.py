"""The worker of the queue, which also takes up what workers were doing that were killed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Command as LibrarysCommand

from plans.web.background import give_up
from plans.web.workers import Heart


class Command(LibrarysCommand):
    help = "Does what is queued: long papers, chases. Several may run at once, on one host or many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        # The library's default is made once, when it is loaded.
        parser.set_defaults(worker_id=get_random_string(32))

    def handle(self, **options: Any) -> None:
        with Heart(options["worker_id"], give_up):
            super().handle(**options)
