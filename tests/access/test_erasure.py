"""Somebody who has left is anonymised: who they were is in no table any more, what was done stays and verifies."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plans.access import people
from plans.access.holdings import HOLDER
from plans.access.invitations import invite
from plans.access.models import Membership, Post, PostHolding, Seat, User
from plans.access.rules import Role
from plans.access.tokens import make_token
from plans.access.trail import RefusedAccount
from plans.audit import erasure as of_trail
from plans.audit.changes import note_event, note_stranger
from plans.audit.models import Event
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Update
from plans.improvement_plan.rules import Kind
from plans.improvement_plan.verification import faults_in_history
from plans.monitoring.models import PartnerLink, UpdateDraft
from plans.monitoring.partner_links import make_link, revoke_link
from plans.oversight.chasing import Reminder, ReminderChoice
from plans.oversight.models import SavedFilter
from plans.papers.calendar_changes import make_address
from plans.papers.erasure import Mention, anonymise_person, preview
from plans.papers.verification import faults_in_papers
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import an_issued_release

NOW = timezone.now()
GONE = "goes with the person"
STAYS = "stays, by number"
# Every row that points at a person, and what becomes of it. A new one must be thought about.
DECIDED = {
    "plans.membership.person": GONE,
    "plans.seat.person": GONE,
    "plans.apitoken.person": GONE,
    "plans.updatedraft.person": GONE,
    "plans.reminder.person": GONE,
    "plans.reminderchoice.person": GONE,
    "plans.calendaraddress.person": GONE,
    "plans.savedfilter.owner": "goes, save where it is shared",
    "mfa.authenticator.user": GONE,
    "socialaccount.socialaccount.user": GONE,
    "usersessions.usersession.user": GONE,
    "account.emailaddress.user": GONE,
    "plans.user_groups.user": GONE,
    "plans.user_user_permissions.user": GONE,
    "admin.logentry.user": STAYS,
    "plans.postholding.person": STAYS,
    "plans.invitation.invited_by": STAYS,
    "plans.invitation.accepted_by": STAYS,
    "plans.sourcedocument.added_by": STAYS,
    "plans.reportintake.opened_by": STAYS,
    "plans.planintake.opened_by": STAYS,
    "plans.planintake.accepted_by": STAYS,
    "plans.reportintake.accepted_by": STAYS,
    "plans.update.by": STAYS,
    "plans.evidence.added_by": STAYS,
    "plans.evidence.accepted_by": STAYS,
    "plans.partnerlink.made_by": STAYS,
    "plans.partnerlink.revoked_by": STAYS,
    "plans.proposedupdate.decided_by": STAYS,
    "plans.updateround.opened_by": STAYS,
    "plans.updateround.closed_by": STAYS,
    "plans.decision.by": STAYS,
    "plans.challenge.raised_by": STAYS,
    "plans.challenge.answered_by": STAYS,
    "plans.papertemplate.uploaded_by": STAYS,
    "plans.release.made_by": STAYS,
    "plans.release.ready_by": STAYS,
    "plans.release.issued_by": STAYS,
    "plans.workingcopy.made_by": STAYS,
    "plans.making.asked_by": STAYS,
    "plans.publication.published_by": STAYS,
    "plans.publication.ended_by": STAYS,
}


def test_of_every_row_that_points_at_a_person_it_is_decided_what_becomes_of_it() -> None:
    found = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if not hasattr(model, "instance_type")
        for field in model._meta.concrete_fields
        if field.related_model is User
    }
    assert found == set(DECIDED)


@pytest.fixture
def leaver(cast: Cast) -> User:
    """Zénobie Quill, who left traces wherever one can."""
    person = User.objects.create_user("Zenobie.Quill@example.org", "a long password", name="Zénobie Quill")
    admin = cast.administrator
    Membership.objects.create(person=person, organisation=cast.council, role=Role.LEAD.value)
    Seat.objects.create(board=cast.board, person=person)
    post = factories.a_post("Service manager", cast.council)
    PostHolding.objects.create(
        post=post, person=person, kind=HOLDER, since=date(2024, 1, 1), until=date(2025, 6, 30)
    )  # fmt: skip
    record(cast.action, by=person, at=factories.START + timedelta(days=3), kind=Kind.PROGRESS, note="Twelve samples.")
    an_issued_release(cast.plan, by=person)
    make_token(person, name="Power BI", days=30, at=NOW)
    make_address(person, at=NOW, instead_of=None)
    contact = {"contact_name": person.name, "contact_email": person.email, "days": 14}
    make_link(cast.plan, Post.objects.get(title="Designated nurse"), by=cast.lead, at=NOW, **contact)
    invite(person.name, "zq@example.org", Role.OFFICER, cast.council, by=admin, at=NOW, note=note_event)
    invited = cast.council.invitations.get()
    invited.accepted_by, invited.accepted_at, invited.email = person, NOW, person.email
    invited.save()
    UpdateDraft.objects.create(person=person, action=cast.action, said={"note": "A draft"}, saved_at=NOW)
    ReminderChoice.objects.create(person=person)
    Reminder.objects.create(
        person=person, kind="digest", occasion="2026-W01", address=person.email, subject="What you owe",
        text=f"Dear {person.name}", written_at=NOW,
    )  # fmt: skip
    SavedFilter.objects.create(owner=person, organisation=cast.council, name="Mine", page="actions")
    SavedFilter.objects.create(owner=person, organisation=cast.council, name="Ours", page="actions", shared_with="lead")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    SocialAccount.objects.create(user=person, provider="council", uid="1", extra_data={"email": person.email})
    EmailAddress.objects.create(user=person, email=person.email)
    UserSession.objects.create(user=person, session_key="elsewhere", ip="192.0.2.1")
    LogEntry.objects.create(
        user=admin, content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk),
        object_repr=str(person), action_flag=CHANGE, change_message="[]",
    )  # fmt: skip
    note_event("sign_in.succeeded", person, by=person, at=NOW)
    note_event("roles.changed", person, by=admin, at=NOW, before=[], after=["improvement lead"])
    note_event("post.holder_changed", post, by=admin, at=NOW, person=person.name, since="2024-01-01", before="")
    note_event("access.changed_by_form", Membership.objects.get(person=person), by=admin, at=NOW, did="added")
    note_event("evidence.downloaded", cast.action, by=admin, at=NOW, sent_to=[{"to": "zenobie.quill@EXAMPLE.org"}])
    people.deactivate_person(person, by=cast.administrator, at=NOW, note=note_event)
    return person


def texts_with(*words: str) -> dict[str, int]:
    """In which columns of which tables any of the words stands, however they are written; reads every table."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = (
                        str(value).encode().decode("unicode_escape", "replace") if "\\u" in str(value) else str(value)
                    )
                    if any(word.lower() in text.lower() for word in words):
                        found[f"{table}.{name}"] = found.get(f"{table}.{name}", 0) + 1
    return found


