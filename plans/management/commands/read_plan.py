"""Print what would be read from a council's own plan. Nothing is written."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from plans.documents.apart import plan_apart
from plans.documents.lines import RefusedDocument
from plans.documents.proposals import ProposedPlan
from plans.documents.read_plan import plan_as_json

REFUSED = 2


class Command(BaseCommand):
    help = "Prints the actions read from a plan in Word, Excel, CSV, PDF or tab-separated text. Writes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="Print the whole proposal as JSON.")

    def handle(self, *args: object, file: Path, json: bool = False, **options: object) -> None:
        try:
            plan = plan_apart(file.read_bytes(), file.name)
        except (OSError, RefusedDocument) as reason:
            self.stderr.write(str(reason))
            sys.exit(REFUSED)
        self.stdout.write(_as_json(plan_as_json(plan)) if json else _as_text(plan))


def _as_json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _as_text(plan: ProposedPlan) -> str:
    lines = [f"Columns: {' · '.join(plan.columns)}"] if plan.columns else []
    area = None
    for row in plan.rows:
        if row.area != area:
            area = row.area
            lines += ["", area or "(no area)"]
        lines.append(f"  {row.where}: {' '.join([row.reference, *row.action.split()]).strip()}")
        when = row.by_when.printed or "no date"
        due = f" (due {row.by_when.last_day.isoformat()})" if row.by_when.last_day else ""
        lines.append(
            f"    {'; '.join(row.by_who) or 'no lead'} · {when}{due}{f' · {row.status}' if row.status else ''}"
        )
    lines += [
        "",
        f"{len(plan.rows)} actions, {len({row.area for row in plan.rows})} areas, {len(plan.problems)} problems.",
    ]
    lines += [f"  {problem.where}: {problem.message}" for problem in plan.problems]
    return "\n".join(lines)
