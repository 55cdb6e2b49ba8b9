"""Objects reach a view only through these: what the person may not see is not found (404, never 403)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from plans.access.credentials import ApiToken, Invitation
from plans.access.invitations import invitations_administered_by
from plans.access.models import Board, Organisation, User
from plans.access.people import people_administered_by
from plans.access.rules import May
from plans.access.standing import may, may_anywhere, organisations_where, remember_standing
from plans.access.tokens import tokens_of
from plans.documents.models import SourceDocument
from plans.findings.models import Inspection, ReportIntake
from plans.improvement_plan.models import Action, Plan, PlanIntake
from plans.improvement_plan.permissions import may_decide, may_update, reads_exempt_papers, reads_in_full, runs
from plans.improvement_plan.timeliness import with_timeliness
from plans.monitoring.models import Evidence, Measure, Reading
from plans.oversight.changes import may_answer
from plans.oversight.chasing import EscalationRule, UpdateRound
from plans.oversight.models import Challenge, Meeting, SavedFilter, boards_visible_to
from plans.papers.models import Making, PaperTemplate, Publication, Release, ReleaseFile
from plans.papers.rules import Audience


def person(request: HttpRequest) -> User:
    """Who is signed in; the middleware lets nobody else through."""
    assert isinstance(request.user, User)
    remember_standing(request.user)
    return request.user


def _visible(rows: Any, request: HttpRequest, pk: int) -> Any:
    found: QuerySet[Any] = rows.visible_to(person(request))
    return get_object_or_404(found, pk=pk)


def plan_or_404(request: HttpRequest, pk: int) -> Plan:
    return _visible(Plan.objects.select_related("organisation"), request, pk)


def whole_plan_or_404(request: HttpRequest, pk: int) -> Plan:
    """A plan that the person reads in full: a paper shows all of it or is not made."""
    plan = plan_or_404(request, pk)
    if not reads_in_full(person(request), plan):
        raise PermissionDenied("You see only your own actions of this plan. Papers and overviews show all of it.")
    return plan


def plan_to_run_or_404(request: HttpRequest, pk: int) -> Plan:
    plan = plan_or_404(request, pk)
    if not runs(person(request), plan):
        raise PermissionDenied("Only an improvement lead or an administrator changes the plan itself.")
    return plan


def action_or_404(request: HttpRequest, pk: int, day: date | None = None) -> Action:
    """The action; with its timeliness on ``day`` where one is given."""
    rows = Action.objects.select_related("plan__organisation", "area__inspection", "lead__organisation")
    return _visible(with_timeliness(rows, day) if day else rows, request, pk)


def action_to_update_or_404(request: HttpRequest, pk: int) -> Action:
    action = action_or_404(request, pk)
    if not may_update(person(request), action):
        raise PermissionDenied("Only the people who hold this action’s posts, or who run the plan, update it.")
    return action


def action_to_decide_or_404(request: HttpRequest, pk: int) -> Action:
    action = action_or_404(request, pk)
    if not may_decide(person(request), action):
        raise PermissionDenied(
            "An improvement lead or an administrator decides, and nobody decides on their own action."
        )
    return action


def evidence_or_404(request: HttpRequest, pk: int) -> Evidence:
    return _visible(Evidence.objects.select_related("action__plan"), request, pk)


def inspection_or_404(request: HttpRequest, pk: int) -> Inspection:
    return _visible(
        Inspection.objects.select_related("organisation", "framework", "source").prefetch_related("spells"),
        request,
        pk,
    )


def inspection_to_run_or_404(request: HttpRequest, pk: int) -> Inspection:
    found = inspection_or_404(request, pk)
    if not may(person(request), May.RUN_PLANS, found.organisation_id):
        raise PermissionDenied("Only an improvement lead or an administrator says which areas repeat earlier ones.")
    return found


def board_or_404(request: HttpRequest, pk: int) -> Board:
    return get_object_or_404(boards_visible_to(person(request)).select_related("organisation"), pk=pk)


def board_to_run_or_404(request: HttpRequest, pk: int) -> Board:
    board = board_or_404(request, pk)
    if not may(person(request), May.RUN_PLANS, board.organisation_id):
        raise PermissionDenied("Only an improvement lead or an administrator calls meetings.")
    return board


def meeting_or_404(request: HttpRequest, pk: int) -> Meeting:
    return _visible(Meeting.objects.select_related("board__organisation"), request, pk)


def meeting_to_run_or_404(request: HttpRequest, pk: int) -> Meeting:
    meeting = meeting_or_404(request, pk)
    if not may(person(request), May.RUN_PLANS, meeting.board.organisation_id):
        raise PermissionDenied("Only an improvement lead or an administrator marks meetings as held.")
    return meeting


def challenge_to_answer_or_404(request: HttpRequest, pk: int) -> Challenge:
    challenge: Challenge = _visible(
        Challenge.objects.select_related("plan__organisation", "owed_by", "action"), request, pk
    )
    if not may_answer(person(request), challenge):
        raise PermissionDenied("The holder of the post that owes the answer gives it, or those who run the plan.")
    return challenge


def round_or_404(request: HttpRequest, pk: int) -> UpdateRound:
    """A round of updates, for those who read its plan in full."""
    rows = UpdateRound.objects.filter(plan__in=Plan.objects.visible_to(person(request)).values("pk"))
    named = rows.select_related("plan__organisation", "meeting__board", "opened_by", "closed_by")
    found = get_object_or_404(named, pk=pk)
    if not reads_in_full(person(request), found.plan):
        raise PermissionDenied("You see only your own actions of this plan. A round of updates shows all of it.")
    return found


def round_to_run_or_404(request: HttpRequest, pk: int) -> UpdateRound:
    found = round_or_404(request, pk)
    if not runs(person(request), found.plan):
        raise PermissionDenied("Only an improvement lead or an administrator asks owners for updates.")
    return found


def escalation_to_run_or_404(request: HttpRequest, pk: int) -> EscalationRule:
    rows = EscalationRule.objects.filter(plan__in=Plan.objects.visible_to(person(request)).values("pk"))
    found = get_object_or_404(rows.select_related("plan", "to"), pk=pk)
    if not runs(person(request), found.plan):
        raise PermissionDenied("Only an improvement lead or an administrator says whom to tell of what is overdue.")
    return found


def measure_or_404(request: HttpRequest, pk: int) -> Measure:
    return _visible(Measure.objects.select_related("organisation"), request, pk)


def measure_to_run_or_404(request: HttpRequest, pk: int) -> Measure:
    found = measure_or_404(request, pk)
    if not may(person(request), May.RUN_PLANS, found.organisation_id):
        raise PermissionDenied("Only an improvement lead or an administrator changes measures and their readings.")
    return found


def reading_to_run_or_404(request: HttpRequest, pk: int) -> Reading:
    """A reading to be corrected: it is found where its measure is."""
    readings = Reading.objects.filter(measure__in=Measure.objects.visible_to(person(request)).values("pk"))
    found = get_object_or_404(readings.select_related("measure__organisation"), pk=pk)
    measure_to_run_or_404(request, found.measure_id)
    return found


def organisations_to_run_or_403(
    request: HttpRequest, what: str = "reads documents into a plan"
) -> QuerySet[Organisation]:
    """The organisations whose plans the person runs, at least one: who runs none does not do ``what``."""
    found = Organisation.objects.filter(pk__in=organisations_where(person(request), May.RUN_PLANS))
    if not found:
        raise PermissionDenied(f"Only an improvement lead or an administrator {what}.")
    return found


def report_intake_or_404(request: HttpRequest, pk: int) -> ReportIntake:
    return _visible(ReportIntake.objects.select_related("document__organisation", "inspection"), request, pk)


def plan_intake_or_404(request: HttpRequest, pk: int) -> PlanIntake:
    return _visible(PlanIntake.objects.select_related("document", "plan__organisation"), request, pk)


def document_or_404(request: HttpRequest, pk: int) -> SourceDocument:
    return _visible(SourceDocument.objects.select_related("organisation"), request, pk)


def own_saved_filter_or_404(request: HttpRequest, pk: int) -> SavedFilter:
    saved: SavedFilter = _visible(SavedFilter.objects, request, pk)
    if saved.owner_id != person(request).pk:
        raise PermissionDenied("Only the person who saved a filter deletes it.")
    return saved


def release_or_404(request: HttpRequest, pk: int) -> Release:
    """A paper that is issued, for whoever reads its plan in full; one in the making for those who run the plan."""
    rows = Release.objects.select_related(
        "plan__organisation", "meeting__board__organisation", "template", "made_by", "ready_by", "issued_by"
    )
    return _visible(rows, request, pk)


def release_to_change_or_404(request: HttpRequest, pk: int) -> Release:
    """A paper of a plan that the person runs; whether its stage allows a change is for ``papers.changes``."""
    found = release_or_404(request, pk)
    if not runs(person(request), found.plan):
        raise PermissionDenied("Only an improvement lead or an administrator makes and issues papers.")
    return found


def release_file_or_404(request: HttpRequest, pk: int) -> ReleaseFile:
    """A file of an issued paper that the person may read."""
    papers = Release.objects.visible_to(person(request)).values("pk")
    return get_object_or_404(ReleaseFile.objects.filter(release__in=papers).select_related("release__plan"), pk=pk)


def making_or_404(request: HttpRequest, pk: int) -> Making:
    """A paper in the making, for the one who asked for it and still reads the plan in full."""
    found: Making = _visible(Making.objects.select_related("plan", "release"), request, pk)
    if not reads_in_full(person(request), found.plan):
        raise PermissionDenied("You see only your own actions of this plan. Papers and overviews show all of it.")
    is_exempt = found.release is None and found.asked.get("audience") == Audience.EXEMPT
    if is_exempt and not reads_exempt_papers(person(request), found.plan):
        raise PermissionDenied("This copy is not for publication, and your role reads papers that are public.")
    return found


def publication_to_run_or_404(request: HttpRequest, pk: int) -> Publication:
    """A publication is found where its release is."""
    releases = Release.objects.visible_to(person(request)).values("pk")
    rows = Publication.objects.filter(release__in=releases).select_related("release__plan")
    found: Publication = get_object_or_404(rows, pk=pk)
    if not runs(person(request), found.release.plan):
        raise PermissionDenied("Only an improvement lead or an administrator takes a paper down.")
    return found


def papers_are_made_or_403(request: HttpRequest) -> None:
    """For those who make papers of any organisation."""
    if not may_anywhere(person(request), May.MAKE_PAPERS):
        raise PermissionDenied("Templates are for those who make papers of a council’s plans.")


def paper_template_or_404(request: HttpRequest, pk: int) -> PaperTemplate:
    return _visible(PaperTemplate.objects.select_related("organisation"), request, pk)


def paper_template_to_run_or_404(request: HttpRequest, pk: int) -> PaperTemplate:
    found = paper_template_or_404(request, pk)
    if not may(person(request), May.RUN_PLANS, found.organisation_id):
        raise PermissionDenied("Only an improvement lead or an administrator retires a template.")
    return found


def organisations_administered_or_403(request: HttpRequest) -> QuerySet[Organisation]:
    """The organisations that the person administers, at least one."""
    found = Organisation.objects.filter(pk__in=organisations_where(person(request), May.ADMINISTER))
    if not found:
        raise PermissionDenied("Only an administrator looks after people and invitations.")
    return found


def person_to_administer_or_404(request: HttpRequest, pk: int) -> User:
    """Somebody with a role, post or seat in an organisation that the person administers."""
    organisations_administered_or_403(request)
    return get_object_or_404(people_administered_by(person(request)), pk=pk)


def invitation_to_administer_or_404(request: HttpRequest, pk: int) -> Invitation:
    organisations_administered_or_403(request)
    return get_object_or_404(invitations_administered_by(person(request)), pk=pk)


def own_token_or_404(request: HttpRequest, pk: int) -> ApiToken:
    """A token of the person's own: those of others are nobody else's to see."""
    return get_object_or_404(tokens_of(person(request)), pk=pk)
