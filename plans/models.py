"""The models of every stage, in flow order. Inside a stage, import from that stage's own module."""

from plans.access.models import Board, Membership, Organisation, Post, PostHolding, Seat, User
from plans.audit.models import Event
from plans.documents.models import SourceDocument
from plans.findings.models import (
    Area,
    AskKind,
    BankHoliday,
    DeadlineRule,
    Framework,
    FrameworkAsk,
    GradeWord,
    Inspection,
    Judgement,
    JudgementArea,
    ReportIntake,
    Spell,
)
from plans.improvement_plan.models import (
    Action,
    ActionAnswer,
    ActionSupport,
    ColumnMeaning,
    Plan,
    PlanArea,
    PlanIntake,
    Update,
)
from plans.monitoring.models import Evidence, Measure, Reading
from plans.oversight.models import Challenge, Decision, Meeting, SavedFilter
from plans.papers.models import Release

__all__ = [
    "Action",
    "ActionAnswer",
    "ActionSupport",
    "Area",
    "AskKind",
    "BankHoliday",
    "Board",
    "Challenge",
    "ColumnMeaning",
    "DeadlineRule",
    "Decision",
    "Event",
    "Evidence",
    "Framework",
    "FrameworkAsk",
    "GradeWord",
    "Inspection",
    "Judgement",
    "JudgementArea",
    "Measure",
    "Meeting",
    "Membership",
    "Organisation",
    "Plan",
    "PlanArea",
    "PlanIntake",
    "Post",
    "PostHolding",
    "Reading",
    "Release",
    "ReportIntake",
    "SavedFilter",
    "Seat",
    "SourceDocument",
    "Spell",
    "Update",
    "User",
]
