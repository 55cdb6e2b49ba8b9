"""What moved between two moments: every number is the length of its list, and the matrix adds up to the rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.improvement_plan.ledger import Change, record, record_history, supporting
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.rules import DECIDED_MOVES, Kind, Rag, Status, may_move
from plans.improvement_plan.timeliness import with_timeliness
from plans.oversight.models import Meeting
from plans.oversight.movement import (
    NEW,
    PARTS,
    STATES,
    STATES_BEFORE,
    Move,
    Movement,
    Point,
    cell_of,
    direction,
    movement,
    worst_first,
)
from plans.oversight.movement_rows import ever_rated_red, explanation, state_before, with_what_was_said
from tests import factories
from tests.cast import Cast

SINCE, UNTIL = date(2026, 2, 1), date(2026, 4, 14)
PERIOD = factories.moment(2026, 3, 10)


def between(since: date = SINCE, until: date = UNTIL, plan: Plan | None = None) -> Movement:
    end = Point.end_of(until)
    rows = Action.objects.as_at(end.moment)
    return movement(rows.filter(plan=plan) if plan else rows, Point.end_of(since), end)


def of(action: Action, **days: date) -> set[Move]:
    """The kinds of movement of one action."""
    found = between(**days)
    return {move for move in set(Move) - {Move.ALL} if found.behind(move).filter(reference=action.reference).exists()}


def change(cast: Cast, action: Action, kind: Kind = Kind.AMENDED, note: str = "Because", **changes: Any) -> None:
    at = max(PERIOD, action.updates.latest("at").at + timedelta(hours=1))
    record(action, by=cast.lead, at=at, kind=kind, note=note, **changes)


def dated(cast: Cast, day: date | None = date(2026, 12, 31), **fields: Any) -> Action:
    return factories.an_action(cast.plan, cast.lead, **factories.due(day), **fields)


def test_time_alone_makes_an_action_newly_overdue_and_nobody_explained_it(cast: Cast) -> None:
    assert of(cast.action) == {Move.NEWLY_OVERDUE, Move.FELL, Move.UNEXPLAINED, Move.MOVED}
    assert of(cast.action, until=date(2026, 3, 31)) == {Move.NOW_DUE_SOON, Move.MOVED}
    assert of(cast.partner_action) == {Move.UNCHANGED}


def test_what_somebody_said_in_the_period_explains_a_fall_and_nothing_said_outside_it_does(cast: Cast) -> None:
    for at, note in ((PERIOD, "Two posts are vacant"), (PERIOD + timedelta(days=1), ""), (UNTIL, "Later")):
        when = at if isinstance(at, datetime) else factories.moment(2026, 4, 15)
        record(cast.action, by=cast.owner, at=when, kind=Kind.PROGRESS, note=note)
    assert of(cast.action) == {Move.NEWLY_OVERDUE, Move.FELL, Move.MOVED}
    found = between()
    (row,) = with_what_was_said(found.behind(Move.FELL), found.since.moment, found.until.moment)
    said = explanation(row)
    assert said is not None
    assert (said.note, said.by, said.at) == ("Two posts are vacant", cast.owner, PERIOD)
    before = state_before(row)
    assert before is not None
    assert before.sequence == 1


def test_an_action_may_be_of_several_kinds(cast: Cast) -> None:
    action = dated(cast)
    change(cast, action, Kind.COMPLETED, status=Status.COMPLETE, wording="Sample records each quarter")
    assert of(action) == {Move.COMPLETED, Move.REWORDED, Move.MOVED}
    change(cast, action, Kind.SIGNED_OFF, status=Status.SIGNED_OFF)
    assert of(action) == {Move.COMPLETED, Move.SIGNED_OFF, Move.REWORDED, Move.MOVED}


def test_signed_off_after_completed_before_is_not_completed_again(cast: Cast) -> None:
    action = dated(cast, status=Status.COMPLETE)
    change(cast, action, Kind.SIGNED_OFF, status=Status.SIGNED_OFF)
    assert of(action) == {Move.SIGNED_OFF, Move.MOVED}


def test_new_withdrawn_reinstated_and_reopened(cast: Cast) -> None:
    new = dated(cast, at=PERIOD)
    assert of(new) == {Move.NEW, Move.MOVED}
    gone = dated(cast)
    change(cast, gone, Kind.WITHDRAWN, status=Status.WITHDRAWN)
    assert of(gone) == {Move.WITHDRAWN, Move.MOVED}
    back = dated(cast, status=Status.WITHDRAWN)
    change(cast, back, Kind.REINSTATED, status=Status.IN_PROGRESS)
    assert of(back) == {Move.REINSTATED, Move.MOVED}
    again = dated(cast, status=Status.SIGNED_OFF)
    change(cast, again, Kind.REOPENED, "The audit found gaps", status=Status.IN_PROGRESS)
    assert of(again) == {Move.REOPENED, Move.FELL, Move.MOVED}


def test_an_agreed_extension_counts_even_where_it_clears_overdue(cast: Cast) -> None:
    late = dated(cast, date(2026, 1, 31))
    change(cast, late, Kind.EXTENSION_AGREED, **factories.due(date(2026, 9, 30)))
    assert of(late) == {Move.EXTENDED, Move.NO_LONGER_OVERDUE, Move.MOVED}
    early = dated(cast)
    change(cast, early, **factories.due(date(2026, 10, 31)))
    assert of(early) == {Move.BROUGHT_FORWARD, Move.MOVED}


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (None, date(2027, 1, 31), True),
        (None, date(2026, 11, 30), False),
        (date(2026, 10, 31), date(2026, 11, 30), True),
        (date(2027, 3, 31), date(2027, 1, 31), False),
        (date(2027, 1, 31), date(2027, 1, 31), False),
        (date(2026, 11, 30), None, False),
    ],
)
def test_a_forecast_is_worse_where_it_is_later_or_newly_after_the_date(
    cast: Cast, before: date | None, after: date | None, worse: bool
) -> None:
    action = dated(cast, forecast_date=before, forecast_precision="day" if before else "")
    change(cast, action, Kind.PROGRESS, forecast_date=after, forecast_precision="day" if after else "")
    assert of(action) == ({Move.FORECAST_WORSE, Move.MOVED} if worse else {Move.UNCHANGED})


def test_other_posts_are_a_reassignment_and_another_title_is_none(cast: Cast) -> None:
    nurse = factories.a_post("School nurse", cast.council)
    moved = dated(cast, lead_id=cast.post.pk)
    change(cast, moved, lead_id=nurse.pk)
    assert of(moved) == {Move.REASSIGNED, Move.MOVED}
    orphan = dated(cast, lead_id=cast.post.pk)
    change(cast, orphan, lead_id=None)
    assert of(orphan) == {Move.REASSIGNED, Move.MOVED}
    helped = dated(cast, support=supporting([cast.post]))
    change(cast, helped, support=supporting([cast.post, nurse]))
    assert of(helped) == {Move.REASSIGNED, Move.MOVED}
    alone = dated(cast, support=supporting([cast.post]))
    change(cast, alone, support=[])
    assert of(alone) == {Move.REASSIGNED, Move.MOVED}
    renamed = dated(cast, support=supporting([cast.post]))
    cast.post.title = "Head of Service, First Contact"
    cast.post.save()
    change(cast, renamed, support=supporting([cast.post]))
    assert of(renamed) == {Move.UNCHANGED}


def test_a_meeting_is_its_instant_and_a_day_its_end(cast: Cast) -> None:
    meeting = Meeting.objects.create(board=cast.board, starts_at=factories.moment(2026, 3, 10, 10))
    new = dated(cast, at=factories.moment(2026, 3, 10, 14))
    end = Point.end_of(UNTIL)
    rows = Action.objects.as_at(end.moment)
    assert movement(rows, Point.at(meeting), end).behind(Move.NEW).get().reference == new.reference
    assert not movement(rows, Point.end_of(date(2026, 3, 10)), end).behind(Move.NEW).exists()
    with pytest.raises(ValueError):
        movement(rows, Point(SINCE, None), end)


def test_every_change_of_state_is_of_some_kind() -> None:
    named = {Move.MOVED, Move.UNCHANGED, Move.ALL}
    covered = set().union(
        *(part.cells for move, parts in PARTS.items() if move not in named for part in parts if part.fact is None)
    )
    # The date has moved to a later one, and so the action is extended; a date that was agreed cannot be taken away.
    elsewhere = {("due_soon", "on_time"), *((was, "no_date") for was in ("on_time", "due_soon"))}
    different = {(was, now) for was in STATES_BEFORE for now in STATES if was != now}
    assert different - covered == elsewhere


def test_falls_come_first_and_what_got_better_last(cast: Cast) -> None:
    done = dated(cast)
    change(cast, done, Kind.COMPLETED, status=Status.COMPLETE)
    again = dated(cast, status=Status.SIGNED_OFF)
    change(cast, again, Kind.REOPENED, status=Status.IN_PROGRESS)
    new = dated(cast, at=PERIOD)
    listed = [row.reference for row in worst_first(between().behind(Move.MOVED))]
    assert listed == [cast.action.reference, again.reference, new.reference, done.reference]


def test_ever_red_is_what_the_owner_said_up_to_the_day(cast: Cast) -> None:
    change(cast, cast.action, Kind.PROGRESS, reported_rag=Rag.RED)
    change(cast, cast.action, Kind.PROGRESS, reported_rag=Rag.GREEN)
    for day, number in ((SINCE, 0), (UNTIL, 1)):
        end = Point.end_of(day)
        assert ever_rated_red(Action.objects.as_at(end.moment), end.moment).count() == number
    assert ever_rated_red(Action.objects.as_at(None), None).get() == cast.action


def test_worse_and_better_are_opposites_and_leaving_the_plan_is_neither() -> None:
    opposite = {"worse": "better", "better": "worse", "same": "same", "": ""}
    for before in STATES:
        for after in STATES:
            assert direction((before, after)) == opposite[direction((after, before))]
    assert {direction((state, "withdrawn")) for state in STATES_BEFORE} == {"", "same"}
    assert direction(("complete", "on_time")) == direction(("due_soon", "overdue")) == "worse"
    assert direction((NEW, "overdue")) == ""


STEP = st.tuples(
    st.integers(0, 40),
    st.sampled_from(list(Status)),
    st.sampled_from(["", "later", "sooner", "forecast", "words", "lead", "support", "red"]),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 120), st.lists(STEP, max_size=5)), min_size=1, max_size=6)
DAYS = st.integers(-5, 200).map(lambda number: factories.START.date() + timedelta(days=number))


def what(cast: Cast, name: str, action_due: date, number: int) -> dict[str, Any]:
    return {
        "": {},
        "later": factories.due(action_due + timedelta(days=35)),
        "sooner": factories.due(action_due - timedelta(days=20)),
        "forecast": {"forecast_date": action_due + timedelta(days=number), "forecast_precision": "day"},
        "words": {"wording": f"Reworded {number}"},
        "lead": {"lead_id": cast.post.pk if number % 2 else None},
        "support": {"support": supporting([cast.post]) if number % 2 else []},
        "red": {"reported_rag": Rag.RED},
    }[name]


def make(cast: Cast, histories: list[tuple[int, list[Any]]]) -> Plan:
    """A plan with these histories; steps that the rules do not allow are left out."""
    plan = factories.a_plan(cast.council)
    found = []
    for place, (day, steps) in enumerate(histories):
        at = factories.START + timedelta(days=day)
        due = at.date() + timedelta(days=25 * place)
        status = Status.UNREPORTED
        first = {"reference": str(place), "wording": "Begin", **(factories.due(due) if place % 4 else {})}
        history = [Change(cast.lead, at, Kind.ADDED, changes=first)]
        for number, (days, wanted, name) in enumerate(steps):
            at += timedelta(days=days, hours=1)
            kinds = [Kind.AMENDED, *DECIDED_MOVES]
            kind = next((kind for kind in kinds if may_move(status, wanted, kind)), None)
            status = wanted if kind else status
            changes = {"status": status, **what(cast, name, due, number + days)}
            due = changes.get("due_date", due)
            history.append(
                Change(cast.lead, at, kind or Kind.AMENDED, "Because" * (days % 2 or bool(kind)), changes=changes)
            )
        found.append(history)
    record_history(plan, found, recorded_at=timezone.now())
    return plan


def plainly(plan: Plan, since: date, until: date) -> Counter[tuple[str, str]]:
    """The matrix counted the slow way: each action looked up at both ends."""
    states = []
    for day in (since, until):
        rows = Action.objects.as_at(Point.end_of(day).moment).filter(plan=plan)
        states.append({row.action_id: row.timeliness for row in with_timeliness(rows, day)})
    return Counter((states[0].get(pk, NEW), now) for pk, now in states[1].items())


def snapshot(found: Movement) -> tuple[Any, ...]:
    rows = [(row.action_id, cell_of(row), row.changed_beside_its_state) for row in found.rows.order_by("action_id")]
    return dict(found.matrix.counts), found.counts, rows


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    histories=HISTORIES,
    days=st.tuples(DAYS, DAYS).map(sorted),
    cell=st.tuples(st.sampled_from(["", *STATES_BEFORE]), st.sampled_from(["", *STATES])),
)
def test_whatever_happened_the_numbers_add_up(
    cast: Cast, histories: list[tuple[int, list[Any]]], days: list[date], cell: tuple[str, str]
) -> None:
    plan = make(cast, histories)
    since, until = days
    found = between(since, until, plan)
    existing = Action.objects.as_at(Point.end_of(until).moment).filter(plan=plan).count()

    assert dict(found.matrix.counts) == plainly(plan, since, until)
    assert found.matrix.total == existing == found.rows.count()
    assert sum(map(found.matrix.row_total, STATES_BEFORE)) == existing
    assert sum(map(found.matrix.column_total, STATES)) == existing
    rows_by_cell = Counter(map(cell_of, found.rows))
    assert rows_by_cell == found.matrix.counts
    for before in STATES_BEFORE:
        assert found.behind(before=before).count() == found.matrix.row_total(before)
        for after in STATES:
            assert rows_by_cell[before, after] == found.matrix.counts.get((before, after), 0)

    for move in (Move.MOVED, Move.UNEXPLAINED, Move.FELL, Move.EXTENDED):
        assert found.count_behind(move, *cell) == len(found.behind(move, *cell))

    lists = {move: {row.action_id for row in found.behind(move)} for move in Move}
    assert {move: len(rows) for move, rows in lists.items()} == found.counts
    assert found.counts[Move.MOVED] + found.counts[Move.UNCHANGED] == existing
    assert not lists[Move.MOVED] & lists[Move.UNCHANGED]
    named = set(Move) - {Move.UNCHANGED, Move.MOVED, Move.ALL}
    assert not lists[Move.UNCHANGED] & set().union(*(lists[move] for move in named))
    for move in (move for move, parts in PARTS.items() if all(part.fact is None for part in parts)):
        cells = PARTS[move][0].cells
        assert found.counts[move] == sum(count for cell, count in found.matrix.counts.items() if cell in cells)

    then = snapshot(found)
    for action in Action.objects.filter(plan=plan):
        after = max(Point.end_of(until).moment or timezone.now(), action.updates.latest("at").at) + timedelta(seconds=1)
        record(action, by=cast.lead, at=after, kind=Kind.AMENDED, note="Later", wording="Later", lead_id=None)
    assert snapshot(between(since, until, plan)) == then


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(histories=HISTORIES, day=DAYS)
def test_between_a_moment_and_itself_everything_is_unchanged(
    cast: Cast, histories: list[tuple[int, list[Any]]], day: date
) -> None:
    plan = make(cast, histories)
    found = between(day, day, plan)
    assert all(before == after for before, after in found.matrix.counts)
    everything = (Move.UNCHANGED, Move.ALL)
    assert found.counts == {move: found.matrix.total if move in everything else 0 for move in Move}


def test_now_is_the_same_as_the_moment_of_now(cast: Cast) -> None:
    new = dated(cast, at=PERIOD)
    change(cast, new, Kind.PROGRESS, reported_rag=Rag.RED, wording="Other")
    change(cast, cast.action, support=supporting([cast.post]))
    since = Point.end_of(SINCE)
    now = movement(Action.objects.as_at(None), since, Point(UNTIL, None))
    then = between()
    assert (now.matrix.counts, now.counts) == (then.matrix.counts, then.counts)
    assert [row.pk for row in now.behind(Move.MOVED)] == [row.action_id for row in then.behind(Move.MOVED)]
    row = with_what_was_said(now.behind(Move.NEW), since.moment, None).get()
    said = explanation(row)
    assert (state_before(row), said and said.note) == (None, "Because")


@pytest.mark.parametrize("until", [None, UNTIL])
def test_one_query_counts_whatever_the_size(cast: Cast, until: date | None) -> None:
    end = Point.end_of(until) if until else Point(UNTIL, None)
    for number in (1, 20):
        for _ in range(number):
            dated(cast, support=supporting([cast.post]))
        with CaptureQueriesContext(connection) as counting:
            found = movement(Action.objects.as_at(end.moment), Point.end_of(SINCE), end)
        with CaptureQueriesContext(connection) as listing:
            rows = with_what_was_said(found.behind(), found.since.moment, end.moment)
            assert len(rows) == found.matrix.total
            assert [explanation(row) for row in rows] == [None] * len(rows)
        assert (len(counting), len(listing)) == (1, 3)
