"""A running tracker with the sample documents and accounts, on this machine alone."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from plans.management.demo_accounts import PASSWORD, load_demo_accounts

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Sets up the demonstration and serves it on 127.0.0.1. PORT= changes the port."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Set up only.")

    def handle(self, *args: object, no_serve: bool = False, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demonstration. Run it as “make demo”.")
        port = os.environ.get("PORT", "8000")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise CommandError(f"PORT is “{port}”. Set it to a number from 1 to 65535.")
        if not no_serve:
            self._refuse_taken_port(int(port))
        call_command("migrate", verbosity=0)
        call_command("load_seeds", stdout=self.stdout)
        accounts = load_demo_accounts()
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"\nImprovement Plan Tracker: http://{HOST}:{port}/\n")
        self.stdout.write(f"Sign in with any of these addresses; the password is: {PASSWORD}\n")
        for account in accounts:
            self.stdout.write(f"  {account.email:36} {account.note}")
        self.stdout.write("\nStop with Ctrl+C. The data is kept in " + str(settings.DATA_DIR))
        self.stdout.flush()
        if not no_serve:
            gunicorn = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"{HOST}:{port}"]
            os.execv(sys.executable, [*gunicorn, "--workers", "1", "--threads", "4", "--log-level", "warning"])

    def _refuse_taken_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                raise CommandError(
                    f"Port {port} is taken on this machine. Choose another: make demo PORT=8001"
                ) from None
