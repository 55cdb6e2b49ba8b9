"""A link shows one post's open actions in one plan; what is proposed counts when it is accepted, and only then."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from plans.audit.models import Event
from plans.improvement_plan.changes import withdraw
from plans.improvement_plan.ledger import ChangedSince, RefusedChange, record, supporting
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind
from plans.improvement_plan.verification import faults_in_history
from plans.monitoring.models import PartnerLink, ProposedUpdate
from plans.monitoring.partner_links import (
    ProposalMoved,
    accept_proposal,
    actions_of,
    link_behind,
    make_again,
    make_link,
    propose,
    revoke_link,
    send_proposal_back,
    waiting_for,
)
from tests import factories
from tests.cast import Cast

NOW = factories.moment(2026, 3, 5, 10)
LATER = NOW + timedelta(hours=1)
SAID: dict[str, Any] = {"status": "in_progress", "note": "The clinic is open"}


def a_link(cast: Cast, **more: Any) -> tuple[PartnerLink, str]:
    said = {"contact_name": "Nia Nurse", "contact_email": "nia@example.org", "days": 14, "by": cast.lead, "at": NOW}
    post = cast.partner_action.lead
    assert post is not None
    return make_link(cast.plan, post, **{**said, **more})


def proposed(cast: Cast, **said: Any) -> ProposedUpdate:
    return propose(a_link(cast)[0], cast.partner_action, version=1, said=said or SAID, at=NOW)


def test_only_the_hash_of_the_secret_is_kept(cast: Cast) -> None:
    link, secret = a_link(cast)
    assert len(secret) >= 43
    assert link.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(list(PartnerLink.objects.values())) + str(list(Event.objects.values()))


@pytest.mark.parametrize("days", [0, -1, 61])
def test_a_link_works_from_one_to_sixty_days(cast: Cast, days: int) -> None:
    with pytest.raises(RefusedChange):
        a_link(cast, days=days)
    assert not PartnerLink.objects.exists()


def test_those_who_do_not_run_the_plan_make_no_links(cast: Cast) -> None:
    for person in (cast.owner, cast.stranger, cast.partner, cast.board_member):
        with pytest.raises(RefusedChange):
            a_link(cast, by=person)


def test_a_post_of_the_council_itself_gets_no_link(cast: Cast) -> None:
    with pytest.raises(RefusedChange):
        make_link(cast.plan, cast.post, contact_name="N", contact_email="n@example.org", days=3, by=cast.lead, at=NOW)


def test_it_opens_until_it_expires_or_is_revoked(cast: Cast) -> None:
    link, secret = a_link(cast)
    assert link_behind(secret, NOW) == link
    assert link_behind(secret, NOW + timedelta(days=14)) is None
    assert link_behind(secret + "x", NOW) is None
    revoke_link(link, by=cast.lead, at=LATER)
    assert link_behind(secret, LATER) is None


def test_made_again_the_link_before_stops_working(cast: Cast) -> None:
    link, secret = a_link(cast)
    again, other = make_again(link, days=7, by=cast.lead, at=LATER)
    assert link_behind(secret, LATER) is None
    assert link_behind(other, LATER) == again


def test_it_shows_the_open_actions_that_the_post_leads_or_supports_in_that_plan(cast: Cast) -> None:
    link, _ = a_link(cast)
    post = cast.partner_action.lead
    assert post is not None
    supports = factories.an_action(cast.plan, cast.lead, reference="S", support=supporting([post]))
    elsewhere = factories.a_plan(cast.council)
    factories.an_action(elsewhere, cast.lead, lead_id=post.pk)
    gone = factories.an_action(cast.plan, cast.lead, reference="W", lead_id=post.pk)
    withdraw(gone, by=cast.lead, at=NOW, note="Overtaken")
    assert set(actions_of(link)) == {cast.partner_action, supports}


def test_nothing_is_proposed_on_other_actions_or_through_a_dead_link(cast: Cast) -> None:
    link, _ = a_link(cast)
    with pytest.raises(RefusedChange):
        propose(link, cast.action, version=1, said=SAID, at=NOW)
    with pytest.raises(RefusedChange):
        propose(link, cast.partner_action, version=1, said=SAID, at=link.expires_at)
    revoke_link(link, by=cast.lead, at=NOW)
    with pytest.raises(RefusedChange):
        propose(link, cast.partner_action, version=1, said=SAID, at=NOW)
    assert not ProposedUpdate.objects.exists()


def test_what_is_proposed_changes_nothing_until_it_is_accepted(cast: Cast) -> None:
    proposal = proposed(cast, **SAID, forecast_date=date(2026, 5, 31), forecast_precision="month")
    assert Update.objects.filter(action=cast.partner_action).count() == 1
    update = accept_proposal(proposal, by=cast.lead, at=LATER, read_at=NOW, expected_version=1)
    proposal.refresh_from_db()
    action = Action.objects.get(pk=cast.partner_action.pk)
    assert (proposal.state, proposal.update, proposal.decided_by) == ("accepted", update, cast.lead)
    assert (action.status, action.forecast_date) == ("in_progress", date(2026, 5, 31))
    assert update.by == cast.lead
    assert update.note.startswith("The clinic is open")
    assert update.note.endswith("Proposed by Designated nurse, Westshire ICB.")
    assert "Nia" not in update.note, "a person's name may not reach a public paper by this way"
    assert list(faults_in_history()) == []


def test_a_nil_return_leaves_what_was_said_before(cast: Cast) -> None:
    record(cast.partner_action, by=cast.lead, at=NOW, kind=Kind.PROGRESS, note="Rooms are found")
    link, _ = a_link(cast)
    nothing = propose(link, cast.partner_action, version=2, said={}, at=NOW)
    update = accept_proposal(nothing, by=cast.lead, at=LATER, read_at=NOW, expected_version=2)
    assert (update.kind, update.progress) == (Kind.NO_CHANGE, "Rooms are found")


def test_only_what_was_changed_is_put_on_top_of_what_others_did(cast: Cast) -> None:
    proposal = proposed(cast)
    record(cast.partner_action, by=cast.lead, at=NOW, kind=Kind.PROGRESS, note="Low", confidence="low")
    with pytest.raises(ChangedSince):
        accept_proposal(proposal, by=cast.lead, at=LATER, read_at=NOW, expected_version=1)
    assert ProposedUpdate.objects.get().state == "waiting"
    accept_proposal(proposal, by=cast.lead, at=LATER, read_at=NOW, expected_version=2)
    assert Action.objects.get(pk=cast.partner_action.pk).confidence == "low"


def test_replaced_while_it_was_read_it_is_not_accepted(cast: Cast) -> None:
    link, _ = a_link(cast)
    first = propose(link, cast.partner_action, version=1, said=SAID, at=NOW)
    propose(link, cast.partner_action, version=1, said={**SAID, "note": "It is not open"}, at=LATER)
    assert ProposedUpdate.objects.count() == 1
    with pytest.raises(ProposalMoved) as moved:
        accept_proposal(first, by=cast.lead, at=LATER, read_at=NOW, expected_version=1)
    assert moved.value.proposal.said["note"] == "It is not open"
    assert Update.objects.filter(action=cast.partner_action).count() == 1


def test_it_is_decided_once(cast: Cast) -> None:
    proposal = proposed(cast)
    send_proposal_back(proposal, "Which clinic?", by=cast.lead, at=LATER, read_at=NOW)
    with pytest.raises(ProposalMoved):
        accept_proposal(proposal, by=cast.administrator, at=LATER, read_at=NOW, expected_version=1)
    again = propose(proposal.link, cast.partner_action, version=1, said=SAID, at=LATER)
    assert again.pk != proposal.pk


def test_sending_back_says_why(cast: Cast) -> None:
    proposal = proposed(cast)
    with pytest.raises(RefusedChange):
        send_proposal_back(proposal, "  ", by=cast.lead, at=LATER, read_at=NOW)
    assert ProposedUpdate.objects.get().state == "waiting"


def test_it_waits_for_those_who_may_update_the_action(cast: Cast) -> None:
    proposal = proposed(cast)
    for person in (cast.lead, cast.administrator, cast.partner):
        assert list(waiting_for(person)) == [proposal]
    for person in (cast.owner, cast.stranger, cast.board_member, cast.reader):
        assert not waiting_for(person)
        with pytest.raises(RefusedChange):
            accept_proposal(proposal, by=person, at=LATER, read_at=NOW, expected_version=1)


def test_every_use_is_in_the_trail_under_the_contacts_address(cast: Cast) -> None:
    proposed(cast)
    used = Event.objects.filter(what="partner_link.proposed").get()
    assert (used.by, used.details["reference"]) == ("nia@example.org", "1.2")
