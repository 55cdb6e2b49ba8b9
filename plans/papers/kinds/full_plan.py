"""The whole plan: every chosen action, in groups, with what the ratings mean."""

from __future__ import annotations

from plans.papers.brief import Brief
from plans.papers.columns import CABINET_TABLE
from plans.papers.content import Paper
from plans.papers.plan_table import action_table, actions_of, columns_for, rating_key

COLUMNS = CABINET_TABLE


def build(brief: Brief) -> Paper:
    """One table of the plan's actions."""
    actions = actions_of(brief.selected, brief.day)
    columns = columns_for(brief, COLUMNS)
    return Paper(
        organisation=brief.plan.organisation.paper_name,
        title=brief.title or brief.plan.title,
        subtitle="Improvement plan",
        blocks=(action_table(brief, actions, columns, caption=f"{brief.plan.title}: actions by area"),),
        stamp=brief.stamp(len(actions), illustration=any(action.illustration for action in actions)),
        key=rating_key(brief, [column.key for column in columns]),
        landscape=brief.choices.landscape,
    )
