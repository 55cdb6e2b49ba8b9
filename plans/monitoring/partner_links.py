"""Partners without accounts: links that show one post's open actions, and the updates that are proposed through them.

A link opens nothing else. What is proposed changes nothing until somebody who may update the action has accepted it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from plans.access.models import Post, User
from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.audit.changes import note_event, note_stranger
from plans.audit.models import Event
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action, ActionSupport, Plan, Update
from plans.improvement_plan.permissions import may_update, runs
from plans.improvement_plan.timeliness import is_open
from plans.monitoring.changes import report_no_change, submit_update
from plans.monitoring.models import PartnerLink, ProposedUpdate

SECRET_BYTES = 32
USUAL_DAYS = 14
MOST_DAYS = 60
USES_SHOWN = 100
State = ProposedUpdate.State
NOT_YOURS = "Only those who run the plan make and revoke its links."
DAYS = frozenset({"forecast_date"})


class ProposalMoved(Exception):
    """The proposal was decided, or replaced by its writer, after it was read. ``proposal`` is how it is now."""

    def __init__(self, proposal: ProposedUpdate) -> None:
        super().__init__("This proposal has changed since you opened it.")
        self.proposal = proposal


def posts_to_link(plan: Plan) -> QuerySet[Post]:
    """The posts of other organisations that lead or support an open action of the plan."""
    rows = Action.objects.filter(is_open(), plan=plan)
    supports = ActionSupport.objects.filter(action__in=rows.values("pk"), until__isnull=True)
    named = Q(pk__in=rows.values("lead_id")) | Q(pk__in=supports.values("post_id"))
    return Post.objects.filter(named).exclude(organisation=plan.organisation_id).select_related("organisation")


def _working(at: datetime) -> Q:
    return Q(revoked_at__isnull=True, expires_at__gt=at)


def works(link: PartnerLink, at: datetime) -> bool:
    """Neither revoked nor expired."""
    return link.revoked_at is None and link.expires_at > at


@transaction.atomic
def make_link(
    plan: Plan, post: Post, *, contact_name: str, contact_email: str, days: int, by: User, at: datetime
) -> tuple[PartnerLink, str]:
    """A new link and the secret of its address, which is known now and never again.

    Raises RefusedChange where ``by`` does not run the plan, where the post is no partner's with an open action in it,
    and for an expiry of no days or more than ``MOST_DAYS``.
    """
    _refuse_unless_run(by, plan)
    if not 0 < days <= MOST_DAYS:
        raise RefusedChange(f"A link works for 1 to {MOST_DAYS} days.", "days")
    if not posts_to_link(plan).filter(pk=post.pk).exists():
        raise RefusedChange("This post of a partner has no open action in the plan.", "post")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = PartnerLink.objects.create(
        plan=plan,
        post=post,
        contact_name=contact_name,
        contact_email=contact_email,
        secret_hash=hash_of_secret(secret),
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    note_event("partner_link.made", link, by=by, at=at, contact=contact_email, expires=link.expires_at.isoformat())
    return link, secret


@transaction.atomic
def make_again(link: PartnerLink, *, days: int, by: User, at: datetime) -> tuple[PartnerLink, str]:
    """A new link for the same contact; the one before stops working. Raises RefusedChange as ``make_link``."""
    revoke_link(link, by=by, at=at)
    return make_link(
        link.plan,
        link.post,
        contact_name=link.contact_name,
        contact_email=link.contact_email,
        days=days,
        by=by,
        at=at,
    )


@transaction.atomic
def revoke_link(link: PartnerLink, *, by: User, at: datetime) -> bool:
    """End the link at once; whether it had not been revoked before. What was proposed stays."""
    _refuse_unless_run(by, link.plan)
    ended = PartnerLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_by=by, revoked_at=at)
    link.refresh_from_db()
    if ended:
        note_event("partner_link.revoked", link, by=by, at=at)
    return bool(ended)


def _refuse_unless_run(by: User, plan: Plan) -> None:
    if not runs(by, plan):
        raise RefusedChange(NOT_YOURS)


def hash_of_secret(secret: str) -> str:
    """What is kept of a secret: SHA-256. It is random and long, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def link_behind(secret: str, at: datetime) -> PartnerLink | None:
    """The link that the secret of an address opens at that moment, if any."""
    rows = PartnerLink.objects.filter(_working(at), secret_hash=hash_of_secret(secret))
    return rows.select_related("plan__organisation", "post__organisation", "made_by").first()


def note_opening(link: PartnerLink, at: datetime) -> None:
    """Record that the contact opened the link."""
    PartnerLink.objects.filter(pk=link.pk).update(last_used_at=at)
    note_stranger("partner_link.opened", link, by=link.contact_email, at=at)


def actions_of(link: PartnerLink) -> QuerySet[Action]:
    """All that the link shows: the open actions of its plan that its post leads or supports now, in paper order."""
    supported = ActionSupport.objects.filter(post=link.post_id, until__isnull=True).values("action_id")
    rows = Action.objects.filter(is_open(), Q(lead=link.post_id) | Q(pk__in=supported), plan=link.plan_id)
    return rows.select_related("area", "lead").order_by("position", "pk")


def latest_proposals(link: PartnerLink, actions: Iterable[int]) -> dict[int, ProposedUpdate]:
    """The last proposal made through this link for each of the actions."""
    rows = ProposedUpdate.objects.filter(link=link, action__in=list(actions)).select_related("decided_by")
    return {row.action_id: row for row in rows.order_by("proposed_at", "pk")}


