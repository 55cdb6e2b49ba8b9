"""A public paper holds no name, nothing that may tell who a child is, and nothing that is not marked for publication.

It is searched for in every part of every file, of every kind that may be public, in every format.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.documents.dates import Precision, PrintedDate
from plans.improvement_plan import changes
from plans.improvement_plan.ledger import record
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Kind as Change
from plans.monitoring.changes import submit_update
from plans.monitoring.models import Measure, Reading
from plans.oversight.movement import Point
from plans.oversight.personal_text import findings
from plans.papers.brief import Brief, Choices, ChosenColumn, Recommendation
from plans.papers.columns import EVERYTHING, WITHHELD, WITHHOLDABLE
from plans.papers.content import (
    Cell,
    Chart,
    Head,
    Heading,
    Paper,
    Paragraph,
    Points,
    Row,
    Stamp,
    Table,
    as_plain,
)
from plans.papers.files import file_of
from plans.papers.kinds.catalogue import CATALOGUE, paper_for
from plans.papers.models import PlainWords, SummaryQuestion, YoungPeoplesSummary
from plans.papers.names_out import Names, Person
from plans.papers.public import Cleaner, RefusedPaper, for_public, hidden, redacted_brief
from plans.papers.rules import Audience, Format, Kind, Verb
from plans.papers.selection import Selection
from tests import factories
from tests.cast import Cast
from tests.papers.file_contents import everything_in

AT = factories.moment(2026, 4, 14, 9, 5)
DAY = AT.date()
# A PDF's columns must be wide enough that its words can be read back whole.
WIDE = ("reference", "wording", "by_whom", "by_when", "first_agreed", "progress", "delay_reason", "next_step")
MAY_BE_PUBLIC = [kind for kind, each in CATALOGUE.items() if Audience.PUBLIC in each.audiences]

NAMES = ("Olive Owner", "Lena Lead", "Pat Partner", "Bo Board", "Tim Mate")
# What no public paper of ``told`` may hold, as patterns over its text in small letters.
FORBIDDEN = [
    *(rf"{given}\W+{surname}" for given, surname in (name.lower().split() for name in NAMES)),
    r"m[rs]s?\.? (?:owner|lead|partner)",
    r"943\D{0,3}476\D{0,3}5919",
    r"3/4/2015",
    r"child k\b",
    r"de4 3ag",
    r"07700 ?900123",
    r"olive@|@example",
    r"unpublished",  # an action that is not marked
    r"hushed",  # the parts that are kept out of one that is
    r"17 (?:feb(?:ruary)?) 2027|2027-02-17|\b46435\b",
    r"19 (?:mar(?:ch)?) 2027|2027-03-19|\b46465\b",
]


@pytest.fixture
def told(cast: Cast) -> Cast:
    """The cast's plan with everything in it that a public paper must not say."""
    amend = {"by": cast.lead, "at": AT}
    changes.amend(
        cast.action, wording="Olive Owner trains managers", published=True, reference="1.1", withheld=[], **amend
    )
    submit_update(
        cast.action,
        by=cast.owner,
        at=AT,
        status="in_progress",
        note="Pat Partner and Ms Owner saw Child K (DOB 3/4/2015, NHS 943 476 5919) at DE4 3AG; ring 07700 900123",
        confidence="",
        reported_rag="green",
        next_step="Write to olive@example.org and to LENA LEAD",
    )
    kept_out = factories.an_action(
        cast.plan,
        cast.lead,
        at=AT,
        reference="1.3",
        wording="Audit case files",
        area_id=cast.area.pk,
        lead_id=factories.a_post("Hushed manager", cast.council).pk,
        published=True,
        withheld=list(WITHHOLDABLE),
        **factories.due(date(2027, 2, 17)),
    )
    submit_update(
        kept_out,
        by=cast.lead,
        at=AT,
        status="in_progress",
        note="Hushed progress",
        confidence="",
        delay_reason="Hushed reason",
        next_step="Hushed step",
    )
    asked = {"asked_due_date": date(2027, 3, 19), "asked_due_precision": "day", "asked_reason": "Hushed need"}
    record(kept_out, by=cast.lead, at=AT, kind=Change.EXTENSION_ASKED, note="Hushed request", **asked)
    later = PrintedDate(date(2027, 3, 19), Precision.DAY, "")
    changes.agree_extension(kept_out, by=cast.administrator, at=AT, due=later, note="Hushed decision")
    _measure_and_summary(cast)
    factories.an_action(
        cast.plan, cast.lead, at=AT, reference="9.9", wording="Unpublished action", area_id=cast.area.pk
    )
    cast.plan.title = "Improvement plan of Olive Owner"
    cast.plan.save()
    return cast


