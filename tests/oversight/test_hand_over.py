"""A leaver's hand-over: all of it or nothing, nothing orphaned, and the history keeps the names of its time."""

from __future__ import annotations

from datetime import date

import pytest

from plans.access.holdings import RefusedHolding, holder_of
from plans.access.models import Membership, Seat
from plans.access.rules import Role
from plans.access.tokens import make_token
from plans.access.trail import RefusedAccount
from plans.audit.models import Event
from plans.audit.scope import events_visible_to
from plans.improvement_plan.ledger import ChangedSince, record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind
from plans.oversight.changes import raise_challenge
from plans.oversight.hand_over import Choice, belongings_of, hand_over, what_is_done
from plans.oversight.models import SavedFilter
from plans.oversight.saved_filters import save_filter
from tests import factories
from tests.cast import Cast

TODAY = date(2026, 3, 10)
AT = factories.moment(2026, 3, 10)


def choice_of(cast: Cast, **said: object) -> Choice:
    return Choice(day=TODAY, successors={cast.post.holdings.get().pk: cast.team_mate}, **said)  # type: ignore[arg-type]


def test_everything_that_is_somebodys_is_in_the_list(cast: Cast) -> None:
    Seat.objects.create(board=cast.board, person=cast.owner)
    supported = factories.a_post("Supporting post", cast.council, holder=cast.owner)
    record(
        cast.partner_action,
        by=cast.lead,
        at=AT,
        kind=Kind.AMENDED,
        note="x",
        support=[[supported.pk, "Supporting post"]],
    )
    record(
        cast.action, by=cast.owner, at=AT, kind=Kind.EXTENSION_ASKED, note="x",
        asked_due_date=date(2026, 6, 30), asked_due_precision="day", asked_reason="Late",
    )  # fmt: skip
    raise_challenge(cast.plan, "How?", by=cast.board_member, at=AT, owed_by=cast.post)
    make_token(cast.owner, name="Power BI", days=30, at=AT)
    found = belongings_of(cast.owner, [cast.council], reader=cast.administrator, day=TODAY)
    assert [row.post.title for row in found.held] == ["Head of Service", "Supporting post"]
    assert [row.reference for row in found.led] == ["1.1"]
    assert [row.reference for row in found.supported] == ["1.2"]
    assert [row.reference for row in found.asked] == ["1.1"]
    assert [row.question for row in found.answers_owed] == ["How?"]
    assert (len(found.seats), len(found.roles), len(found.tokens), found.elsewhere) == (1, 1, 1, False)


