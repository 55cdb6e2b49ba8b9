"""A template that cannot be used is refused with every sentence about it; one that can says which fields it uses."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document

from plans.papers import word_template, word_template_package
from plans.papers.considerations import BY_NAME, FIELDS, Holds, still_empty, words_as_blocks
from plans.papers.content import Paragraph, Points
from plans.papers.shipped_templates import shipped_bytes, shipped_templates
from plans.papers.word_template import RefusedTemplate, TemplateFacts, template_facts
from tests.papers.making_templates import (
    OLE,
    in_body,
    in_this_process,
    saved,
    template_of,
    with_parts,
    with_relation,
    with_runs,
)

GOOD = template_of("{{ title }}", "{{ purpose }}")
DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "word-templates.md"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_template, "exchange", in_this_process)


def refused(data: bytes) -> tuple[str, ...]:
    with pytest.raises(RefusedTemplate) as refusal:
        template_facts(data)
    assert all(problem.rstrip().endswith((".", ")", "?")) for problem in refusal.value.problems)
    return refusal.value.problems


# What the file is.

NO_WORD = "This is not a Word document (.docx). Open it in Word and save it as .docx."


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name.replace("__", "/"), part)
    return file.getvalue()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", NO_WORD),
        (b"words alone", NO_WORD),
        (b"%PDF-1.7", NO_WORD),
        (zipped(a=b"b"), NO_WORD),
        (GOOD[:900], "The file is damaged or was cut short."),
        (OLE + b"words", "This is an old Word file (.doc)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "The file is protected by a password."),
        (
            with_parts(GOOD, parts={"word/document.xml": b"<w:document>"}),
            "The file is damaged or was cut short.",
        ),
    ],
)
def test_what_is_no_word_document_is_refused(data: bytes, said: str) -> None:
    (problem,) = refused(data)
    assert problem.startswith(said)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(b"PK" + b"x" * word_template_package.MOST_BYTES)[0].startswith("The file is larger than 10 MB.")
    bomb = with_parts(GOOD, parts={"word/media/picture.png": b"\0" * (word_template_package.MOST_UNPACKED + 1)})
    assert len(bomb) < 1_000_000
    assert refused(bomb)[0].startswith("The file unpacks to more than 60 MB")


MAIN = b"wordprocessingml.document.main+xml"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (with_parts(GOOD, parts={"word/vbaProject.bin": b"x"}), "The file holds macros."),
        (
            with_parts(
                GOOD,
                parts={
                    "[Content_Types].xml": lambda old: old.replace(
                        b"application/vnd.openxmlformats-officedocument." + MAIN,
                        b"application/vnd.ms-word.document.macroEnabled.main+xml",
                    )
                },
            ),
            "The file holds macros.",
        ),
        (with_parts(GOOD, parts={"word/embeddings/oleObject1.bin": b"x"}), "The file holds another file"),
        (with_parts(GOOD, parts={"word/activeX/activeX1.xml": b"<a/>"}), "The file holds form controls"),
        (with_relation(GOOD, "aFChunk", "more.html", external=False), "The file holds another document inside it."),
        (
            with_relation(GOOD, "attachedTemplate", "file:///S:/council.dotm"),
            "The file is linked to another template (file:///S:/council.dotm).",
        ),
        (
            with_relation(GOOD, "image", "https://example.org/logo.png"),
            "A picture in it is linked from elsewhere (https://example.org/logo.png).",
        ),
        (with_relation(GOOD, "oleObject", "file:///x"), "Something in it is linked from elsewhere"),
        (with_relation(GOOD, "hyperlink", "file:///c:/run.exe"), "A link in it leads to a file or a program"),
        (
            with_parts(
                GOOD,
                parts={"word/settings.xml": lambda old: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + old[old.index(b"<w:") :]},
            ),
            "The file declares a document type",
        ),
        (
            in_body(GOOD, '<w:p><w:r><w:instrText> INCLUDEPICTURE "http://x/y.png" </w:instrText></w:r></w:p>'),
            "A Word field in it (INCLUDEPICTURE) reads from elsewhere",
        ),
        (in_body(GOOD, '<w:p><w:fldSimple w:instr="DDEAUTO c cmd"/></w:p>'), "A Word field in it (DDEAUTO)"),
        (
            in_body(GOOD, '<w:p><w:ins w:id="1" w:author="Jo"><w:r><w:t>new</w:t></w:r></w:ins></w:p>'),
            "The file holds tracked changes.",
        ),
        (
            with_parts(
                GOOD,
                parts={
                    "word/settings.xml": lambda old: old.replace(
                        b"</w:settings>", b'<w:documentProtection w:edit="readOnly" w:enforcement="1"/></w:settings>'
                    )
                },
            ),
            "The file is protected against changes.",
        ),
    ],
)
def test_what_runs_fetches_or_hides_something_is_refused(data: bytes, said: str) -> None:
    (problem,) = refused(data)
    assert problem.startswith(said)


@pytest.mark.usefixtures("quick")
def test_comments_are_refused() -> None:
    document = Document()
    run = document.add_paragraph("{{ title }}").add_run("x")
    document.add_comment(run, text="Look", author="Jo", initials="J")
    assert "The file holds comments. Delete them." in refused(saved(document))


@pytest.mark.usefixtures("quick")
def test_a_link_to_a_web_page_is_taken() -> None:
    assert template_facts(with_relation(GOOD, "hyperlink", "https://www.gov.uk/")).fields == ("title", "purpose")


@pytest.mark.usefixtures("quick")
def test_a_template_of_word_itself_is_taken() -> None:
    as_dotx = with_parts(
        GOOD, parts={"[Content_Types].xml": lambda old: old.replace(MAIN, b"wordprocessingml.template.main+xml")}
    )
    assert template_facts(as_dotx).fields == ("title", "purpose")


@pytest.mark.usefixtures("quick")
def test_all_that_is_wrong_is_said_at_once() -> None:
    data = with_relation(with_parts(GOOD, parts={"word/vbaProject.bin": b"x"}), "image", "http://x/y.png")
    assert len(refused(data)) == 2
    problems = refused(template_of("{{ purpos }}", "{{ title", "See {{ plan_table }} here", header="{{ areas }}"))
    assert [problem.split(" (")[0] for problem in problems] == [
        "There is no field “purpos”. Did you mean “purpose”?",
        "A “{{” is not closed, or not opened, in its own paragraph.",
        "“plan_table” is a block and must stand alone in its paragraph.",
        "“areas” is a block and cannot stand in the header. Move it into the text.",
    ]
    assert "(in the paragraph “See {{ plan_table }} here”)" in problems[2]
    assert "(in the header, in the paragraph “{{ areas }}”)" in problems[3]


# What it says.


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ financal }}", "There is no field “financal”. Did you mean “financial”?"),
        ("{{ nothing_like_it_here }}", "There is no field “nothing_like_it_here”. The list of fields says"),
        ("{{ title", "A “{{” is not closed"),
        ("{% if title", "A “{%” is not closed"),
        ("{{ }}", "“{{  }}” is not the name of a field."),
        ("{{ title.upper() }}", "“{{ title.upper() }}” is not the name of a field."),
        ("{{ ''.__class__.__mro__ }}", "is not the name of a field."),
        ("{{ title|upper }}", "is not the name of a field."),
        ("{{ 9**9**9 }}", "is not the name of a field."),
        ("{{ title * 1000000 }}", "is not the name of a field."),
        ("{{ self._TemplateReference__context }}", "is not the name of a field."),
        ("{{p recommendations }}", "Write “{{ recommendations }}”, without the “p”."),
        ("{{r title }}", "Write “{{ title }}”, without the “r”."),
        ("{{ each_area }}", "“each_area” is a list."),
        ("{% for area in areas %}{% endfor %}", "“areas” is not a list."),
        ("{% for item in range(9) %}{% endfor %}", "is no loop."),
        ("{% for title in each_area %}{% endfor %}", "“title” is the name of a field."),
        ("{% for item in each_are %}{% endfor %}", "There is no field “each_are”. Did you mean “each_area”?"),
        ("{% if title == 'x' %}{% endif %}", "cannot be used. An “if” asks about fields"),
        ("{% if titel %}{% endif %}", "There is no field “titel”. Did you mean “title”?"),
        ("{% set x = 1 %}", "“{% set x = 1 %}” cannot be used."),
        ("{% include 'x' %}", "cannot be used."),
        ("{% macro x() %}{% endmacro %}", "cannot be used."),
        ("{% colspan 3 %}", "cannot be used."),
        ("{%p if title %} and more", "stands for its whole paragraph and must be alone in it."),
        ("{% if title %}open", "A condition or a loop is not closed"),
        ("{% endif %}", "has nothing that it ends where it stands."),
    ],
)
def test_a_mistake_in_a_template_is_said_with_its_paragraph(text: str, said: str) -> None:
    (problem, *_) = refused(template_of("A heading", text))
    assert said in problem
    assert "paragraph “" in problem or "at the end" in problem


def test_a_template_says_nothing_where_a_reader_would_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands outside paragraphs is read as a template as well, and held to the same."""
    drawn = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<wp:docPr id="1" name="a" descr="{{ title.__class__ }}"/></wp:inline></w:drawing></w:r></w:p>'
    )
    assert "The file uses more than fields." in refused(in_body(GOOD, drawn))[0]


