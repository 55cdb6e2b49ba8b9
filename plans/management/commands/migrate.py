"""Django's own command, and the table of the shared cache, so that nobody has to know of a second one."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"] or options["app_label"]):
            call_command("createcachetable", database=options["database"], verbosity=options["verbosity"])
