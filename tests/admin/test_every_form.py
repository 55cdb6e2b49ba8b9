"""The administrator's forms open to administrators, each for the rows of their own council; to nobody else at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from tests.web.access.asking import World, the_world
from tests.web.access.members import MEMBERS

pytestmark = pytest.mark.django_db

AWAY, NO, GONE, OK = 302, 403, 404, 200
MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)
OF_A_ROW = ("change", "delete", "history")
# Shared by every council: read by each administrator, changed by none of them.
SHARED = {"Framework", "AskKind", "BankHoliday"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with the_world(django_db_blocker) as found:
        yield found


def addresses(model: Any, rows: list[Any]) -> Iterator[str]:
    """Every address of the model's forms, those of a row for each of ``rows``."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    yield from (reverse(f"{name}_changelist"), reverse(f"{name}_add"))
    yield from (reverse(f"{name}_{what}", args=[row.pk]) for row in rows for what in OF_A_ROW)


def rows_of(model: Any, world: World) -> tuple[list[Any], list[Any]]:
    """A row that the council's administrator has, and one that they have not; none where there is no such."""
    request = RequestFactory().get("/")
    request.user = world.cast.administrator
    mine = admin.site._registry[model].get_queryset(request)
    others = model._default_manager.exclude(pk__in=mine.values("pk"))
    return list(mine.order_by("pk")[:1]), list(others.order_by("pk")[:1])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_but_an_administrator_opens_a_form(model: Any, world: World) -> None:
    mine, others = rows_of(model, world)
    wrong = []
    for place in addresses(model, [*mine, *others]):
        for member in MEMBERS:
            if member == "administrator":
                continue
            for method in ("get", "post"):
                found = world.ask(member, method, place)
                if found.code not in (AWAY, NO, GONE) or found.wrote:
                    wrong.append(f"{method} {place} by {member}: {found.code}, wrote {sorted(found.wrote)}")
    assert wrong == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_administrator_opens_the_rows_of_their_council_alone(model: Any, world: World) -> None:
    mine, others = rows_of(model, world)
    assert not (others and model.__name__ in SHARED)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    wrong = []
    if world.ask("administrator", "get", reverse(f"{name}_changelist")).code not in (OK, NO):
        wrong.append(f"{name}: the list")
    for row in mine:
        if world.ask("administrator", "get", reverse(f"{name}_change", args=[row.pk])).code not in (OK, NO):
            wrong.append(f"{name}: their own row")
    for row in others:
        for what in OF_A_ROW:
            for method in ("get", "post"):
                found = world.ask("administrator", method, reverse(f"{name}_{what}", args=[row.pk]))
                if found.code not in (AWAY, NO, GONE) or found.wrote:
                    wrong.append(f"{method} {name} {what} of another council: {found.code}, {sorted(found.wrote)}")
    assert wrong == []


def test_most_forms_have_a_row_of_another_council(world: World) -> None:
    """Else the rule above would hold for want of anything to refuse."""
    without = {model.__name__ for model in MODELS if not rows_of(model, world)[1]} - SHARED
    assert without <= {"Event", "Decision", "WorkingCopy", "Group", "DBTaskResult"}, without
