"""Reading reports: every kind and trap, in small documents written here in the reports' style."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.documents.find_inspection import read_spells
from plans.documents.lines import RefusedDocument
from plans.documents.proposals import ProposedInspection
from plans.documents.read_report import read_report
from tests.documents.making_documents import Pages, pdf_of, word_of

EXAMPLES = int(os.environ.get("MUTATIONS", "300"))

POC = """
Inspection of local authority arrangements for the protection of children

Sandmouth Council

Inspection dates: Lead inspector 25 February – 6 March 2013 Ann Example HMI

Age group: All

© Crown copyright 2013

Contents

Areas for improvement	2
About this inspection	4

Overall effectiveness

2. The overall effectiveness of the arrangements to protect children in Sandmouth is judged to be **adequate**.

Areas for improvement

3. In order to improve the quality of help given to children in Sandmouth, the local authority and its partners should take the following action.

Immediately:

- ensure that plans are signed off by a senior manager
 review every plan that is older than two years

Within three months:

- ensure that children can attend their
meetings and are heard.

About this inspection

- 4. This inspection was unannounced.

Record of main findings

Overall effectiveness	Adequate
The effectiveness of the help and protection provided to children, young people, families and carers	Good
The quality of practice	Adequate
Leadership and governance	Adequate
"""  # noqa: E501

SIF_WITHOUT_LABELS = """Sandshire County Council
Inspection of services for children in need of help and
protection, children looked after and care leavers
and
Review of the effectiveness of the Local Safeguarding Children Board1
Inspection date: 19 November 2013  11 December 2013
The overall judgement is good.

Good


Good


Good


Good


Requires improvement

The judgement for the effectiveness of the Local Safeguarding Children Board (LSCB) is requires improvement.

Contents

What does the local authority need to improve?

Information about this inspection

Section 2: The effectiveness of the Local Safeguarding Children Board

What does the local authority need to improve?
Areas for improvement
 Ensure that decisions are recorded on every
child's file.
 Ensure that records show what was decided.

Information about this inspection
Lead inspector: Ann Example

Section 2: The effectiveness of the Local Safeguarding Children Board

What does the LSCB need to improve?
Priority and immediate action
There are no areas for priority and immediate action.
Areas for improvement
 Ensure that the Board hears from children.

Key strengths and weaknesses of the LSCB
 The Board meets.
