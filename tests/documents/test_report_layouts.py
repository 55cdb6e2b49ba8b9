"""How the same list of asks may be laid out: headings, marks, pages, notes and lists of contents."""

# A line of an invented report stands on one line.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from plans.documents.ask_headings import ask_heading, timescale_of
from plans.documents.contents import without_contents
from plans.documents.find_areas import find_areas
from plans.documents.lines import Line
from plans.documents.proposals import ProposedArea
from plans.documents.read_report import read_report
from plans.documents.read_text import lines_of_text
from tests.documents.making_documents import Pages

FIRST = "The oversight of plans for children, so that drift is seen early."
SECOND = "The help that is given to fathers."


def titled() -> Pages:
    pages = Pages()
    pages.heading("Inspection of Sandshire local authority children’s services", size=18)
    return pages.line("Inspection dates: 8 to 19 January 2024")


def asks(pages: Pages) -> list[str]:
    return [one.text for one in read_report(pages.bytes(), "report.pdf").areas]


def in_text(words: str, code: str | None = None) -> list[ProposedArea]:
    return find_areas(lines_of_text(words).lines, code)[0]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("What needs to improve", "what needs to improve"),
        ("What needs to improve?1", "what needs to improve"),
        ("WHAT NEEDS TO IMPROVE:", "what needs to improve"),
        ("What needs to improve in this area of social work practice", "what needs to improve"),
        ("What does the local area partnership need to do to improve?", ""),
        ("What does the Local Safeguarding Children Board need to improve?", ""),
        ("Areas for improvement (continued)", "area for improvement"),
        ("Areas for improvement – the LSCB", "area for improvement"),
        ("Areas requiring improvement", "area for improvement"),
        ("Area for priority action", "area for priority action"),
        ("Areas of priority action", "area for priority action"),
        ("Immediate and priority action", "priority and immediate action"),
        ("Priority actions", "priority action"),
        ("LSCB recommendations", "recommendation"),
        ("Recommendations for the local authority", "recommendation"),
        ("Areas of significant weakness", "area of significant weakness"),
        ("Causes of concern", "cause of concern"),
        ("Areas for improvement are many", None),
        ("Recommendations from the last inspection were not acted on", None),
        ("Areas for improvement identified at the last visit have been addressed", None),
        ("The areas", None),
        ("recommendations", None),
    ],
)
def test_headings_over_asks(words: str, kind: str | None) -> None:
    found = ask_heading(Line(words, 1, 1, size=16, bold=True))
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("words", "timescale"),
    [
        ("Immediately:", "immediately"),
        ("With immediate effect", "with immediate effect"),
        ("Within 3 months:", "within 3 months"),
        ("Within three to six months:", "within three to six months"),
        ("Within six months of the publication of this report:", "within six months"),
        ("Within three months, the local authority and its partners should:", "within three months"),
        ("Within three months of a referral, every family should be seen by the worker who knows it best.", None),
    ],
)
def test_timescales(words: str, timescale: str | None) -> None:
    assert timescale_of(words) == timescale


def test_a_heading_over_two_lines() -> None:
    pages = titled().heading("What needs to improve in this area of social work", size=16)
    pages.line("practice", size=16, bold=True).item("•", FIRST)
    assert asks(pages) == [FIRST]
    pages = titled().heading("What does the Local Safeguarding Children Board", size=16)
    pages.line("need to improve?", size=16, bold=True).item("•", FIRST)
    assert asks(pages) == [FIRST]


def test_paragraphs_without_marks_are_told_apart_by_white_space() -> None:
    pages = titled().heading("What needs to improve?")
    pages.line("the oversight of plans for children, so that", gap=6).line("drift is seen early")
    pages.line("the help that is given to fathers", gap=6).heading("The experiences and progress of children")
    pages.line("1. Children are seen.")
    assert asks(pages) == [
        "the oversight of plans for children, so that drift is seen early", "the help that is given to fathers"
    ]  # fmt: skip


