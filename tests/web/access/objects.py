"""What addresses name: each kind of thing in three places, so that nobody is asked about their own alone.

``own`` is of the council's first plan and in the hands of ``owner``; ``another`` an equal thing of the same council,
in the hands of ``other_officer`` and of a plan that neither the board member nor the partner sees; ``others`` an equal
thing of another council, in the hands of ``far_officer``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from plans.access.invitations import invite
from plans.access.models import Board, Organisation, Post, Seat, User
from plans.access.rules import Role
from plans.access.tokens import make_token
from plans.audit.changes import note_event
from plans.documents.changes import Upload, keep_document
from plans.documents.proposals import ProposedInspection, ProposedPlan
from plans.findings.changes import open_report
from plans.findings.models import Area, Inspection
from plans.improvement_plan.accept_rows import open_plan_file
from plans.improvement_plan.changes import answer_areas
from plans.improvement_plan.models import Action, Plan
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import TEXT
from plans.monitoring.models import Measure, Reading
from plans.monitoring.partner_links import make_link, propose
from plans.oversight.changes import raise_challenge
from plans.oversight.chasing import EscalationRule
from plans.oversight.chasing_changes import open_round
from plans.oversight.models import Meeting
from plans.oversight.saved_filters import save_filter
from plans.papers.calendar_changes import make_address
from plans.papers.models import Making, ReleaseFile
from plans.papers.publication import publish
from plans.papers.rules import Audience, Format, Kind
from plans.papers.template_changes import keep_template
from tests import factories
from tests.cast import Cast
from tests.documents.making_documents import Pages
from tests.papers.made_releases import a_draft, an_issued_release
from tests.papers.making_templates import template_of
from tests.web.access.members import ELSEWHERE, FOREIGN, FOREIGN_ADMINISTRATOR, HERE, HOLDER, MEMBERS, OUT

OWN, ANOTHER, OTHERS = "own", "another", "others"
COUNCIL_OF = {OWN: HERE, ANOTHER: HERE, OTHERS: ELSEWHERE}

# In whose hands a thing is, where it is in somebody's: the post that leads it is theirs, or it is nobody else's.
IN_HAND = {OWN: "owner", ANOTHER: "other_officer", OTHERS: "far_officer"}
OF_THE_LEAD = {OWN: "lead", OTHERS: "stranger"}
HANDS: dict[str, dict[str, str]] = {
    **dict.fromkeys(("action", "evidence", "challenge", "session", "token", "private_filter", "making"), IN_HAND),
    "shared_filter": OF_THE_LEAD,
    "action_of_the_partner": {OWN: "partner"},
    "proposal_of_the_partner": {OWN: "partner"},
}
# What belongs to a council and to none of its plans: an equal thing of the same council would say nothing more.
OF_A_COUNCIL = frozenset(
    {"document", "page", "report_intake", "inspection", "measure", "reading", "paper_template", "shared_filter"}
)


@dataclass
class Place:
    """One plan with all that hangs on it."""

    side: str
    council: Organisation
    plan: Plan
    inspection: Inspection
    area: Area
    board: Board
    post: Post
    partner_post: Post
    action: Action
    partner_action: Action
    lead: User
    holder: User
    administrator: User


@dataclass
class Things:
    """``at[kind][side]`` is a thing of the kind; a kind may be missing on a side where it would say nothing more."""

    at: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, side: str, found: dict[str, Any]) -> None:
        for kind, thing in found.items():
            self.at.setdefault(kind, {})[side] = thing


def worth_asking(member: str, kind: str, side: str) -> bool:
    """Of the council’s other things only those are asked who stand elsewhere to them than to the first ones."""
    return side != ANOTHER or standing(member, kind, ANOTHER) != standing(member, kind, OWN)


def standing(member: str, kind: str, side: str) -> str:
    """Where a member stands to a thing; to an address that names none, where they stand at home."""
    who = MEMBERS[member]
    if who.role == OUT or not kind:
        return who.role
    if HANDS.get(kind, {}).get(side) == member:
        return HOLDER
    if COUNCIL_OF[side] != who.council:
        return FOREIGN_ADMINISTRATOR if who.role == "administrator" else FOREIGN
    if side == ANOTHER and who.role in ("board member", "partner"):
        return FOREIGN
    return who.role


def all_things(cast: Cast, people: dict[str, User]) -> Things:
    found = Things()
    for place in (_own(cast), _another(cast, people), _others(cast, people)):
        made = {
            **_of_the_plan(place),
            **_papers_of(place),
            **_published_by(place),
            **_chased_in(place),
            **_proposed_in(place),
            **_accounts_of(place),
        }
        if place.side != ANOTHER:
            made |= _of_the_council(place)
        found.add(place.side, made)
    found.add(OWN, _single(cast))
    return found


def _own(cast: Cast) -> Place:
    nurse = _partner_post(cast.plan, cast.lead, cast.area)
    return Place(
        OWN, cast.council, cast.plan, cast.inspection, cast.area, cast.board, cast.post, nurse[0], cast.action,
        nurse[1], cast.lead, cast.owner, cast.administrator,
    )  # fmt: skip


def _another(cast: Cast, people: dict[str, User]) -> Place:
    """The council's other plan, of its other inspection, which its other board oversees."""
    return _place(ANOTHER, cast.council, cast.lead, people["other_officer"], cast.administrator)


