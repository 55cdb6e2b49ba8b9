"""What an owner's rating means is the plan's own to say; what is worked out from dates is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plans.audit.models import Event
from plans.improvement_plan.models import Plan
from plans.improvement_plan.rag_key import (
    KeyChangedSince,
    change_key,
    changes_of_key,
    has_own_words,
    key_of,
    plans_with_own_key,
)
from plans.improvement_plan.rules import RAG_KEY, Rag, rag
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 5, 1)
GREEN = {Rag.GREEN: "on track to make a difference"}


def test_a_plan_that_says_nothing_has_the_usual_words(cast: Cast) -> None:
    assert key_of(cast.plan) == RAG_KEY
    assert not has_own_words(key_of(cast.plan))


def test_own_words_replace_the_usual_ones_of_their_rating_alone(cast: Cast) -> None:
    assert change_key(cast.plan, GREEN, by=cast.lead, at=AT)
    cast.plan.refresh_from_db()
    key = dict(key_of(cast.plan))
    assert key == dict(RAG_KEY) | GREEN
    assert has_own_words(key_of(cast.plan))
    assert [word for word, _ in key_of(cast.plan)] == [word for word, _ in RAG_KEY]


def test_the_rating_by_its_date_does_not_follow_the_plans_words(cast: Cast) -> None:
    change_key(cast.plan, {Rag.RED: "nothing to worry about"}, by=cast.lead, at=AT)
    assert rag("in_progress", "overdue", "high", forecast_is_late=False) == Rag.RED
    assert dict(RAG_KEY)[Rag.RED] == "overdue against its current date"


def test_empty_and_the_usual_words_are_not_kept(cast: Cast) -> None:
    usual = dict(RAG_KEY)
    assert not change_key(cast.plan, {Rag.GREEN: usual[Rag.GREEN], Rag.RED: ""}, by=cast.lead, at=AT)
    change_key(cast.plan, GREEN, by=cast.lead, at=AT)
    assert change_key(cast.plan, {Rag.GREEN: ""}, by=cast.lead, at=AT + timedelta(days=1))
    cast.plan.refresh_from_db()
    assert cast.plan.rag_key == {}


def test_the_history_keeps_what_it_meant_and_who_changed_it(cast: Cast) -> None:
    change_key(cast.plan, GREEN, by=cast.lead, at=AT)
    change_key(cast.plan, {Rag.GREEN: "done well"}, by=cast.administrator, at=AT + timedelta(days=9))
    event = Event.objects.filter(what="plan.rag_key_changed").first()
    assert event is not None
    said = {"before": {"green": GREEN[Rag.GREEN]}, "after": {"green": "done well"}}
    assert event.details.items() >= said.items()
    (latest, words), (_, first_words) = changes_of_key(cast.plan)
    assert latest.history_user == cast.administrator
    assert words == ((Rag.GREEN, GREEN[Rag.GREEN], "done well"),)
    assert first_words[0][1] == dict(RAG_KEY)[Rag.GREEN]


def test_a_page_of_the_past_has_the_words_of_then(cast: Cast) -> None:
    change_key(cast.plan, GREEN, by=cast.lead, at=factories.moment(2100, 1, 1))
    cast.plan.refresh_from_db()
    assert dict(key_of(cast.plan, factories.moment(2099, 1, 1)))[Rag.GREEN] == dict(RAG_KEY)[Rag.GREEN]
    assert dict(key_of(cast.plan, factories.moment(2100, 2, 1)))[Rag.GREEN] == GREEN[Rag.GREEN]
    # Before its first record the plan had its first words.
    assert key_of(cast.plan, factories.moment(2001, 1, 1)) == RAG_KEY


def test_a_second_writer_is_told_of_the_first(cast: Cast) -> None:
    change_key(cast.plan, GREEN, by=cast.administrator, at=AT, opened_with={})
    with pytest.raises(KeyChangedSince) as refused:
        change_key(cast.plan, {Rag.RED: "needs help"}, by=cast.lead, at=AT, opened_with={})
    assert refused.value.by == cast.administrator.name
    assert Plan.objects.get(pk=cast.plan.pk).rag_key == {"green": GREEN[Rag.GREEN]}


def test_plans_with_words_of_their_own_are_those_the_person_sees(cast: Cast) -> None:
    factories.a_plan(cast.council)
    assert list(plans_with_own_key(cast.lead)) == []
    change_key(cast.plan, GREEN, by=cast.lead, at=AT)
    assert list(plans_with_own_key(cast.lead)) == [cast.plan]
    assert list(plans_with_own_key(cast.stranger)) == []
