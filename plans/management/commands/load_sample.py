"""Load a large made-up population, for measuring speed."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from plans.management.reference_data import load_reference_data
from plans.management.sample_load import SampleSize, load_sample


class Command(BaseCommand):
    help = (
        "Adds made-up councils: people, plans with whole histories, meetings held. For measuring, never for a live"
        " installation. An empty database is best; if it is stopped before its end, begin again with a new one."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--actions", type=int, default=1000, help="How many actions to add.")
        parser.add_argument("--updates-per-action", type=int, default=10, help="Updates of each, the first included.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same population.")

    def handle(self, *args: object, **options: Any) -> None:
        load_reference_data()
        began = time.monotonic()
        size = SampleSize(options["actions"], options["updates_per_action"], options["seed"])
        for made in load_sample(size, now=timezone.now()):
            self.stdout.write(f"{made:,} actions, {time.monotonic() - began:.0f} s", ending="\r")
        self.stdout.write("")