def _others(cast: Cast, people: dict[str, User]) -> Place:
    council = Organisation.objects.get(name=ELSEWHERE)
    factories.a_plan(council, title="Second plan")  # so that those who run plans choose between two, as here
    return _place(OTHERS, council, cast.stranger, people["far_officer"], people["far_administrator"])


def _place(side: str, council: Organisation, lead: User, holder: User, administrator: User) -> Place:
    inspection = factories.an_inspection(council, title=f"Inspection of {side}")
    area = factories.an_area(inspection, wording=f"Area of {side}")
    plan = factories.a_plan(council, title=f"Plan of {side}")
    answer_areas(plan, [area])
    board = Board.objects.create(organisation=council, name=f"Board of {side}")
    plan.boards.add(board)
    Seat.objects.create(board=board, person=factories.a_person(f"Chair of {side}", role=Role.BOARD_MEMBER, of=council))
    post = factories.a_post(f"Head of {side}", council, holder=holder)
    action = factories.an_action(plan, lead, reference="2.1", area_id=area.pk, lead_id=post.pk)
    nurse = _partner_post(plan, lead, area)
    return Place(
        side, council, plan, inspection, area, board, post, nurse[0], action, nurse[1], lead, holder, administrator
    )


def _partner_post(plan: Plan, lead: User, area: Area) -> tuple[Post, Action]:
    """A post of the police, which nobody with an account holds, and the action that it leads."""
    police, _ = Organisation.objects.get_or_create(name="Westshire Police", kind="police force")
    post = Post.objects.create(organisation=police, title=f"Superintendent for {plan.title}")
    return post, factories.an_action(plan, lead, reference="P.1", area_id=area.pk, lead_id=post.pk)


def _of_the_plan(place: Place) -> dict[str, Any]:
    offered = OfferedEvidence("output", "Minutes", ContentFile(b"Minutes of the day", "minutes.txt"), TEXT)
    table = keep_document(
        Upload("plan.csv", f"Plan of {place.side}".encode()),
        organisation=place.council,
        kind="improvement plan",
        title="The plan",
        by=place.lead,
        at=factories.START,
    )
    return {
        "plan": place.plan,
        "action": place.action,
        "board": place.board,
        "meeting": Meeting.objects.create(board=place.board, starts_at=factories.START),
        "plan_intake": open_plan_file(place.plan, table, ProposedPlan(), {}, by=place.lead, at=factories.START),
        "evidence": add_evidence(place.action, offered, by=place.holder, at=factories.START),
        "challenge": raise_challenge(place.plan, "How?", by=place.lead, at=factories.START, owed_by=place.post),
    }


def _of_the_council(place: Place) -> dict[str, Any]:
    document = keep_document(
        Upload("report.pdf", Pages().line(f"A report on {place.side}").bytes()),
        organisation=place.council,
        kind="inspection report",
        title="The report",
        by=place.lead,
        at=factories.START,
    )
    place.inspection.source = document
    place.inspection.save()
    measure = Measure.objects.create(organisation=place.council, name="Timely plans", unit="%", target=90)
    template, _ = keep_template(
        Upload("report.docx", template_of("{{ title }}", place.side)),
        organisation=place.council,
        name="Cabinet report",
        by=place.lead,
        at=factories.START,
    )
    return {
        "document": document,
        "page": document,
        "report_intake": open_report(document, ProposedInspection(), by=place.lead, at=factories.START),
        "inspection": place.inspection,
        "measure": measure,
        "reading": Reading.objects.create(measure=measure, period_ends=date(2026, 1, 31), value=73),
        "paper_template": template,
        "shared_filter": save_filter("overdue", "Late", "late_by=90", owner=place.lead, shared_with=Role.OFFICER),
    }


