"""One question over actions, areas, updates and evidence: the same answer on either database, and never too much."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.access.models import User
from plans.findings.models import Area
from plans.improvement_plan.ledger import Change, record, record_history
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind
from plans.monitoring.changes import OfferedEvidence, add_evidence
from plans.monitoring.evidence_files import TEXT
from plans.monitoring.models import Evidence
from plans.oversight.porter import porter_stem
from plans.oversight.search import MOST_COUNTED, ROWS_A_PAGE, FoundKind, pages_of, search
from plans.oversight.search_index import INDEXED, install, installed, wanted
from plans.oversight.search_words import Term, excerpt, marked, read_terms
from tests import factories
from tests.cast import Cast


def found(typed: str, user: User, kind: FoundKind) -> list[int]:
    answer = search(typed, user, kind=kind)
    return [row.pk for group in answer.groups for row in group.found]


def actions(typed: str, user: User) -> list[str]:
    answer = search(typed, user, kind=FoundKind.ACTION)
    return [row.reference for group in answer.groups for row in group.found]


@pytest.fixture
def named(cast: Cast) -> dict[str, Action]:
    rows = {
        "4.2": "Begin each child’s personal education plan (PEP) within ten days",
        "4.20": "Audit the chronologies of every follow-up, and/or the café’s records",
        "S47/a": "Record strategy discussions in the same way",
        "9": "Sample supervision: 4.2 visits a month",
    }
    return {
        reference: factories.an_action(cast.plan, cast.lead, reference=reference, wording=wording)
        for reference, wording in rows.items()
    }


@pytest.mark.parametrize(
    ("typed", "references"),
    [
        # A reference first, then wording; a number is typed to its end.
        ("4.2", ["4.2", "9"]),
        ("4.20", ["4.20"]),
        ("s47/a", ["S47/a"]),
        # Any form of a word, in any case, with or without accents.
        ("records", ["1.1", "1.2", "4.20", "S47/a"]),
        ("RECORDING", ["1.1", "1.2", "4.20", "S47/a"]),
        ("cafe", ["4.20"]),
        ("CAFÉ", ["4.20"]),
        ("cafés", ["4.20"]),
        ("child's", ["4.2"]),
        ("child’s", ["4.2"]),
        ("child", ["4.2"]),
        # Every word must be there; the last may be begun only.
        ("strategy record", ["S47/a"]),
        ("record strat", ["S47/a"]),
        ("strat record", []),
        ("superv", ["9"]),
        ("the", ["4.20", "S47/a"]),
        # Words are split at what is no letter and no number.
        ("follow up", ["4.20"]),
        ("follow-up", ["4.20"]),
        ("and/or", ["4.20"]),
        ("pep", ["4.2"]),
        # Words in quotation marks follow one another.
        ('"strategy discussion"', ["S47/a"]),
        ('"discussion strategy"', []),
        ("“record strategy”", ["S47/a"]),
        # Nothing joins the end of one text with the beginning of the next.
        ('"s47 a record"', []),
    ],
)
def test_what_is_found(cast: Cast, named: dict[str, Action], typed: str, references: list[str]) -> None:
    assert actions(typed, cast.lead) == references


HOSTILE = [
    "it's", "a AND", "C++", "plan (2020", "-x", '"', "\"'", "*", "a*b", "NEAR(a b)", "wording:x", "{wording}: a",
    "^a", "NOT", "a OR b", "a & | ! <-> b", ":*", "\\", "%", "\x00plan\x00", "\ud800", "ﷺ", "½",
    "e\u0301\u0301", "'" * 300, "word " * 200, "x" * 5000,
    "🙂", "中文 字", "1e5", "-3.5", "a@b.org", "http://x.org/y?z=1", "\u0345", "ß", "İ",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_can_be_an_error(cast: Cast, typed: str) -> None:
    search(typed, cast.lead)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=40))
def test_no_text_can_be_an_error(cast: Cast, typed: str) -> None:
    search(typed, cast.lead)


def test_what_holds_no_letter_and_no_number_asks_for_nothing(cast: Cast) -> None:
    assert search(" – ( ) “ ", cast.lead).terms == ()
    assert search("", cast.lead).count == 0


def test_each_text_of_an_action_is_searched(cast: Cast) -> None:
    record(
        cast.action,
        by=cast.owner,
        at=factories.moment(2026, 2, 1),
        kind=Kind.PROGRESS,
        note="Zebra crossings counted",
        next_step="Giraffe",
        delay_reason="Elephant",
    )
    for typed in ("zebra", "giraffe", "elephant", "zebra giraffe"):
        assert actions(typed, cast.lead) == ["1.1"], typed
    assert actions("zebra nothing", cast.lead) == []


def test_rows_that_change_are_found_as_they_are_now(cast: Cast) -> None:
    record(cast.action, by=cast.lead, at=factories.moment(2026, 2, 1), kind=Kind.AMENDED, wording="Count zebras")
    assert actions("zebra", cast.lead) == ["1.1"]
    record(cast.action, by=cast.lead, at=factories.moment(2026, 2, 2), kind=Kind.AMENDED, wording="Count giraffes")
    assert actions("zebra", cast.lead) == []
    assert actions("giraffe", cast.lead) == ["1.1"]
    cast.area.wording = "Zebras in time"
    cast.area.save()
    assert found("zebra", cast.lead, FoundKind.AREA) == [cast.area.pk]
    Area.objects.filter(pk=cast.area.pk).update(wording="Giraffes in time")
    assert found("zebra", cast.lead, FoundKind.AREA) == []


def test_notes_stay_found_and_the_newest_comes_first(cast: Cast) -> None:
    first = record(cast.action, by=cast.owner, at=factories.moment(2026, 2, 1), kind=Kind.PROGRESS, note="A zebra")
    second = record(cast.action, by=cast.owner, at=factories.moment(2026, 2, 2), kind=Kind.PROGRESS, note="Zebras")
    record(cast.action, by=cast.owner, at=factories.moment(2026, 2, 3), kind=Kind.NO_CHANGE)
    assert found("zebra", cast.lead, FoundKind.UPDATE) == [second.pk, first.pk]


def test_rows_loaded_in_bulk_are_found(cast: Cast) -> None:
    history = [
        Change(cast.lead, factories.START, Kind.ADDED, changes={"reference": "Z1", "wording": "Count zebras"}),
        Change(cast.lead, factories.moment(2026, 2, 1), Kind.PROGRESS, "Giraffes seen"),
    ]
    (action,) = record_history(cast.plan, [history], recorded_at=factories.moment(2026, 3, 1))
    assert actions("zebra", cast.lead) == actions("giraffe", cast.lead) == ["Z1"]
    assert found("giraffe", cast.lead, FoundKind.UPDATE) == [action.updates.get(sequence=2).pk]
    areas = Area.objects.bulk_create(
        [
            Area(
                inspection=cast.inspection,
                number=900,
                wording="Zebra",
                kind=cast.area.kind,
                addressed_to=cast.council,
            )
        ]
    )
    assert found("zebra", cast.lead, FoundKind.AREA) == [areas[0].pk]


def an_evidence(cast: Cast, title: str, action: Action | None = None) -> Evidence:
    offered = OfferedEvidence("output", title, ContentFile(b"Minutes", "minutes.txt"), TEXT)
    return add_evidence(action or cast.action, offered, by=cast.owner, at=factories.START)


def test_evidence_is_found_by_its_title_until_it_is_deleted(cast: Cast) -> None:
    evidence = an_evidence(cast, "Minutes of the zebra group")
    assert found("zebras", cast.lead, FoundKind.EVIDENCE) == [evidence.pk]
    Evidence.objects.filter(pk=evidence.pk).delete()
    assert found("zebras", cast.lead, FoundKind.EVIDENCE) == []


@pytest.fixture
def everywhere(cast: Cast) -> Cast:
    for action in (cast.action, cast.partner_action):
        at = factories.moment(2026, 2, 1)
        record(action, by=cast.lead, at=at, kind=Kind.PROGRESS, note="Zebra noted")
        an_evidence(cast, "Zebra minutes", action)
    cast.area.wording = "Zebra in time"
    cast.area.save()
    return cast


def counts(typed: str, user: User) -> dict[str, int]:
    return {group.kind.value: group.count for group in search(typed, user).groups}


def test_each_kind_is_within_what_the_person_may_see(everywhere: Cast) -> None:
    cast = everywhere
    everything = {"action": 2, "area": 1, "update": 2, "evidence": 2}
    for member in ("owner", "team_mate", "board_member", "lead", "administrator", "reader"):
        assert counts("zebra", getattr(cast, member)) == everything, member
    assert counts("zebra", cast.stranger) == {"action": 0, "area": 0, "update": 0, "evidence": 0}
    # A partner: what is theirs, and no area of the council's report.
    assert counts("zebra", cast.partner) == {"action": 1, "area": 0, "update": 1, "evidence": 1}
    shown = [row for group in search("zebra", cast.partner).groups for row in group.found]
    assert {row.reference for row in shown} == {"1.2"}


def test_a_draft_is_not_found_by_its_board(everywhere: Cast) -> None:
    everywhere.plan.stage = "draft"
    everywhere.plan.save()
    found_by_board = counts("zebra", everywhere.board_member)
    assert (found_by_board["action"], found_by_board["update"], found_by_board["evidence"]) == (0, 0, 0)
    assert counts("zebra", everywhere.lead)["action"] == 2


def test_a_list_comes_in_pages_and_counting_ends_somewhere(cast: Cast) -> None:
    histories = [
        [Change(cast.lead, factories.START, Kind.ADDED, changes={"reference": f"Z{n}", "wording": f"Zebra {n}"})]
        for n in range(MOST_COUNTED + 5)
    ]
    record_history(cast.plan, histories, recorded_at=factories.START)
    (group,) = [each for each in search("zebra", cast.lead, kind=FoundKind.ACTION, page=2).groups if each.found]
    assert (group.count, group.uncounted, len(group.found)) == (MOST_COUNTED + 1, True, ROWS_A_PAGE)
    assert [row.reference for row in group.found[:2]] == ["Z20", "Z21"]
    assert pages_of(group.count) == MOST_COUNTED // ROWS_A_PAGE
    assert len(search("zebra", cast.lead).groups[0].found) == 5


# The index


def test_what_keeps_the_index_is_installed(db: None) -> None:
    assert installed(connection) == wanted(connection)


def test_an_index_made_again_holds_the_rows_that_there_are(cast: Cast) -> None:
    connection.check_constraints()  # PostgreSQL makes no index while these wait
    for table in INDEXED:
        install(connection, table)
    assert installed(connection) == wanted(connection)
    assert "1.1" in actions("discussion", cast.lead)
    record(cast.action, by=cast.lead, at=factories.moment(2026, 2, 1), kind=Kind.AMENDED, wording="Count zebras")
    assert actions("zebra", cast.lead) == ["1.1"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="FTS5 is SQLite’s")
def test_the_index_agrees_with_the_rows(everywhere: Cast) -> None:
    record(
        everywhere.action, by=everywhere.lead, at=factories.moment(2026, 3, 1), kind=Kind.AMENDED, wording="Count cats"
    )
    with connection.cursor() as cursor:
        for indexed in INDEXED.values():
            if not indexed.append_only:
                # FTS5 raises where its index is not that of the rows.
                cursor.execute(f"INSERT INTO {indexed.index}({indexed.index}, rank) VALUES ('integrity-check', 1)")
        cursor.execute("SELECT count(*) FROM plans_update_search WHERE plans_update_search MATCH 'zebra'")
        assert cursor.fetchone()[0] == Update.objects.filter(note__icontains="zebra").count()


# What was typed, and what is marked


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("record strat", (Term(("record",)), Term(("strat",), begins=True))),
        ("4.2", (Term(("4", "2")),)),
        ("“a b” c", (Term(("a", "b")), Term(("c",)))),
        ('say "it now', (Term(("it", "now")), Term(("say",), begins=False))),
        ("child's", (Term(("child",), begins=True),)),
        ("Café café", (Term(("cafe",)), Term(("cafe",), begins=True))),
        ("(-)", ()),
    ],
)
def test_what_was_typed_is_read(typed: str, terms: tuple[Term, ...]) -> None:
    assert set(read_terms(typed)) == set(terms)


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Records were recorded", "recording", "<mark>Records</mark> were <mark>recorded</mark>"),
        ("The Café opened", "cafe", "The <mark>Café</mark> opened"),
        ("Strategy discussions", '"strategy discussion"', "<mark>Strategy discussions</mark>"),
        ("Strategy and discussions", '"strategy discussion"', "Strategy and discussions"),
        ("<b>plan</b> & co", "plan", "&lt;b&gt;<mark>plan</mark>&lt;/b&gt; &amp; co"),
        ("<script>", "script", "&lt;<mark>script</mark>&gt;"),
        ("4.2 and 4.20", "4.2", "<mark>4.2</mark> and 4.20"),
        ("nothing", "else", "nothing"),
    ],
)
def test_what_was_found_is_marked_and_all_else_is_safe(text: str, typed: str, shown: str) -> None:
    assert marked(text, read_terms(typed)) == shown


def test_an_excerpt_is_where_the_words_stand() -> None:
    text = "Much before. " * 40 + "The zebra <i>ran</i>. " + "Much after. " * 40
    shown = excerpt(text, read_terms("zebras"))
    assert "<mark>zebra</mark> &lt;i&gt;ran" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 320


@given(st.text(max_size=600), st.text(max_size=20))
def test_marking_keeps_every_letter(text: str, typed: str) -> None:
    shown = str(marked(text, read_terms(typed)))
    assert shown.replace("<mark>", "").replace("</mark>", "") == escape(text)
    excerpt(text, read_terms(typed))


WORDS = [
    "agencies", "agreed", "arrangements", "assessments", "begun", "boards", "chasing", "children", "completed",
    "consistently", "decisions", "discussions", "education", "electronic", "embedding", "families", "happiness",
    "hopping", "improvement", "inspections", "management", "meetings", "monthly", "organisations", "oversight",
    "planned", "policies", "practitioners", "quality", "recording", "relational", "reviewed", "safeguarding",
    "sampled", "services", "strategies", "supervision", "supervisors", "timeliness", "training", "written",
    "yearly",
]  # fmt: skip


def test_stems_are_those_of_the_database(cast: Cast) -> None:
    """What a page marks is what the database found: both cut a word alike."""
    for place, word in enumerate(WORDS):
        factories.an_action(cast.plan, cast.lead, reference=f"W{place:02}", wording=f"q {word}")
    for place, word in enumerate(WORDS):
        same = {f"W{other:02}" for other, each in enumerate(WORDS) if porter_stem(each) == porter_stem(word)}
        assert f"W{place:02}" in same
        # Twice, so that the first is asked for as a whole word.
        assert {each for each in actions(f"{word} q", cast.lead) if each.startswith("W")} == same, word
