"""What can be asked for in the address: filters and pages. Each is read strictly, and an unknown one is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

from plans.web.as_at import FIRST_YEAR

MOST_ROWS = 200
USUAL_ROWS = 100
LAST_YEAR = 2200
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _a_day(value: Any) -> Any:
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("Give a day as 2020-03-16.")
    return value


def _an_instant(value: Any) -> Any:
    if not (isinstance(value, str) and _INSTANT.fullmatch(value)):
        raise ValueError("Give a day, a time and its zone as 2020-03-16T09:00:00Z.")
    return value


def _in_our_time(value: Any) -> Any:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"Give a year from {FIRST_YEAR} to {LAST_YEAR}.")
    return value


Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Day = Annotated[date, BeforeValidator(_a_day), AfterValidator(_in_our_time)]
Instant = Annotated[AwareDatetime, BeforeValidator(_an_instant), AfterValidator(_in_our_time)]
# A parameter that is not sent is None, which nothing that is sent can be.
NOT_SENT: Any = None

StatusWord = Literal["unreported", "not_started", "in_progress", "complete", "signed_off", "withdrawn"]
TimelinessWord = Literal["overdue", "due_soon", "on_time", "no_date", "complete", "signed_off", "withdrawn"]
StageWord = Literal["draft", "agreed", "submitted", "closed"]


class Asked(Schema):
    """A page of a list."""

    after: Annotated[int, Field(ge=0, le=2**53 - 1)] = Field(
        0, description="Only rows with a higher id: as the link “next” has it."
    )
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = Field(USUAL_ROWS, description="How many rows in one answer.")


class PlansAsked(Asked):
    stage: StageWord = Field(NOT_SENT, description="Only plans of this stage.")


class AreasAsked(Asked):
    plan: Id = Field(NOT_SENT, description="Only areas that this plan answers.")
    inspection: Id = Field(NOT_SENT, description="Only areas of this inspection.")


class AsAtAsked(Schema):
    as_at: Day = Field(NOT_SENT, description="The state at the end of that day in London; today’s where not given.")


class ActionsAsked(Asked, AsAtAsked):
    plan: Id = Field(NOT_SENT, description="Only actions of this plan.")
    status: StatusWord = Field(NOT_SENT, description="Only actions of this status.")
    timeliness: TimelinessWord = Field(NOT_SENT, description="Only actions of this timeliness on the day.")
    overdue: Literal["true", "false"] = Field(NOT_SENT, description="Only those that are, or are not, overdue.")
    changed_since: Instant = Field(NOT_SENT, description="Only actions whose state was recorded after this moment.")


class UpdatesAsked(Asked):
    plan: Id = Field(NOT_SENT, description="Only updates of actions of this plan.")
    action: Id = Field(NOT_SENT, description="Only updates of this action.")
    recorded_since: Instant = Field(NOT_SENT, description="Only updates recorded after this moment.")


class MeasuresAsked(Asked):
    plan: Id = Field(NOT_SENT, description="Only measures of this plan.")


class ReadingsAsked(Asked):
    measure: Id = Field(NOT_SENT, description="Only readings of this measure.")


class Offered(Schema):
    """What is sent is taken as it is: no text for a number, and no name that there is not."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OfferedExtension(Offered):
    """A later date that is asked for. Asking does not move the date."""

    due: str = Field(max_length=60, description="The date asked for: 2026-09-30, or September 2026.")
    reason: str = Field(min_length=1, max_length=4000, pattern=r"\S", description="Why, for the board.")


class OfferedUpdate(Offered):
    """What the owner says of the action. What is left out stays as it is; an empty text clears it."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(
        description="The action’s version that you read: where it has moved on, nothing is recorded (409)."
    )
    status: Literal["not_started", "in_progress", "complete"]
    note: str = Field(
        min_length=1,
        max_length=4000,
        pattern=r"\S",
        description="What has happened. Do not name or describe individual children.",
    )
    delay_reason: str = Field(NOT_SENT, max_length=1000, description="Needed where the action is overdue.")
    next_step: str = Field(NOT_SENT, max_length=300)
    share_done: Annotated[int, Field(ge=0, le=100)] = Field(NOT_SENT, description="Per cent.")
    confidence: Literal["", "high", "medium", "low"] = Field(NOT_SENT)
    forecast: str = Field(NOT_SENT, max_length=60, description="When it will be done: 2026-09-30, or September 2026.")
    reported_rag: Literal["", "red", "amber", "green", "blue"] = Field(NOT_SENT, description="The owner’s rating.")
    extension: OfferedExtension = Field(NOT_SENT)
