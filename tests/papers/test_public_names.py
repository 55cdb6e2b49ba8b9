"""Names go out of public papers and job titles come in: however a name is written, and nothing that is no name."""

from __future__ import annotations

from datetime import date

import pytest

from plans.access.models import Board, PostHolding, Seat
from plans.papers.names_out import NO_POST, Names, Person, people_known, plainly
from plans.papers.public import Cleaner
from tests import factories
from tests.cast import Cast

PEOPLE = [
    Person("Megan Lloyd", "Head of Service", "megan.lloyd@example.org"),
    Person("Dr Priya Shah OBE", "Designated nurse"),
    Person("Seán O’Brien", "Team manager"),
    Person("Anne-Marie Smith-Jones", "Quality lead"),
    Person("Johanna van der Berg", "Legal adviser"),
    Person("Tom James Penrose", "Chief executive"),
    Person("Anna Green", NO_POST),
    Person("Will Young", NO_POST),
    Person("Joy", "Clerk"),
    Person("sam@example.org", NO_POST, "sam@example.org"),
]
CLEAN = Cleaner(Names(PEOPLE))


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Ask Megan Lloyd about it", "Ask Head of Service about it"),
        ("ask MEGAN LLOYD about it", "ask Head of Service about it"),
        ("ask megan lloyd", "ask Head of Service"),
        ("Megan Lloyd’s plan, Megan Lloyd's plan", "Head of Service’s plan, Head of Service's plan"),
        ("(Megan\nLloyd)", "(Head of Service)"),
        ("Megan\u00a0Lloyd", "Head of Service"),
        ("Me\u00adgan Llo\u200byd", "Head of Service"),
        ("Ｍｅｇａｎ Lloyd", "Head of Service"),
        ("Lloyd, Megan", "Head of Service"),
        ("by Lloyd Megan", "by Head of Service"),
        ("by M. Lloyd and M Lloyd", "by Head of Service and Head of Service"),
        ("Megan J. Lloyd", "Head of Service"),
        ("by Ms Lloyd, Mrs. Lloyd and MS LLOYD", "by Head of Service, Head of Service and Head of Service"),
        ("Megan_Lloyd and megan.lloyd", "Head of Service and Head of Service"),
        ("write to megan.lloyd@example.org today", "write to Head of Service today"),
        ("Dr Priya Shah, Dr Shah, Priya Shah", "Designated nurse, Designated nurse, Designated nurse"),
        ("Sean O'Brien and Seán O’Brien", "Team manager and Team manager"),
        ("by Mr O`Brien", "by Team manager"),
        ("with Anne‑Marie Smith–Jones", "with Quality lead"),
        ("with Mrs Smith-Jones", "with Quality lead"),
        ("with Mrs van der Berg", "with Legal adviser"),
        ("with Johanna van der Berg", "with Legal adviser"),
        ("Tom Penrose, Tom J Penrose, Tom James Penrose", "Chief executive, Chief executive, Chief executive"),
        ("Councillor Penrose", "Chief executive"),
        ("Anna Green will report. Anna Green did.", "An officer will report. An officer did."),
        ("seen by Anna Green", "seen by an officer"),
        ("Joy will; ask Mrs Joy", "Clerk will; ask Clerk"),
        ("sam@example.org", "An officer"),
    ],
)
def test_a_name_is_replaced_however_it_is_written(written: str, printed: str) -> None:
    assert CLEAN(written) == printed


@pytest.mark.parametrize(
    "text",
    [
        "The action is Green; a Green rating, a green action",
        "A Green rating",
        "The young will be heard",
        "joy in learning",
        "Lloyds Bank and Megane",
        "Berg, van, der",
        "Smith and Jones",
        "Megan and the Lloyd Centre",
        "Head of Service",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert CLEAN(text) == text


def test_a_job_title_that_names_somebody_names_nobody() -> None:
    clean = Cleaner(Names([PEOPLE[0], Person("Ola Nowak", "PA to Megan Lloyd")]))
    assert clean("Ask Ola Nowak") == "Ask an officer"
    assert clean("PA to Megan Lloyd") == "PA to Head of Service"


def test_signs_keep_their_places() -> None:
    text = "é’‘–\u00a0ß ﬁ ½ Å中"
    assert len(plainly(text)) == len(text)


def test_a_person_has_the_post_of_the_day_that_the_paper_is_about(cast: Cast) -> None:
    PostHolding.objects.filter(person=cast.owner).update(until=date(2026, 1, 31))
    later = factories.a_post("Director", cast.council)
    PostHolding.objects.create(post=later, person=cast.owner, since=date(2026, 2, 1))
    told = {
        day: {one.name: one.instead for one in people_known(cast.plan, day)}
        for day in (date(2026, 1, 15), date(2026, 3, 1))
    }
    assert told[date(2026, 1, 15)]["Olive Owner"] == "Head of Service"
    assert told[date(2026, 3, 1)]["Olive Owner"] == "Director"
    assert told[date(2026, 3, 1)]["Pat Partner"] == "Designated nurse (Westshire ICB)"
    assert told[date(2026, 3, 1)]["Bo Board"] == "a member of the board"
    assert told[date(2026, 3, 1)]["Lena Lead"] == NO_POST


def test_the_councils_own_post_comes_before_another_and_a_chair_is_a_chair(cast: Cast) -> None:
    PostHolding.objects.create(post=cast.partner_action.lead, person=cast.lead, since=date(2026, 1, 1), kind="deputy")
    deputy = factories.a_post("Principal social worker", cast.council)
    PostHolding.objects.create(post=deputy, person=cast.lead, since=date(2025, 1, 1), kind="deputy")
    other = Board.objects.create(organisation=cast.council, name="Scrutiny", kind="scrutiny committee")
    Seat.objects.create(board=other, person=cast.reader, kind="chair")
    told = {one.name: one.instead for one in people_known(cast.plan, date(2026, 3, 1))}
    assert told["Lena Lead"] == "Deputy of Principal social worker"
    assert told["Rea Reader"] == "the chair of the board"


def test_only_the_people_whose_words_are_in_the_text_are_looked_for() -> None:
    """So that the cost grows with the text, and hardly with the number of people."""
    people = [Person(f"Given{one} Surname{one}", "Manager") for one in range(200)]
    clean = Cleaner(Names(people))
    assert clean("Given7 Surname7 trains managers; Surname8 does not") == "Manager trains managers; Surname8 does not"
    looked_for = [one.name for one in people if "pattern" in vars(one)]
    assert looked_for == ["Given7 Surname7", "Given8 Surname8"]