def test_a_list_ends_where_the_numbers_of_the_report_begin() -> None:
    pages = titled().heading("What needs to improve?").item("•", FIRST).item("•", SECOND)
    pages.item("1.", "Children in Sandshire are well helped by workers who know them.")
    assert asks(pages) == [FIRST, SECOND]


def test_numbers_that_begin_anew_are_another_section() -> None:
    words = (
        "Recommendations\n\nThe Sandshire Youth Justice Service should:\n\n1. improve its plans for children.\n\n"
        "2. listen to children.\n\nThe management board should:\n\n1. ask for figures on education.\n\n"
        "2. ask for figures on health.\n\n1. Organisational delivery\n\nLeaders are ambitious.\n"
    )
    assert [(one.body, one.number) for one in in_text(words, "YJ")] == [
        ("Sandshire Youth Justice Service", "1"),
        ("Sandshire Youth Justice Service", "2"),
        ("management board", "1"),
        ("management board", "2"),
    ]


def test_a_head_printed_again_above_the_rest_of_an_ask() -> None:
    pages = Pages().heading("Area SEND inspection of Sandshire Local Area Partnership", size=18)
    pages.line("Inspection dates: 8 to 19 July 2024").heading("Areas for improvement")
    pages.line("Leaders should make sure that all of the plans are reviewed each", gap=6)
    pages.page().heading("Areas for improvement").line("year and on time.")
    pages.line("Leaders should listen to the families.", gap=8)
    assert asks(pages) == [
        "Leaders should make sure that all of the plans are reviewed each year and on time.",
        "Leaders should listen to the families.",
    ]


def test_notes_heads_and_feet_are_no_part_of_an_ask() -> None:
    pages = titled().line(
        "The county is large and its towns lie far apart from one another, as do its schools.", gap=20
    )
    for _ in range(12):
        pages.line("Workers know the children well, and the children know who they are and when they come.")
    pages.heading("What needs to improve?").item("•", "The oversight of plans for children, so that")
    pages.foot("1 A note on what is meant by a plan here.", size=8, bottom=60).foot("Inspection of Sandshire 1")
    pages.page().line("Inspection of Sandshire", size=9).line("drift is seen early.", left=90, gap=20).item("•", SECOND)
    pages.foot("Inspection of Sandshire 2")
    pages.page().line("Inspection of Sandshire", size=9).foot("Inspection of Sandshire 3")
    assert asks(pages) == [FIRST, SECOND]


def test_marks_of_every_sort() -> None:
    for mark in ("•", "–", "-", "*", "o\t", "\u25fc", "\uf0a7", "\uf06e", "\u27a2", "1.", "(a)", "i)"):
        other = {"1.": "2.", "(a)": "(b)", "i)": "ii)"}.get(mark, mark)
        words = (
            f"What needs to improve\n\n{mark} {FIRST}\n{other} {SECOND}\n\nThe experiences and progress of children\n"
        )
        assert [one.text for one in in_text(words, "ILACS")] == [FIRST, SECOND], mark


@pytest.mark.parametrize(
    "contents",
    [
        "Contents\nSummary\t2\nRecommendations\t8\nFindings\t9\n",
        "Contents\nSummary\n2\nRecommendations\n8\nFindings about the authority and its\npartners\n9\n\n",
        "Contents\n\nSummary\n\nRecommendations\n\nFindings\n\n\n",
        "Contents\nSummary ........ 2\nRecommendations ........ 8\nFindings ....... 9\n",
    ],
)
def test_a_list_of_contents_has_no_asks(contents: str) -> None:
    words = f"{contents}Summary\nThe county is large.\n\nRecommendations\n1. Ensure that plans are short.\n"
    assert [(one.number, one.text) for one in in_text(words, "SIF")] == [("1", "Ensure that plans are short.")]


def test_contents_that_cannot_be_told_from_the_report_are_kept() -> None:
    lines = lines_of_text(
        "Contents\n\nWhat the report holds is told in a sentence that is long. " + "It goes on. " * 12
    ).lines
    assert without_contents(lines) == list(lines)


