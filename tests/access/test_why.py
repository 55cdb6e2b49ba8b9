"""Why somebody may or may not: the answer is the decision, has its grounds, and names who could change it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plans.access.changes import hold_post
from plans.access.models import Seat, User
from plans.improvement_plan import permissions
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.why import Ability, why_of_action, why_of_plan
from plans.papers.models import Release
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import an_issued_release

OF_PLAN: dict[Ability, Callable[[User, Plan], bool]] = {
    Ability.READ_PLAN: lambda user, plan: Plan.objects.visible_to(user).filter(pk=plan.pk).exists(),
    Ability.READ_IN_FULL: permissions.reads_in_full,
    Ability.READ_EXEMPT: permissions.reads_exempt_papers,
    Ability.RUN: permissions.runs,
}
OF_ACTION: dict[Ability, Callable[[User, Action], bool]] = {
    Ability.READ_ACTION: lambda user, action: Action.objects.visible_to(user).filter(pk=action.pk).exists(),
    Ability.UPDATE: permissions.may_update,
    Ability.AMEND: lambda user, action: permissions.runs(user, action.plan),
    Ability.DECIDE: permissions.may_decide,
}


def settings(cast: Cast) -> None:
    """Deputies, a lead with an action of their own, somebody without anything and the installation's own account."""
    hold_post(cast.reader, cast.post, since=date(2026, 1, 1), kind="deputy")
    hold_post(cast.administrator, factories.a_post("Director", cast.council), since=date(2026, 1, 1))
    Seat.objects.create(board=cast.board, person=cast.stranger, kind="chair")


@pytest.mark.parametrize("stage", ["agreed", "draft"])
def test_the_answer_is_the_decision_for_everybody_and_everything(cast: Cast, stage: str) -> None:
    settings(cast)
    cast.plan.stage = stage
    cast.plan.save()
    people = {
        **cast.everybody(),
        "none": factories.a_person("Nora None"),
        "root": User.objects.create_superuser("root@example.org", "a long password", name="Root"),
    }
    own = factories.an_action(cast.plan, cast.lead, lead_id=factories.a_post("Lead", cast.council, holder=cast.lead).pk)
    plan = Plan.objects.get(pk=cast.plan.pk)
    wrong = []
    for name, user in people.items():
        answers: list[tuple[Any, bool]] = [(why, OF_PLAN[why.ability](user, plan)) for why in why_of_plan(user, plan)]
        for key in (cast.action.pk, cast.partner_action.pk, own.pk):
            action = Action.objects.get(pk=key)
            answers += [(why, OF_ACTION[why.ability](user, action)) for why in why_of_action(user, action)]
        wrong += [
            (name, why)
            for why, decided in answers
            if why.may != decided or bool(why.because) != decided or bool(why.missing) == decided
        ]
    assert wrong == []


def test_what_the_answers_are_about_is_everything_that_can_be_asked(cast: Cast) -> None:
    asked = [why.ability for why in (*why_of_plan(cast.lead, cast.plan), *why_of_action(cast.lead, cast.action))]
    assert sorted(asked) == sorted(Ability) == sorted([*OF_PLAN, *OF_ACTION])


def test_the_answer_about_papers_is_what_the_papers_do(cast: Cast) -> None:
    settings(cast)
    exempt = an_issued_release(cast.plan, by=cast.lead)
    for name, user in cast.everybody().items():
        answer = next(why for why in why_of_plan(user, cast.plan) if why.ability == Ability.READ_EXEMPT)
        assert answer.may == Release.objects.visible_to(user).filter(pk=exempt.pk).exists(), name


def test_the_grounds_and_what_is_missing_in_sentences(cast: Cast) -> None:
    settings(cast)

    def said(user: User, ability: Ability) -> str:
        every = (*why_of_plan(user, cast.plan), *why_of_action(user, cast.action))
        answer = next(why for why in every if why.ability == ability)
        return " ".join(answer.because) or answer.missing

    assert said(cast.owner, Ability.UPDATE) == "Olive Owner holds the post “Head of Service”, which leads 1.1."
    assert said(cast.reader, Ability.UPDATE).startswith("Rea Reader deputises in the post “Head of Service”")
    assert said(cast.board_member, Ability.READ_EXEMPT) == (
        "Bo Board has a seat on the board “Improvement board”, which oversees the plan."
    )
    assert said(cast.team_mate, Ability.UPDATE) == (
        "It needs the role “Administrator” or “Improvement lead” in Westshire. Ada Admin can give it."
        " So does holding or deputising in “Head of Service”; Ada Admin or Lena Lead can record who does."
    )
    hold_post(cast.lead, cast.post, since=date(2026, 1, 1))
    assert said(cast.lead, Ability.DECIDE).startswith("Nobody decides on their own action: Lena Lead holds the post")


@pytest.mark.parametrize(("ability", "route"), [(Ability.UPDATE, "update_action"), (Ability.DECIDE, "decide_action")])
def test_the_answer_is_what_the_page_does(cast: Cast, client: Client, ability: Ability, route: str) -> None:
    settings(cast)
    for name, user in cast.everybody().items():
        client.force_login(user)
        opened = client.get(reverse(route, args=[cast.action.pk])).status_code == 200
        answer = next(why for why in why_of_action(user, cast.action) if why.ability == ability)
        assert answer.may == opened, name
