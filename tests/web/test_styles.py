import re
from pathlib import Path
from types import SimpleNamespace

import django_tables2 as tables
import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from plans.improvement_plan.rules import Rag
from plans.improvement_plan.timeliness import Timeliness
from plans.web.tables.cells import rag_tag, timeliness_tag

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "plans" / "static" / "plans"
# A mail brings its own styles: no stylesheet of ours reaches a mailbox, and no policy of ours holds there.
MAIL = "mail.html"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if path.name != MAIL)


@pytest.fixture(scope="module")
def css() -> str:
    return (STATIC / "tracker.css").read_text()


@pytest.mark.parametrize("word", ["@font-face", "GDS Transport", "crest", "crown", "registry", "sourceMappingURL"])
def test_stylesheet_has_none_of(css: str, word: str) -> None:
    assert word.lower() not in css.lower()


def test_stylesheet_fetches_nothing(css: str) -> None:
    assert "@import" not in css
    assert re.findall(r"url\((?![\"']?data:)", css) == []


def test_stylesheet_has_what_the_sources_name(css: str) -> None:
    """Every class of ours that a component or the table uses is styled, so a rename cannot half happen."""
    text = "".join(path.read_text() for path in TEMPLATES if path.parent.name in {"components", "tables"})
    used = set(re.findall(r"\bapp-[a-z]+(?:__[a-z]+)?\b(?!-)", text))
    assert {name for name in used if f".{name}" not in css} == set()


@pytest.mark.parametrize("word", list(Timeliness))
def test_each_timeliness_word_has_its_own_look(css: str, word: Timeliness) -> None:
    html = timeliness_tag(SimpleNamespace(timeliness=word))
    (kind,) = re.findall(r"app-tag--[a-z-]+", html)
    assert f".{kind}" in css
    assert f">{word.label if word != Timeliness.COMPLETE else 'Complete'}<" in html


@pytest.mark.parametrize("word", list(Rag))
def test_each_rating_has_a_shape_as_well_as_a_colour(css: str, word: Rag) -> None:
    html = rag_tag(word)
    assert f".app-rag--{word}::before" in css
    assert f">{word.label}<" in html


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_to_the_content_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=\"", text)
    assert "javascript:" not in text


def test_sources_name_no_registry() -> None:
    for path in [
        ROOT / "styles" / "package-lock.json",
        ROOT / "styles" / "package.json",
        STATIC / "start.js",
    ]:
        text = path.read_text()
        assert '"resolved"' not in text
        assert "registry." not in text


def test_script_names_no_map_and_has_its_licence_beside_it() -> None:
    assert "sourceMappingURL" not in (STATIC / "govuk-frontend.min.js").read_text()
    assert "MIT License" in (STATIC / "LICENCE-govuk-frontend.txt").read_text()


def test_500_needs_no_context() -> None:
    assert "Something went wrong" in render_to_string("500.html")


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html"])
def test_other_error_pages_need_no_context(name: str) -> None:
    html = render_to_string(name)
    assert 'lang="en-GB"' in html
    assert "– Improvement Plan Tracker</title>" in html


def test_title_says_when_there_is_an_error() -> None:
    html = render_to_string("404.html", {"form_has_errors": True, "user": AnonymousUser()})
    assert "<title>Error: Page not found – Improvement Plan Tracker</title>" in html


class Actions(tables.Table):
    caption = "Overdue"
    nouns = ("action", "actions")
    title = tables.Column(verbose_name="Action", attrs={"td": {"scope": "row"}})
    late = tables.Column(verbose_name="Days late", attrs={"cell": {"class": "app-number"}})


def shown(address: str, rows: int) -> str:
    request = RequestFactory().get(address)
    table = Actions([{"title": f"<{n}>", "late": n} for n in range(rows)])
    tables.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return table.as_html(request)


def test_table_says_what_it_is_to_a_screen_reader() -> None:
    html = shown("/?sort=-late&board=2&page=2", 313)
    assert '<caption class="govuk-visually-hidden">Overdue</caption>' in html
    assert html.count('<th scope="col"') == 2
    assert html.count('<th scope="row">') == 50
    assert html.count('aria-sort="descending"') == 1
    assert "&lt;262&gt;" in html


def test_table_labels_its_cells_for_phones_and_carries_no_stripes() -> None:
    html = shown("/", 3)
    assert html.count('<td class="app-number" data-label="Days late">') == 3
    assert "even" not in html
    assert "odd" not in html


def test_table_links_keep_the_question_and_sorting_goes_to_the_first_page() -> None:
    html = shown("/?sort=-late&board=2&page=2", 313)
    assert 'href="?sort=late&amp;board=2"' in html
    assert 'href="?sort=-late&amp;board=2&amp;page=3"' in html
    assert "Showing 51 to 100 of 313 actions" in html
    assert 'aria-label="Page 2" aria-current="page"' in html


def test_table_counts_one_and_none() -> None:
    assert "Showing 1 action</p>" in shown("/", 1)
    assert "Nothing to show." in shown("/", 0)


def test_day_picker_keeps_the_rest_of_the_question() -> None:
    html = render_to_string(
        "components/as_at.html",
        {"words": "16 March 2020", "value": "<x>", "kept": [("board", "2")], "error": "Enter a day"},
    )
    assert '<input type="hidden" name="board" value="2">' in html
    assert 'value="&lt;x&gt;"' in html
    assert 'aria-describedby="as_at_error"' in html