@pytest.mark.usefixtures("quick")
def test_blocks_stand_where_they_can() -> None:
    assert "cannot stand in a table" in refused(template_of("{{ title }}", cells=[["{{ plan_table }}"]]))[0]
    assert template_facts(template_of("{{ title }}", cells=[["To do", "{{ recommendations }}"]])).fields == (
        "title",
        "recommendations",
    )


def test_a_loop_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_template, "SECONDS", 1)
    loops = [f"{{% for a{depth} in each_area %}}" for depth in range(12)]
    endless = template_of("".join(loops) + "x" + "{% endfor %}" * 12)
    (problem,) = refused(endless)
    assert problem.startswith("Filling this template took longer than 1 seconds, so it was stopped. A loop")


def test_a_loop_that_takes_all_memory_is_stopped() -> None:
    pytest.importorskip("resource")
    loops = [f"{{% for a{depth} in each_area %}}" for depth in range(7)]
    (problem,) = refused(template_of("".join(loops) + "x" * 3_000 + "{% endfor %}" * 7))
    assert "needs more memory" in problem or "took longer" in problem


@pytest.mark.usefixtures("quick")
def test_fields_are_found_however_word_cuts_them_and_wherever_they_stand() -> None:
    assert template_facts(with_runs("For {", "{ pur", "pose", " }", "} now")).fields == ("purpose",)
    found = template_facts(
        template_of(
            "{{ title }}", header="{{ organisation }}", footer="{{ as_at }}", cells=[["{{ legal }}", "{{title}}"]]
        )
    )
    assert found.fields == ("title", "legal", "organisation", "as_at")


