"""Posts and who holds them: what may be read, what may be changed, and the writes.

A holding counts from a day that has come until a day that has come: who holds a post is who may act in it, so nothing
is entered ahead of its day. On the day of a change both the one who leaves and the one who comes hold the post.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from plans.access.changes import hold_post
from plans.access.models import Organisation, Post, PostHolding, User
from plans.access.rules import May
from plans.access.standing import organisations_where
from plans.access.trail import Note

HOLDER, DEPUTY = PostHolding.Kind.HOLDER, PostHolding.Kind.DEPUTY


class RefusedHolding(ValueError):
    """A change of a post or its holder that is not made; the message says why, ``field`` beside which field."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def posts_read_by(user: User) -> QuerySet[Post]:
    """The posts of the organisations whose plans ``user`` reads."""
    return Post.objects.filter(organisation__in=organisations_where(user, May.READ_PLANS))


def organisations_with_posts_of(user: User) -> QuerySet[Organisation]:
    """The organisations whose posts ``user`` changes: those whose plans they run, and those they administer."""
    return Organisation.objects.filter(
        Q(pk__in=organisations_where(user, May.RUN_PLANS)) | Q(pk__in=organisations_where(user, May.ADMINISTER))
    )


def people_for_posts(organisation: Organisation) -> QuerySet[User]:
    """Who can hold a post there: people with a role, a post or a seat in the organisation whose account is open."""
    return User.objects.filter(
        Q(memberships__organisation=organisation)
        | Q(holdings__post__organisation=organisation)
        | Q(seats__board__organisation=organisation),
        is_active=True,
    ).distinct()


def holder_of(post: Post) -> PostHolding | None:
    """Who holds the post now."""
    return post.holdings.filter(kind=HOLDER, until__isnull=True).select_related("person").first()


def vacant_since(holdings: list[PostHolding]) -> date | None:
    """The last day of the last holder, of a post that nobody holds; None where somebody does or nobody ever did."""
    held = [row for row in holdings if row.kind == HOLDER]
    if any(row.until is None for row in held):
        return None
    return max((row.until for row in held if row.until), default=None)


@transaction.atomic
def add_post(
    organisation: Organisation, title: str, reports_to: Post | None, *, by: User, at: datetime, note: Note
) -> Post:
    """A new post, vacant. Raises RefusedHolding for a title that is taken."""
    post = Post(organisation=organisation, title=title, reports_to=reports_to)
    _save(post, insert=True)
    note("post.added", post, by=by, at=at)
    return post


@transaction.atomic
def change_post(post: Post, title: str, reports_to: Post | None, *, by: User, at: datetime, note: Note) -> bool:
    """Rename a post or say to which it reports; answers whether that changed anything.

    What was recorded of actions keeps the title of its time. Raises RefusedHolding for a title that is taken and for
    a post that would report to itself, by way of others too.
    """
    locked = Post.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=post.pk)
    before = (locked.title, locked.reports_to_id)
    if reports_to is not None and locked.pk in _line_above(reports_to):
        raise RefusedHolding(f"“{reports_to}” reports to this post, directly or by way of others", "reports_to")
    locked.title, locked.reports_to = title, reports_to
    if (locked.title, locked.reports_to_id) == before:
        return False
    _save(locked)
    note("post.changed", locked, by=by, at=at, before=before[0], reports_to=str(reports_to or ""))
    return True


@transaction.atomic
def change_holder(
    post: Post, person: User, *, since: date, expected: int | None, today: date, by: User, at: datetime, note: Note
) -> PostHolding:
    """``person`` holds the post from ``since``; the one before leaves that day, and is their deputy no longer.

    ``expected`` is the holding that the form showed, None for a vacant post. Raises RefusedHolding for another holder
    meanwhile, a person who cannot, and a day that is to come or lies before what is recorded.
    """
    present = _expected_holder(post, expected)
    if present is not None and present.person_id == person.pk:
        raise RefusedHolding(f"{person} holds this post already, since {_words(present.since)}", "person")
    _check_person(post, person)
    _check_day(since, today, "since")
    held = post.holdings.filter(kind=HOLDER)
    if present is not None and since < present.since:
        raise RefusedHolding(
            f"{present.person} holds this post since {_words(present.since)}. Enter that day or a later one", "since"
        )
    last = held.filter(until__isnull=False).order_by("-until").first()
    if last is not None and last.until is not None and since < last.until:
        raise RefusedHolding(
            f"{last.person} held this post until {_words(last.until)}. Enter that day or a later one", "since"
        )
    for row in post.holdings.filter(kind=DEPUTY, person=person, until__isnull=True):
        _end(row, max(since, row.since))
    made = hold_post(person, post, since=since)
    note(
        "post.holder_changed",
        post,
        by=by,
        at=at,
        person=person.name,
        since=since.isoformat(),
        before=present.person.name if present else "",
    )
    return made


