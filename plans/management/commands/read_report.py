"""Print what a published report says, as it would be proposed. Nothing is written."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from plans.documents.apart import report_apart
from plans.documents.lines import RefusedDocument
from plans.documents.proposals import ProposedInspection
from plans.documents.read_report import report_as_json

REFUSED = 2


class Command(BaseCommand):
    help = "Print what a published report (PDF, Word or text) says. Writes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="The report.")
        parser.add_argument("--json", action="store_true", help="Print the proposal as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            proposal = report_apart(path.read_bytes(), path.name)
        except OSError as error:
            self.stderr.write(f"{path} cannot be read: {error.strerror or error}.")
            sys.exit(REFUSED)
        except RefusedDocument as refusal:
            self.stderr.write(str(refusal))
            sys.exit(REFUSED)
        if options["json"]:
            self.stdout.write(json.dumps(report_as_json(proposal), ensure_ascii=False, indent=2))
        else:
            self._show(proposal)

    def _show(self, proposal: ProposedInspection) -> None:
        self.stdout.write(f"Authority:      {proposal.authority or 'not found'}")
        self.stdout.write(f"Framework:      {proposal.framework or 'not recognised'}")
        spells = "; ".join(f"{first} to {last}" for first, last in proposal.spells)
        self.stdout.write(f"On site:        {spells or 'not found'}")
        self.stdout.write(f"Published:      {proposal.published or 'not printed'}")
        self.stdout.write(f"Lead inspector: {proposal.lead_inspector or 'not found'}")
        for judgement in proposal.judgements:
            self.stdout.write(f"Judgement:      {judgement.area}: {judgement.grade or 'no grade'}")
        for number, area in enumerate(proposal.areas, 1):
            about = ", ".join(one for one in (area.kind, area.timescale, area.body, area.theme, area.reference) if one)
            self.stdout.write(f"\n{number}. [{about}; page {area.page}] {area.text}")
        for problem in proposal.problems:
            self.stdout.write(f"\nTo check ({problem.where}): {problem.message}")