def test_a_post_goes_to_the_successor_with_its_actions_and_nothing_else_of_them_changes(cast: Cast) -> None:
    Seat.objects.create(board=cast.board, person=cast.owner)
    token, _ = make_token(cast.owner, name="Power BI", days=30, at=AT)
    choice = choice_of(cast, end_roles=True, close_account=True)
    said = belongings_of(cast.owner, [cast.council], reader=cast.administrator, day=TODAY)
    promised = [[heading, lines] for heading, lines in what_is_done(said, choice, calendar=False)]
    event = hand_over(cast.owner, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    assert event.details["done"] == promised
    holder = holder_of(cast.post)
    assert holder is not None
    assert (holder.person, holder.since) == (cast.team_mate, TODAY)
    assert cast.action.updates.count() == 1
    assert Action.objects.get(pk=cast.action.pk).lead_id == cast.post.pk
    cast.owner.refresh_from_db()
    token.refresh_from_db()
    assert not cast.owner.is_active
    assert token.revoked_at == AT
    assert not Seat.objects.filter(person=cast.owner).exists()
    assert not Membership.objects.filter(person=cast.owner).exists()
    assert {"post.holder_changed", "roles.changed", "person.deactivated", "person.handed_over"} <= set(
        events_visible_to(cast.auditor).values_list("what", flat=True)
    )


def test_somebody_with_a_seat_alone_can_be_closed_too(cast: Cast) -> None:
    guest = factories.a_person("Gus Guest")
    Seat.objects.create(board=cast.board, person=guest)
    choice = Choice(day=TODAY, successors={}, close_account=True)
    hand_over(guest, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    guest.refresh_from_db()
    assert (guest.is_active, Seat.objects.filter(person=guest).exists()) == (False, False)
    assert set(events_visible_to(cast.auditor).values_list("what", flat=True)) == {
        "person.deactivated",
        "person.handed_over",
    }


def test_a_single_action_moves_through_the_ledger_and_history_keeps_the_post_before(cast: Cast) -> None:
    other = factories.a_post("Head of Quality", cast.council)
    choice = choice_of(cast, moves={cast.action.pk: other}, versions={cast.action.pk: 1}, reason="Closer to the work")
    hand_over(cast.owner, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    latest, first = cast.action.updates.order_by("-sequence")
    assert (latest.kind, latest.note, latest.lead_name) == (Kind.AMENDED, "Closer to the work", "Head of Quality")
    assert first.lead_name == "Head of Service"


def test_somebody_elses_change_meanwhile_stops_all_of_it(cast: Cast) -> None:
    other = factories.a_post("Head of Quality", cast.council)
    record(cast.action, by=cast.lead, at=AT, kind=Kind.PROGRESS, note="Begun")
    choice = choice_of(cast, moves={cast.action.pk: other}, versions={cast.action.pk: 1}, reason="x")
    with pytest.raises(ChangedSince):
        hand_over(cast.owner, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    choice = choice_of(cast)
    factories.a_post("Another post", cast.council, holder=cast.owner)
    with pytest.raises(RefusedHolding, match="changed in the meantime"):
        hand_over(cast.owner, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    held = holder_of(cast.post)
    assert held is not None
    assert held.person == cast.owner
    assert not Event.objects.filter(what="person.handed_over").exists()


def test_what_is_refused_at_the_end_undoes_the_beginning(cast: Cast) -> None:
    Membership.objects.create(person=cast.administrator, organisation=cast.council, role=Role.OFFICER.value)
    post = factories.a_post("Director", cast.council, holder=cast.administrator)
    choice = Choice(day=TODAY, successors={post.holdings.get().pk: None}, close_account=True)
    with pytest.raises(RefusedAccount, match="You cannot deactivate your own account"):
        hand_over(cast.administrator, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    assert holder_of(post) is not None


def test_a_day_that_cannot_be_is_said_beside_the_day(cast: Cast) -> None:
    choice = choice_of(cast)
    choice.day = date(2026, 3, 11)
    with pytest.raises(RefusedHolding, match="today or an earlier day") as refusal:
        hand_over(cast.owner, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    assert refusal.value.field == "day"


def test_what_is_theirs_in_another_organisation_stays(cast: Cast) -> None:
    elsewhere = factories.an_organisation("Elsewhere")
    there = factories.a_post("Adviser", elsewhere, holder=cast.owner)
    token, _ = make_token(cast.owner, name="Power BI", days=30, at=AT)
    hand_over(cast.owner, [cast.council], choice_of(cast), by=cast.administrator, at=AT, today=TODAY)
    token.refresh_from_db()
    assert token.revoked_at is None
    assert holder_of(there) is not None


def test_shared_filters_pass_on_under_a_name_that_is_free(cast: Cast) -> None:
    for person in (cast.owner, cast.lead):
        Membership.objects.get_or_create(person=person, organisation=cast.council, role=Role.LEAD.value)
        save_filter("overdue", "Late", "late_by=90", owner=person, organisation=cast.council, shared_with=Role.OFFICER)
    choice = choice_of(cast, filters_to=cast.lead)
    hand_over(cast.owner, [cast.council], choice, by=cast.administrator, at=AT, today=TODAY)
    assert set(SavedFilter.objects.filter(owner=cast.lead).values_list("name", flat=True)) == {"Late", "Late (2)"}
