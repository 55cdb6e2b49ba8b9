"""What the interface answers with: our own words, dates as ISO 8601, nothing that the pages do not show."""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, TypeVar

from ninja import Schema
from pydantic import Field

Row = TypeVar("Row", bound=Schema)


class Page(Schema, Generic[Row]):
    """Some rows of a list, in the order of their ids."""

    items: list[Row]
    next: str | None = Field(description="The address of the rows after these; null at the end.")


class PlanAnswer(Schema):
    id: int
    organisation: str
    title: str
    stage: str
    summary: str
    submitted_printed: str = Field(description="When it was submitted, as the papers say it.")
    quiet_days: int = Field(description="Days without an update after which an open action counts as quiet.")
    page: str = Field(description="Its page, for people.")


class AreaAnswer(Schema):
    id: int
    inspection_id: int
    number: int = Field(description="Its place in the report’s own list.")
    wording: str
    kind: str = Field(description="What the inspectorate calls it.")
    heading: str
    timescale: str = Field(description="As printed: “within three months”.")
    addressed_to: str
    location: str = Field(description="Where in the report.")
    plan_ids: list[int] = Field(description="The plans that answer it.")


class Spell(Schema):
    starts: date
    ends: date


class JudgementAnswer(Schema):
    label: str
    grade: str | None = Field(description="The grade as printed; null where there is none.")


class InspectionAnswer(Schema):
    id: int
    organisation: str
    framework: str
    title: str
    published_on: date | None
    received_on: date | None
    letter_due_on: date | None = Field(description="When the plan is due, as the letter says.")
    on_site: list[Spell]
    judgements: list[JudgementAnswer]
    page: str = Field(description="Its page, for people.")


class ActionArea(Schema):
    id: int
    number: int
    wording: str


class ActionAnswer(Schema):
    id: int
    plan_id: int
    plan: str
    reference: str
    position: int = Field(description="Its place in the plan.")
    version: int = Field(description="How many updates it has: send it with an update of your own.")
    wording: str
    area: ActionArea | None = Field(description="The area that it answers; null for the council’s own action.")
    also_answers: list[int] = Field(description="Ids of further areas that it answers.")
    lead: str = Field(description="The lead post; empty without an owner.")
    lead_organisation: str
    support: list[str] = Field(description="The supporting posts.")
    status: str
    due_date: date | None = Field(description="The last day that is still in time.")
    due_precision: str = Field(description="How much of the date was written: day, month, quarter, season, year.")
    due_printed: str = Field(description="The date in the source’s own words, where they are kept.")
    first_due_date: date | None = Field(description="The date first agreed, which no extension changes.")
    first_due_precision: str
    first_due_printed: str
    extensions: int = Field(description="How often the date was moved to a later one.")
    asked_due_date: date | None = Field(description="An extension that waits for a decision.")
    asked_due_precision: str
    asked_reason: str
    forecast_date: date | None
    forecast_precision: str
    confidence: str
    reported_rag: str = Field(description="The owner’s rating.")
    computed_rag: str = Field(description="The rating by its dates; empty where there is nothing to rate by.")
    share_done: int | None = Field(description="Per cent, as the owner puts it.")
    impact: str
    recheck_date: date | None
    timeliness: str = Field(description="Where it stands against its current date on the day, worked out from dates.")
    days_late: int = Field(description="Days past the current date while open; 0 where it is not late.")
    days_late_first_agreed: int = Field(description="Days past the date first agreed while open.")
    delay_reason: str
    next_step: str
    progress: str = Field(description="What was last said of its progress.")
    reported_at: datetime | None = Field(description="When somebody last reported.")
    illustration: bool = Field(description="Something in it was made up to show the product.")
    as_at: date = Field(description="The day that all this is about.")
    page: str = Field(description="Its page, for people.")


class UpdateAnswer(Schema):
    id: int
    action_id: int
    plan_id: int
    reference: str
    sequence: int = Field(description="1 for the action’s first: its version after this update.")
    at: datetime = Field(description="The state holds from this moment.")
    until: datetime | None = Field(description="When the next update replaced it; null for the latest.")
    recorded_at: datetime
    by: str
    kind: str = Field(description="What it records: progress, extension_agreed, signed_off …")
    note: str
    status: str
    due_date: date | None
    due_precision: str
    due_printed: str
    first_due_date: date | None
    extensions: int
    forecast_date: date | None
    forecast_precision: str
    confidence: str
    reported_rag: str
    share_done: int | None
    delay_reason: str
    next_step: str
    illustration: bool = Field(description="This update was made up to show the product.")


class ReadingAnswer(Schema):
    id: int
    measure_id: int
    kind: str = Field(description="month: for the period alone; year to date: for the year so far.")
    period_ends: date
    period_printed: str
    value: float
    note: str


class MeasureAnswer(Schema):
    id: int
    organisation: str
    code: str
    name: str
    unit: str
    better: str = Field(description="Whether higher or lower is better.")
    baseline: float | None
    target: float | None
    target_high: float | None = Field(description="Where the target is a range, its upper end.")
    target_printed: str
    comparator: str
    comparator_value: float | None
    rag: str = Field(description="How the latest reading stands against the target; empty where there is none.")
    latest: ReadingAnswer | None
    plan_ids: list[int]
    action_ids: list[int]
    page: str = Field(description="Its page, for people.")


class TokenAnswer(Schema):
    name: str
    person: str
    may_update: bool
    expires_at: datetime