def _papers_of(place: Place) -> dict[str, Any]:
    """A draft, an issued paper with a file, and a working copy that was made for the holder."""
    issued = an_issued_release(place.plan, by=place.lead)
    making = Making.objects.create(
        plan=place.plan,
        asked={"kind": Kind.FULL_PLAN, "format": Format.WORD},
        asked_by=place.holder,
        asked_at=factories.START,
        ended_at=factories.START,
        state=Making.State.DONE,
    )
    making.file.save("made.docx", ContentFile(b"made"))
    return {
        "draft": a_draft(place.plan, by=place.lead),
        "issued": issued,
        "release_file": issued.files.get(),
        "making": making,
    }


def _published_by(place: Place) -> dict[str, Any]:
    """A paper at a public address with a file, and a calendar’s secret: each found by a word, not by a number."""
    paper = an_issued_release(place.plan, by=place.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC)
    ReleaseFile.objects.create(release=paper, format=Format.PDF, file=ContentFile(b"made", "made.pdf"), size=4)
    publication = publish(paper, f"for-you-{place.side}", by=place.lead, at=factories.START)
    keeper = factories.a_person("Cal Keeper", role=Role.OFFICER, of=place.council)
    return {
        "publication": publication,
        "public_address": SimpleNamespace(pk=publication.address),
        "secret": SimpleNamespace(pk=make_address(keeper, at=factories.START, instead_of=None)),
    }


def _chased_in(place: Place) -> dict[str, Any]:
    return {
        "escalation": EscalationRule.objects.create(plan=place.plan, days_over=30, to=place.post),
        "round": open_round(place.plan, due=date(2026, 3, 5), by=place.lead, at=factories.START),
        "private_filter": save_filter("overdue", "Mine", "late_by=30", owner=place.holder),
    }


def _proposed_in(place: Place) -> dict[str, Any]:
    """A partner’s link that works, another to be revoked, and what was proposed through the first."""
    said: dict[str, Any] = {"contact_name": "Sue Super", "contact_email": "sue@example.org", "days": 14}
    link, secret = make_link(place.plan, place.partner_post, by=place.lead, at=timezone.now(), **said)
    other, _ = make_link(place.plan, place.partner_post, by=place.lead, at=timezone.now(), **said)
    return {
        "partner_link": other,
        "proposal": propose(link, place.partner_action, version=1, said={}, at=timezone.now()),
        "partner_secret": SimpleNamespace(pk=secret),
    }


def _accounts_of(place: Place) -> dict[str, Any]:
    """An invitation that waits, and what belongs to one person: a session, a token, a post, a hand-over."""
    invitation, secret = invite(
        "New Person",
        f"new.{place.side}@example.org",
        Role.OFFICER,
        place.council,
        by=place.administrator,
        at=timezone.now(),
        note=note_event,
    )
    return {
        "invitation": invitation,
        "invitation_secret": SimpleNamespace(pk=secret),
        "session": UserSession.objects.create(user=place.holder, session_key=f"of {place.side}", ip="192.0.2.1"),
        "token": make_token(place.holder, name="Power BI", days=30, at=timezone.now())[0],
        "person": place.holder,
        "post": place.post,
        "holding": place.post.holdings.get(),
        "handed_over": note_event("person.handed_over", place.holder, by=place.administrator, at=timezone.now()),
    }


def _single(cast: Cast) -> dict[str, Any]:
    """What there is one of: what is in the partner’s hands, and words that are nobody’s."""
    post = cast.partner_action.lead
    assert post is not None
    said: dict[str, Any] = {"contact_name": "Nia Nurse", "contact_email": "nia@example.org", "days": 14}
    link, _ = make_link(cast.plan, post, by=cast.lead, at=timezone.now(), **said)
    return {
        "": None,
        "action_of_the_partner": cast.partner_action,
        "proposal_of_the_partner": propose(link, cast.partner_action, version=1, said={}, at=timezone.now()),
        "unknown": SimpleNamespace(pk="nothing"),
        "reset_link": SimpleNamespace(pk="1"),
        "shipped_template": SimpleNamespace(pk="considerations"),
    }


# What an address takes besides the number of its thing.
MORE: dict[str, list[Any]] = {
    "account_reset_password_from_key": ["old-link"],
    "document_page": [1],
    "plan_paper": ["full_plan", "csv"],
    "published_file": ["pdf"],
}


def address(route: str, thing: Any) -> str:
    return reverse(route, args=[thing.pk, *MORE.get(route, [])] if thing is not None else [])