"""


def text_report(text: str) -> ProposedInspection:
    return read_report(text.encode(), "report.txt")


def ilacs(grades: tuple[str, ...] = ("Good", "Requires improvement to be good", "Outstanding", "Good")) -> Pages:
    pages = Pages()
    pages.heading("Inspection of Sandmouth local authority", size=26).heading("children's services", size=26)
    pages.line("Inspection dates: 22 April to 3 May 2024", gap=20)
    pages.line("Lead inspector: Ann Example, His Majesty's Inspector")
    pages.line("Judgement", bold=True, gap=10).beside("Grade", left=400)
    labels = (
        ("The impact of leaders on social work", "practice with children and families"),
        ("The experiences and progress of", "children who need help and protection"),
        ("The experiences and progress of", "children in care"),
        ("The experiences and progress of care", "leavers"),
    )
    for (first, second), grade in zip(labels, grades, strict=True):
        shown, _, rest = grade.partition(" to be")
        pages.line(first, gap=10).beside(shown, left=400)
        pages.line(second)
        if rest:
            pages.beside(f"to be{rest}", left=400)
    pages.line("Overall effectiveness", gap=10).beside("Good", left=400)
    pages.line("Children in Sandmouth receive good help from workers who know them and stay with them.", gap=14)
    pages.foot("1", bottom=30)
    return pages


def with_asks(pages: Pages) -> Pages:
    pages.page().line("What needs to improve?", size=14, bold=True).beside("1", left=240, size=8, raised=5)
    pages.item("•", "The timeliness of decisions for children whose plans are not well-", "used. (outcome 3,")
    pages.line("national framework)", left=90)
    pages.item("•", "How well plans are shared with personal assistants when they reach the age of", "17.")
    pages.item("•", "The support that is offered to carers, which should")
    pages.foot("1 Children's Social Care National Framework statutory guidance.", size=8, bottom=52)
    pages.foot("2", bottom=30)
    pages.page().line("include respite.", left=90)
    pages.heading("The experiences and progress of children who need help and")
    pages.line("protection: good", bold=True, size=14)
    pages.item("1.", "Children receive help when they need it and workers see them often and alone.")
    pages.foot("3", bottom=30)
    return pages


def sif() -> Pages:
    pages = Pages()
    pages.line("Sandshire", size=26).line("Inspection of services for children in need of help and", size=14, bold=True)
    pages.line("protection, children looked after and care leavers", size=14, bold=True)
    pages.line("Inspection date: 14 January – 5 February 2014", bold=True, gap=8)
    pages.line("Report published: 21 March 2014", bold=True)
    pages.line("Children's services in Sandshire require improvement to be good", size=14, gap=8)
    pages.line("Requires", left=410, bold=True, gap=10)
    pages.line("1. Children who need help and protection", left=89)
    pages.line("improvement", left=410, bold=True)
    for label, grade in (
        ("2. Children looked after and achieving permanence", "Good"),
        ("2.1 Adoption performance", "Inadequate"),
        ("2.2 Experiences and progress of care leavers", "Good"),
        ("3. Leadership, management and governance", "Outstanding"),
    ):
        pages.line(label, left=89, gap=10).beside(grade, left=410)
    pages.page().heading("Recommendations", size=14)
    pages.line("Leadership, management and governance", gap=8)
    pages.item("1.", "Ensure that plans are specific and that progress against them is", "checked:")
    pages.item("•", "by the manager", left=108)
    pages.item("•", "by the reviewing officer.", left=108)
    pages.item("2.", "Review the sufficiency of placements. (paragraph 57, 138)")
    pages.heading("Summary for children and young people")
    pages.item("•", "Some children wait too long for help, and that is not right for them.")
    pages.page().heading("The Local Safeguarding Children Board (LSCB)", size=16)
    pages.heading("The Local Safeguarding Children Board is good")
    pages.heading("Recommendations")
    pages.item("97.", "Ensure that the views of children shape what the Board does next.")
    pages.heading("Inspection findings – the Local Safeguarding Children Board")
    pages.item("98.", "The Board is well led and asks the questions that matter to children.")
    pages.line("Lead inspector: Ann Example", gap=20)
    return pages


def jtai() -> Pages:
    pages = Pages()
    pages.line("3 August 2018").line("Director of Children's Services, Sandshire Council", gap=10)
    pages.line("Dear local partnership", gap=10)
    pages.line("Joint targeted area inspection of the multi-agency response to domestic", bold=True, gap=10)
    pages.line("abuse in Sandshire", bold=True)
    pages.line("Between 18 June 2018 and 22 June 2018, Ofsted, the Care Quality Commission", gap=10)
    pages.line("(CQC) and HMI Probation undertook a joint inspection of the response in Sandshire.")
    pages.heading("Areas for priority action")
    pages.item("•", "There are no areas for priority action.")
    pages.heading("Areas for improvement")
    pages.line("Leadership and management", bold=True, gap=8)
    pages.item("•", "There is no shared view across the partnership of what children need; this must be", "addressed")
    pages.line("urgently. Not all partners attend.", left=90)
    pages.item("•", "Sandshire Police does not always share what it knows with others in good time.")
    pages.line("Case study: area for improvement", bold=True, gap=12)
    pages.item("•", "A child waited for a long time before anyone asked what life was like for them.")
    pages.heading("Next steps")
    return pages


def send() -> Pages:
    pages = Pages()
    pages.heading("Area SEND inspection of Sandshire", size=26).heading("Local Area Partnership", size=26)
    pages.line("Inspection dates: 8 July to 12 July and 7 to 8 August 2024", gap=10)
    pages.line("Dates of previous inspection: 31 January 2020 to 3 February 2020")
    pages.heading("Inspection outcome")
    pages.line("The local area partnership's arrangements lead to inconsistent experiences and outcomes", gap=8)
    pages.line("for children and young people with special educational needs and/or disabilities (SEND).")
    pages.heading("Areas for improvement")
    pages.line("The partnership should reduce the time for which children wait for an assessment.", gap=10)
    pages.line("NHS Sandshire ICB should improve how it checks the quality of advice for plans.", gap=24)
    pages.heading("Local area partnership details")
    pages.line("Ann Example HMI, Ofsted lead inspector")
    return pages


def test_a_report_of_2013_with_timescales() -> None:
    read = text_report(POC)
    assert (read.authority, read.framework, read.lead_inspector) == ("Sandmouth Council", "POC", "Ann Example")
    assert (read.inspection_start, read.inspection_end) == (date(2013, 2, 25), date(2013, 3, 6))
    assert [(area.text, area.timescale) for area in read.areas] == [
        ("ensure that plans are signed off by a senior manager", "immediately"),
        ("review every plan that is older than two years", "immediately"),
        ("ensure that children can attend their meetings and are heard.", "within three months"),
    ]
    assert {area.body for area in read.areas} == {"local authority"}
    assert [one.grade for one in read.judgements] == ["Adequate", "Good", "Adequate", "Adequate"]
    assert any("publication" in problem.message for problem in read.problems)


def test_grades_without_labels_and_two_lists() -> None:
    read = text_report(SIF_WITHOUT_LABELS)
    assert read.framework == "SIF"
    assert [one.area for one in read.judgements][:2] == ["Overall", "Children who need help and protection"]
    assert read.judgements[-1].area == "Effectiveness of the LSCB"
    assert [(area.kind, area.body) for area in read.areas] == [("area for improvement", "local authority")] * 2 + [
        ("area for improvement", "LSCB")
    ]
    assert any("without their labels" in problem.message for problem in read.problems)


def test_a_report_of_2024_as_a_pdf() -> None:
    read = read_report(with_asks(ilacs()).bytes(), "report.pdf")
    assert (read.authority, read.framework, read.lead_inspector) == ("Sandmouth", "ILACS_2023", "Ann Example")
    assert [one.grade for one in read.judgements] == [
        "Good", "Requires improvement to be good", "Outstanding", "Good", "Good",
    ]  # fmt: skip
    assert [(area.text, area.reference, area.page) for area in read.areas] == [
        ("The timeliness of decisions for children whose plans are not well-used.", "outcome 3, national framework", 2),
        ("How well plans are shared with personal assistants when they reach the age of 17.", None, 2),
        ("The support that is offered to carers, which should include respite.", None, 2),
    ]
    assert {area.kind for area in read.areas} == {"what needs to improve"}


def test_a_report_of_2014_as_a_pdf() -> None:
    read = read_report(sif().bytes(), "report.pdf")
    assert (read.authority, read.framework, read.published) == ("Sandshire", "SIF", date(2014, 3, 21))
    assert [one.grade for one in read.judgements] == [
        "Requires improvement to be good", "Requires improvement", "Good", "Inadequate", "Good", "Outstanding", "Good",
    ]  # fmt: skip
    first, second, third = read.areas
    assert first.text == (
        "Ensure that plans are specific and that progress against them is checked: "
        "by the manager by the reviewing officer."
    )
    assert (first.number, first.theme, first.kind) == ("1", "Leadership, management and governance", "recommendation")
    assert (second.text, second.reference) == ("Review the sufficiency of placements.", "paragraph 57, 138")
    assert (third.number, third.body) == ("97", "LSCB")


def test_a_letter_to_a_partnership() -> None:
    read = read_report(jtai().bytes(), "letter.pdf")
    assert (read.authority, read.framework, read.published) == ("Sandshire", "JTAI_2016", date(2018, 8, 3))
    assert (read.inspection_start, read.inspection_end) == (date(2018, 6, 18), date(2018, 6, 22))
    assert read.judgements == ()
    assert [(area.body, area.timescale, area.theme) for area in read.areas] == [
        ("partnership", None, "Leadership and management"),
        ("Sandshire Police", None, "Leadership and management"),
    ]
    assert read.areas[0].text.endswith("addressed urgently. Not all partners attend.")


def test_an_area_inspection_with_two_spells() -> None:
    read = read_report(send().bytes(), "report.pdf")
    assert (read.authority, read.framework, read.lead_inspector) == ("Sandshire", "SEND_2023", "Ann Example")
    assert len(read.spells) == 2
    assert (read.inspection_start, read.inspection_end) == (date(2024, 7, 8), date(2024, 8, 8))
    assert [one.grade for one in read.judgements] == ["Inconsistent experiences and outcomes"]
    assert [area.body for area in read.areas] == ["partnership", "NHS Sandshire ICB"]


def test_a_table_with_responsible_bodies_in_word() -> None:
    council = "Sandshire Council and NHS Sandshire ICB"
    read = read_report(
        word_of([
            "# Area SEND inspection of Sandshire Local Area Partnership",
            "Inspection dates: 10 to 14 July 2023",
            "# Inspection outcome",
            "There are widespread and/or systemic failings leading to significant concerns.",
            "# Areas for priority action",
            [["Responsible body", "Areas for priority action"],
             [council, "Leaders should act so that children wait less."],
             ["", "Leaders should listen to families."]],
            "# Areas for improvement",
            [["Areas for improvement"], ["Leaders should improve transitions."]],
            [["Local authority", "Integrated care board"], ["Sandshire", "NHS Sandshire"]],
        ]),
        "report.docx",
    )  # fmt: skip
    assert [(area.kind, area.body) for area in read.areas] == [
        ("area for priority action", council),
        ("area for priority action", council),
        ("area for improvement", "partnership"),
    ]
    assert read.judgements[0].grade == "Widespread and/or systemic failings"


def test_a_report_in_word() -> None:
    read = read_report(
        word_of([
            "# Inspection of Sandmouth local authority children’s services",
            "Inspection dates: 8 to 19 June 2026",
            [["Judgement", "Grade"],
             ["The impact of leaders on social work practice with children and families", "Good"],
             ["The experiences and progress of children who need help and protection", "Good"],
             ["The experiences and progress of children in care", "Good"],
             ["The experiences and progress of care leavers", "Outstanding"]],
            "# What needs to improve?",
            "* The planning for children. (outcome 1, national framework)",
            "* The oversight of practice by managers at every level.",
            "# The experiences and progress of children in care: good",
            "* Children live in homes that they like.",
        ]),
        "report.docx",
    )  # fmt: skip
    assert (read.framework, read.authority) == ("ILACS_2026", "Sandmouth")
    assert [area.reference for area in read.areas] == ["outcome 1, national framework", None]
    assert [one.grade for one in read.judgements] == ["Good", "Good", "Good", "Outstanding"]


def test_a_focused_visit_and_a_youth_justice_report() -> None:
    visit = text_report(
        "14 May 2019\n\nDear Director\n\nFocused visit to Sandshire County Council children's services\n\n"
        "This letter summarises the findings of a focused visit to Sandshire on 23 and 24 April 2019. Ofsted\n\n"
        "Areas for priority action\n\nThe local authority should ensure that contacts are answered within a day.\n\n"
        "Areas for improvement\n\n• The quality of plans.\n• The recording of decisions by managers.\n\nFindings\n\n"
        "• Good.\n"
    )
    assert (visit.framework, visit.inspection_start) == ("FOCUSED", date(2019, 4, 23))
    assert [area.kind for area in visit.areas] == ["area for priority action"] + ["area for improvement"] * 2
    youth = text_report(
        "An inspection of youth justice services in\nSandshire\n\nHM Inspectorate of Probation\n\nRecommendations\n\n"
        "The Sandshire youth justice manager should:\n\n1. improve the quality of assessments\n\n"
        "The management board should:\n\n2. make sure that every partner attends\n\nBackground\n\n"
        "3. Prose follows here.\n"
    )
    assert youth.framework == "YJ"
    assert [(area.body, area.number) for area in youth.areas] == [
        ("Sandshire youth justice manager", "1"),
        ("management board", "2"),
    ]


def test_text_taken_from_pages_keeps_its_asks_whole() -> None:
    """Page numbers, running heads, a footnote's number torn off a heading, and a paragraph cut by a page's end."""
    head = "\n\nSandmouth Council: inspection of children's services {}\n{}\n"
    read = text_report(
        "Inspection of Sandmouth local authority children's services\nInspection dates: 3 to 7 March 2025\n"
        "Lead inspector: Ann Example, His Majesty's Inspector\n"
        + head.format(1, 1)
        + "What needs to improve?\n1\n◼ The response to disabled children. (outcome 3,\nnational framework)\n"
        "◼ How plans are shared. More is to be done."
        + head.format(2, 2)
        + "This matters to young people.\n◼ The support for carers (principle 2)\n"
        "The experiences and progress of children who need help and\nprotection: good\n1. Children do well here.\n"
        + head.format(3, 3)
        + "2. They do well at school too.\n"
    )
    assert [(area.text, area.reference) for area in read.areas] == [
        ("The response to disabled children.", "outcome 3, national framework"),
        ("How plans are shared. More is to be done. This matters to young people.", None),
        ("The support for carers", "principle 2"),
    ]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Annual unannounced inspection of contact, referral and assessment arrangements in Sandshire", "CRA"),
        ("Inspection of safeguarding and looked after children services\nSandshire", "SLAC"),
        ("Inspection of looked after children services\nSandshire County Council", "LAC"),
        ("Monitoring visit to Sandshire County Council children's services", "MONITORING"),
        ("Joint targeted area inspection of Sandshire\nHeadline findings", "JTAI_2022"),
        ("Joint targeted area inspection of the multi-agency response to neglect in Sandshire", "JTAI_2016"),
        ("Joint local area SEND inspection in Sandshire", "SEND_2016"),
        ("Area SEND inspection of Sandshire Local Area Partnership\nInspection outcome", "SEND_2023"),
        ("Joint area review\nSandshire", "JAR"),
        ("Inspection of children's social care services\nInspection dates: 3 to 7 June 2019", "ILACS_2018"),
        ("A letter about nothing in particular from Ofsted", None),
    ],
)
def test_kinds_of_inspection_by_their_titles(title: str, code: str | None) -> None:
    assert text_report(f"{title}\n\nOfsted\n").framework == code


def test_a_council_paper_has_no_areas() -> None:
    paper = (
        "COUNCIL CABINET\n17 March 2009\n\nReport of the Director\n\nSUMMARY\n\nOfsted wrote to us.\n\n"
        "Areas for improvement\n- our own words about what to do\n\nRECOMMENDATION\n- That Cabinet notes the report.\n"
    )
    read = text_report(paper)
    assert read.areas == ()
    assert read.framework is None
    assert "council's own paper" in read.problems[0].message


def test_a_text_by_nobody_has_no_areas() -> None:
    read = text_report(
        "Minutes\n" + "We talked about it.\n" * 60 + "\nRecommendations\n- Buy more tea for the office.\n"
    )
    assert read.areas == ()
    assert any("No inspectorate" in problem.message for problem in read.problems)


@pytest.mark.parametrize(
    ("words", "spells"),
    [
        ("08 July 2019 to 19 July 2019", [("2019-07-08", "2019-07-19")]),
        ("18 to 29 July 2022", [("2022-07-18", "2022-07-29")]),
        ("10 April to 5 May 2017", [("2017-04-10", "2017-05-05")]),
        ("28 January–5 February 2014", [("2014-01-28", "2014-02-05")]),
        ("14 December 2020 to 8 January 2021", [("2020-12-14", "2021-01-08")]),
        ("14 December to 8 January 2021", [("2020-12-14", "2021-01-08")]),
        ("19 November 2013  11 December 2013", [("2013-11-19", "2013-12-11")]),
        ("between 9 and 13 July 2018", [("2018-07-09", "2018-07-13")]),
        ("8 July to 12 July and 7 to 8 August 2019", [("2019-07-08", "2019-07-12"), ("2019-08-07", "2019-08-08")]),
        ("23 and 24 April 2019", [("2019-04-23", "2019-04-24")]),
        ("1 July 2019, 5 August 2019", [("2019-07-01", "2019-07-01"), ("2019-08-05", "2019-08-05")]),
        ("31 June 2019", []),
        ("8 July", []),
        ("20 July 2019 to 8 July 2019", []),
        ("no date", []),
    ],
)
def test_spells_on_site(words: str, spells: list[tuple[str, str]]) -> None:
    assert [(first.isoformat(), last.isoformat()) for first, last in read_spells(words)] == spells


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return stream.getvalue()


def with_member(name: str, content: bytes) -> bytes:
    stream = io.BytesIO(word_of(["# A report", "Words."]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return stream.getvalue()


def pictures_only() -> bytes:
    return pdf_of([[]])


def many_pages() -> bytes:
    document = pdfium.PdfDocument.new()
    for _ in range(401):
        document.new_page(200, 200)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.pdf", "empty"),
        (b"  \n", "a.txt", "empty"),
        (b"<!DOCTYPE html><html>", "a.pdf", "web page, although its name ends in .pdf"),
        (b"<html>", "a.html", "web page."),
        (b"not a pdf at all", "a.pdf", "not a PDF inside"),
        (b"%PDF-1.7 cut short", "a.pdf", "damaged"),
        (b"\xd0\xcf\x11\xe0rest", "a.doc", "old Word"),
        (b"\x00\x01\x02" * 100, "a.txt", "not text"),
        (b"PK\x03\x04nonsense", "a.docx", "damaged"),
        (zipped(bomb=b"0" * 20_000_000), "a.docx", "unpacks"),
        (zipped(a=b"a"), "a.docx", "damaged"),
        (with_member("word/vbaProject.bin", b"x"), "a.docx", "macros"),
        (with_member("word/more.xml", b'<!DOCTYPE x [<!ENTITY a "b">]>'), "a.docx", "entities"),
        (word_of([]), "a.docx", "no text"),
        (pictures_only(), "a.pdf", "pictures"),
        (many_pages(), "a.pdf", "401 pages"),
        (b"word " * 700_000, "a.txt", "far more text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_files_are_refused_in_a_sentence(data: bytes, name: str, says: str) -> None:
    with pytest.raises(RefusedDocument, match=says) as refusal:
        read_report(data, name)
    assert str(refusal.value).endswith(".")


def test_the_command_prints_json_and_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.txt"
    path.write_text(POC, encoding="utf-8")
    call_command("read_report", str(path), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert {"authority", "framework", "inspection_start", "inspection_end", "published", "judgements", "areas"} <= set(
        printed
    )
    assert set(printed["areas"][0]) == {"text", "kind", "timescale", "body", "number", "theme", "reference", "page"}
    assert set(printed["problems"][0]) == {"where", "message"}
    call_command("read_report", str(path))
    assert "Sandmouth Council" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"<html>", None])
def test_the_command_refuses_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "report.pdf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        call_command("read_report", str(path))
    assert stopped.value.code == 2
    assert capsys.readouterr().err.strip().endswith(".")


@pytest.mark.parametrize(
    "words",
    [
        "Inspection of Sandmouth Council children's services " * 20_000,
        "Inspection dates: " + "1 May 2019 to " * 50_000,
        "Recommendations\n" + "A Big Name Of Some NHS " * 40_000,
        "What needs to improve?\n- x" + " " * 1_000_000 + "(",
        "What needs to improve?\n" * 40_000,
    ],
    ids=["one line", "dates", "names", "spaces", "headings"],
)
def test_hostile_text_takes_bounded_time(words: str) -> None:
    began = time.perf_counter()
    text_report(words)
    assert time.perf_counter() - began < 20


SEEDS = [
    (POC.encode(), "a.txt"),
    (SIF_WITHOUT_LABELS.encode(), "a.txt"),
    (with_asks(ilacs()).bytes(), "a.pdf"),
    (word_of(["# What needs to improve?", "* One thing or another."]), "a.docx"),
]


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 40)), max_size=8)
)
def test_mutated_files_are_read_or_refused(seed: tuple[bytes, str], cuts: list[tuple[float, bytes, int]]) -> None:
    data, name = bytearray(seed[0]), seed[1]
    for where, put, drop in cuts:
        at = int(where * len(data))
        data[at : at + drop] = put
    with suppress(RefusedDocument):
        read = read_report(bytes(data), name)
        assert all(area.text and area.kind and area.page >= 1 for area in read.areas)
