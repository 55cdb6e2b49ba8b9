"""Loads the summary for young people of a sample document's plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plans.access.models import User
from plans.findings.models import Area, Judgement
from plans.improvement_plan.models import Plan
from plans.papers.young_people_changes import keep_summary
from plans.papers.young_people_words import AreaWords, QuestionWords, SummaryWords


def load_summary(plan: Plan, areas: dict[int, Area], facts: dict[str, Any], *, by: User, at: datetime) -> None:
    """Keep the document's summary, where it has one. A part that is about no judgement says what more is being done."""
    row = facts.get("young_peoples_summary")
    if row is None:
        return
    parts = facts["young_people"]
    judgements = {
        judgement.label: judgement.pk
        for judgement in Judgement.objects.filter(inspection__in=[area.inspection_id for area in areas.values()])
    }
    said = SummaryWords(
        title=row["title"],
        introduction=row["introduction"].strip(),
        more="\n".join(line for part in parts if "about" not in part for line in part["answer"]),
        contact=row["contact"],
        questions=tuple(
            QuestionWords(part["question"], "\n".join(part["answer"]), judgements[part["about"]])
            for part in parts
            if "about" in part
        ),
        areas={areas[one["area"]].pk: AreaWords(one["better"], one["doing"]) for one in row["areas"]},
    )
    keep_summary(plan, said, by=by, at=at)