def test_who_they_were_is_in_no_table_and_history_is_whole(cast: Cast, leaver: User) -> None:
    before = list(Update.objects.order_by("pk").values_list("hash", "by_id", "note"))
    lines = Event.objects.count()
    assert len(texts_with("quill")) > 8
    mentions = preview(leaver).mentions
    done = anonymise_person(leaver, by=cast.administrator, at=NOW, confirmed=" zenobie.quill@example.org")
    # An issued paper says who issued it, for ever: it is listed.
    assert texts_with("quill", "zénobie", "zenobie") == {"plans_release.content": 1}
    assert [mention.kind for mention in mentions] == ["release"]
    assert list(Update.objects.order_by("pk").values_list("hash", "by_id", "note")) == before
    assert list(faults_in_history()) == []
    assert [fault for fault in faults_in_papers() if "actions" in fault] == []
    person = User.objects.get(pk=leaver.pk)
    assert (person.name, person.email) == (
        f"Former colleague {person.pk}", f"former-colleague-{person.pk}@anonymised.invalid",
    )  # fmt: skip
    assert not person.is_active
    assert not person.has_usable_password()
    assert str(Update.objects.get(note="Twelve samples.").by) == person.name
    assert Event.objects.count() == lines + 1
    assert done["trail_lines"] >= 6
    for model in (Membership, Seat, UpdateDraft, ReminderChoice, Reminder):
        assert not model._default_manager.filter(person=person).exists(), model
    assert [one.name for one in SavedFilter.objects.filter(owner=person)] == ["Ours"]
    assert PostHolding.objects.get(person=person).until == date(2025, 6, 30)
    assert PartnerLink.objects.get(contact_name=person.name).revoked_by == cast.administrator
    assert Membership.history.filter(person_id=person.pk).count() >= 1


