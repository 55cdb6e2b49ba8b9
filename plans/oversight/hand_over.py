"""A leaver's hand-over: all that is somebody's in one list, and all of it passed on in one transaction.

Actions belong to posts, so most of them change hands with the post and are not touched; those that go to another post
do so through the ledger. What somebody wrote stays theirs in the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from plans.access.credentials import ApiToken
from plans.access.holdings import HOLDER, RefusedHolding, change_holder, end_holding
from plans.access.models import Membership, Organisation, Post, PostHolding, Seat, User
from plans.access.people import change_roles, deactivate_person, end_sessions
from plans.access.rules import May, Role, roles_that
from plans.audit.changes import note_event
from plans.audit.models import Event
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action, ActionSupport, Update
from plans.improvement_plan.rules import Kind
from plans.improvement_plan.timeliness import is_open, overdue
from plans.improvement_plan.wording import counted, day_words
from plans.monitoring.models import PartnerLink, UpdateDraft
from plans.oversight.chasing import UpdateRound
from plans.oversight.models import Challenge, SavedFilter
from plans.oversight.queue import waits_for_a_decision

ASKED = (Kind.EXTENSION_ASKED, Kind.COMPLETED)
LONGEST_NAME = 80


@dataclass
class Belongings:
    """What is somebody's in some organisations. ``elsewhere``: they have a role, a post or a seat in others too."""

    person: User
    organisations: list[Organisation]
    holdings: list[PostHolding]
    seats: list[Seat]
    roles: list[Membership]
    led: list[Any]
    supported: list[Any]
    answers_owed: list[Challenge]
    asked: list[Any]
    drafts: list[UpdateDraft]
    shared_filters: list[SavedFilter]
    rounds: list[UpdateRound]
    tokens: list[ApiToken]
    partner_links: list[PartnerLink]
    elsewhere: bool

    @property
    def held(self) -> list[PostHolding]:
        """The posts that they hold, not those in which they deputise."""
        return [row for row in self.holdings if row.kind == HOLDER]

    @property
    def anything(self) -> bool:
        """Whether there is something to pass on or to end."""
        return bool(self.holdings or self.seats or self.roles or self.tokens or self.shared_filters)


@dataclass
class Choice:
    """What somebody chose. ``successors`` by the holding's id, None for a vacant post; ``moves`` by the action's id."""

    day: date
    successors: dict[int, User | None]
    moves: dict[int, Post] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    reason: str = ""
    filters_to: User | None = None
    end_roles: bool = False
    close_account: bool = False


def belongings_of(person: User, organisations: Iterable[Organisation], *, reader: User, day: date) -> Belongings:
    """Everything that is the person's in those organisations, as far as ``reader`` may see it.

    The number of queries does not grow with it.
    """
    mine = list(organisations)
    keys = [organisation.pk for organisation in mine]
    holdings = list(
        PostHolding.objects.filter(person=person, until__isnull=True, post__organisation__in=keys)
        .select_related("post__organisation", "person")
        .order_by("-kind", "post__title")
    )
    posts = [row.post_id for row in holdings]
    held = [row.post_id for row in holdings if row.kind == HOLDER]
    supports = ActionSupport.objects.filter(post__in=posts, until__isnull=True).values("action_id")
    actions = Action.objects.visible_to(reader).select_related("plan", "lead").order_by("plan__title", "position", "pk")
    asked = Update.objects.filter(by=person, kind__in=ASKED).values("action_id")
    theirs: QuerySet[Any] = Seat.objects.filter(person=person, board__organisation__in=keys)
    return Belongings(
        person=person,
        organisations=mine,
        holdings=holdings,
        seats=list(theirs.select_related("board").order_by("board__name")),
        roles=list(
            Membership.objects.filter(person=person, organisation__in=keys)
            .select_related("organisation")
            .order_by("organisation__name", "role")
        ),
        led=list(actions.filter(is_open(), lead__in=held)),
        supported=list(actions.filter(is_open(), pk__in=supports)),
        answers_owed=list(
            Challenge.objects.visible_to(reader)
            .unanswered()
            .filter(owed_by__in=posts)
            .select_related("owed_by", "plan")
            .order_by("pk")
        ),
        asked=list(actions.filter(waits_for_a_decision(day), pk__in=asked, plan__organisation__in=keys)),
        drafts=list(
            UpdateDraft.objects.filter(person=person, action__plan__organisation__in=keys)
            .select_related("action")
            .order_by("action__reference")
        ),
        shared_filters=list(
            SavedFilter.objects.filter(owner=person, organisation__in=keys).exclude(shared_with="").order_by("name")
        ),
        rounds=list(
            UpdateRound.objects.filter(opened_by=person, closed_at__isnull=True, plan__organisation__in=keys)
            .select_related("plan")
            .order_by("due")
        ),
        tokens=list(ApiToken.objects.filter(person=person, revoked_at__isnull=True)),
        partner_links=list(
            PartnerLink.objects.filter(made_by=person, revoked_at__isnull=True, plan__organisation__in=keys)
            .select_related("post", "plan")
            .order_by("pk")
        ),
        elsewhere=_is_elsewhere(person, keys),
    )


def _is_elsewhere(person: User, keys: list[int]) -> bool:
    return (
        Membership.objects.filter(person=person).exclude(organisation__in=keys).exists()
        or PostHolding.objects.filter(person=person, until__isnull=True).exclude(post__organisation__in=keys).exists()
        or Seat.objects.filter(person=person).exclude(board__organisation__in=keys).exists()
    )