def _measure_and_summary(cast: Cast) -> None:
    said = "Asked of Child K and Pat Partner, 943 476 5919"
    measure = Measure.objects.create(organisation=cast.council, name=f"Visits. {said}", unit="%", target=90)
    for month in (1, 2, 3):
        Reading.objects.create(measure=measure, period_ends=date(2026, month, 28), value=70 + month, note=said)
    cast.plan.measures.add(measure)
    cast.action.measures.add(measure)
    cast.area.measures.add(measure)
    summary = YoungPeoplesSummary.objects.create(
        plan=cast.plan, title="By Olive Owner", introduction=said, more=f"{said}\nand Mrs Lead", contact="07700 900123"
    )
    SummaryQuestion.objects.create(summary=summary, question=said[:300], answer=said)
    PlainWords.objects.create(plan=cast.plan, area=cast.area, better=said, doing=said)


def public_brief(cast: Cast, **said: object) -> Brief:
    usual: dict[str, object] = {
        "plan": cast.plan,
        "day": DAY,
        "moment": None,
        "made_by": "Lena Lead",
        "made_at": AT,
        "audience": Audience.PUBLIC,
        "since": Point(date(2026, 1, 6), factories.moment(2026, 1, 6)),
        "title": "Plan by Tim Mate",
        "words": {"background": "Bo Board asked. Child K is well.", "financial": "Ring 07700 900123."},
        "recommendations": (Recommendation(Verb.NOTE, "what Lena Lead says"),),
        "choices": Choices(columns=tuple(ChosenColumn(key) for key in EVERYTHING)),
    }
    return Brief(**{**usual, **said})  # type: ignore[arg-type]


def brief_for(cast: Cast, file_format: Format, **said: object) -> Brief:
    if file_format != Format.PDF:
        return public_brief(cast, **said)
    return public_brief(cast, choices=Choices(columns=tuple(ChosenColumn(key) for key in WIDE)), **said)


def is_safe(text: str) -> list[str]:
    """What of the forbidden is in it."""
    small = " ".join(text.lower().split())
    return [pattern for pattern in FORBIDDEN if re.search(pattern, small)]


@pytest.mark.parametrize("file_format", list(Format))
@pytest.mark.parametrize("kind", MAY_BE_PUBLIC)
def test_no_part_of_any_public_file_says_what_it_must_not(kind: Kind, file_format: Format, told: Cast) -> None:
    paper = paper_for(kind, brief_for(told, file_format))
    content = everything_in(file_of(paper, file_format, AT), file_format)
    assert is_safe(content) == []
    if kind == Kind.FULL_PLAN:
        assert "Head of Service trains managers" in " ".join(content.split())
        assert "Audit case files" in " ".join(content.split())
        assert WITHHELD in content


@pytest.mark.parametrize("file_format", list(Format))
def test_the_search_finds_all_of_it_in_a_paper_for_use_within_the_council(file_format: Format, told: Cast) -> None:
    """Else the test above could not fail."""
    paper = paper_for(Kind.FULL_PLAN, brief_for(told, file_format, audience=Audience.EXEMPT))
    found = is_safe(everything_in(file_of(paper, file_format, AT), file_format))
    elsewhere = {r"bo\W+board", r"lena\W+lead"} if file_format == Format.CSV else {r"bo\W+board"}
    assert {*FORBIDDEN} - {*found} <= elsewhere | {r"tim\W+mate"}


@pytest.mark.parametrize("kind", MAY_BE_PUBLIC)
def test_each_kind_would_say_some_of_it(kind: Kind, told: Cast) -> None:
    paper = paper_for(kind, public_brief(told, audience=Audience.EXEMPT))
    assert len(is_safe(everything_in(file_of(paper, Format.WORD, AT), Format.WORD))) > 2


def test_the_mark_of_now_holds_for_papers_about_earlier_days(told: Cast) -> None:
    action = Action.objects.get(plan=told.plan, reference="1.3")
    changes.amend(action, by=told.lead, at=factories.moment(2026, 5, 1), withheld=[])
    later = factories.moment(2026, 5, 2)
    then = public_brief(told, moment=factories.moment(2026, 4, 20))
    now = public_brief(told, made_at=later)
    assert is_safe(str(as_plain(paper_for(Kind.FULL_PLAN, then)))) == []
    assert is_safe(str(as_plain(paper_for(Kind.FULL_PLAN, now)))) != []
    changes.amend(action, by=told.lead, at=later, published=False)
    assert "Audit case files" not in str(as_plain(paper_for(Kind.FULL_PLAN, then)))


