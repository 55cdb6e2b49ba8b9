"""The folder listing of ``plans/`` is the data flow: imports and foreign keys point up the list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignObject

PLANS = Path(__file__).resolve().parent.parent / "plans"
STAGES = ["access", "audit", "documents", "findings", "improvement_plan", "monitoring", "oversight", "papers"]
EDGE = ["web", "admin", "management", "migrations", "static", "templatetags"]
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "manager", "misc", "data"}
MOST_LINES = 400


def modules() -> Iterator[Path]:
    return (path for path in PLANS.rglob("*.py") if "migrations" not in path.parts)


def stage_of(path: Path) -> str | None:
    first = path.relative_to(PLANS).parts[0]
    return first if first in STAGES else None


def imported_by(path: Path) -> Iterator[tuple[int, str]]:
    package = ("plans", *path.relative_to(PLANS).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def test_the_listing_is_the_flow() -> None:
    folders = sorted(path.name for path in PLANS.iterdir() if path.is_dir() and path.name != "__pycache__")
    assert folders == sorted(STAGES + EDGE)
    assert sorted(STAGES) == STAGES


def test_imports_point_up_the_list() -> None:
    wrong = []
    for path in modules():
        stage = stage_of(path)
        if stage is None:
            continue
        above = STAGES[: STAGES.index(stage) + 1]
        for line, name in imported_by(path):
            parts = name.split(".")
            if parts[0] == "plans" and len(parts) > 1 and parts[1] not in above:
                wrong.append(f"{path.relative_to(PLANS)}:{line} imports {name}")
    assert wrong == []


def test_foreign_keys_point_up_the_list() -> None:
    wrong = []
    for model in apps.get_app_config("plans").get_models():
        if hasattr(model, "instance_type"):
            continue  # a history row repeats the keys of the model that it follows
        stage = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignObject) or not field.related_model.__module__.startswith("plans."):
                continue
            target = field.related_model.__module__.split(".")[1]
            if STAGES.index(target) > STAGES.index(stage):
                wrong.append(f"{model.__name__}.{field.name} points down to {target}")
    assert wrong == []


def test_no_module_is_over_four_hundred_lines() -> None:
    long = {str(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > MOST_LINES}
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [path for path in modules() if path.stem in NAMES_THAT_SAY_NOTHING]


@pytest.mark.parametrize("word", ["timezone.now", "date.today", "datetime.now", "datetime.utcnow"])
def test_nothing_in_a_stage_reads_the_clock(word: str) -> None:
    assert not [str(path) for path in modules() if stage_of(path) and word in path.read_text(encoding="utf-8")]


def test_only_the_ledger_writes_actions_and_updates() -> None:
    """Elsewhere the plain query set, which would write past the ledger, is used to read alone."""
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if path.name == "ledger.py":
            continue
        assert "QuerySet(Action)" not in text, path
        assert "QuerySet(Update)" not in text, path


def test_there_are_no_signals() -> None:
    assert not [path for path in modules() if "django.dispatch" in path.read_text(encoding="utf-8")]
