"""What a paper may be: its kinds, whom it is for, its stages. Plain values only."""

from __future__ import annotations

from plans.improvement_plan.rules import Words


class Kind(Words):
    """What a paper tells, and so which blocks it has."""

    FULL_PLAN = "full_plan"
    CABINET = "cabinet"
    EXCEPTIONS = "exceptions"
    MOVEMENT = "movement"
    PLAN_ON_A_PAGE = "plan_on_a_page"
    BOARD_PACK = "board_pack"
    SUBMISSION = "submission"
    YOUNG_PEOPLE = "young_people"
    DECISIONS = "decisions"
    MEASURES = "measures"

    @property
    def label(self) -> str:
        return KIND_LABELS.get(self.value, super().label)


KIND_LABELS = {
    "cabinet": "Cabinet report",
    "movement": "What moved",
    "submission": "Submission to the inspectorate",
    "young_people": "Young people’s summary",
    "decisions": "Decisions and challenges",
}


class Audience(Words):
    """Who may read it. A public paper holds only what is marked for publication."""

    PUBLIC = "public"
    EXEMPT = "exempt"


class Format(Words):
    """A file's format, by the ending of its name."""

    WORD = "docx"
    PDF = "pdf"
    EXCEL = "xlsx"
    CSV = "csv"

    @property
    def label(self) -> str:
        return {"docx": "Word", "pdf": "PDF", "xlsx": "Excel", "csv": "CSV"}[self.value]


class Stage(Words):
    """How far a release is. A draft follows the plan; ready, its day is fixed; issued, nothing of it changes."""

    DRAFT = "draft"
    READY = "ready"
    ISSUED = "issued"


class Grouping(Words):
    """What the rows of a plan are grouped by: a cell of that column goes over all rows of a group."""

    AREA = "area"
    LEAD = "lead"
    TIMELINESS = "timeliness"
    NONE = "none"


class Verb(Words):
    """What a committee is asked to do."""

    NOTE = "note"
    ENDORSE = "endorse"
    APPROVE = "approve"
    DELEGATE = "delegate"


# Ready may go back; nothing comes after issued.
NEXT_STAGES: dict[Stage, tuple[Stage, ...]] = {
    Stage.DRAFT: (Stage.READY,),
    Stage.READY: (Stage.DRAFT, Stage.ISSUED),
    Stage.ISSUED: (),
}

# What is asked within the council only: reasons, names of bodies and questions put in confidence.
EXEMPT_ONLY = frozenset({Kind.BOARD_PACK, Kind.SUBMISSION, Kind.DECISIONS})
