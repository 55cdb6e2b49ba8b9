"""Loads what every installation needs: frameworks, English councils, bank holidays. Safe to run again."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from plans.access.models import Organisation
from plans.findings.models import (
    AskKind,
    BankHoliday,
    DeadlineRule,
    Framework,
    FrameworkAsk,
    GradeWord,
    JudgementArea,
)
from plans.findings.working_days import BANK_HOLIDAYS

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


def read_toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


@transaction.atomic
def load_reference_data() -> dict[str, int]:
    """Add what is missing and leave what is there, edited or not; answers how many of each were added."""
    return {
        "councils": _load_councils(),
        "frameworks": _load_frameworks(),
        "bank holidays": _load_bank_holidays(),
    }


def _load_councils() -> int:
    added = 0
    with (FIXTURES / "councils.csv").open(encoding="utf-8", newline="") as file:
        known = set(Organisation.objects.values_list("name", flat=True))
        for row in csv.DictReader(file):
            if row["name"] in known:
                continue
            Organisation.objects.create(
                name=row["name"],
                kind=Organisation.Kind.COUNCIL,
                gss_code=row["gss_code"] or None,
                dfe_code=row["dfe_code"],
                ofsted_urn=row["ofsted_urn"],
                region=row["region"],
            )
            added += 1
    return added


def _load_frameworks() -> int:
    data = read_toml(FIXTURES / "frameworks.toml")
    kinds: dict[str, AskKind] = {}
    for row in data["ask_kinds"]:
        kinds[row["code"]], _ = AskKind.objects.get_or_create(
            code=row["code"],
            defaults={name: row[name] for name in ("name", "rank", "from_inspectorate") if name in row},
        )
    added = 0
    for row in data["framework"]:
        framework, made = Framework.objects.get_or_create(
            code=row["code"],
            defaults={
                name: row[name]
                for name in (
                    "name",
                    "inspectorate",
                    "from_date",
                    "until_date",
                    "letter_only",
                    "overall_grade",
                    "notes",
                )
                if name in row
            },
        )
        if made:
            added += 1
            _fill_framework(framework, row, kinds)
    return added


def _fill_framework(framework: Framework, row: dict[str, Any], kinds: dict[str, AskKind]) -> None:
    for position, area in enumerate(row.get("judgement_areas", []), start=1):
        JudgementArea.objects.create(framework=framework, label=area["label"], position=position)
    for grade in row.get("grades", []):
        GradeWord.objects.create(
            framework=framework,
            word=grade["word"],
            rank=grade["rank"],
            printed_number=grade.get("printed_number", ""),
        )
    for ask in row.get("asks", []):
        FrameworkAsk.objects.create(
            framework=framework, kind=kinds[ask["kind"]], heading=ask["heading"], note=ask.get("note", "")
        )
    for deadline in row.get("deadlines", []):
        DeadlineRule.objects.create(framework=framework, **deadline)


def _load_bank_holidays() -> int:
    if BankHoliday.objects.exists():
        return 0
    BankHoliday.objects.bulk_create([BankHoliday(day=day, name=name) for day, name in BANK_HOLIDAYS.items()])
    return len(BANK_HOLIDAYS)
