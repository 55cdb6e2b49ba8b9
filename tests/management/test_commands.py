"""Commands: the demonstration's set-up, the sample load, each safe to run again."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from plans.access.changes import hold_post
from plans.access.models import Post, User
from plans.improvement_plan.models import Action, Plan, Update
from plans.improvement_plan.rules import Status
from plans.improvement_plan.timeliness import overdue
from tests import factories


@pytest.fixture
def demonstration(settings: Any, tmp_path: Any) -> None:
    settings.DEMO = True
    settings.STATIC_ROOT = tmp_path / "static"


def test_the_demonstration_sets_itself_up_once(db: None, demonstration: None) -> None:
    for _ in range(2):
        out = StringIO()
        call_command("demo", no_serve=True, stdout=out)
        said = out.getvalue()
        assert "http://127.0.0.1:8000/" in said
        assert "olu.adeyemi@example.org" in said
    assert Plan.objects.count() == 2


def test_the_demonstration_refuses_a_port_that_is_none(
    db: None, demonstration: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(CommandError, match="PORT is “eighty”"):
        call_command("demo", no_serve=True)


def test_the_demonstration_refuses_a_port_that_is_taken(
    db: None, demonstration: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(CommandError, match="is taken"):
            call_command("demo")


def test_the_demonstrations_accounts_are_never_loaded_elsewhere(db: None) -> None:
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("demo", no_serve=True)
    assert not User.objects.exists()


def test_the_sample_load_makes_whole_histories_that_verify(db: None) -> None:
    call_command("load_sample", actions=120, updates_per_action=6, seed=3, stdout=StringIO())
    assert Action.objects.count() == 120
    assert Update.objects.count() == 720
    statuses = set(Action.objects.values_list("status", flat=True))
    assert {Status.SIGNED_OFF, Status.IN_PROGRESS} <= statuses
    assert Action.objects.filter(overdue(date.today())).exists()
    assert Action.objects.filter(extensions=1).exists()
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert "720 updates of 120 actions" in out.getvalue()


def test_a_new_holder_ends_the_one_before(db: None) -> None:
    council = factories.an_organisation()
    before, after = factories.a_person("Before"), factories.a_person("After")
    post = factories.a_post("Head of Service", council, holder=before)
    hold_post(after, post, since=date(2026, 4, 1))
    hold_post(after, post, since=date(2026, 4, 1))
    assert [(row.person.name, row.until) for row in post.holdings.order_by("since")] == [
        ("Before", date(2026, 4, 1)),
        ("After", None),
    ]
    assert str(post.holdings.first()) == "After, Head of Service"
    assert Post.objects.get() == post