@transaction.atomic
def add_deputy(
    post: Post, person: User, *, since: date, until: date | None, today: date, by: User, at: datetime, note: Note
) -> PostHolding:
    """``person`` deputises in the post from ``since``, until ``until`` where that day has come.

    Raises RefusedHolding for somebody who holds it or deputises then already, and for days that are to come or in the
    wrong order.
    """
    Post.objects.select_for_update().get(pk=post.pk)
    _check_person(post, person)
    _check_day(since, today, "since")
    if until is not None:
        _check_day(until, today, "until")
        if until < since:
            raise RefusedHolding("The last day is before the first", "until")
    theirs = post.holdings.filter(person=person)
    if until is None and theirs.filter(kind=HOLDER, until__isnull=True).exists():
        raise RefusedHolding(f"{person} holds this post, and does not deputise in it too", "person")
    same = theirs.filter(Q(until__isnull=True) | Q(until__gt=since), kind=DEPUTY)
    if until is not None:
        same = same.filter(since__lt=until)
    if (clash := same.first()) is not None:
        ended = f" until {_words(clash.until)}" if clash.until else ""
        raise RefusedHolding(f"{person} deputises here already, since {_words(clash.since)}{ended}", "since")
    made = PostHolding.objects.create(post=post, person=person, kind=DEPUTY, since=since, until=until)
    note(
        "post.deputy_added",
        post,
        by=by,
        at=at,
        person=person.name,
        since=since.isoformat(),
        until=until.isoformat() if until else "",
    )
    return made


@transaction.atomic
def end_holding(holding: PostHolding, *, until: date, today: date, by: User, at: datetime, note: Note) -> None:
    """``until`` is the person's last day; without another holder the post is vacant from then on.

    Raises RefusedHolding for one that has ended already, and for a day to come or before they began.
    """
    locked = PostHolding.objects.select_for_update(of=("self",)).select_related("person", "post").get(pk=holding.pk)
    if locked.until is not None:
        raise RefusedHolding(f"{locked.person} has left this post already, on {_words(locked.until)}")
    _check_day(until, today, "until")
    if until < locked.since:
        raise RefusedHolding(f"{locked.person} began on {_words(locked.since)}. Enter that day or a later one", "until")
    _end(locked, until)
    note(
        "post.holding_ended",
        locked.post,
        by=by,
        at=at,
        person=locked.person.name,
        kind=str(locked.kind),
        until=until.isoformat(),
    )


def _line_above(post: Post) -> set[int]:
    """The post and all to which it reports, by way of others too."""
    reports = dict(Post.objects.filter(organisation=post.organisation_id).values_list("pk", "reports_to_id"))
    line: set[int] = set()
    key: int | None = post.pk
    while key is not None and key not in line:
        line.add(key)
        key = reports.get(key)
    return line


def _save(post: Post, *, insert: bool = False) -> None:
    try:
        with transaction.atomic():
            post.save(force_insert=insert)
    except IntegrityError:
        raise RefusedHolding("This organisation has a post of that title already. Give another", "title") from None


def _end(holding: PostHolding, until: date) -> None:
    holding.until = until
    holding.save(update_fields=["until"])


def _expected_holder(post: Post, expected: int | None) -> PostHolding | None:
    Post.objects.select_for_update().get(pk=post.pk)
    present = holder_of(post)
    if (present.pk if present else None) != expected:
        now = f"{present.person} holds it since {_words(present.since)}" if present else "Nobody holds it now"
        raise RefusedHolding(
            f"Somebody else changed who holds this post in the meantime. {now}. Check, then save again"
        )
    return present


def _check_person(post: Post, person: User) -> None:
    if not people_for_posts(post.organisation).filter(pk=person.pk).exists():
        raise RefusedHolding(f"{person} is not of {post.organisation}, or their account is closed", "person")


def _check_day(day: date, today: date, field: str) -> None:
    if day > today:
        raise RefusedHolding("Enter today or an earlier day: who holds a post acts in it at once", field)


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