@pytest.mark.usefixtures("quick")
def test_what_is_left_out_where_it_is_empty_is_no_gap() -> None:
    facts = template_facts(
        template_of(
            "{{ purpose }}", "{%p if portfolio %}", "{{ portfolio }}", "{%p endif %}", "{{ as_at }}", "{{ risk }}"
        )
    )
    assert facts == TemplateFacts(("purpose", "portfolio", "as_at", "risk"), frozenset({"portfolio"}))
    assert [field.name for field in facts.typed] == ["purpose", "portfolio", "risk"]
    assert [field.name for field in facts.empty({"purpose": "Said", "risk": "  "})] == ["risk"]
    assert [field.name for field in still_empty(facts.fields, {"risk": "None"})] == ["purpose", "portfolio"]


# The fields and the templates to start from.


def test_every_field_is_documented_and_every_documented_field_exists() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, label) for name, label, _ in documented] == [(field.name, field.label) for field in FIELDS]
    assert len(BY_NAME) == len(FIELDS)


def test_no_field_is_called_what_the_template_language_keeps_for_itself() -> None:
    assert not {"if", "for", "in", "loop", "self", "none", "true", "false", "item"} & set(BY_NAME)


@pytest.mark.parametrize("key", [key for key, _ in shipped_templates()])
def test_the_templates_to_start_from_are_good_and_always_the_same(key: str) -> None:
    data = shipped_bytes(key)
    facts = template_facts(data)
    assert {"title", "purpose" if key == "considerations" else "summary", "appendices", "stamp"} <= set(facts.fields)
    shipped_bytes.cache_clear()
    assert shipped_bytes(key) == data


@pytest.mark.usefixtures("quick")
def test_all_fields_can_stand_in_one_template() -> None:
    lists = [text for field in FIELDS if field.holds == Holds.LIST for text in
             (f"{{%p for item in {field.name} %}}", "{{ item }}", "{%p endfor %}")]  # fmt: skip
    data = template_of(*(f"{{{{ {field.name} }}}}" for field in FIELDS if field.holds != Holds.LIST), *lists)
    assert set(template_facts(data).fields) == set(BY_NAME)


# What is typed.


@pytest.mark.parametrize(
    ("typed", "blocks"),
    [
        ("", []),
        ("One line", [Paragraph("One line")]),
        ("One\ntwo\n\nthree", [Paragraph("One\ntwo"), Paragraph("three")]),
        ("Asks:\n- a\n- b\nThen", [Paragraph("Asks:"), Points(("a", "b")), Paragraph("Then")]),
        ("1. a\n2. b", [Points(("a", "b"), "1")]),
        ("i) a\nii) b\n  and more", [Points(("a", "b and more"), "i")]),
        ("• a\n\n• b", [Points(("a", "b"))]),
        ("-5 degrees\n2020 was hot", [Paragraph("-5 degrees\n2020 was hot")]),
    ],
)
def test_what_is_typed_becomes_paragraphs_and_lists(typed: str, blocks: list[object]) -> None:
    assert words_as_blocks(typed) == blocks
