"""A paper from the command line: the whole file or none, recorded, in draft, and every bad word told in a sentence."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from plans.improvement_plan import changes
from plans.papers.kinds.catalogue import CATALOGUE
from plans.papers.models import WorkingCopy
from plans.papers.rules import EXEMPT_ONLY
from tests import factories
from tests.cast import Cast
from tests.papers.file_contents import everything_in

THEN = "1 March 2026"


def write(*words: Any, **options: Any) -> str:
    told = StringIO()
    call_command("write_paper", *map(str, words), **{"as_at": THEN, **options}, stderr=told, stdout=StringIO())
    return told.getvalue()


@pytest.mark.parametrize("file_format", ["docx", "pdf", "xlsx", "csv"])
def test_the_file_is_written_recorded_and_a_draft(file_format: str, cast: Cast, tmp_path: Path) -> None:
    out = tmp_path / f"plan.{file_format}"
    said = write(cast.plan.pk, out=out, by=cast.lead.email.upper())
    assert f"{out}: 2 actions as at 1 March 2026." in said
    assert ("1 page." in said) == (file_format == "pdf")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    copy = WorkingCopy.objects.get()
    assert (copy.made_by, copy.format, copy.rows, copy.audience) == (cast.lead, file_format, 2, "exempt")
    content = " ".join(everything_in(out.read_bytes(), file_format).split())
    assert "Sample discussion records monthly" in content
    if file_format != "csv":
        assert "Draft: this paper has not been issued." in content


def test_a_title_will_do_and_nobody_need_be_named(cast: Cast, tmp_path: Path) -> None:
    write("improvement PLAN 2026", out=tmp_path / "paper", format="csv", columns="reference, wording")
    copy = WorkingCopy.objects.get()
    assert (copy.made_by, copy.columns) == (None, ["reference", "wording"])
    assert (tmp_path / "paper").read_text(encoding="utf-8-sig").splitlines()[0] == "Reference,Action"


def test_a_public_paper_tells_what_becomes_public_and_what_was_taken_out(cast: Cast, tmp_path: Path) -> None:
    changes.amend(
        cast.action,
        by=cast.lead,
        at=factories.moment(2026, 2, 1),
        wording="Ask Olive Owner about 943 476 5919",
        published=True,
        withheld=["dates"],
    )
    out = tmp_path / "plan.csv"
    said = write(cast.plan.pk, out=out, audience="public")
    assert "For the public: 1 of 2 actions; 1 is not marked for publication: 1.2." in said
    assert "Kept out: its dates, and how late it is, of 1.1." in said
    assert "Name taken out: Action 1.1, action: now “Head of Service”." in said
    assert "Withheld: Action 1.1, action: an NHS number: Ask Olive Owner about 943 47• ••••" in said
    printed = out.read_text(encoding="utf-8-sig")
    assert "Ask Head of Service about [withheld: may identify a child]" in printed
    assert WorkingCopy.objects.get().audience == "public"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"plan": "No such plan"}, "There is no plan “No such plan”. Give the number or the whole title of a plan."),
        ({"plan": "99999999999999999999"}, "There is no plan “99999999999999999999”."),
        ({"kind": "poem"}, "“poem” is no kind of paper. Choose one of: full_plan"),
        ({"format": "odt"}, "“odt” is no format. Choose one of: docx, pdf, xlsx, csv."),
        ({"out": "plan"}, "“” is no format."),
        ({"audience": "everybody"}, "“everybody” is no audience. Choose one of: public, exempt."),
        ({"as_at": "2026-02-30"}, "--as-at: “2026-02-30”"),
        ({"as_at": "March 2026"}, "--as-at: “March 2026” is not a single day. Give a day, like 16 March 2020."),
        ({"as_at": "1 March 2099"}, "--as-at: 1 March 2099 has not come yet."),
        ({"since": "soon"}, "--since: “soon”"),
        ({"since": "2 March 2026"}, "--since is after the day that the paper is about."),
        ({"columns": "reference,colour"}, "“colour” is no column. The columns are: plan, "),
        ({"columns": "reference,reference"}, "The column “reference” is named twice."),
        ({"by": "nobody@example.org"}, "Nobody who can sign in has the address “nobody@example.org”."),
        ({"out": "no-folder/plan.csv"}, "There is no folder "),
        ({"out": "there.csv"}, "is there already. Give another name, or --force"),
        ({"out": "folder.csv"}, "is a folder. Give the name of a file."),
    ],
)
def test_each_bad_word_is_told_in_a_sentence_and_nothing_is_written(
    options: dict[str, str], sentence: str, cast: Cast, tmp_path: Path
) -> None:
    (tmp_path / "there.csv").write_text("kept")
    (tmp_path / "folder.csv").mkdir()
    said = {"out": "plan.csv", **options}
    plan = said.pop("plan", cast.plan.pk)
    with pytest.raises(CommandError) as refusal:
        write(plan, **{**said, "out": tmp_path / said["out"]})
    assert sentence in str(refusal.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.csv", "there.csv"]
    assert (tmp_path / "there.csv").read_text() == "kept"
    assert not WorkingCopy.objects.exists()


def test_a_kind_for_the_council_alone_is_not_made_for_the_public(cast: Cast, tmp_path: Path) -> None:
    kinds = [kind for kind in CATALOGUE if kind in EXEMPT_ONLY]
    for kind in kinds:
        with pytest.raises(CommandError, match="for use within the council"):
            write(cast.plan.pk, kind=kind.value, out=tmp_path / "plan.csv", audience="public")
    assert list(tmp_path.iterdir()) == []


def test_whoever_makes_it_must_read_the_plan(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="that .* reads in full"):
        write(cast.plan.pk, out=tmp_path / "plan.csv", by=cast.stranger.email)


def test_a_title_of_two_plans_is_asked_about(cast: Cast, tmp_path: Path) -> None:
    other = factories.a_plan(factories.an_organisation("Northshire"), title=cast.plan.title)
    with pytest.raises(
        CommandError, match=rf"Several plans .* {cast.plan.pk} \(Westshire\), {other.pk} \(Northshire\)"
    ):
        write(cast.plan.title, out=tmp_path / "plan.csv")


def test_a_file_is_replaced_when_asked(cast: Cast, tmp_path: Path) -> None:
    out = tmp_path / "plan.csv"
    out.write_text("old")
    write(cast.plan.pk, out=out, force=True)
    assert "Reference" in out.read_text(encoding="utf-8-sig") or "Action" in out.read_text(encoding="utf-8-sig")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        write(cast.plan.pk, out=tmp_path / "plan.csv")
    assert list(tmp_path.iterdir()) == []
    assert not WorkingCopy.objects.exists()
