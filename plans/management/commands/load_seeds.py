"""Load the reference data and the five sample documents."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from plans.management.sample_documents import load_sample_documents


class Command(BaseCommand):
    help = "Loads frameworks, councils, bank holidays and the five sample documents. Safe to run again."

    def handle(self, *args: object, **options: object) -> None:
        call_command("load_reference_data", stdout=self.stdout)
        loaded = load_sample_documents(now=timezone.now())
        for title in loaded:
            self.stdout.write(f"Loaded: {title}")
        if not loaded:
            self.stdout.write("The sample documents are there already.")
