"""A person is told before a paper becomes public what looks personal and where, and what becomes public of the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plans.improvement_plan import changes
from plans.papers.brief import Brief, Choices, ChosenColumn, Recommendation
from plans.papers.content import Chart, Heading, Paper, Paragraph, Points, Stamp
from plans.papers.kinds import catalogue
from plans.papers.rules import Audience, Kind, Verb
from plans.papers.selection import Selection
from plans.papers.warnings import Becoming, check_public, warnings_of, what_becomes_public
from tests import factories
from tests.cast import Cast

AT = factories.moment(2026, 4, 14, 9, 5)


@pytest.fixture
def marked(cast: Cast) -> Cast:
    for action in (cast.action, cast.partner_action):
        changes.amend(action, by=cast.lead, at=AT, published=True)
    changes.amend(cast.action, by=cast.lead, at=AT, wording="See to Child K, NHS 943 476 5919, with Pat Partner")
    return cast


def public_brief(cast: Cast, *columns: str, **said: object) -> Brief:
    choices = Choices(columns=tuple(ChosenColumn(key) for key in columns))
    usual: dict[str, object] = {"audience": Audience.PUBLIC, "choices": choices}
    return Brief(cast.plan, AT.date(), None, "Lena Lead", AT, **{**usual, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", [("reference", "wording"), ("area", "wording", "by_whom", "by_when")])
def test_a_warning_says_what_and_where_and_hides_it(columns: tuple[str, ...], marked: Cast) -> None:
    strong, weak = warnings_of(Kind.FULL_PLAN, public_brief(marked, *columns))
    assert (strong.kind, strong.strong, strong.stands) == ("an NHS number", True, False)
    assert (weak.kind, weak.strong, weak.stands) == ("what may be a child’s initials", False, False)
    for warning in (strong, weak):
        assert (warning.where, warning.action) == ("Action 1.1, action", marked.action.pk)
        assert warning.excerpt == "See to Chi•• •, NHS 943 47• ••••, with Pat Partner"


def test_what_a_person_let_stand_stands_and_what_is_strong_does_not(marked: Cast) -> None:
    brief = public_brief(marked, "reference", "wording")
    ids = frozenset(warning.id for warning in warnings_of(Kind.FULL_PLAN, brief))
    again = warnings_of(Kind.FULL_PLAN, replace(brief, let_stand=ids))
    assert [(warning.strong, warning.stands) for warning in again] == [(True, False), (False, True)]


def test_names_are_told_with_what_stands_in_their_place(marked: Cast) -> None:
    (named,) = check_public(Kind.FULL_PLAN, public_brief(marked, "reference", "wording")).names
    assert (named.name, named.instead) == ("Pat Partner", "Designated nurse (Westshire ICB)")
    assert (named.where, named.action) == ("Action 1.1, action", marked.action.pk)


def test_the_words_of_the_paper_itself_are_looked_at_once(marked: Cast) -> None:
    brief = public_brief(
        marked,
        "reference",
        title="Plan for Child Q",
        words={"financial": "Ring 07700 900123"},
        recommendations=(Recommendation(Verb.NOTE, "the file of Child R"),),
    )
    told = {warning.where: warning.kind for warning in warnings_of(Kind.FULL_PLAN, brief)}
    assert told == {
        "Title": "what may be a child’s initials",
        "Financial considerations": "a telephone number",
        "Recommendation 1": "what may be a child’s initials",
    }


def test_every_sort_of_block_is_looked_at(marked: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = Stamp("14 April 2026", 0, "with “Child A”", "", "", illustration=False)
    blocks = (
        Heading("Child B"),
        Paragraph("Child C"),
        Points(("Child D",)),
        Chart("Late", "Child E", "<svg/>"),
    )
    paper = Paper("Westshire", "Plan", "Child F", blocks, stamp, key=("Child G",))
    kind = replace(catalogue.CATALOGUE[Kind.FULL_PLAN], build=lambda brief: paper)
    monkeypatch.setitem(catalogue.CATALOGUE, Kind.FULL_PLAN, kind)
    told = {warning.where for warning in warnings_of(Kind.FULL_PLAN, public_brief(marked))}
    assert told == {
        "Which actions are in it", "Heading “Child B”", "Under “Child B”", "Picture “Late”", "Title",
        "What the ratings mean",
    }  # fmt: skip


def test_a_paper_for_the_council_raises_no_warning(marked: Cast) -> None:
    assert check_public(Kind.FULL_PLAN, public_brief(marked, audience=Audience.EXEMPT)).warnings == []


def test_an_excerpt_of_a_long_text_is_short_and_whole_words(cast: Cast) -> None:
    long = f"{'Nothing to see in this sentence at all. ' * 20}Visit Child K soon.{' And so on and on it goes.' * 20}"
    changes.amend(cast.action, by=cast.lead, at=AT, wording=long, published=True)
    (warning,) = warnings_of(Kind.FULL_PLAN, public_brief(cast, "reference", "wording"))
    assert warning.excerpt.startswith("… ")
    assert warning.excerpt.endswith(" …")
    assert "Visit Chi•• • soon." in warning.excerpt
    assert len(warning.excerpt) < 120


# What becomes public.


def test_what_becomes_public_is_counted_by_the_marks_of_now(cast: Cast) -> None:
    changes.amend(cast.action, by=cast.lead, at=AT, published=True, withheld=["dates", "next_step"])
    found = what_becomes_public(public_brief(cast))
    assert found == Becoming(1, 2, ("1.2",), (("Its dates, and how late it is", ("1.1",)), ("The next step", ("1.1",))))
    assert found.sentence == "1 of 2 actions; 1 is not marked for publication: 1.2."
    earlier = replace(public_brief(cast), moment=factories.moment(2026, 4, 1))
    assert what_becomes_public(earlier) == found
    changes.amend(cast.partner_action, by=cast.lead, at=AT, published=True)
    assert what_becomes_public(public_brief(cast)).sentence == "All 2 actions."


def test_only_what_is_selected_is_counted(cast: Cast) -> None:
    for number in range(3):
        factories.an_action(cast.plan, cast.lead, reference=f"2.{number}", wording="Audit files", position=9)
    brief = public_brief(cast, choices=Choices(selection=Selection(q="Audit")))
    assert what_becomes_public(brief).sentence == (
        "0 of 3 actions; 3 are not marked for publication: 2.0, 2.1 and 2.2."
    )
