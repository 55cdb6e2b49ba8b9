"""The trail in plain English: one sentence for each kind of event, in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from plans.audit.models import Event


@dataclass(frozen=True)
class Words:
    """``label`` names the kind in a list; ``sentence`` takes who, what, and the details by their names."""

    label: str
    sentence: str


# Group to kind to words. “{who}” did it, “{what}” is what it happened to, as named then.
GROUPS: dict[str, dict[str, Words]] = {
    "Signing in": {
        "sign_in.succeeded": Words("Signed in", "{who} signed in."),
        "sign_in.failed": Words("Sign-in failed", "A sign-in as {who} failed: {reason}."),
        "sign_out": Words("Signed out", "{who} signed out."),
        "session.ended": Words("Session ended", "{who} ended a session."),
        "password.changed": Words("Password changed", "{who} changed the password of {what}."),
        "password.reset": Words("Password reset", "{who} set a new password by e-mail."),
        "second_factor.set": Words("Authenticator set up", "{who} set up an authenticator app."),
        "second_factor.removed": Words("Authenticator removed", "{who} removed the authenticator app of {what}."),
        "second_factor.recovery_codes_made": Words("Recovery codes made", "{who} made new recovery codes."),
        "single_sign_on.linked": Words("Single sign-on linked", "{who} linked single sign-on."),
        "single_sign_on.unlinked": Words("Single sign-on unlinked", "{who} unlinked the single sign-on of {what}."),
    },
    "People and roles": {
        "person.invited": Words("Person invited", "{who} invited {what}."),
        "invitation.accepted": Words("Invitation accepted", "{who} accepted an invitation."),
        "invitation.revoked": Words("Invitation taken back", "{who} took back the invitation of {what}."),
        "roles.changed": Words("Roles changed", "{who} changed the roles of {what}: from {before} to {after}."),
        "person.deactivated": Words("Account closed", "{who} closed the account of {what}."),
        "person.reactivated": Words("Account opened again", "{who} opened the account of {what} again."),
        "person.anonymised": Words(
            "Person anonymised", "{who} anonymised {what}: {trail_lines} lines of this trail name them by number alone."
        ),
        "contact.anonymised": Words(
            "Contact anonymised", "{who} anonymised {what}: {trail_lines} lines of this trail no longer name them."
        ),
        "access.changed_by_form": Words(
            "Role, post or seat changed", "{who} used the administrator’s forms: {of} {did}, “{what}”."
        ),
        "person.handed_over": Words("Handed over", "{who} handed over what was {what}’s from {from_day}."),
        "post.added": Words("Post added", "{who} added the post “{what}”."),
        "post.changed": Words("Post changed", "{who} changed the post “{what}”, before “{before}”."),
        "post.holder_changed": Words(
            "Holder changed", "{who} recorded {person} as holder of “{what}” since {since}, before {before}."
        ),
        "post.deputy_added": Words("Deputy added", "{who} recorded {person} as deputy in “{what}” since {since}."),
        "post.holding_ended": Words("Post left", "{who} recorded that {person} left “{what}” as {kind} on {until}."),
    },
    "Access for programs and calendars": {
        "token.made": Words("Token made", "{who} made the token “{what}”."),
        "token.used": Words("Token used", "A program of {who} read with the token “{what}”."),
        "token.revoked": Words("Token revoked", "{who} revoked the token “{what}”."),
        "calendar_address.made": Words("Calendar address made", "{who} made a calendar address."),
        "calendar_address.renewed": Words("Calendar address renewed", "{who} made a new calendar address."),
        "calendar_address.revoked": Words("Calendar address revoked", "{who} revoked a calendar address."),
    },
    "Partners": {
        "partner_link.made": Words("Partner link made", "{who} made a link for {what}."),
        "partner_link.revoked": Words("Partner link revoked", "{who} revoked the link of {what}."),
        "partner_link.opened": Words("Partner link opened", "{who} opened the link of {what}."),
        "partner_link.proposed": Words("Update proposed", "{who} proposed an update on {reference}."),
        "partner_link.replaced": Words("Proposal replaced", "{who} replaced a proposed update on {reference}."),
        "proposal.accepted": Words("Proposal accepted", "{who} accepted the update proposed on {reference} by {what}."),
        "proposal.sent_back": Words("Proposal sent back", "{who} sent back the update proposed on {reference}."),
    },
    "Documents and evidence": {
        "document.kept": Words("Document kept", "{who} uploaded the document “{what}”."),
        "document.refused": Words("Document refused", "A document that {who} uploaded was refused: {name}."),
        "document.discarded": Words("Document discarded", "{who} discarded the document “{what}”."),
        "document.downloaded": Words("Document downloaded", "{who} downloaded the document “{what}”."),
        "evidence.downloaded": Words("Evidence downloaded", "{who} downloaded the evidence “{what}”."),
    },
    "Plans and inspections": {
        "report.accepted": Words("Report accepted", "{who} accepted the report read for “{what}”: {areas} areas."),
        "lineage.confirmed": Words("Earlier area confirmed", "{who} confirmed that “{what}” was asked before."),
        "lineage.rejected": Words("Earlier area rejected", "{who} said that “{what}” repeats nothing earlier."),
        "lineage.cleared": Words("Earlier area cleared", "{who} took back that “{what}” was asked before."),
        "plan.started": Words("Plan started", "{who} started the plan “{what}”."),
        "plan.stage_changed": Words("Plan moved", "{who} moved the plan “{what}” from {before} to {after}."),
        "plan.rag_key_changed": Words("Rating key changed", "{who} changed what ratings mean in “{what}”."),
        "plan_file.accepted": Words(
            "Plan file accepted", "{who} accepted a file into “{what}”: {added} added, {changed} changed."
        ),
        "workbook.downloaded": Words("Workbook downloaded", "{who} downloaded a workbook of {rows} actions."),
        "workbook.accepted": Words("Workbook accepted", "{who} sent a workbook back: {updated} actions updated."),
        "update.recorded": Words("Update by a program", "A program of {who} recorded an update on {what}."),
        "actions.exported": Words("Actions exported", "{who} exported {rows} actions."),
        "measure.added": Words("Measure added", "{who} added the measure “{what}”."),
        "measure.changed": Words("Measure changed", "{who} changed the measure “{what}”."),
        "reading.added": Words("Reading added", "{who} added a reading of “{what}”."),
        "reading.corrected": Words("Reading corrected", "{who} corrected a reading of “{what}”."),
        "young_peoples_summary.changed": Words(
            "Summary changed", "{who} changed the young people’s summary of “{what}”."
        ),
    },
    "Boards and chasing": {
        "meeting.called": Words("Meeting called", "{who} called the meeting “{what}”."),
        "round.opened": Words("Updates asked for", "{who} asked for updates: {what}."),
        "round.closed": Words("Round closed", "{who} closed a round of updates: {what}."),
        "escalation.added": Words("Escalation added", "{who} added an escalation: {what}."),
        "escalation.removed": Words("Escalation removed", "{who} removed an escalation: {what}."),
    },
    "Papers": {
        "copy.downloaded": Words(
            "Working copy downloaded", "{who} downloaded a working copy of “{what}” ({kind}, {format})."
        ),
        "release.drafted": Words("Paper begun", "{who} began the paper “{what}”."),
        "release.changed": Words("Paper changed", "{who} changed the paper “{what}”."),
        "release.ready": Words("Paper ready", "{who} made the paper “{what}” ready."),
        "release.reopened": Words("Paper reopened", "{who} took the paper “{what}” back to draft."),
        "release.discarded": Words("Paper discarded", "{who} discarded the paper “{what}”."),
        "release.issued": Words("Paper issued", "{who} issued the paper “{what}”, {audience}."),
        "release.downloaded": Words("Paper downloaded", "{who} downloaded the issued paper “{what}”."),
        "release.published": Words("Paper published", "{who} published the paper “{what}”."),
        "release.unpublished": Words("Paper taken down", "{who} took down the published paper “{what}”."),
        "template.kept": Words("Template kept", "{who} uploaded the template “{what}”."),
        "template.refused": Words("Template refused", "A template that {who} uploaded was refused: {name}."),
        "template.retired": Words("Template retired", "{who} retired the template “{what}”."),
        "template.downloaded": Words("Template downloaded", "{who} downloaded the template “{what}”."),
        "trail.downloaded": Words("Trail downloaded", "{who} downloaded {rows} lines of this trail."),
    },
}
KINDS: dict[str, Words] = {kind: words for group in GROUPS.values() for kind, words in group.items()}


class _Said(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "not recorded"


def sentence_of(event: Event, names: dict[str, str]) -> str:
    """The event as a sentence. ``names`` gives a person's name by their e-mail address in small letters."""
    who = names.get(event.by.lower()) or _stranger(event.by)
    words = KINDS.get(event.what)
    if words is None:
        return f"{who}: {event.what}" + (f", “{event.subject}”." if event.subject else ".")
    said = _Said({key: _plain(value) for key, value in event.details.items()})
    return words.sentence.format_map(_Said({**said, "who": who, "what": event.subject or "not recorded"}))


def _stranger(by: str) -> str:
    return "somebody unknown" if by.startswith("unknown:") else by


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items()) or "none"
    if value in (None, ""):
        return "nobody" if value == "" else "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def known_kinds(whats: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of kinds by their group, those among ``whats`` alone."""
    wanted = set(whats)
    groups = [
        (group, [(kind, words.label) for kind, words in kinds.items() if kind in wanted])
        for group, kinds in GROUPS.items()
    ]
    return [(group, kinds) for group, kinds in groups if kinds]
