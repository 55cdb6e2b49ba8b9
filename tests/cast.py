"""The cast: one plan, and everybody who might open it."""

from __future__ import annotations

from dataclasses import dataclass

from plans.access.models import Board, Organisation, Post, Seat, User
from plans.access.rules import Role
from plans.findings.models import Area, Inspection
from plans.improvement_plan.changes import answer_areas
from plans.improvement_plan.models import Action, Plan
from tests import factories


@dataclass
class Cast:
    """``owner`` leads ``action``; ``team_mate`` works beside them; ``stranger`` is of another council."""

    owner: User
    team_mate: User
    stranger: User
    board_member: User
    lead: User
    administrator: User
    partner: User
    reader: User
    auditor: User
    council: Organisation
    inspection: Inspection
    area: Area
    plan: Plan
    post: Post
    action: Action
    partner_action: Action
    board: Board

    def everybody(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def make_cast() -> Cast:
    council = factories.an_organisation("Westshire")
    health = factories.an_organisation("Westshire ICB", kind="NHS body")
    elsewhere = factories.an_organisation("Eastshire")
    owner = factories.a_person("Olive Owner", role=Role.OFFICER, of=council)
    lead = factories.a_person("Lena Lead", role=Role.LEAD, of=council)
    partner = factories.a_person("Pat Partner", role=Role.PARTNER, of=health)
    board_member = factories.a_person("Bo Board", role=Role.BOARD_MEMBER, of=council)
    inspection = factories.an_inspection(council, title="Inspection of 2025")
    area = factories.an_area(inspection)
    plan = factories.a_plan(council, title="Improvement plan 2026")
    answer_areas(plan, [area])
    board = Board.objects.create(organisation=council, name="Improvement board")
    plan.boards.add(board)
    Seat.objects.create(board=board, person=board_member)
    post = factories.a_post("Head of Service", council, holder=owner)
    health_post = factories.a_post("Designated nurse", health, holder=partner)
    return Cast(
        owner=owner,
        team_mate=factories.a_person("Tim Mate", role=Role.OFFICER, of=council),
        stranger=factories.a_person("Stan Stranger", role=Role.LEAD, of=elsewhere),
        board_member=board_member,
        lead=lead,
        administrator=factories.a_person("Ada Admin", role=Role.ADMINISTRATOR, of=council),
        partner=partner,
        reader=factories.a_person("Rea Reader", role=Role.READER, of=council),
        auditor=factories.a_person("Audrey Audit", role=Role.AUDITOR, of=council),
        council=council,
        inspection=inspection,
        area=area,
        plan=plan,
        post=post,
        action=factories.an_action(
            plan,
            lead,
            reference="1.1",
            position=1,
            area_id=area.pk,
            lead_id=post.pk,
            **factories.due(factories.START.date().replace(month=3, day=31), "month"),
        ),
        partner_action=factories.an_action(
            plan, lead, reference="1.2", position=2, area_id=area.pk, lead_id=health_post.pk
        ),
        board=board,
    )