def test_what_was_done_stays_in_the_trail_and_so_does_that_it_was_changed(cast: Cast, leaver: User) -> None:
    kept = list(Event.objects.order_by("pk").values_list("pk", "at", "what", "subject_ref"))
    done = anonymise_person(leaver, by=cast.administrator, at=NOW, confirmed="Zenobie.Quill@example.org")
    assert list(Event.objects.order_by("pk").values_list("pk", "at", "what", "subject_ref"))[:-1] == kept
    last = Event.objects.order_by("pk").last()
    assert last is not None
    assert (last.what, last.by, last.subject) == ("person.anonymised", cast.administrator.email, leaver.name)
    assert last.details["trail_lines"] == done["trail_lines"]
    assert last.details["of_organisations"] == {str(cast.council.pk): "Westshire"}
    changed = Event.objects.get(what="post.holder_changed")
    assert changed.details["person"] == f"Former colleague {leaver.pk}"
    assert Event.objects.get(what="roles.changed").subject == f"Former colleague {leaver.pk}"


def test_the_trail_refuses_every_change_again_afterwards(cast: Cast, leaver: User) -> None:
    anonymise_person(leaver, by=cast.administrator, at=NOW, confirmed=leaver.email)
    for change in (lambda: Event.objects.update(by="nobody"), lambda: Event.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_fault_half_way_changes_nothing_and_leaves_the_trail_closed(
    cast: Cast, leaver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any) -> None:
        raise RuntimeError("cut off")

    monkeypatch.setattr(of_trail, "install_triggers", fails)
    with pytest.raises(RuntimeError):
        anonymise_person(leaver, by=cast.administrator, at=NOW, confirmed=leaver.email)
    assert User.objects.get(pk=leaver.pk).name == "Zénobie Quill"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(by="nobody")


def test_what_people_typed_is_listed_and_not_changed(cast: Cast, leaver: User) -> None:
    record(
        cast.action, by=cast.lead, at=factories.START + timedelta(days=5), kind=Kind.PROGRESS,
        note="As zénobie quill said, all is well.",
    )  # fmt: skip
    seen = preview(leaver)
    assert Mention("update", 1, (Update.objects.latest("pk").pk,)) in seen.mentions
    assert seen.trail_lines >= 6
    anonymise_person(leaver, by=cast.administrator, at=NOW, confirmed=leaver.email)
    assert Update.objects.latest("pk").note == "As zénobie quill said, all is well."
    assert list(faults_in_history()) == []


def test_another_of_the_same_name_stays_who_they_are(cast: Cast, leaver: User) -> None:
    other = factories.a_person("Zénobie Quill", role=Role.OFFICER, of=cast.council)
    note_event(
        "post.deputy_added", cast.post, by=cast.administrator, at=NOW, person="Zénobie Quill", since="2026-01-01"
    )
    note_event("sign_in.succeeded", other, by=other, at=NOW)
    anonymise_person(leaver, by=cast.administrator, at=NOW, confirmed=leaver.email)
    assert Event.objects.get(what="post.deputy_added").details["person"] == "Zénobie Quill"
    assert Event.objects.get(by=other.email).subject == "Zénobie Quill"
    assert Event.objects.get(what="roles.changed").subject == f"Former colleague {leaver.pk}"


def test_only_who_has_left_is_anonymised_by_who_may_with_the_address_typed(cast: Cast, leaver: User) -> None:
    def refused(person: User, *, by: User = cast.administrator, confirmed: str = "") -> str:
        with pytest.raises(RefusedAccount) as refusal:
            anonymise_person(person, by=by, at=NOW, confirmed=confirmed or person.email)
        return str(refusal.value)

    assert "Deactivate the account first" in refused(cast.owner)
    people.deactivate_person(cast.owner, by=cast.administrator, at=NOW, note=note_event)
    assert "still holds 1 post. Hand over first." in refused(cast.owner)
    assert "Only an administrator" in refused(leaver, by=cast.lead)
    assert "Only an administrator" in refused(leaver, by=cast.stranger)
    assert "not the person’s e-mail address" in refused(leaver, confirmed=cast.owner.email)
    elsewhere = factories.an_organisation("Northshire")
    there = Membership.objects.create(person=leaver, organisation=elsewhere, role=Role.READER.value)
    assert "another organisation too" in refused(leaver)
    there.delete()
    root = User.objects.create_superuser("root@example.org", "a long password")
    anonymise_person(leaver, by=root, at=NOW, confirmed=leaver.email)
    leaver.refresh_from_db()
    assert "anonymised already" in refused(leaver, by=root)
    with pytest.raises(RefusedAccount, match="was anonymised"):
        people.reactivate_person(leaver, by=root, at=NOW, note=note_event)


def test_the_command_changes_nothing_until_it_is_confirmed(cast: Cast, leaver: User) -> None:
    said = StringIO()
    call_command("anonymise_person", leaver.email, by=cast.administrator.email, stdout=said)
    assert "Nothing was changed." in said.getvalue()
    assert User.objects.get(pk=leaver.pk).name == "Zénobie Quill"
    with pytest.raises(CommandError, match="not the person’s e-mail address"):
        call_command("anonymise_person", leaver.email, by=cast.administrator.email, confirm="x", stdout=said)
    with pytest.raises(CommandError, match="Nobody has the address nobody@example.org"):
        call_command("anonymise_person", "nobody@example.org", by=cast.administrator.email, stdout=said)
    call_command("anonymise_person", leaver.email, by=cast.administrator.email, confirm=leaver.email, stdout=said)
    assert "Done: " in said.getvalue()
    assert User.objects.get(pk=leaver.pk).name == f"Former colleague {leaver.pk}"


def test_the_page_says_what_it_would_do_and_asks_for_the_address(cast: Cast, leaver: User) -> None:
    browser = Client()
    browser.force_login(cast.administrator)
    address = reverse("anonymise_person", args=[leaver.pk])
    assert address in browser.get(reverse("person", args=[leaver.pk])).content.decode()
    page = browser.get(address).content.decode()
    assert f"Zénobie Quill becomes “Former colleague {leaver.pk}”" in page
    wrong = browser.post(address, {"address": cast.owner.email})
    assert wrong.status_code == 400
    assert "not the person’s e-mail address" in wrong.content.decode()
    done = browser.post(address, {"address": leaver.email}, follow=True)
    assert f"Anonymised: Zénobie Quill is now Former colleague {leaver.pk}." in done.content.decode()
    still = browser.get(reverse("anonymise_person", args=[cast.owner.pk])).content.decode()
    assert "Deactivate the account first" in still
    assert 'name="address"' not in still


def test_a_contact_without_an_account_is_anonymised_when_no_link_works_any_more(cast: Cast) -> None:
    post = Post.objects.get(title="Designated nurse")
    said = {"contact_name": "Nia Quill", "contact_email": "Nia.Quill@example.org", "days": 14}
    link, _ = make_link(cast.plan, post, by=cast.lead, at=NOW, **said)
    make_link(cast.plan, post, by=cast.lead, at=NOW - timedelta(days=20), **said | {"contact_name": "N. Quill"})
    note_stranger("partner_link.opened", link, by=link.contact_email, at=NOW)

    def command(by: User, confirm: str | None = None) -> str:
        written = StringIO()
        call_command(
            "anonymise_person", "nia.quill@example.org", contact=True, by=by.email, confirm=confirm, stdout=written
        )
        return written.getvalue()

    with pytest.raises(CommandError, match="still works. Revoke it first"):
        command(cast.administrator)
    revoke_link(link, by=cast.lead, at=NOW)
    with pytest.raises(CommandError, match="No link of a council that you administer"):
        command(cast.stranger)
    assert "Nothing was changed." in command(cast.administrator)
    with pytest.raises(CommandError, match="not the contact’s e-mail address"):
        command(cast.administrator, confirm="x")
    assert "plans_event.by" in texts_with("quill")
    command(cast.administrator, confirm="nia.quill@example.org")
    assert texts_with("quill") == {}
    assert Event.objects.filter(what="partner_link.opened", by__startswith="former-contact-").exists()
    assert Event.objects.filter(what="contact.anonymised", by=cast.administrator.email).exists()
    with pytest.raises(CommandError, match="belongs to an account"):
        call_command("anonymise_person", cast.owner.email, contact=True, by=cast.administrator.email)