def test_what_was_selected_is_said_without_names(told: Cast) -> None:
    brief = public_brief(told, choices=Choices(selection=Selection(q="Olive Owner")))
    paper = paper_for(Kind.FULL_PLAN, brief)
    assert paper.stamp.rows == 1
    assert paper.stamp.selection == "with “Head of Service”"


def test_a_weak_sign_stands_where_a_person_let_it_and_a_strong_one_never(told: Cast) -> None:
    text = "Child K, 943 476 5919"
    stands = frozenset(one.id for one in findings(text))
    paper = paper_for(Kind.FULL_PLAN, public_brief(told, title=text, let_stand=stands))
    assert paper.title == "Child K, [withheld: may identify a child]"


def test_what_is_put_into_a_template_is_safe_before_it_is_built(told: Cast) -> None:
    brief = redacted_brief(public_brief(told))
    assert brief.title == "Plan by an officer"
    assert brief.words["background"] == "A member of the board asked. [withheld: may identify a child] is well."
    assert brief.recommendations[0].text == "what an officer says"
    assert (brief.made_by, brief.plan.title) == ("", "Improvement plan of Head of Service")
    assert told.plan.title == "Improvement plan of Olive Owner"


# A council's own Word template.


def template(*paragraphs: str, author: str = "") -> bytes:
    """A template that somebody wrote, with their name wherever Word puts it."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    about = document.core_properties
    about.author, about.last_modified_by, about.comments, about.keywords = author, author, f"By {author}", author
    file, whole = BytesIO(), BytesIO()
    document.save(file)
    with ZipFile(file) as package, ZipFile(whole, "w") as again:
        for name in package.namelist():
            part = package.read(name)
            if name == "docProps/app.xml":
                part = part.replace(b"</Properties>", f"<Manager>{author}</Manager></Properties>".encode())
            again.writestr(name, part)
    return whole.getvalue()


@pytest.mark.parametrize("file_format", list(Format))
def test_a_report_from_a_councils_template_names_nobody_in_any_part(file_format: Format, told: Cast) -> None:
    document = template(
        "Report of the Director", "{{ title }}", "{{ background }}", "{{ plan_title }}", author=NAMES[0]
    )
    paper = paper_for(Kind.CABINET, brief_for(told, file_format, template=document))
    assert paper.skeleton
    content = everything_in(file_of(paper, file_format, AT), file_format)
    assert is_safe(content) == []
    if file_format != Format.CSV:
        assert "Report of the Director" in content


def test_a_template_that_names_somebody_makes_no_public_report(told: Cast) -> None:
    document = template("Contact: Olive Owner", "{{ title }}")
    with pytest.raises(RefusedPaper, match="names a person, “Olive Owner”"):
        paper_for(Kind.CABINET, public_brief(told, template=document))


def a_paper(**said: object) -> Paper:
    stamp = Stamp("14 April 2026", 0, "", "Lena Lead", "14 April 2026 at 09:05", illustration=False)
    return Paper(**{"organisation": "Westshire", "title": "Plan", "subtitle": "", "blocks": (), "stamp": stamp, **said})  # type: ignore[arg-type]


def word_file(*pieces: str, author: str = "") -> str:
    document = Document()
    paragraph = document.add_paragraph()
    for piece in pieces:
        paragraph.add_run(piece)
    document.core_properties.author = author
    file = BytesIO()
    document.save(file)
    return b64encode(file.getvalue()).decode()


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        (("Contact: Ol", "ive Own", "er"), "names a person, “Olive Owner”"),
        (("NHS 943 476", " 5919"), "holds an NHS number, “943 47• ••••”. Take it out."),
        (
            ("Ring 07700 ", "900123"),
            "holds a telephone number, “07700 ••••••”. Take it out, or let",
        ),
    ],
)
def test_a_template_that_itself_holds_it_is_refused(pieces: tuple[str, ...], sentence: str, told: Cast) -> None:
    paper = a_paper(skeleton=word_file(*pieces))
    with pytest.raises(RefusedPaper, match=re.escape(sentence)):
        for_public(paper, public_brief(told))


def test_a_template_in_order_is_taken(told: Cast) -> None:
    text = "Ring 07700 900123"
    paper = a_paper(skeleton=word_file("Report of the Director"))
    assert for_public(paper, public_brief(told)).skeleton == paper.skeleton
    let = public_brief(told, let_stand=frozenset({findings(text)[0].id}))
    assert for_public(a_paper(skeleton=word_file(text)), let)


def test_a_template_with_comments_or_tracked_changes_is_refused(told: Cast) -> None:
    document = Document()
    paragraph = document.add_paragraph("Report")
    document.add_comment(paragraph.runs, text="Why?", author="Somebody Else")
    file = BytesIO()
    document.save(file)
    with pytest.raises(RefusedPaper, match="comments or tracked changes"):
        for_public(a_paper(skeleton=b64encode(file.getvalue()).decode()), public_brief(told))


def test_a_file_that_is_no_word_file_is_refused(told: Cast) -> None:
    with pytest.raises(RefusedPaper, match="cannot be read"):
        for_public(a_paper(skeleton=b64encode(b"no file").decode()), public_brief(told))


def test_a_picture_with_a_name_in_it_gives_way_to_its_words(told: Cast) -> None:
    drawn = '<svg xmlns="http://www.w3.org/2000/svg"><text>Olive <tspan>Ow</tspan><tspan>ner</tspan></text></svg>'
    plain = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 943 476 5919"/><text>Overdue</text></svg>'
    charts = tuple(Chart("Overdue of Olive Owner", "2 late", svg) for svg in (drawn, plain))
    made = for_public(a_paper(blocks=charts), public_brief(told))
    assert made.blocks == (
        Paragraph("Overdue of Head of Service. 2 late", small=True),
        Chart("Overdue of Head of Service", "2 late", plain),
    )


def test_what_is_hidden_can_be_known_again_and_not_be_used() -> None:
    assert hidden("943 476 5919") == "943 47• ••••"
    assert hidden("Child K") == "Chi•• •"


# Any text at all.

PEOPLE = [Person("Olive Owner", "Head of Service", "olive@example.org"), Person("Zoë O’Neill", "an officer")]
PLANTED = st.sampled_from(
    [
        "Olive Owner", "OLIVE OWNER", "Ms Owner", "Owner, Olive", "Olive\u00a0Owner", "O. Owner", "Ol\u00adive Owner",
        "Zoe O'Neill", "Zoë O’Neill’s", "olive@example.org", "943 476 5919", "9434765919", "NHS 943 476 5919",
        "DOB 3/4/2015", "born 3 April 2015", "Child K", "child A.B.", "AB (7)", "DE4 3AG", "07700 900123",
        "x.y@example.org", "AB 12 34 56 C", "A80120011234B", "case number 1234567", "3/4/2015 (aged 7)",
    ]
)  # fmt: skip
BETWEEN = st.sampled_from([" ", "\n", ", ", "; (", ") – ", " by 31 March 2027 ", "\u00a0", "/", ": "])
PIECES = st.lists(st.tuples(BETWEEN, PLANTED | st.text(max_size=12)).map("".join))
TEXTS = st.tuples(PIECES.map("".join), BETWEEN).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_no_text_keeps_what_was_planted_in_it(text: str) -> None:
    clean = Cleaner(Names(PEOPLE))
    printed = clean(text)
    assert findings(printed) == []
    assert clean.names.found_in(printed) == []
    assert clean(printed) == printed
    assert not re.search(r"olive.{0,3}owner|o.neill\b|@example", printed.lower())
    assert not re.search(r"943\D?476\D?5919|3/4/2015|07700|3AG|123456|1234567|AB \(|[Cc]hild [AK]", printed)


@settings(max_examples=20, deadline=None)
@given(st.lists(PLANTED, min_size=9, max_size=9))
def test_no_block_of_a_paper_is_forgotten(texts: list[str]) -> None:
    one, two, three, four, five, six, seven, eight, nine = texts
    table = Table(one, (Head("progress", two, 1),), (Row((Cell(three, 7),)), Row((None,))), empty=four)
    blocks = (Heading(five), Paragraph(six), Points((seven,)), table, Chart(eight, nine, "<svg/>"))
    clean = Cleaner(Names(PEOPLE))
    paper = a_paper(title=one, subtitle=two, organisation=three, key=(four,), blocks=blocks)
    brief = Brief(None, DAY, None, "Lena Lead", AT, audience=Audience.PUBLIC)  # type: ignore[arg-type]
    made = for_public(replace(paper, stamp=replace(paper.stamp, selection=five)), brief, clean)
    said = str(as_plain(made)["blocks"]) + made.title + made.subtitle + made.organisation + made.stamp.selection
    assert clean.names.found_in(said) == []
    assert not re.search(r"943\D?476\D?5919|3/4/2015|07700 900123|Lena", said)
    assert made.stamp.public
    assert not made.stamp.made_by
