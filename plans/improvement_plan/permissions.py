"""What a person may do with a plan or an action. ``rules`` says what its state allows."""

from __future__ import annotations

from plans.access.models import User
from plans.access.rules import May
from plans.access.standing import holds_any, may
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.state import ActionState


def reads_in_full(user: User, plan: Plan) -> bool:
    """Whether ``user`` may read every action of the plan, and so make papers of it."""
    return Plan.objects.read_in_full_by(user).filter(pk=plan.pk).exists()


def runs(user: User, plan: Plan) -> bool:
    """Whether ``user`` may add and change actions, decide and sign off."""
    return may(user, May.RUN_PLANS, plan.organisation_id)


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
