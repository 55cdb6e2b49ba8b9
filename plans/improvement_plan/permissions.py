"""What a person may do with a plan or an action. ``rules`` says what its state allows."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from plans.access.models import User
from plans.access.rules import May
from plans.access.standing import boards_of, holds_any, may, organisations_where
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.state import ActionState


def reads_in_full(user: User, plan: Plan) -> bool:
    """Whether ``user`` may read every action of the plan, and so make papers of it."""
    return Plan.objects.read_in_full_by(user).filter(pk=plan.pk).exists()


def runs(user: User, plan: Plan) -> bool:
    """Whether ``user`` may add and change actions, decide and sign off."""
    return may(user, May.RUN_PLANS, plan.organisation_id)


def plans_with_exempt_papers_for(user: User) -> QuerySet[Plan]:
    """Plans whose papers that are not for publication ``user`` may read once issued: by a role, or by a seat on a board
    of the plan. Of a draft plan its board reads nothing."""
    on_a_board = Plan.boards.through.objects.filter(board__in=boards_of(user)).values("plan_id")
    return Plan.objects.filter(
        Q(organisation__in=organisations_where(user, May.READ_EXEMPT_PAPERS))
        | Q(pk__in=on_a_board) & ~Q(stage=Plan.Stage.DRAFT)
    )


def reads_exempt_papers(user: User, plan: Plan) -> bool:
    """Whether ``user`` may read issued papers of the plan that are not for publication."""
    return reads_in_full(user, plan) and plans_with_exempt_papers_for(user).filter(pk=plan.pk).exists()


def has_in_hand(user: User, action: ActionState) -> bool:
    """Whether ``user`` holds the lead post or a supporting one now."""
    posts = [post_id for post_id, _ in action.support] + ([action.lead_id] if action.lead_id else [])
    return holds_any(user, posts)


def may_update(user: User, action: Action) -> bool:
    """Whether ``user`` may report on the action: its own post holders, and those who run the plan."""
    return has_in_hand(user, action) or may(user, May.UPDATE_ANY, action.plan.organisation_id)


def may_decide(user: User, action: Action) -> bool:
    """Whether ``user`` may decide an extension or sign off. Nobody decides on their own action."""
    return runs(user, action.plan) and not has_in_hand(user, action)
