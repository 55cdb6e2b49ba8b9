"""The kinds of paper: each tells the numbers of the screens, as at its moment, and to the public what is published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.access.models import Board
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import Change, record, record_history
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind as UpdateKind
from plans.improvement_plan.rules import Status
from plans.monitoring.measure_changes import add_measure, add_reading, change_measure, version_of
from plans.monitoring.models import Measure
from plans.oversight.changes import decide, raise_challenge
from plans.oversight.coverage import coverage
from plans.oversight.early_warning import likely_to_miss, quiet
from plans.oversight.front_page import standings
from plans.oversight.models import Decision, Meeting
from plans.oversight.movement import Move, Point, movement
from plans.oversight.movement_words import KINDS, SAID, SAID_BELOW
from plans.oversight.overdue import Shown, figures, listed
from plans.oversight.plan_facts import facts_of
from plans.oversight.queue import queue
from plans.papers.brief import Brief, Choices, ChosenColumn
from plans.papers.columns import WITHHELD
from plans.papers.content import Chart, Heading, PageBreak, Paper, Paragraph, Points, Table, as_plain, from_plain
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.rules import EXEMPT_ONLY, Audience, Format, Kind
from plans.papers.selection import Selection
from tests import factories
from tests.cast import Cast
from tests.papers.plan_under_way import (
    AT,
    BEFORE,
    DAY,
    LATER,
    NOW,
    an_action,
    brief_of,
    column,
    public,
    references,
    tables,
    texts,
    under_way,
)

__all__ = ["under_way"]

OURS = (
    Kind.EXCEPTIONS,
    Kind.MOVEMENT,
    Kind.PLAN_ON_A_PAGE,
    Kind.BOARD_PACK,
    Kind.SUBMISSION,
    Kind.DECISIONS,
    Kind.MEASURES,
)
MOST_QUERIES = 36
FOR_THE_PUBLIC = tuple(kind for kind in OURS if kind not in EXEMPT_ONLY)


def rows_of(brief: Brief) -> Any:
    """What the screens read: every action of the plan, withdrawn ones included."""
    return Action.objects.as_at(brief.moment).visible_to(brief.reader).filter(plan=brief.plan)


def check_tree(paper: Paper) -> None:
    """Nothing torn: a sentence first, a cell for each column, words for each picture and its table after it."""
    assert isinstance(paper.blocks[0], Paragraph)
    assert paper.blocks[0].text.endswith(".")
    assert from_plain(json.loads(json.dumps(as_plain(paper)))) == paper
    for place, block in enumerate(paper.blocks):
        if isinstance(block, Table):
            assert block.caption
            assert block.empty.endswith(".") or block.rows
            assert all(len(row.cells) == len(block.columns) for row in block.rows)
        elif isinstance(block, Chart):
            assert block.alt
            assert block.svg
            assert isinstance(paper.blocks[place + 1], Table)
        elif isinstance(block, Heading | Paragraph):
            assert block.text.strip()
        elif isinstance(block, Points):
            assert block.items
        else:
            assert isinstance(block, PageBreak)
    levels = [1, *(block.level for block in paper.blocks if isinstance(block, Heading | Table))]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


# Every kind


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_is_in_the_catalogue_with_what_it_is_for(kind: Kind) -> None:
    found = CATALOGUE[kind]
    assert found.says.endswith(".")
    assert (Audience.PUBLIC in found.audiences) == (kind not in EXEMPT_ONLY)


@pytest.mark.parametrize("moment", [None, NOW])
@pytest.mark.parametrize("kind", OURS)
def test_every_kind_makes_a_whole_paper(under_way: Cast, kind: Kind, moment: Any) -> None:
    brief = Brief(under_way.plan, DAY, moment, under_way.lead.name, NOW, reader=under_way.lead)
    paper = paper_for(kind, brief)
    check_tree(paper)
    assert under_way.plan.title in paper.title
    assert paper_for(kind, brief).content_hash() == paper.content_hash()


@pytest.mark.parametrize("kind", OURS)
def test_a_plan_of_which_nothing_is_known_makes_a_whole_paper(cast: Cast, kind: Kind) -> None:
    cast.plan = factories.a_plan(cast.council, title="Just begun")
    for audience in CATALOGUE[kind].audiences:
        paper = paper_for(kind, brief_of(cast, audience=audience, draft=True))
        check_tree(paper)
        assert paper.stamp.rows == 0
        assert not [block for block in paper.blocks if isinstance(block, Chart)]


@pytest.mark.parametrize("kind", OURS)
def test_areas_without_an_action_are_said(cast: Cast, kind: Kind) -> None:
    plan = factories.a_plan(cast.council, title="Areas only")
    changes.answer_areas(plan, [cast.area])
    cast.plan = plan
    paper = paper_for(kind, brief_of(cast))
    check_tree(paper)
    if kind == Kind.SUBMISSION:
        assert "No action answers this area." in [table.empty for table in paper.tables if not table.rows]
        assert column(tables(paper)["Coverage"], "Answered") == ["No"]
    if kind == Kind.PLAN_ON_A_PAGE:
        assert column(tables(paper)["Area by area"], "What is missing") == ["Action", ""]


def add_actions(cast: Cast, number: int, areas: Sequence[int] = ()) -> None:
    areas = areas or [cast.area.pk]
    histories = []
    for place in range(number):
        said = {
            "reference": f"{number}-{place}",
            "position": place + 50,
            "wording": f"Audit chronologies {number}-{place}",
            "area_id": areas[place % len(areas)],
            "lead_id": cast.post.pk,
            "published": True,
            **factories.due(date(2026, 2, 1 + place % 20)),
        }
        more = {"due_date": LATER, "due_precision": "day"} if place % 3 == 0 else {}
        histories.append(
            [
                Change(cast.lead, factories.START, UpdateKind.ADDED, changes=said),
                Change(cast.lead, AT + timedelta(days=1), UpdateKind.PROGRESS, "Begun", changes=more),
            ]
        )
    record_history(cast.plan, histories, recorded_at=NOW)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("kind", OURS)
def test_queries_do_not_grow_with_the_actions(under_way: Cast, kind: Kind, audience: Audience) -> None:
    if audience not in CATALOGUE[kind].audiences:
        with pytest.raises(ValueError, match="not made for the public"):
            paper_for(kind, public(under_way))
        return

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            CATALOGUE[kind].build(brief_of(under_way, audience=audience))
        return len(captured)

    add_actions(under_way, 3)
    few = queries()
    add_actions(under_way, 30)
    assert queries() == few
    assert few <= MOST_QUERIES


def test_a_period_that_begins_after_its_end_is_refused(under_way: Cast) -> None:
    for since in (Point.end_of(DAY + timedelta(days=1)), Point(DAY, None)):
        with pytest.raises(ValueError, match="Choose a day before 14 April 2026"):
            paper_for(Kind.MOVEMENT, brief_of(under_way, since=since))


# Exceptions


def test_exceptions_open_with_the_figures_of_the_overdue_page(under_way: Cast) -> None:
    brief = brief_of(under_way)
    told = figures(rows_of(brief), DAY)
    assert (told.all, told.overdue, told.late_against_first, told.extension_pending) == (11, 3, 4, 1)
    assert texts(paper_for(Kind.EXCEPTIONS, brief).blocks)[0] == (
        "3 of 11 actions are overdue on 14 April 2026; 4 are later than first agreed. 0 more fall due within 30 days, "
        "1 has no date, 1 is complete, 1 signed off. 1 extension waits for a decision."
    )


def test_what_is_overdue_comes_longest_first_by_both_clocks(under_way: Cast) -> None:
    table = tables(paper_for(Kind.EXCEPTIONS, brief_of(under_way)))["Overdue, the longest first"]
    assert references(table) == ["1.3", "1.5", "1.1"]
    assert column(table, "Days late") == ["84", "44", "14"]
    assert column(table, "Days later than first agreed") == ["84", "44", "14"]
    assert column(table, "Reason for delay") == ["No reason given"] * 3
    assert column(table, "Progress") == ["Nothing said", "More time", "Nothing said"]


def test_an_extension_does_not_hide_what_is_late(under_way: Cast) -> None:
    table = tables(paper_for(Kind.EXCEPTIONS, brief_of(under_way)))[
        "Later than first agreed, and not overdue because the date was moved"
    ]
    assert references(table) == ["1.4"]
    assert column(table, "Days later than first agreed") == ["53"]
    assert column(table, "Times moved") == ["1"]
    assert column(table, "First agreed") == ["20 February 2026"]


def test_each_list_of_exceptions_is_that_of_the_screens(under_way: Cast) -> None:
    brief = brief_of(under_way)
    rows, found = rows_of(brief), tables(paper_for(Kind.EXCEPTIONS, brief))

    def named(states: Any) -> set[str]:
        return set(states.values_list("reference", flat=True))

    assert set(references(found["Likely to miss its date"])) == named(likely_to_miss(rows, DAY)) != set()
    assert set(references(found["Quiet for too long"])) == named(quiet(rows, brief.moment)) != set()
    assert references(found["Extensions that wait for a decision"]) == ["1.5"]
    assert references(found["Without an owner"]) == ["1.6"]
    assert references(found["Without a date"]) == ["1.2"]
    for caption, shown in (("Overdue, the longest first", Shown.OVERDUE), ("Without a date", Shown.NO_DATE)):
        assert set(references(found[caption])) == named(rows.filter(listed(shown, DAY)))
    likely = found["Likely to miss its date"]
    why = dict(zip(references(likely), column(likely, "Why"), strict=True))
    assert "Forecast 1 February 2027" in why["1.10"]
    assert column(found["Extensions that wait for a decision"], "Asked") == ["First extension, to 31 December 2026"]
    assert column(found["Extensions that wait for a decision"], "Days late") == ["44"]


def test_sorts_of_exception_that_there_are_none_of_are_said_in_one_line(cast: Cast) -> None:
    changes.withdraw(cast.partner_action, by=cast.lead, at=AT, note="Overtaken")
    paper = paper_for(Kind.EXCEPTIONS, brief_of(cast, date(2026, 3, 31)))
    assert tables(paper)["Overdue, the longest first"].empty == "No action is overdue."
    assert texts(paper.blocks)[-1] == (
        "No action is later than first agreed without being overdue, or likely to miss its date, or waiting for a "
        "decision on its extension, or without an owner, or without a date."
    )


def test_chosen_columns_and_actions_are_those_of_the_paper(under_way: Cast) -> None:
    chosen = Choices(
        columns=(ChosenColumn("reference", 9), ChosenColumn("reported_rag")), selection=Selection(q="asks")
    )
    paper = paper_for(Kind.EXCEPTIONS, brief_of(under_way, choices=chosen))
    table = tables(paper)["Overdue, the longest first"]
    assert [head.heading for head in table.columns] == ["Reference", "Timeliness", "Owner’s rating"]
    assert references(table) == ["1.5"]
    assert texts(paper.blocks)[0].startswith("1 of 1 action is overdue")
    assert paper.key
    assert "with “asks”" in paper.stamp.sentences()[0]


# What moved


def test_movement_is_since_the_boards_last_meeting_and_adds_up(under_way: Cast) -> None:
    brief = brief_of(under_way)
    found = movement(rows_of(brief), Point(BEFORE.date(), BEFORE), Point(DAY, brief.moment))
    paper = paper_for(Kind.MOVEMENT, brief)
    assert texts(paper.blocks)[0] == (
        "From the meeting of 3 February 2026 to 14 April 2026: 1 completed, 1 signed off, 2 newly overdue, "
        "1 date moved, 1 reopened, 1 withdrawn, 1 new; 3 unchanged."
    )
    table = tables(paper)["Actions by their state on 3 February 2026 at 10:00 (down) and on 14 April 2026 (across)"]
    numbers = [[cell.value for cell in row.cells[1:] if cell] for row in table.rows]
    *inner, totals = numbers
    assert all(sum(row[:-1]) == row[-1] for row in numbers)
    assert [sum(row[place] for row in inner) for place in range(len(totals))] == totals
    assert totals[-1] == found.matrix.total == paper.stamp.rows == 12


def test_each_kind_of_movement_is_listed_in_full(under_way: Cast) -> None:
    brief = brief_of(under_way)
    found = movement(rows_of(brief), Point(BEFORE.date(), BEFORE), Point(DAY, brief.moment))
    lists = tables(paper_for(Kind.MOVEMENT, brief))
    for move in (*SAID, *SAID_BELOW):
        listed_here = references(lists[KINDS[move]]) if KINDS[move] in lists else []
        assert len(listed_here) == found.counts[move], move
        assert set(listed_here) == set(found.behind(move).values_list("reference", flat=True))
    every = {one for caption, table in lists.items() if "by their state" not in caption for one in references(table)}
    assert len(every) == found.counts[Move.MOVED]
    assert references(lists["Withdrawn"]) == ["1.8"]
    assert column(lists["Date moved later"], "What changed") == [
        "Date moved once from 20 February 2026 to 31 December 2026"
    ]
    assert column(lists["Date moved later"], "What was said") == ["Vacancies (Lena Lead, 10 March 2026)"]
    newly = lists["Newly overdue"]
    said = dict(zip(references(newly), column(newly, "What was said"), strict=True))
    assert said["1.1"] == "No explanation given"


def test_movement_that_no_kind_names_is_listed_all_the_same(cast: Cast) -> None:
    """What was signed off, reopened and completed again has moved, and is neither completed nor reopened since."""
    action = an_action(cast, "1.3", LATER, status=Status.SIGNED_OFF)
    for kind, status, day in (
        (UpdateKind.REOPENED, Status.IN_PROGRESS, 10),
        (UpdateKind.COMPLETED, Status.COMPLETE, 11),
    ):
        record(action, by=cast.lead, at=factories.moment(2026, 3, day), kind=kind, note="Again", status=status)
    found = tables(paper_for(Kind.MOVEMENT, brief_of(cast, since=Point.end_of(date(2026, 2, 1)))))
    assert references(found["Other changes of state"]) == ["1.3"]
    assert column(found["Other changes of state"], "Before and after") == ["From signed off to complete"]


def test_without_a_meeting_before_there_is_nothing_to_compare(cast: Cast) -> None:
    paper = paper_for(Kind.MOVEMENT, brief_of(cast))
    assert texts(paper.blocks)[0].startswith(
        "There is nothing to compare with: no board of this plan met before 14 April"
    )
    assert not paper.tables
    chosen = paper_for(Kind.MOVEMENT, brief_of(cast, since=Point.end_of(date(2026, 2, 1))))
    assert texts(chosen.blocks)[0] == "From 1 February 2026 to 14 April 2026: 1 newly overdue; 1 unchanged."


def test_a_meetings_paper_begins_at_the_meeting_before_of_its_own_board(under_way: Cast) -> None:
    other = Board.objects.create(organisation=under_way.council, name="Scrutiny")
    under_way.plan.boards.add(other)
    Meeting.objects.create(board=other, starts_at=factories.moment(2026, 4, 1))
    meeting = Meeting.objects.create(board=under_way.board, starts_at=NOW)
    told = paper_for(Kind.MOVEMENT, brief_of(under_way, moment=NOW, meeting=meeting))
    assert "From the meeting of 3 February 2026 to the meeting of 14 April 2026:" in texts(told.blocks)[0]
    assert "From the meeting of 1 April 2026" in texts(paper_for(Kind.MOVEMENT, brief_of(under_way)).blocks)[0]


# The plan on a page


def test_the_areas_add_up_to_the_figures_and_the_standings(under_way: Cast) -> None:
    an_action(under_way, "9.20", date(2026, 4, 20), area_id=None, wording="Our own")
    brief = brief_of(under_way)
    paper = paper_for(Kind.PLAN_ON_A_PAGE, brief)
    table = tables(paper)["Area by area"]
    told = figures(rows_of(brief), DAY)
    numbers = [[cell.value for cell in row.cells[1:-2] if cell] for row in table.rows]
    *areas, now, before = numbers
    assert [sum(each) for each in zip(*areas, strict=True)] == now
    assert now[0] == sum(now[1:]) == told.all
    assert before[0] == sum(before[1:])
    assert column(table, "Overdue")[-2] == str(told.overdue)
    kept = rows_of(brief).exclude(status=Status.WITHDRAWN)
    earlier = Action.objects.as_at(BEFORE).filter(plan=brief.plan).exclude(status=Status.WITHDRAWN)
    found = standings(kept, DAY, earlier, BEFORE.date())
    assert (now[0], before[0]) == (found.now, found.before)
    assert [line.now for line in found.timeliness if line.now or line.before] == now[1:]
    assert column(table, "Next due") == ["31 Dec 2026", "20 Apr 2026", "20 Apr 2026", ""]
    assert column(table, "Area")[1:] == [
        "The council’s own actions",
        "All now",
        "All at the meeting of 3 February 2026",
    ]


def test_the_page_says_what_each_area_lacks_by_coverage(under_way: Cast) -> None:
    brief = brief_of(under_way)
    (cover,) = coverage(facts_of(brief.plan, user=under_way.lead, day=DAY, moment=brief.moment)).areas
    assert cover.missing == ["owner", "evidence"]
    assert (
        column(tables(paper_for(Kind.PLAN_ON_A_PAGE, brief))["Area by area"], "What is missing")[0] == "Owner, evidence"
    )


def test_who_reads_part_of_a_plan_is_not_told_what_the_rest_lacks(under_way: Cast) -> None:
    paper = paper_for(Kind.PLAN_ON_A_PAGE, brief_of(under_way, reader=under_way.partner))
    table = tables(paper)["Area by area"]
    assert "What is missing" not in [head.heading for head in table.columns]
    assert column(table, "Actions")[-2:] == ["1", "1"]
    assert texts(paper.blocks)[0].startswith("1 action for 1 area:")


def test_the_picture_says_its_figures_and_the_page_ends_with_the_worst(under_way: Cast) -> None:
    paper = paper_for(Kind.PLAN_ON_A_PAGE, brief_of(under_way))
    (chart,) = [block for block in paper.blocks if isinstance(block, Chart)]
    assert chart.alt.startswith("On 14 April 2026: 3 overdue, 5 on time, 1 no date,")
    assert "The meeting of 3 February 2026: 1 overdue" in chart.alt
    add_actions(under_way, 9)
    worst = paper_for(Kind.PLAN_ON_A_PAGE, brief_of(under_way)).tables[-1]
    assert worst.caption == "Overdue longest"
    assert len(worst.rows) == 5
    late = [int(days) for days in column(worst, "Days late")]
    assert late == sorted(late, reverse=True)


def test_a_plan_of_five_areas_fits_one_page(cast: Cast) -> None:
    """Five areas with long wordings and 22 actions, as the Derbyshire plan of 2020."""
    wording = "How good and how timely assessment and planning are, and how consistently well they are recorded"
    areas = [factories.an_area(cast.inspection, f"{wording} ({number})") for number in range(5)]
    cast.plan = factories.a_plan(cast.council, title="Post-inspection action plan")
    changes.answer_areas(cast.plan, areas)
    cast.plan.boards.add(cast.board)
    Meeting.objects.create(board=cast.board, starts_at=BEFORE)
    add_actions(cast, 22, [area.pk for area in areas])
    made = file_of(paper_for(Kind.PLAN_ON_A_PAGE, brief_of(cast)), Format.PDF, NOW)
    with pdfplumber.open(BytesIO(made)) as document:
        assert len(document.pages) == 1
        words = document.pages[0].extract_text()
    assert "Overdue longest" in words
    assert "What is missing" in words


# The board's pack


def test_the_pack_is_made_of_the_other_papers_parts(under_way: Cast) -> None:
    brief = brief_of(under_way)
    pack = tables(paper_for(Kind.BOARD_PACK, brief))
    for kind in (Kind.EXCEPTIONS, Kind.MOVEMENT, Kind.MEASURES):
        for table in paper_for(kind, brief).tables:
            if table.caption != "Extensions that wait for a decision":
                assert pack[table.caption].rows == table.rows
    page = paper_for(Kind.PLAN_ON_A_PAGE, brief)
    assert pack["Area by area"] == tables(page)["Area by area"]
    assert "Overdue longest" not in pack
    assert (
        references(pack["What waits for a decision"])
        == [one.row.reference for one in queue(rows_of(brief), DAY)]
        == ["1.5", "1.7"]
    )
    assert column(pack["What waits for a decision"], "Asked") == [
        "First extension, to 31 December 2026: The supplier is late",
        "Closure: All teams do",
    ]
    assert column(pack["Answers owed"], "Question") == ["Why is it late?", "Who leads it?"]


def test_the_pack_opens_with_what_the_meetings_page_says(under_way: Cast) -> None:
    said = texts(paper_for(Kind.BOARD_PACK, brief_of(under_way)).blocks)[0]
    assert said.startswith("From the meeting of 3 February 2026 to 14 April 2026: 1 completed, 1 signed off,")
    assert said.endswith(
        "3 of 11 actions are overdue on 14 April 2026; 4 are later than first agreed; 2 decisions wait."
    )


def test_only_decisions_since_the_last_meeting_are_in_the_pack(under_way: Cast) -> None:
    early = {"by": under_way.lead, "at": factories.moment(2026, 1, 9), "reason": "Note it"}
    decide(under_way.action, Decision.Outcome.NOTE, **early)
    pack = tables(paper_for(Kind.BOARD_PACK, brief_of(under_way)))
    assert column(pack["Decisions since the meeting of 3 February 2026"], "Reason") == ["Overtaken"]
    log = tables(paper_for(Kind.DECISIONS, brief_of(under_way)))
    assert column(log["Decisions"], "Reason") == ["Overtaken", "Note it"]


# Decisions and challenges


def test_the_log_holds_nothing_that_came_later(under_way: Cast) -> None:
    at = factories.moment(2026, 4, 18)
    decide(under_way.action, Decision.Outcome.NOTE, by=under_way.lead, at=at, reason="Too late for the paper")
    raise_challenge(under_way.plan, "Asked later", by=under_way.lead, at=at)
    wording = under_way.action.wording
    changes.amend(under_way.action, by=under_way.lead, at=at, wording="Another wording")
    paper = paper_for(Kind.DECISIONS, brief_of(under_way))
    found = tables(paper)
    assert texts(paper.blocks)[0] == (
        "1 decision and 2 challenges by 14 April 2026; 2 answers are owed, 2 of them past their date."
    )
    assert column(found["Decisions"], "Action") == ["1.8 Overtaken by events"]
    assert column(found["Decisions"], "Decision") == ["Withdrawn from the plan"]
    assert column(found["Challenges"], "Answer") == ["Not answered", "Not answered"]
    assert set(column(found["Challenges"], "About")) == {"The plan as a whole", f"1.1 {wording}"}
    assert column(found["Answers owed"], "By when") == ["1 April 2026: 13 days late"] * 2
    later = tables(paper_for(Kind.DECISIONS, brief_of(under_way, date(2026, 4, 21), made_at=at + timedelta(days=9))))
    assert "The head of service (Olive Owner, 20 April 2026 at 9:00)" in column(later["Challenges"], "Answer")
    assert len(later["Decisions"].rows) == 2


# Measures


def test_a_measure_is_told_as_it_stood(under_way: Cast) -> None:
    measure = Measure.objects.get()
    add_reading(measure, by=under_way.lead, at=NOW, kind="month", value=Decimal(12), period_ends=date(2026, 3, 31))
    change_measure(
        measure, by=under_way.lead, at=NOW + timedelta(days=9), expected_version=version_of(measure), target=Decimal(50)
    )
    paper = paper_for(Kind.MEASURES, brief_of(under_way, date(2026, 3, 15)))
    table = tables(paper)["Where the measures stand"]
    assert column(table, "Measure") == ["Plans begun in time (higher is better)"]
    assert column(table, "Target") == ["90%"]
    assert column(table, "Latest") == ["73%, 28 February 2026"]
    assert column(table, "Against target") == [
        "Red. Missed by 17 percentage points. The source prints it as amber, by a rule of its own"
    ]
    assert column(table, "Trend") == ["Getting better"]
    (chart,) = [block for block in paper.blocks if isinstance(block, Chart)]
    assert (
        chart.alt
        == "Plans begun in time: 2 readings, from 40% in Jan 2026 to 73% in Feb 2026; target 90%; baseline 14%."
    )
    assert column(paper.tables[-1], "Value") == ["73%", "40%"]
    assert column(paper.tables[-1], "Note") == ["A note within the council"] * 2
    assert texts(paper.blocks)[0] == (
        "1 measure on 15 March 2026: none meet their target, none miss it by up to a tenth, 1 by more; "
        "none cannot be rated. None are getting worse."
    )


def test_a_rating_that_is_the_sources_own_is_said_once(under_way: Cast) -> None:
    add_measure(
        under_way.council, by=under_way.lead, at=factories.START, name="In words", target_printed="Improve",
        plans=[under_way.plan],
    )  # fmt: skip
    table = tables(paper_for(Kind.MEASURES, brief_of(under_way)))["Where the measures stand"]
    assert column(table, "Against target")[0] == "Not rated: the target is in words"
    assert column(table, "Latest")[0] == "No reading yet"


# The submission


def test_the_submission_gives_each_area_in_the_reports_words(under_way: Cast) -> None:
    under_way.inspection.spells.create(starts=date(2025, 7, 1), ends=date(2025, 7, 12))
    paper = paper_for(Kind.SUBMISSION, brief_of(under_way))
    found = tables(paper)
    assert column(found["Inspections that this plan answers"], "On site") == ["1 July 2025 to 12 July 2025"]
    assert f"“{under_way.area.wording}”" in texts(paper.blocks)
    table = found["Actions for area 1"]
    assert references(table) == [f"1.{number}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12)]
    assert set(column(table, "Success measure")) == {"Plans begun in time"}
    assert column(found["Coverage"], "Owned") == ["No, 10 of 11 with an owner"]
    assert [point for block in paper.blocks if isinstance(block, Points) for point in block.items] == [
        "Plans begun in time: from 14% to 90%, higher is better. Latest: 73%, 28 February 2026."
    ]
    assert texts(paper.blocks)[0] == (
        "11 actions for 1 area of 1 inspection on 14 April 2026: 1 is answered, 0 owned, 1 measured, 0 evidenced."
    )


def test_only_a_draft_of_the_submission_says_what_is_to_be_mended(under_way: Cast) -> None:
    def headings(paper: Paper) -> list[str]:
        return [block.text for block in paper.blocks if isinstance(block, Heading)]

    draft = paper_for(Kind.SUBMISSION, brief_of(under_way, draft=True))
    assert "Before this is submitted" in headings(draft)
    points = [point for block in draft.blocks if isinstance(block, Points) for point in block.items]
    assert "Action 1.6 has no owner." in points
    assert "Before this is submitted" not in headings(paper_for(Kind.SUBMISSION, brief_of(under_way)))


# For the public


def said_in(paper: Paper) -> str:
    return json.dumps(as_plain(paper), ensure_ascii=False)


@pytest.mark.parametrize("kind", FOR_THE_PUBLIC)
def test_the_public_is_told_nothing_of_what_is_not_published(under_way: Cast, kind: Kind) -> None:
    changes.amend(under_way.action, by=under_way.lead, at=AT, published=False)
    paper = paper_for(kind, public(under_way))
    check_tree(paper)
    lists = [table for table in paper.tables if table.columns[0].heading == "Reference"]
    assert all("1.1" not in references(table) for table in lists)
    whole = paper_for(kind, brief_of(under_way))
    assert paper.stamp.rows == whole.stamp.rows - 1
    if kind != Kind.MEASURES:
        assert texts(paper.blocks)[0] != texts(whole.blocks)[0]


@pytest.mark.parametrize("mark", ["dates", "standing"])
@pytest.mark.parametrize("kind", [Kind.EXCEPTIONS, Kind.MOVEMENT, Kind.PLAN_ON_A_PAGE])
def test_what_figures_would_tell_of_an_action_is_left_out_with_a_note(under_way: Cast, kind: Kind, mark: str) -> None:
    changes.amend(under_way.action, by=under_way.lead, at=factories.moment(2026, 4, 20), withheld=[mark])
    paper = paper_for(kind, public(under_way))
    assert "1 published action is left out: its dates or its standing are not published." in texts(paper.blocks)
    lists = [table for table in paper.tables if table.columns[0].heading == "Reference"]
    assert all("1.1" not in references(table) for table in lists)
    whole = paper_for(kind, brief_of(under_way))
    assert paper.stamp.rows == whole.stamp.rows - 1
    assert not [text for text in texts(whole.blocks) if "left out" in text]


def test_a_part_that_is_kept_back_is_blank_in_every_list(under_way: Cast) -> None:
    asks = Action.objects.get(reference="1.5")
    changes.amend(asks, by=under_way.lead, at=factories.moment(2026, 4, 1), withheld=["lead", "progress"])
    nobodys = Action.objects.get(reference="1.6")
    changes.amend(nobodys, by=under_way.lead, at=factories.moment(2026, 4, 1), withheld=["lead"])
    paper = paper_for(Kind.EXCEPTIONS, public(under_way))
    found = tables(paper)
    overdue = found["Overdue, the longest first"]
    assert column(overdue, "By whom")[1] == column(overdue, "Progress")[1] == WITHHELD
    assert "Without an owner" not in found
    assert "The supplier is late" not in said_in(paper)
    moved = tables(paper_for(Kind.MOVEMENT, public(under_way)))
    assert column(moved["Newly overdue"], "Progress").count(WITHHELD) == 1


@pytest.mark.parametrize("kind", FOR_THE_PUBLIC)
def test_a_public_paper_names_no_person_and_gives_no_note(under_way: Cast, kind: Kind) -> None:
    said = said_in(paper_for(kind, public(under_way)))
    for private in ("Lena Lead", "Olive Owner", "A note within the council", "Vacancies (", "Overtaken ("):
        assert private not in said


def test_the_public_is_not_told_an_earlier_wording(under_way: Cast) -> None:
    changes.amend(under_way.action, by=under_way.lead, at=AT, wording="Safe words")
    whole, told = (paper_for(Kind.MOVEMENT, brief) for brief in (brief_of(under_way), public(under_way)))
    assert "it was “Sample discussion records monthly”" in said_in(whole)
    assert column(tables(told)["Reworded"], "What changed") == ["Reworded"]