def those_who_may_share(organisations: Iterable[Organisation], but: User) -> QuerySet[User]:
    """Who can take over shared filters: those who run the plans there."""
    mine = Membership.objects.filter(
        organisation__in=[one.pk for one in organisations], role__in=roles_that(May.RUN_PLANS)
    )
    return User.objects.filter(is_active=True, pk__in=mine.values("person")).exclude(pk=but.pk).order_by("name", "pk")


def late_among(actions: Iterable[Any], day: date) -> int:
    """How many of the actions are overdue on that day."""
    return Action.objects.filter(overdue(day), pk__in=[action.pk for action in actions]).count()


def what_is_done(found: Belongings, choice: Choice, *, calendar: bool) -> list[tuple[str, list[str]]]:
    """What the hand-over does, in words that serve before and after: headings with their lines.

    ``calendar``: the person has a calendar address.
    """
    person, day = found.person, day_words(choice.day)
    moved = [
        f"{action.reference} {action.wording[:100].rstrip('. ')}:"
        f" from “{action.lead_name}” to “{choice.moves[action.pk]}”"
        for action in found.led
        if action.pk in choice.moves
    ]
    access = [f"Role ended: {Role(row.role).label}, {row.organisation}" for row in found.roles if choice.end_roles]
    if not found.elsewhere:
        access += [f"API token revoked: {token.name}" for token in found.tokens]
        access += ["Calendar address revoked"] if calendar else []
    if choice.close_account:
        access.append(f"Account closed: {person} is signed out everywhere and cannot sign in")
    filters = [
        f"“{row.name}”: to {choice.filters_to}" if choice.filters_to else f"“{row.name}”: stays {person}’s"
        for row in found.shared_filters
    ]
    parts = [
        ("Posts", [_holding_words(found, choice, row, day) for row in found.holdings]),
        ("Actions moved to another post", moved),
        ("Seats that end", [str(row.board) for row in found.seats]),
        ("Shared filters", filters),
        ("Access", access),
    ]
    return [(heading, lines) for heading, lines in parts if lines]


def _holding_words(found: Belongings, choice: Choice, row: PostHolding, day: str) -> str:
    if row.kind != HOLDER:
        return f"“{row.post}”: {found.person} deputises until {day}"
    stays = [action for action in found.led if action.lead_id == row.post_id and action.pk not in choice.moves]
    with_it = f", with {counted(len(stays), 'open action')}" if stays else ""
    successor = choice.successors.get(row.pk)
    return f"“{row.post}”: {f'to {successor}' if successor else 'vacant'} from {day}{with_it}"


@transaction.atomic
def hand_over(
    person: User,
    organisations: Iterable[Organisation],
    choice: Choice,
    *,
    by: User,
    at: datetime,
    today: date,
    calendar: bool = False,
) -> Event:
    """Pass everything on as chosen, or nothing. Answers the line of the trail that says what was done.

    Raises RefusedHolding where the posts are no longer those that the form showed, and for days that cannot be;
    ChangedSince where an action that is moved was changed meanwhile; RefusedAccount where ``by`` may not close the
    account or end a role.
    """
    User.objects.select_for_update().get(pk=person.pk)
    found = belongings_of(person, organisations, reader=by, day=today)
    if {row.pk for row in found.held} != set(choice.successors):
        raise RefusedHolding("The posts of this person changed in the meantime. Check what is shown now")
    done = what_is_done(found, choice, calendar=calendar)
    if choice.close_account:
        # First, while the person is still one of those whom ``by`` administers.
        deactivate_person(person, by=by, at=at, note=note_event)
    _move_actions(found, choice, by=by, at=at)
    for row in found.holdings:
        successor = choice.successors.get(row.pk) if row.kind == HOLDER else None
        dated: dict[str, Any] = {"today": today, "by": by, "at": at, "note": note_event}
        try:
            if successor is not None:
                change_holder(row.post, successor, since=choice.day, expected=row.pk, **dated)
            else:
                end_holding(row, until=choice.day, **dated)
        except RefusedHolding as refusal:
            field = f"post_{row.pk}" if refusal.field == "person" else "day"
            raise RefusedHolding(f"“{row.post}”: {refusal}", field) from None
    for seat in found.seats:
        seat.delete()  # each by itself, so that the history of seats keeps it
    for saved in found.shared_filters:
        if choice.filters_to is not None:
            _pass_on(saved, choice.filters_to)
    if not found.elsewhere:
        ApiToken.objects.filter(pk__in=[token.pk for token in found.tokens]).update(revoked_at=at)
    if choice.end_roles:
        for organisation in {row.organisation for row in found.roles}:
            change_roles(person, organisation, [], by=by, at=at, note=note_event)
        end_sessions(person)
    return note_event(
        "person.handed_over",
        person,
        by=by,
        at=at,
        organisations=found.organisations,
        from_day=choice.day.isoformat(),
        done=[[heading, lines] for heading, lines in done],
    )


def _move_actions(found: Belongings, choice: Choice, *, by: User, at: datetime) -> None:
    led = {action.pk: action for action in found.led}
    if set(choice.moves) - set(led):
        raise RefusedHolding("An action that was to move is led by another post now. Check what is shown")
    for key, post in choice.moves.items():
        record(
            led[key],
            by=by,
            at=at,
            kind=Kind.AMENDED,
            note=choice.reason,
            expected_version=choice.versions.get(key),
            lead_id=post.pk,
        )


def _pass_on(saved: SavedFilter, to: User) -> None:
    taken = set(SavedFilter.objects.filter(owner=to, organisation=saved.organisation_id).values_list("name", flat=True))
    name, number = saved.name, 2
    while name in taken:
        ending = f" ({number})"
        name, number = saved.name[: LONGEST_NAME - len(ending)] + ending, number + 1
    saved.owner, saved.name = to, name
    saved.save(update_fields=["owner", "name"])
