"""A council's own table in: read, checked, accepted whole or not at all; the same again changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from plans.access.models import Post
from plans.audit.models import Event
from plans.documents.models import SourceDocument
from plans.findings.models import Inspection
from plans.improvement_plan.changes import sign_off
from plans.improvement_plan.ledger import RefusedChange, record
from plans.improvement_plan.models import Action, ColumnMeaning, Plan, PlanIntake, Update
from plans.improvement_plan.rules import Kind
from plans.oversight.queue import queue
from plans.web.forms.plan_review import PlanReview
from tests import factories
from tests.cast import Cast
from tests.documents.plan_files import csv_file

HEADINGS = ("What needs to improve", "Ref", "Action", "By whom", "By when", "RAG")
AREA = "Recording of strategy discussions"
ROWS = [
    HEADINGS,
    (AREA, "1.1", "Sample discussion records monthly", "Head of Service", "March 2026", ""),
    (
        AREA,
        "1.3",
        "Train chairs of strategy discussions",
        "Principal Social Worker",
        "By end of Q2 2026/27",
        "In progress",
    ),
    ("Supervision of newly qualified staff", "2.1", "Audit supervision", "Head of Service", "TBC", ""),
]


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def upload(client: Client, plan: Plan, rows: Any = ROWS, name: str = "plan.csv") -> Any:
    file = SimpleUploadedFile(name, rows if isinstance(rows, bytes) else csv_file(rows))
    return client.post(reverse("upload_plan", args=[plan.pk]), {"file": file})


def send(client: Client, intake: PlanIntake, task: str, *, seen: str = "", **changes: str) -> Any:
    intake.refresh_from_db()
    review = PlanReview(intake)
    data = dict(review.draft()) | {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(reverse("review_plan_file", args=[intake.pk]), data | {"do": task, "seen": seen or review.seen})


def waiting() -> PlanIntake:
    return PlanIntake.objects.waiting().get()


def test_rows_are_matched_and_their_difference_is_shown(cast: Cast, lead: Client) -> None:
    answer = upload(lead, cast.plan)
    page = lead.get(answer.url).content.decode()
    assert "<strong>3 rows</strong>: 2 new, 0 changed, 1 unchanged; 1 of the plan’s actions is not in the file" in page
    assert "Same words (100%)" in page
    assert "same reference and words" in page
    assert "No area of the plan says this" in page
    assert "Line 2" in page


def test_accepting_adds_and_changes_and_the_same_file_again_changes_nothing(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    answer = send(lead, waiting(), "accept")
    assert answer.url == reverse("plan", args=[cast.plan.pk])
    added = Action.objects.get(plan=cast.plan, reference="1.3")
    assert (added.area_id, added.status, str(added.due_date), added.due_precision, added.due_printed) == (
        cast.area.pk, "in_progress", "2026-09-30", "quarter", "By end of Q2 2026/27",
    )  # fmt: skip
    other = Action.objects.get(plan=cast.plan, reference="2.1")
    assert other.lead == cast.post
    assert (other.due_date, other.due_printed) == (None, "TBC")
    assert other.area is not None
    assert other.area.wording == "Supervision of newly qualified staff"
    assert not other.area.kind.from_inspectorate
    assert Post.objects.filter(title="Principal Social Worker", organisation=cast.council).exists()
    assert Event.objects.get(what="plan_file.accepted").details["added"] == 2

    updates = Update.objects.count()
    page = lead.get(upload(lead, cast.plan).url).content.decode()
    assert "<strong>3 rows</strong>: 0 new, 0 changed, 3 unchanged" in page
    send(lead, waiting(), "accept")
    assert Update.objects.count() == updates
    assert SourceDocument.objects.count() == 1


def test_a_changed_cell_shows_old_and_new_and_counts_as_a_moved_date(cast: Cast, lead: Client) -> None:
    rows = [*ROWS[:1], (AREA, "1.1", "Sample discussion records weekly", "Head of Service", "June 2026", "Complete")]
    page = lead.get(upload(lead, cast.plan, rows).url).content.decode()
    assert "<del>Sample discussion records monthly</del> <ins>Sample discussion records weekly</ins>" in page
    assert "<del>March 2026</del> <ins>June 2026</ins>" in page
    assert "<strong>1 agreed date moves.</strong>" in page
    assert "Say why the dates move" in send(lead, waiting(), "accept").content.decode()
    send(lead, waiting(), "accept", reason__moved="The trainer left")
    cast.action.refresh_from_db()
    assert (cast.action.wording, cast.action.extensions, cast.action.status) == (
        "Sample discussion records weekly", 1, "complete",
    )  # fmt: skip
    assert str(cast.action.first_due_date) == "2026-03-31"
    notes = [update.note for update in cast.action.updates.all()]
    assert any("The trainer left (From plan.csv, line 2)" in note for note in notes)


def ask(cast: Cast) -> None:
    asked = {"asked_due_date": date(2027, 1, 31), "asked_due_precision": "month", "asked_reason": "Vacancy"}
    record(cast.action, by=cast.owner, at=factories.START, kind=Kind.EXTENSION_ASKED, note="Vacancy", **asked)


def test_a_file_moves_no_date_while_an_extension_waits(cast: Cast, lead: Client) -> None:
    ask(cast)
    rows = [*ROWS[:1], (AREA, "1.1", "Sample discussion records monthly", "Head of Service", "December 2027", "")]
    upload(lead, cast.plan, rows)
    answer = send(lead, waiting(), "accept", reason__moved="Because")
    assert "An extension waits for a decision on this action" in answer.content.decode()
    cast.action.refresh_from_db()
    assert (str(cast.action.due_date), cast.action.extension_pending) == ("2026-03-31", True)


def test_completing_by_a_file_asks_for_a_closure_and_for_no_extension(cast: Cast, lead: Client) -> None:
    ask(cast)
    upload(lead, cast.plan, [*ROWS[:1], (AREA, "1.1", "Sample discussion records monthly", "", "", "Complete")])
    send(lead, waiting(), "accept")
    cast.action.refresh_from_db()
    assert (cast.action.status, cast.action.extension_pending) == ("complete", False)
    assert [one.asked for one in queue(Action.objects.filter(pk=cast.action.pk), date(2026, 6, 1))] == ["closure"]


def test_nobody_signs_off_what_they_brought_in_as_complete(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan, [*ROWS[:1], (AREA, "1.8", "Done long ago", "Head of Service", "", "Complete")])
    send(lead, waiting(), "accept")
    action = Action.objects.get(reference="1.8")
    with pytest.raises(RefusedChange, match="Somebody other than the person who reported it"):
        sign_off(action, by=cast.lead, at=factories.moment(2026, 6, 1))
    sign_off(action, by=cast.administrator, at=factories.moment(2026, 6, 1))


def test_the_same_file_again_leads_to_what_somebody_is_checking(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    intake = waiting()
    send(lead, intake, "save", rows__1__wording="Reworded by hand")
    assert upload(lead, cast.plan).url == reverse("review_plan_file", args=[intake.pk])
    page = lead.get(reverse("review_plan_file", args=[intake.pk])).content.decode()
    assert "Reworded by hand" in page
    assert "what was changed is lost" in lead.get(reverse("plan_file_columns", args=[intake.pk])).content.decode()


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten_unseen(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    opened = PlanReview(waiting()).draft_seen
    send(lead, waiting(), "save", rows__1__wording="Theirs")
    answer = send(lead, waiting(), "save", rows__1__wording="Mine", draft=opened)
    page = answer.content.decode()
    assert "Somebody else saved this page while you were writing" in page
    assert "Mine" in page
    assert waiting().draft["rows-1-wording"] == ["Theirs"]
    send(lead, waiting(), "save", rows__1__wording="Mine", draft=PlanReview(waiting()).draft_seen)
    assert waiting().draft["rows-1-wording"] == ["Mine"]


def test_a_councils_own_table_is_not_for_its_boards(cast: Cast, lead: Client, client: Client) -> None:
    upload(lead, cast.plan)
    document = waiting().document
    lead.force_login(cast.board_member)
    for route in ("document", "document_file"):
        assert lead.get(reverse(route, args=[document.pk])).status_code == 404


def test_nothing_is_deleted_by_absence_or_by_an_empty_cell(cast: Cast, lead: Client) -> None:
    rows = [HEADINGS, (AREA, "1.1", "Sample discussion records monthly", "", "", "")]
    upload(lead, cast.plan, rows)
    send(lead, waiting(), "accept")
    cast.action.refresh_from_db()
    assert cast.action.lead == cast.post
    assert cast.action.due_date is not None
    assert Action.objects.filter(plan=cast.plan).count() == 2


def test_an_earlier_date_in_the_file_is_kept_as_first_agreed(cast: Cast, lead: Client) -> None:
    headings = ("What needs to improve", "Action", "Lead", "Original date", "Revised date")
    rows = [headings, (AREA, "Write guidance for chairs", "Head of Service", "March 2026", "June 2026")]
    upload(lead, cast.plan, rows)
    send(lead, waiting(), "accept")
    action = Action.objects.get(wording="Write guidance for chairs")
    assert (str(action.first_due_date), str(action.due_date), action.extensions) == ("2026-03-31", "2026-06-30", 1)


def test_one_row_that_cannot_be_taken_stops_all_of_them(cast: Cast, lead: Client) -> None:
    record(cast.action, by=cast.owner, at=factories.START, kind=Kind.COMPLETED, note="Done", status="complete")
    record(cast.action, by=cast.lead, at=factories.START, kind=Kind.SIGNED_OFF, note="Agreed", status="signed_off")
    rows = [*ROWS, (AREA, "1.9", "A last row", "Head of Service", "", "")]
    rows[1] = (*ROWS[1][:5], "In progress")
    upload(lead, cast.plan, rows)
    before = Update.objects.count()
    answer = send(lead, waiting(), "accept")
    assert answer.status_code == 400
    assert "The status cannot change in that way from what it is now (line 2)" in answer.content.decode()
    assert Update.objects.count() == before
    assert not Post.objects.filter(title="Principal Social Worker").exists()


def test_somebody_elses_change_is_shown_before_anything_is_taken(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    seen = PlanReview(waiting()).seen
    record(cast.action, by=cast.lead, at=factories.START, kind=Kind.AMENDED, wording="Something else")
    answer = send(lead, waiting(), "accept", seen=seen)
    assert "Somebody changed the plan while you were checking" in answer.content.decode()
    assert Action.objects.filter(plan=cast.plan).count() == 2


def test_every_mistake_is_shown_beside_its_field_and_nothing_typed_is_lost(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    answer = send(
        lead, waiting(), "accept",
        rows__1__wording="", rows__1__same_as="9.9", rows__2__lead="x" * 200, rows__2__reference="1.3",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Enter the action, or take the tick away" in page
    assert "The plan has no action 9.9" in page
    assert "x" * 200 in page
    assert Action.objects.filter(plan=cast.plan).count() == 2


def test_columns_named_on_screen_are_remembered(cast: Cast, lead: Client) -> None:
    rows = [("Wotsit", "Deed", "Bod", "Whenever"), ("Recording", "Train chairs", "Head of Service", "May 2026"),
            ("Recording", "Audit", "Head of Service", "May 2026")]  # fmt: skip
    answer = upload(lead, cast.plan, rows)
    intake = waiting()
    assert answer.url == reverse("plan_file_columns", args=[intake.pk])
    page = lead.get(answer.url).content.decode()
    assert "Train chairs" in page
    wrong = lead.post(answer.url, {"column_0": "area"})
    assert "Say which column holds the action" in wrong.content.decode()
    said = {"column_0": "area", "column_1": "action", "column_2": "by_who", "column_3": "by_when"}
    assert lead.post(answer.url, said).url == reverse("review_plan_file", args=[intake.pk])
    intake.refresh_from_db()
    assert [row["action"] for row in intake.proposal["rows"]] == ["Train chairs", "Audit"]
    assert ColumnMeaning.objects.filter(organisation=cast.council).count() == 4
    again = upload(lead, cast.plan, [*rows, ("Recording", "Report", "Head of Service", "June 2026")], "next.csv")
    assert again.url == reverse("review_plan_file", args=[PlanIntake.objects.latest("pk").pk])


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "plan.docx", "is empty"),
        (b"\xd0\xcf\x11\xe0 and more", "plan.xls", "Excel"),
        (b"Dear all, nothing here is a table.", "note.txt", "No plan table was found"),
    ],
)
def test_a_refused_file_leaves_nothing_but_the_refusal(
    cast: Cast, lead: Client, data: bytes, name: str, said: str
) -> None:
    answer = upload(lead, cast.plan, data, name)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not SourceDocument.objects.exists()
    assert Event.objects.filter(what="document.refused").count() == 1


def test_a_pasted_table_is_read(cast: Cast, lead: Client) -> None:
    text = "\n".join("\t".join(row) for row in ROWS)
    answer = lead.post(reverse("upload_plan", args=[cast.plan.pk]), {"text": text})
    assert "<strong>3 rows</strong>" in lead.get(answer.url).content.decode()


def test_a_plan_is_started_with_the_areas_of_its_inspections(cast: Cast, lead: Client) -> None:
    said = {"title": "A second plan", "inspections": [cast.inspection.pk]}
    answer = lead.post(reverse("new_plan"), said)
    plan = Plan.objects.get(title="A second plan")
    assert answer.url == reverse("plan", args=[plan.pk])
    assert list(plan.areas.all()) == [cast.area]
    assert "already" in lead.post(reverse("new_plan"), said).content.decode()


def test_a_plan_can_come_before_its_report(cast: Cast, lead: Client) -> None:
    framework = cast.inspection.framework
    lead.post(reverse("new_plan"), {"title": "Early plan", "framework": framework.pk})
    plan = Plan.objects.get(title="Early plan")
    upload(lead, plan)
    send(lead, waiting(), "accept")
    assert Action.objects.filter(plan=plan).count() == 3
    inspection = Inspection.objects.latest("pk")
    assert [area.inspection for area in plan.areas.all()] == [inspection, inspection]


def test_three_hundred_rows_are_shown_and_taken(cast: Cast, lead: Client) -> None:
    rows = [HEADINGS, *((AREA, f"7.{n}", f"Action number {n}", "Head of Service", "May 2026", "") for n in range(300))]
    answer = upload(lead, cast.plan, rows)
    assert "<strong>300 rows</strong>: 300 new" in lead.get(answer.url).content.decode()
    send(lead, waiting(), "accept")
    assert Action.objects.filter(plan=cast.plan).count() == 302


def test_a_file_left_out_leaves_nothing_of_it(
    cast: Cast, lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    upload(lead, cast.plan)
    document = waiting().document
    storage, name = document.file.storage, str(document.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        assert send(lead, waiting(), "discard").url == reverse("plan", args=[cast.plan.pk])
    assert not storage.exists(name)
    assert not SourceDocument.objects.exists()
    assert Action.objects.filter(plan=cast.plan).count() == 2


def test_a_file_and_a_text_or_neither_are_refused(cast: Cast, lead: Client) -> None:
    address = reverse("upload_plan", args=[cast.plan.pk])
    assert "Choose the plan, or paste its table" in lead.post(address, {}).content.decode()
    both = {"file": SimpleUploadedFile("plan.csv", csv_file(ROWS)), "text": "Action\tBy whom"}
    assert "not both" in lead.post(address, both).content.decode()


def test_what_was_saved_for_later_waits_on_the_list_of_plans(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    send(lead, waiting(), "save", rows__1__wording="Reworded by hand")
    assert reverse("review_plan_file", args=[waiting().pk]) in lead.get(reverse("plans")).content.decode()
    page = lead.get(reverse("review_plan_file", args=[waiting().pk])).content.decode()
    assert "Reworded by hand" in page


def test_once_accepted_a_file_is_not_checked_again(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    intake = waiting()
    send(lead, intake, "accept")
    for route in ("review_plan_file", "plan_file_columns"):
        assert lead.get(reverse(route, args=[intake.pk])).url == reverse("plan", args=[cast.plan.pk])
    assert lead.post(reverse("review_plan_file", args=[intake.pk]), {"do": "accept"}).status_code == 302


def test_two_columns_that_hold_one_thing_are_refused(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    said = {"column_2": "action", "column_3": "by_when", "column_4": "by_when"}
    answer = lead.post(reverse("plan_file_columns", args=[waiting().pk]), said)
    assert "Two columns are given as “By when”" in answer.content.decode()


def test_doubtful_rows_are_told_beside_their_field(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    answer = send(
        lead, waiting(), "accept",
        rows__1__first_due="someday", rows__2__first_due="March 2027", rows__2__due="March 2026",
        rows__1__support="x" * 200,
    )  # fmt: skip
    page = answer.content.decode()
    for sentence in ("Enter a date, like March 2020", "later than the date that it was moved to", "Shorten it"):
        assert sentence in page
    assert PlanIntake.objects.waiting().exists()


def test_an_action_is_one_row_and_a_reference_one_action(cast: Cast, lead: Client) -> None:
    upload(lead, cast.plan)
    twice = send(lead, waiting(), "accept", rows__1__same_as="1.1", rows__2__reference="1.3")
    assert "Line 2 is given as action 1.1 too" in twice.content.decode()
    assert "Line 3 is given reference 1.3 too" in twice.content.decode()
    assert Action.objects.filter(plan=cast.plan).count() == 2
