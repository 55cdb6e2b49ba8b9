"""Accounts: who may close whose, what closing ends, which roles are given by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession

from plans.access import people
from plans.access.credentials import ApiToken
from plans.access.models import Membership, Organisation, PostHolding, Seat, User
from plans.access.rules import Role
from plans.access.trail import RefusedAccount
from plans.audit.changes import note_event
from plans.audit.models import Event
from tests import factories
from tests.cast import Cast
from tests.factories import START


def roles_of(person: User, organisation: Organisation) -> set[str]:
    return set(Membership.objects.filter(person=person, organisation=organisation).values_list("role", flat=True))


def test_an_administrator_has_their_own_people_and_nobody_elses(cast: Cast) -> None:
    User.objects.create_superuser("root@example.org")
    theirs = set(people.people_administered_by(cast.administrator))
    assert theirs == set(cast.everybody().values()) - {cast.stranger, cast.partner}
    assert set(people.people_administered_by(cast.lead)) == set()


def test_deactivating_ends_sessions_and_tokens_and_keeps_posts_and_name(cast: Cast) -> None:
    UserSession.objects.create(user=cast.owner, session_key="one", ip="192.0.2.1")
    token = ApiToken.objects.create(
        person=cast.owner, name="BI", secret_hash="x", made_at=START, expires_at=START + timedelta(days=1)
    )
    people.deactivate_person(cast.owner, by=cast.administrator, at=START, note=note_event)
    assert not User.objects.get(pk=cast.owner.pk).is_active
    assert not UserSession.objects.filter(user=cast.owner).exists()
    token.refresh_from_db()
    assert token.revoked_at == START
    assert PostHolding.objects.filter(person=cast.owner, until__isnull=True).exists()
    assert cast.action.updates.get().by == cast.lead
    people.deactivate_person(cast.owner, by=cast.administrator, at=START, note=note_event)
    people.reactivate_person(cast.owner, by=cast.administrator, at=START, note=note_event)
    assert User.objects.get(pk=cast.owner.pk).is_active
    assert list(Event.objects.order_by("id").values_list("what", flat=True)) == [
        "person.deactivated",
        "person.reactivated",
    ]


def test_nobody_locks_themselves_out(cast: Cast) -> None:
    with pytest.raises(RefusedAccount, match="your own account"):
        people.deactivate_person(cast.administrator, by=cast.administrator, at=START, note=note_event)
    with pytest.raises(RefusedAccount, match="from yourself"):
        people.change_roles(cast.administrator, cast.council, [], by=cast.administrator, at=START, note=note_event)
    assert roles_of(cast.administrator, cast.council) == {"administrator"}


@pytest.mark.parametrize("change", [people.deactivate_person, people.remove_second_factor, people.reactivate_person])
def test_only_the_installations_account_changes_somebody_of_two_organisations(cast: Cast, change: object) -> None:
    assert callable(change)
    elsewhere = Organisation.objects.get(name="Eastshire")
    Membership.objects.create(person=cast.owner, organisation=elsewhere, role=Role.READER)
    with pytest.raises(RefusedAccount, match="another organisation too"):
        change(cast.owner, by=cast.administrator, at=START, note=note_event)
    root = User.objects.create_superuser("root@example.org")
    change(cast.owner, by=root, at=START, note=note_event)


@pytest.mark.parametrize("kind", ["post", "seat"])
def test_a_post_or_seat_elsewhere_counts_too(cast: Cast, kind: str) -> None:
    elsewhere = Organisation.objects.get(name="Eastshire")
    if kind == "post":
        factories.a_post("Independent adviser", elsewhere, holder=cast.owner)
    else:
        Seat.objects.create(board=elsewhere.boards.create(name="Board"), person=cast.owner)
    assert not people.may_change_account(cast.administrator, cast.owner)
    assert people.may_change_account(cast.administrator, cast.reader)


def test_strangers_and_the_installations_accounts_are_out_of_reach(cast: Cast) -> None:
    root = User.objects.create_superuser("root@example.org")
    Membership.objects.create(person=root, organisation=cast.council, role=Role.LEAD)
    for person in (cast.stranger, root):
        with pytest.raises(RefusedAccount):
            people.deactivate_person(person, by=cast.administrator, at=START, note=note_event)
        assert User.objects.get(pk=person.pk).is_active


def test_roles_are_changed_as_asked_and_what_was_is_noted(cast: Cast) -> None:
    changed = people.change_roles(
        cast.owner, cast.council, [Role.READER, Role.LEAD], by=cast.administrator, at=START, note=note_event
    )
    assert changed
    assert roles_of(cast.owner, cast.council) == {"reader", "improvement lead"}
    event = Event.objects.get()
    assert (event.what, event.details["before"], event.details["after"]) == (
        "roles.changed",
        ["officer"],
        ["improvement lead", "reader"],
    )
    assert not people.change_roles(
        cast.owner, cast.council, ["improvement lead", "reader"], by=cast.administrator, at=START, note=note_event
    )
    assert Event.objects.count() == 1
    assert Membership.history.filter(person=cast.owner, history_type="-").count() == 1


@pytest.mark.parametrize("member", ["lead", "owner", "stranger"])
def test_only_an_administrator_of_the_organisation_gives_roles_in_it(cast: Cast, member: str) -> None:
    other = getattr(cast, member)
    with pytest.raises(RefusedAccount):
        people.change_roles(other, cast.council, [Role.ADMINISTRATOR], by=other, at=START, note=note_event)
    elsewhere = Organisation.objects.get(name="Eastshire")
    with pytest.raises(RefusedAccount):
        people.change_roles(cast.owner, elsewhere, [Role.LEAD], by=cast.administrator, at=START, note=note_event)


def test_a_role_that_there_is_not_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError):
        people.change_roles(cast.owner, cast.council, ["emperor"], by=cast.administrator, at=START, note=note_event)


def test_which_organisations_ask_for_a_second_factor(cast: Cast) -> None:
    cast.council.second_factor_roles = ["officer"]
    cast.council.save()
    assert people.second_factor_asked_by(cast.owner) == [cast.council]
    assert people.second_factor_asked_by(cast.lead) == []
    assert people.second_factor_asked_by(cast.partner) == []