def test_paragraphs_of_a_letter_with_a_theme_and_without_marks() -> None:
    words = (
        "Areas for improvement\n\nThe response to neglect\n"
        "Partners do not look together at what their data say, and so they do not know whether the help that\n"
        "they give to children makes a difference to them.\n\n"
        "Plans drift. They are not looked at by managers until a conference is near, and this leaves children\n"
        "waiting for a long time.\n\nCase study: area for improvement\n\nA child was not seen.\n"
    )
    found = in_text(words, "JTAI")
    assert [(one.theme, one.text.split()[-1]) for one in found] == [
        ("The response to neglect", "them."), ("The response to neglect", "time.")
    ]  # fmt: skip


def test_bullets_within_a_paragraph_of_a_partnership() -> None:
    words = (
        "Areas for improvement\n\nThe local area partnership should improve the plans that it makes for children with its "
        "partners. This should include:\n• the advice of health workers; and\n• the yearly review.\n\n"
        "The local area partnership should shorten the waits.\n"
    )
    assert [one.text.split()[-1] for one in in_text(words, "SEND_2023")] == ["review.", "waits."]


def test_text_without_blank_lines_or_marks() -> None:
    words = (
        "Areas for improvement\nLeaders across the partnership should shorten the waits for children, and should tell\n"
        "families how long they will be.\nThe local area partnership should make sure that plans are reviewed each year "
        "and that\nwhat is agreed is done.\nHealth leaders must publish what they spend.\nLocal area partnership details\n"
    )
    assert [one.text.split()[0] for one in in_text(words, "SEND_2023")] == ["Leaders", "The", "Health"]


def test_words_of_a_heading_in_a_sentence_begin_no_list() -> None:
    pages = titled().line("Leaders have a plan, and it covers each of the following", gap=20)
    pages.line("Areas for improvement").line("and is known to all who work with children.")
    pages.line("Recommendations", gap=20).line("made before were answered. • Not an ask.")
    assert asks(pages) == []


def test_a_note_number_torn_off_its_heading_is_no_ask() -> None:
    pages = titled().heading("What needs to improve?").line("1", size=8).item("•", FIRST).item("•", SECOND)
    assert asks(pages) == [FIRST, SECOND]


def test_a_list_ends_at_a_heading_as_large_as_its_own() -> None:
    for words in ("The story of one family", "1. Organisational delivery"):
        pages = titled().heading("What needs to improve?").item("•", FIRST).heading(words)
        pages.line("Words of another section, which are no ask at all.")
        assert asks(pages) == [FIRST]


def test_a_smaller_heading_within_a_list_is_a_theme() -> None:
    pages = titled().heading("Recommendations", size=16).heading("Help and protection", size=12).item("1.", FIRST)
    pages.heading("Care leavers", size=12).item("2.", SECOND)
    found = read_report(pages.bytes(), "report.pdf").areas
    assert [one.theme for one in found] == ["Help and protection", "Care leavers"]


def test_a_heading_held_twice_by_the_file_is_no_part_of_the_ask() -> None:
    words = "Recommendations\n\n1. Ensure that plans are short. Areas for improvement\nAreas for improvement\n\n2. Listen.\n"
    assert [one.text for one in in_text(words, "SIF")] == ["Ensure that plans are short.", "Listen."]


def test_text_after_a_list_is_no_ask_and_a_line_above_the_next_item_is_a_theme() -> None:
    pages = titled().heading("What needs to improve?").item("•", FIRST, left=110)
    pages.line("Leaders know this.", gap=20).line("They have told the council.")
    assert asks(pages) == [FIRST]
    pages = titled().heading("Recommendations").item("•", FIRST, left=110)
    pages.line("For care leavers", gap=20).item("•", SECOND, left=110)
    assert [one.theme for one in read_report(pages.bytes(), "report.pdf").areas] == [None, "For care leavers"]
