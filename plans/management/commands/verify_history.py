"""Check that history still says what was recorded."""

import sys
from itertools import chain

from django.core.management.base import BaseCommand

from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.verification import faults_in_history
from plans.oversight.changes import faults_in_meetings
from plans.papers.verification import faults_in_papers


class Command(BaseCommand):
    help = "Verifies every action's chain of updates, meetings held and papers made. Names each changed row."

    def handle(self, *args: object, **options: object) -> None:
        faults = 0
        for fault in chain(faults_in_history(), faults_in_meetings(), faults_in_papers()):
            faults += 1
            self.stderr.write(fault)
        if faults:
            self.stderr.write(f"{faults} faults found.")
            sys.exit(1)
        self.stdout.write(f"History is whole: {Update.objects.count()} updates of {Action.objects.count()} actions.")