@transaction.atomic
def propose(
    link: PartnerLink, action: Action, *, version: int, said: Mapping[str, Any], at: datetime
) -> ProposedUpdate:
    """Put forward an update, in the place of what waits from the same link. ``said`` empty: nothing has changed.

    Raises RefusedChange where the link does not work or does not show the action.
    """
    locked = PartnerLink.objects.select_for_update().filter(_working(at), pk=link.pk).first()
    if locked is None or not actions_of(locked).filter(pk=action.pk).exists():
        raise RefusedChange("This action is no longer among those that your link shows.")
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
    proposal, made = ProposedUpdate.objects.select_for_update().update_or_create(
        link=locked,
        action=action,
        state=State.WAITING,
        defaults={"version": version, "said": plain, "proposed_at": at},
    )
    note_stranger(
        "partner_link.proposed" if made else "partner_link.replaced",
        locked,
        by=locked.contact_email,
        at=at,
        action=action.pk,
        reference=action.reference,
        nothing=not plain,
    )
    return proposal


def waiting_for(user: User, plan: Plan | None = None) -> QuerySet[ProposedUpdate]:
    """The proposals that wait for ``user`` or others who may update the same actions, oldest first."""
    seen = Action.objects.visible_to(user)
    mine = Action.objects.all().in_the_hands_of(user).values("pk")
    run = Q(plan__organisation__in=organisations_where(user, May.UPDATE_ANY))
    rows = ProposedUpdate.objects.filter(state=State.WAITING, action__in=seen.filter(Q(pk__in=mine) | run).values("pk"))
    if plan is not None:
        rows = rows.filter(action__plan=plan)
    return rows.order_by("proposed_at", "pk")


def with_names(rows: QuerySet[ProposedUpdate]) -> QuerySet[ProposedUpdate]:
    """The proposals with what a page says of them."""
    return rows.select_related(
        "action__plan__organisation", "action__lead", "link__post__organisation", "link__plan", "decided_by"
    )


def proposal_note(proposal: ProposedUpdate) -> str:
    """Who proposed it, without the name of a person: it may stand in a public paper."""
    post = proposal.link.post
    of = "" if post.organisation.name in post.title else f", {post.organisation}"
    return f"Proposed by {post.title}{of}."


def columns_of(proposal: ProposedUpdate) -> dict[str, Any]:
    """What was proposed, as ``submit_update`` takes it, save status and note."""
    said = {name: value for name, value in proposal.said.items() if name not in ("status", "note")}
    return {name: date.fromisoformat(value) if name in DAYS and value else value for name, value in said.items()}


@transaction.atomic
def accept_proposal(
    proposal: ProposedUpdate, *, by: User, at: datetime, read_at: datetime, expected_version: int
) -> Update:
    """Record what was proposed as an update in the name of the one who accepts it.

    ``read_at`` is ``proposed_at`` as they read it. Raises ProposalMoved where it is no longer that, and as the ledger
    does where the action is no longer at ``expected_version`` or the rules say no; then nothing is written.
    """
    locked = _locked(proposal, by, read_at)
    action = locked.action
    if locked.said:
        note = "\n\n".join(part for part in (locked.said.get("note", ""), proposal_note(locked)) if part)
        update = submit_update(
            action,
            by=by,
            at=at,
            status=locked.said.get("status") or action.status,
            note=note,
            expected_version=expected_version,
            **columns_of(locked),
        )
    else:
        update = report_no_change(action, by=by, at=at, expected_version=expected_version)
    locked.state, locked.decided_by, locked.decided_at, locked.update = State.ACCEPTED, by, at, update
    locked.save(update_fields=["state", "decided_by", "decided_at", "update"])
    named: dict[str, Any] = {"action": action.pk, "reference": action.reference, "proposal": locked.pk}
    note_event("proposal.accepted", locked.link, by=by, at=at, **named)
    return update


@transaction.atomic
def send_proposal_back(proposal: ProposedUpdate, reason: str, *, by: User, at: datetime, read_at: datetime) -> None:
    """Refuse what was proposed; its writer reads why. Raises ProposalMoved, and RefusedChange without a reason."""
    if not reason.strip():
        raise RefusedChange("Say why you send it back.", "reason")
    locked = _locked(proposal, by, read_at)
    locked.state, locked.decided_by, locked.decided_at, locked.reason = State.REFUSED, by, at, reason.strip()
    locked.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    named: dict[str, Any] = {"action": locked.action_id, "reference": locked.action.reference, "proposal": locked.pk}
    note_event("proposal.sent_back", locked.link, by=by, at=at, **named)


def _locked(proposal: ProposedUpdate, by: User, read_at: datetime) -> ProposedUpdate:
    rows = ProposedUpdate.objects.select_for_update(of=("self",))
    found = rows.select_related("action__plan", "link__post__organisation").get(pk=proposal.pk)
    if not may_update(by, found.action):
        raise RefusedChange("Only those who may update the action decide what is proposed for it.")
    if found.state != State.WAITING or found.proposed_at != read_at:
        raise ProposalMoved(found)
    return found


def links_of(plan: Plan) -> QuerySet[PartnerLink]:
    """The plan's links, newest first, each with how many proposals wait and how many were made."""
    rows = PartnerLink.objects.filter(plan=plan).select_related("post__organisation", "made_by", "revoked_by")
    waiting = Count("proposals", filter=Q(proposals__state=State.WAITING))
    return rows.annotate(
        waiting=waiting, proposed=Count("proposals"), last_proposed_at=Max("proposals__proposed_at")
    ).order_by("-made_at", "-pk")


def uses_of(link: PartnerLink) -> list[Event]:
    """What happened with the link, newest first: made, opened, proposed, decided, revoked."""
    return list(Event.objects.filter(subject_ref=f"partnerlink {link.pk}").order_by("-at", "-id")[:USES_SHOWN])
