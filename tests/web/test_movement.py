"""The movement page: each number opens exactly the rows that it counts, and nothing unreadable passes in silence."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.improvement_plan.ledger import record, supporting
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind, Rag, Status
from plans.oversight.models import Meeting
from plans.oversight.movement import Move, Point, movement
from plans.oversight.movement_words import KINDS, cell_words
from plans.web.movement_links import MovementLinks, matrix_table, sentence
from tests import factories
from tests.cast import Cast

SINCE, UNTIL = "2026-02-01", "2026-04-14"
DAYS = {"since": SINCE, "as_at": UNTIL}
AT = factories.moment(2026, 3, 10)


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """One of several kinds of movement each; ``cast.action`` falls overdue by itself."""

    def action(day: date | None, **fields: Any) -> Action:
        return factories.an_action(cast.plan, cast.lead, **factories.due(day), **fields)

    later, sooner = date(2026, 12, 31), date(2026, 1, 31)
    done = action(later, wording="Launch the pathway")
    record(done, by=cast.owner, at=AT, kind=Kind.COMPLETED, note="All teams", status=Status.COMPLETE)
    extended = action(sooner, wording="Recruit two managers")
    at = {"by": cast.lead, "at": AT}
    record(extended, **at, kind=Kind.EXTENSION_AGREED, note="Vacancies", **factories.due(later))
    gone = action(later)
    record(gone, **at, kind=Kind.WITHDRAWN, note="Overtaken", status=Status.WITHDRAWN)
    again = action(later, status=Status.SIGNED_OFF)
    record(
        again, **at, kind=Kind.REOPENED, note="The audit found gaps", status=Status.IN_PROGRESS, reported_rag=Rag.RED
    )
    reworded = action(later, wording="Review <threshold> & pathway")
    posts = supporting([cast.post])
    record(reworded, **at, kind=Kind.AMENDED, wording="Review it", support=posts, lead_id=cast.post.pk)
    factories.an_action(cast.plan, cast.lead, at=AT, wording="Train voice champions")
    return cast


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def links(page: str) -> list[tuple[str, str]]:
    """Address and text of each link to a list of movement."""
    found = re.findall(r'<a[^>]*href="([^"]*/movement/[^"]*#actions)"[^>]*>(.*?)</a>', page)
    return [(unescape(address), words(text)) for address, text in found]


def test_the_page_opens_with_what_moved_and_every_number_opens_its_rows(moved: Cast, client: Client) -> None:
    client.force_login(moved.board_member)
    response = client.get(reverse("movement"), DAYS)
    page = response.content.decode()
    assert (
        "From 1 February 2026 to 14 April 2026: 1 completed , 1 newly overdue , 1 date moved , 1 reopened ,"
        " 1 withdrawn , 1 new ; 1 unchanged ."
    ) in words(page).replace("  ", " ")
    numbered = [(address, int(text.split()[0])) for address, text in links(page) if text[0].isdigit()]
    assert len(numbered) > 20
    for address, number in numbered:
        found = client.get(address).context
        assert found["table"].paginator.count == number == len(list(found["table"].paginated_rows)), address
    assert response.context["table"].paginator.count == response.context["found"].counts[Move.MOVED] == 7


def test_the_list_tells_what_changed_and_why(moved: Cast, client: Client) -> None:
    client.force_login(moved.lead)
    page = words(client.get(reverse("movement"), DAYS).content.decode())
    for said in (
        "No explanation given",
        "The audit found gaps Lena Lead, 10 March 2026",
        "Date moved once from 31 January 2026 to 31 December 2026",
        "Reworded; it was “Review <threshold> & pathway”",
        "Lead changed from nobody to Head of Service",
        "Now supported by Head of Service",
        "Added to the plan without a date",
        "Its date passed",
        "Reopened",
    ):
        assert said in page
    assert page.index("1.1 Sample discussion records") < page.index("Train voice champions")
    assert page.index("Train voice champions") < page.index("Launch the pathway")


def test_totals_of_the_matrix_as_shown_agree(moved: Cast) -> None:
    until = Point.end_of(date(2026, 4, 14))
    found = movement(Action.objects.as_at(until.moment), Point.end_of(date(2026, 2, 1)), until)
    shown = matrix_table(
        found, MovementLinks(DAYS), since="1 February", until="14 April", chosen=("on_time", "overdue")
    )
    assert [row.total.number for row in shown.rows] == [sum(cell.number for cell in row.cells) for row in shown.rows]
    columns = zip(*([cell.number for cell in row.cells] for row in shown.rows), strict=True)
    assert [cell.number for cell in shown.totals[:-1]] == [sum(column) for column in columns]
    assert shown.totals[-1].number == sum(row.total.number for row in shown.rows) == Action.objects.count()
    cells = [cell for row in shown.rows for cell in row.cells]
    assert all(bool(cell.url) == bool(cell.number) for cell in cells)
    assert [cell.words for cell in cells if cell.chosen] == ["from on time to overdue"]
    assert {cell.direction for cell in cells if cell.number} == {"same", "better", "worse", ""}
    assert sentence(found, MovementLinks({})).first[0].url.endswith("/movement/?kind=completed#actions")


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(Move)
    assert cell_words("overdue", "overdue") == "overdue before and after"
    assert [cell_words("new", ""), cell_words("", "complete")] == ["not in the plan yet before", "complete after"]


def test_ever_red_narrows_the_numbers_and_the_links_keep_it(moved: Cast, client: Client) -> None:
    client.force_login(moved.lead)
    response = client.get(reverse("movement"), {**DAYS, "ever_red": "on", "from": "signed_off"})
    assert response.context["found"].matrix.total == response.context["table"].paginator.count == 1
    assert "Signed off before" in words(response.content.decode())
    assert all("ever_red=on" in address for address, _ in links(response.content.decode()))


def test_the_period_begins_with_the_last_meeting(moved: Cast, client: Client) -> None:
    for starts_at in (factories.moment(2026, 2, 2, 10), factories.moment(2026, 3, 20, 10)):
        meeting = Meeting.objects.create(board=moved.board, starts_at=starts_at)
    client.force_login(moved.board_member)
    for scope in ({"board": moved.board.pk}, {"plan": moved.plan.pk}, {}):
        period = client.get(reverse("movement"), {**scope, "as_at": "2026-04-14"}).context["period"]
        assert (period.since_words, period.since.moment) == ("the meeting of 20 March 2026", meeting.starts_at)
    found = client.get(reverse("movement"), {"meeting": meeting.pk})
    period = found.context["period"]
    assert (period.since.moment, period.until.moment) == (factories.moment(2026, 2, 2, 10), meeting.starts_at)
    assert "meeting=" in found.context["sentence"].unchanged.url
    assert client.get(reverse("movement"), {"as_at": "2026-01-20"}).context["period"].since_words == "21 December 2025"
    instant = client.get(reverse("movement"), {"since": "2026-03-10T08:00", "as_at": "2026-03-10T10:00"})
    assert instant.context["found"].counts[Move.NEW] == 1


@pytest.mark.parametrize(
    ("query", "said", "field"),
    [
        ({"since": "soon"}, "Enter a day", 'id="since_error"'),
        ({"since": "2026-04-14", "as_at": "2026-04-14"}, "Enter a day before 14 April 2026", 'id="since_error"'),
        ({"since": "2099-01-01"}, "Enter today’s date or an earlier one", 'id="since_error"'),
        ({"as_at": "2099-01-01"}, "Enter today’s date or an earlier one", 'id="as_at_error"'),
        ({"kind": "vanished"}, "Choose a kind of movement of the list", 'id="id_kind_error"'),
        ({"from": "red"}, "Choose a state of the list", 'id="id_from_error"'),
        ({"plan": "999999"}, "Choose a plan of the list", 'id="id_plan_error"'),
        ({"board": "x"}, "Choose a board of the list", 'id="id_board_error"'),
        ({"meeting": "999999"}, "Choose a meeting of the list", ""),
        ({"colour": "red"}, "There is no filter called “colour”", ""),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(
    moved: Cast, client: Client, query: dict[str, str], said: str, field: str
) -> None:
    client.force_login(moved.lead)
    response = client.get(reverse("movement"), query)
    page = response.content.decode()
    assert (response.status_code, "found" in response.context) == (400, False)
    assert said in unescape(page)
    assert field in page
    assert all(f'value="{value}"' in page for name, value in query.items() if name in ("since", "as_at"))


def test_a_plan_of_strangers_is_no_choice_and_there_may_be_nothing_to_show(moved: Cast, client: Client) -> None:
    client.force_login(moved.stranger)
    assert client.get(reverse("movement"), {"plan": moved.plan.pk}).status_code == 400
    page = client.get(reverse("movement"))
    assert page.status_code == 200
    assert "There are no actions to show" in page.content.decode()


def test_a_quiet_period_says_that_nothing_moved(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    page = client.get(reverse("movement"), {"since": "2026-01-20", "as_at": "2026-01-21"}).content.decode()
    assert "From 20 January 2026 to 21 January 2026: nothing moved; 2 unchanged ." in words(page)
    assert "No actions to list" in page


@pytest.mark.parametrize(
    "query", [{}, DAYS, {"kind": "moved"}, {"from": "on_time", "to": "overdue"}, {"plan": 0, "board": 0, "meeting": 0}]
)
def test_queries_are_few_and_do_not_grow_with_the_rows(moved: Cast, client: Client, query: dict[str, Any]) -> None:
    meeting = Meeting.objects.create(board=moved.board, starts_at=AT)
    for name, thing in (("plan", moved.plan), ("board", moved.board), ("meeting", meeting)):
        if name in query:
            query = query | {name: thing.pk}
    client.force_login(moved.lead)
    counts = []
    for number in (2, 30):
        for _ in range(number):
            factories.an_action(
                moved.plan, moved.lead, lead_id=moved.post.pk, **factories.due(date(2026, 4, 1)), wording="Audit"
            )
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("movement"), query).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12
