"""Why somebody may, or may not, do a thing with a plan or an action: the answer is the deciding function's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from plans.access.models import User
from plans.access.rules import May
from plans.access.why import by_post, by_role, by_seat, changers, givers, roles_wanted
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.permissions import (
    has_in_hand,
    may_decide,
    may_update,
    reads_exempt_papers,
    reads_in_full,
    runs,
)


class Ability(StrEnum):
    """What is asked about."""

    READ_PLAN = "read the plan"
    READ_IN_FULL = "read every action of the plan, and make working copies of it"
    RUN = "change the plan itself: add and amend actions, make and issue papers"
    READ_EXEMPT = "read issued papers that are not for publication"
    READ_ACTION = "read the action"
    UPDATE = "give an update on the action"
    DECIDE = "decide on the action: extensions and sign-off"
    AMEND = "amend the action"


@dataclass(frozen=True)
class Why:
    """Whether ``may``; the grounds where so, and what is missing and who could give it where not."""

    ability: Ability
    may: bool
    because: list[str] = field(default_factory=list)
    missing: str = ""


def why_of_plan(person: User, plan: Plan) -> list[Why]:
    """An answer for each thing that can be done with a plan."""
    return [PLAN_ANSWERS[ability](person, plan) for ability in PLAN_ANSWERS]


def why_of_action(person: User, action: Action) -> list[Why]:
    """An answer for each thing that can be done with an action."""
    return [ACTION_ANSWERS[ability](person, action) for ability in ACTION_ANSWERS]


def _answer(ability: Ability, may_it: bool, because: list[str], missing: str) -> Why:
    return Why(ability, may_it, because if may_it else [], "" if may_it else missing)


def _grounds_of_reading(person: User, plan: Plan, permission: May = May.READ_PLANS) -> list[str]:
    on_boards = [] if plan.stage == Plan.Stage.DRAFT else by_seat(person, plan.boards.all())
    return by_role(person, permission, plan.organisation) + on_boards


def _wanted(person: User, plan: Plan, permission: May, seat: bool = True) -> str:
    seats = " or a seat on a board of the plan" if seat else ""
    giver = givers(plan.organisation)
    sentence = f"It needs {roles_wanted(permission, plan.organisation)}{seats}. {giver} can give it."
    if seat and plan.stage == Plan.Stage.DRAFT and by_seat(person, plan.boards.all()):
        sentence += " The plan is a draft: its boards read it once it is agreed."
    return sentence


def _read_plan(person: User, plan: Plan) -> Why:
    in_hand = by_post(person, *_posts_of_plan(person, plan))
    return _answer(
        Ability.READ_PLAN,
        Plan.objects.visible_to(person).filter(pk=plan.pk).exists(),
        _grounds_of_reading(person, plan) + in_hand,
        _wanted(person, plan, May.READ_PLANS)
        + " Whoever holds a post that leads or supports an action of it sees that action;"
        f" {changers(plan.organisation)} can record who holds a post.",
    )


def _read_in_full(person: User, plan: Plan) -> Why:
    return _answer(
        Ability.READ_IN_FULL,
        reads_in_full(person, plan),
        _grounds_of_reading(person, plan),
        _wanted(person, plan, May.READ_PLANS),
    )


def _run(person: User, plan: Plan) -> Why:
    return _answer(
        Ability.RUN,
        runs(person, plan),
        by_role(person, May.RUN_PLANS, plan.organisation),
        _wanted(person, plan, May.RUN_PLANS, seat=False),
    )


def _read_exempt(person: User, plan: Plan) -> Why:
    return _answer(
        Ability.READ_EXEMPT,
        reads_exempt_papers(person, plan),
        _grounds_of_reading(person, plan, May.READ_EXEMPT_PAPERS),
        _wanted(person, plan, May.READ_EXEMPT_PAPERS),
    )


def _read_action(person: User, action: Action) -> Why:
    return _answer(
        Ability.READ_ACTION,
        Action.objects.visible_to(person).filter(pk=action.pk).exists(),
        _grounds_of_reading(person, action.plan) + _by_posts_of(person, action),
        _wanted(person, action.plan, May.READ_PLANS) + _posts_wanted(action),
    )


def _update(person: User, action: Action) -> Why:
    return _answer(
        Ability.UPDATE,
        may_update(person, action),
        _by_posts_of(person, action) + by_role(person, May.UPDATE_ANY, action.plan.organisation),
        _wanted(person, action.plan, May.UPDATE_ANY, seat=False) + _posts_wanted(action),
    )


def _decide(person: User, action: Action) -> Why:
    if runs(person, action.plan) and has_in_hand(person, action):
        missing = (
            f"Nobody decides on their own action: {' '.join(_by_posts_of(person, action))}"
            f" Somebody else with {roles_wanted(May.RUN_PLANS, action.plan.organisation)} decides."
        )
    else:
        missing = _wanted(person, action.plan, May.RUN_PLANS, seat=False)
    return _answer(
        Ability.DECIDE,
        may_decide(person, action),
        by_role(person, May.RUN_PLANS, action.plan.organisation),
        missing,
    )


def _amend(person: User, action: Action) -> Why:
    return _answer(
        Ability.AMEND,
        runs(person, action.plan),
        by_role(person, May.RUN_PLANS, action.plan.organisation),
        _wanted(person, action.plan, May.RUN_PLANS, seat=False),
    )


def _posts_of_action(action: Action) -> dict[int, str]:
    does = {post_id: f"supports {action.reference}" for post_id, _ in action.support}
    return does | ({action.lead_id: f"leads {action.reference}"} if action.lead_id else {})


def _by_posts_of(person: User, action: Action) -> list[str]:
    does = _posts_of_action(action)
    return by_post(person, does, does)


def _posts_of_plan(person: User, plan: Plan) -> tuple[list[int], dict[int, str]]:
    """The posts that have actions of the plan in hand, with the actions of each in words."""
    found: dict[int, list[str]] = {}
    for action in Action.objects.filter(plan=plan).in_the_hands_of(person).order_by("position", "pk"):
        for post_id, does in _posts_of_action(action).items():
            found.setdefault(post_id, []).append(does)
    return list(found), {post_id: " and ".join(does[:5]) for post_id, does in found.items()}


def _posts_wanted(action: Action) -> str:
    titles = ([action.lead_name] if action.lead_id else []) + action.support_titles
    if not titles:
        return " No post leads the action yet, so nobody has it in hand."
    named = ", ".join(f"“{title}”" for title in titles)
    return f" So does holding or deputising in {named}; {changers(action.plan.organisation)} can record who does."


PLAN_ANSWERS: dict[Ability, Callable[[User, Plan], Why]] = {
    Ability.READ_PLAN: _read_plan,
    Ability.READ_IN_FULL: _read_in_full,
    Ability.READ_EXEMPT: _read_exempt,
    Ability.RUN: _run,
}
ACTION_ANSWERS: dict[Ability, Callable[[User, Action], Why]] = {
    Ability.READ_ACTION: _read_action,
    Ability.UPDATE: _update,
    Ability.AMEND: _amend,
    Ability.DECIDE: _decide,
}
