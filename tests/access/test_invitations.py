"""Invitations: the one way in; a secret that nobody can read afterwards, that runs out and works once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plans.access import invitations
from plans.access.credentials import Invitation
from plans.access.models import Membership, User
from plans.access.rules import Role
from plans.access.trail import RefusedAccount
from plans.audit.changes import note_event
from plans.audit.models import Event
from tests.cast import Cast
from tests.factories import START

PASSWORD = "purple lamp reads quietly"


def invite(cast: Cast, email: str = "Nia@Example.org", role: Role = Role.OFFICER) -> tuple[Invitation, str]:
    return invitations.invite("Nia New", email, role, cast.council, by=cast.administrator, at=START, note=note_event)


def test_the_secret_is_nowhere_in_the_database(cast: Cast) -> None:
    invitation, secret = invite(cast)
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert secret not in str(row)
    assert secret not in str(list(Event.objects.values()))
    assert invitation.email == "nia@example.org"
    assert invitations.open_invitation(secret, START) == invitation
    assert invitations.open_invitation(secret + "x", START) is None
    assert invitations.open_invitation(invitation.secret_hash, START) is None


def test_accepting_makes_the_account_with_the_role_and_no_more(cast: Cast) -> None:
    invitation, secret = invite(cast)
    person = invitations.accept(invitation, password=PASSWORD, at=START, note=note_event)
    assert (person.name, person.email, person.is_superuser, person.is_staff) == (
        "Nia New",
        "nia@example.org",
        False,
        False,
    )
    assert person.check_password(PASSWORD)
    assert [(row.organisation, row.role) for row in person.memberships.all()] == [(cast.council, "officer")]
    assert invitations.open_invitation(secret, START) is None
    with pytest.raises(RefusedAccount, match="accepted, sent again or taken back"):
        invitations.accept(invitation, password="another long password", at=START, note=note_event)
    assert list(Event.objects.order_by("id").values_list("what", "by")) == [
        ("person.invited", cast.administrator.email),
        ("invitation.accepted", "nia@example.org"),
    ]


def test_it_works_for_seven_days(cast: Cast) -> None:
    invitation, secret = invite(cast)
    late = START + timedelta(days=7)
    assert invitations.open_invitation(secret, late - timedelta(seconds=1))
    assert invitations.open_invitation(secret, late) is None
    with pytest.raises(RefusedAccount, match="expired"):
        invitations.accept(invitation, password=PASSWORD, at=late, note=note_event)
    assert not User.objects.filter(email="nia@example.org").exists()


def test_sending_again_makes_a_new_secret_and_new_days(cast: Cast) -> None:
    invitation, first = invite(cast)
    later = START + timedelta(days=6)
    second = invitations.renew(invitation, by=cast.administrator, at=later, note=note_event)
    assert invitations.open_invitation(first, later) is None
    assert invitations.open_invitation(second, later + timedelta(days=6)) == invitation
    # Whoever had the page open with the old link is told.
    with pytest.raises(RefusedAccount, match="sent again"):
        invitations.accept(invitation, password=PASSWORD, at=later, note=note_event)


def test_taken_back_it_opens_nothing(cast: Cast) -> None:
    invitation, secret = invite(cast)
    invitations.revoke(invitation, by=cast.administrator, at=START, note=note_event)
    assert invitations.open_invitation(secret, START) is None
    with pytest.raises(RefusedAccount):
        invitations.accept(invitation, password=PASSWORD, at=START, note=note_event)
    invite(cast)


def test_nobody_is_invited_twice_at_a_time_but_again_when_it_ran_out(cast: Cast) -> None:
    invite(cast)
    with pytest.raises(RefusedAccount, match="waits already") as refusal:
        invite(cast, "NIA@example.org", Role.READER)
    assert refusal.value.field == "email"
    again, _ = invitations.invite(
        "Nia", "nia@example.org", Role.READER, cast.council, by=cast.administrator,
        at=START + timedelta(days=8), note=note_event,
    )  # fmt: skip
    assert invitations.waiting(Invitation.objects.all()).get() == again


@pytest.mark.parametrize("member", ["lead", "owner", "stranger", "board_member", "reader"])
def test_only_the_organisations_administrator_invites_renews_and_revokes(cast: Cast, member: str) -> None:
    other, (invitation, _) = getattr(cast, member), invite(cast)
    with pytest.raises(RefusedAccount):
        invitations.invite("Eve", "eve@example.org", Role.LEAD, cast.council, by=other, at=START, note=note_event)
    with pytest.raises(RefusedAccount):
        invitations.renew(invitation, by=other, at=START, note=note_event)
    with pytest.raises(RefusedAccount):
        invitations.revoke(invitation, by=other, at=START, note=note_event)
    assert invitations.invitations_administered_by(other).count() == 0
    assert invitations.invitations_administered_by(cast.administrator).count() == 1


def test_an_account_that_exists_gets_the_role_only_from_its_owner(cast: Cast) -> None:
    invitation, _ = invite(cast, cast.stranger.email.upper(), Role.BOARD_MEMBER)
    for person in (None, cast.owner):
        with pytest.raises(RefusedAccount, match="has an account already"):
            invitations.accept(invitation, person=person, password=PASSWORD, at=START, note=note_event)
    cast.stranger.refresh_from_db()
    assert cast.stranger.check_password("a long password")
    assert invitations.accept(invitation, person=cast.stranger, at=START, note=note_event) == cast.stranger
    assert Membership.objects.filter(person=cast.stranger).count() == 2


def test_a_closed_account_is_not_opened_by_an_invitation(cast: Cast) -> None:
    invitation, _ = invite(cast, cast.stranger.email)
    cast.stranger.is_active = False
    cast.stranger.save()
    with pytest.raises(RefusedAccount, match="closed"):
        invitations.accept(invitation, person=cast.stranger, at=START, note=note_event)
    with pytest.raises(RefusedAccount, match="deactivated"):
        invite(cast, cast.stranger.email, Role.LEAD)


def test_whoever_has_the_role_is_not_invited_to_it(cast: Cast) -> None:
    with pytest.raises(RefusedAccount, match="has that role here already"):
        invite(cast, cast.owner.email, Role.OFFICER)
