"""Load what every installation needs."""

from django.core.management.base import BaseCommand

from plans.management.reference_data import load_reference_data


class Command(BaseCommand):
    help = "Loads frameworks, English councils and bank holidays. Safe to run again; leaves edited rows alone."

    def handle(self, *args: object, **options: object) -> None:
        for what, count in load_reference_data().items():
            self.stdout.write(f"{count} {what} added.")
