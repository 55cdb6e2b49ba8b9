"""Documents read in a process of their own: what comes back, and what becomes of a child that goes wrong."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from plans.documents import apart, child_process, page_pictures, read_in_child
from plans.documents.apart import page_picture, plan_apart, report_apart
from plans.documents.lines import RefusedDocument
from plans.documents.plain import from_plain
from plans.documents.proposals import ProposedArea, ProposedInspection, ProposedPlan, SourceLine, as_plain
from plans.documents.read_plan import read_plan
from plans.documents.read_report import read_report
from tests.documents.making_documents import Pages
from tests.documents.plan_files import csv_file, excel_file, pdf_of

START = subprocess.Popen
ROOT = Path(__file__).resolve().parent.parent.parent
REPORT = (
    Pages()
    .heading("Inspection of Sandmouth local authority children’s services")
    .line("Inspection dates: 4 to 15 March 2024")
    .heading("What needs to improve?")
    .item("•", "The quality of the plans for children in care, and", "how often they are visited.")
    .bytes()
)
PLAN = [
    ["Area", "Action", "Lead", "By when"],
    ["Visits to children", "Visit each child", "Head of Service", "31 March 2027"],
    ["Visits to children", "Count the visits", "Head of Service", "June 2027"],
]


# There and back.

DATES = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@settings(max_examples=60, deadline=None)
@given(st.from_type(ProposedInspection) | st.from_type(ProposedPlan))
def test_a_proposal_comes_back_from_json_as_it_was(proposal: ProposedInspection | ProposedPlan) -> None:
    there = json.loads(json.dumps(as_plain(proposal)))
    assert repr(from_plain(type(proposal), there)) == repr(proposal)


@pytest.mark.parametrize(
    "change",
    [
        {"authority": 7},
        {"published": "tomorrow"},
        {"published": True},
        {"spells": [["2024-03-04"]]},
        {"areas": "none"},
        {"areas": [{"text": "x"}]},
        {"problems": [{"where": "a", "message": "b", "more": "c"}]},
        {"more": 1},
    ],
)
def test_values_of_another_form_are_no_proposal(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        from_plain(ProposedInspection, {**as_plain(ProposedInspection()), **change})


def test_a_whole_number_is_a_place_on_the_page_and_a_truth_is_none() -> None:
    area = ProposedArea("t", "k", None, "b", None, None, None, 1, (SourceLine(1, 1, "t", (0.0, 0.5, 1.0, 1.0)),))
    plain = as_plain(ProposedInspection(areas=(area,)))
    plain["areas"][0]["source"][0]["box"] = [0, 0.5, 1, 1]
    assert from_plain(ProposedInspection, plain).areas == (area,)
    plain["areas"][0]["source"][0]["box"] = [False, 0.5, 1, 1]
    with pytest.raises(ValueError):
        from_plain(ProposedInspection, plain)


# Reading.


def test_a_report_is_read_as_it_is_in_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    read = report_apart(REPORT, "report.pdf")
    assert read == read_report(REPORT, "report.pdf")
    assert [area.page for area in read.areas] == [1]


def test_a_plan_is_read_with_and_without_a_mapping() -> None:
    data = excel_file(PLAN)
    assert plan_apart(data, "plan.xlsx") == read_plan(data, "plan.xlsx")
    mapping = {0: "area", 1: "action", 2: "", 3: "by_when"}
    read = plan_apart(csv_file(PLAN), "plan.csv", mapping)
    assert read == read_plan(csv_file(PLAN), "plan.csv", mapping)
    assert [row.by_who for row in read.rows] == [(), ()]
    assert read.rows[0].by_when.last_day == date(2027, 3, 31)


def test_a_readers_own_sentence_comes_through() -> None:
    with pytest.raises(RefusedDocument, match="This file is empty"):
        report_apart(b"", "report.pdf")
    with pytest.raises(RefusedDocument, match="larger than 50 MB"):
        plan_apart(b"x" * (apart._MOST_SENT + 5), "plan.csv")


def test_the_child_knows_no_django_and_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("plans.documents.apart", "plans.documents.read_report", "plans.documents.read_plan"):
        code = f"import sys, {module}; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
        assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
    monkeypatch.setenv("SECRET_KEY", "known to the parent")
    in_child(
        monkeypatch,
        """
        answer = {"refused": " ".join(sorted(name for name in os.environ if name != "LC_CTYPE"))}
        """,
    )
    with pytest.raises(RefusedDocument) as refusal:
        report_apart(REPORT, "report.pdf")
    assert set(str(refusal.value).split()) <= {"PYTHONPATH", *child_process.KEPT}


def test_starting_the_child_costs_little() -> None:
    report_apart(b"Words alone.\n" * 9, "a.txt")
    began = time.perf_counter()
    for _ in range(3):
        report_apart(b"Words alone.\n" * 9, "a.txt")
    assert time.perf_counter() - began < 6  # about 0.1 s each on an idle core


# A child that goes wrong.


def in_child(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let the child run these lines after it has bounded itself; ``answer`` is then what it writes."""
    lines = "\n".join(line.strip() for line in body.strip().splitlines())
    code = f"""
import json, os, signal, subprocess, sys, time
from plans.documents.child_process import bounded
from plans.documents.read_in_child import MEMORY, SECONDS
bounded(SECONDS, MEMORY)
wanted = json.loads(sys.stdin.buffer.readline())
data = sys.stdin.buffer.read(wanted["bytes"])
{lines}
sys.stdout.write(json.dumps(answer))
"""

    def popen(args: list[str], **options: Any) -> Any:
        assert args == [sys.executable, "-s", "-m", "plans.documents.read_in_child"]
        return START([args[0], "-c", code], **options)

    monkeypatch.setattr(child_process.subprocess, "Popen", popen)


def refused(kind: str = "report") -> str:
    readers = {
        "report": lambda: report_apart(REPORT, "a.pdf"),
        "plan": lambda: plan_apart(REPORT, "a.pdf"),
        "picture": lambda: page_picture(REPORT, 1),
    }
    with pytest.raises(RefusedDocument) as refusal:
        readers[kind]()
    assert str(refusal.value).endswith(".")
    return str(refusal.value)


@pytest.mark.parametrize("waits", ["time.sleep(60)", "while True: pass"])
def test_a_child_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, waits: str) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    in_child(monkeypatch, waits)
    began = time.perf_counter()
    assert refused().startswith("This document took longer than 0.5 seconds to read, so it was stopped. Save the pages")
    assert time.perf_counter() - began < 10


def test_a_child_that_does_not_take_its_document_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    monkeypatch.setattr(
        child_process.subprocess,
        "Popen",
        lambda args, **given: START([args[0], "-c", "import time; time.sleep(60)"], **given),
    )
    with pytest.raises(RefusedDocument, match="took longer than"):
        report_apart(b"x" * 5_000_000, "a.txt")


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
def test_what_the_child_started_is_stopped_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "note"
    monkeypatch.setattr(apart, "SECONDS", 1)
    in_child(
        monkeypatch,
        f"""
        other = subprocess.Popen(["sleep", "60"])
        open({str(note)!r}, "w").write(str(other.pid))
        time.sleep(60)
        """,
    )
    assert "took longer" in refused()
    pid = int(note.read_text())
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or " Z " in state.read_text():
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child's own child lives on")


@pytest.mark.parametrize("greedy", ["answer = len(bytearray(600 * 1024 * 1024))", "answer = [0] * 90_000_000"])
def test_too_much_memory_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, greedy: str) -> None:
    pytest.importorskip("resource")
    in_child(
        monkeypatch,
        f"""
        from plans.documents import read_in_child
        def read(wanted, data): {greedy}
        read_in_child._READERS["report"] = read
        answer = read_in_child.answer(wanted, data)
        """,
    )
    assert refused().startswith("This document needs more memory to read")


def test_a_child_that_the_system_ended_needed_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    in_child(monkeypatch, "os.kill(os.getpid(), signal.SIGKILL)")
    assert "more memory" in refused()
    in_child(monkeypatch, "os.kill(os.getpid(), signal.SIGXCPU)")
    assert "longer than 30 seconds" in refused()


@pytest.mark.parametrize(
    "crash",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "os.abort()",
        "raise KeyError('words of the document')",
        "os._exit(0)",
        "sys.stdout.write('{'); answer = 1",
        "answer = []",
        "answer = {}",
        "answer = {'read': 7}",
        "answer = {'read': {'text': 'words of the document'}}",
        "answer = {'failed': 'ValueError at lines.py:1'}",
        "answer = {'refused': 5}",
    ],
)
def test_a_child_that_crashes_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, crash: str
) -> None:
    in_child(monkeypatch, crash)
    with caplog.at_level(logging.WARNING):
        said = refused()
    assert "damaged or of an unusual kind. Save it again" in said
    assert "words of the document" not in said + caplog.text
    assert len(caplog.records) == 1


def test_each_kind_of_document_is_asked_for_in_its_own_form(monkeypatch: pytest.MonkeyPatch) -> None:
    for crash in ("os.abort()", "answer = {'read': 7}"):
        in_child(monkeypatch, crash)
        assert "(.xlsx)" in refused("plan")
        assert refused("picture").startswith("This page could not be shown")


def test_a_child_that_writes_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_ANSWERED", 1_000_000)
    in_child(monkeypatch, "while True: os.write(1, b'x' * 65536)")
    assert "more memory" in refused()


def test_a_child_that_answers_and_stays_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    in_child(
        monkeypatch,
        """
        os.write(1, json.dumps({"refused": "No."}).encode())
        os.close(1)
        time.sleep(60)
        """,
    )
    began = time.perf_counter()
    assert refused() == "No."
    assert time.perf_counter() - began < 10


# The child's own half, in this process.


def test_the_child_says_where_it_failed_and_nothing_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"kind": "report", "name": "a.pdf"}

    def raising(error: BaseException) -> dict[str, Any]:
        def read(wanted: dict[str, Any], data: bytes) -> None:
            raise error

        monkeypatch.setitem(read_in_child._READERS, "report", read)
        return read_in_child.answer(wanted, b"")

    assert raising(RefusedDocument("No.")) == {"refused": "No."}
    assert raising(MemoryError()) == {"memory": True}
    failed = raising(ValueError("words of the document"))["failed"]
    assert failed.startswith("ValueError at test_apart.py:")
    assert "RecursionError" in raising(RecursionError())["failed"]
    assert child_process.place_of(ValueError("never raised")) == "ValueError"


def test_the_childs_answers_are_plain() -> None:
    report = read_in_child.answer({"kind": "report", "name": "a.pdf"}, REPORT)["read"]
    assert from_plain(ProposedInspection, report) == read_report(REPORT, "a.pdf")
    plan = read_in_child.answer({"kind": "plan", "name": "a.csv", "mapping": [[1, "action"]]}, csv_file(PLAN))["read"]
    assert from_plain(ProposedPlan, plan) == read_plan(csv_file(PLAN), "a.csv", {1: "action"})
    assert isinstance(read_in_child.answer({"kind": "picture", "page": 1}, REPORT)["read"], str)


def test_a_system_without_limits_reads_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    child_process.bounded(read_in_child.SECONDS, read_in_child.MEMORY)


# Pictures of pages.


def picture(data: bytes, page: int = 1) -> Image.Image:
    made = page_picture(data, page)
    assert made.startswith(b"\x89PNG")
    assert len(made) < 400_000
    return Image.open(BytesIO(made))


def test_a_page_is_a_small_grey_picture() -> None:
    shown = picture(REPORT)
    assert shown.width == 1_000
    assert 1_400 < shown.height < 1_430
    greys = shown.convert("RGB").getcolors()
    assert greys is not None
    assert all(red == green == blue for _count, (red, green, blue) in greys)  # type: ignore[misc]
    darkest = min(red for _count, (red, _green, _blue) in greys)  # type: ignore[misc]
    assert darkest < 60


def boxed(box: str) -> bytes:
    return pdf_of(["BT /F1 9 Tf 3 3 Td (Words) Tj ET"]).replace(b"[0 0 842 595]", f"[{box}]".encode())


@pytest.mark.parametrize(
    "box", ["0 0 1 1", "0 0 0.01 0.01", "0 0 90 9000000", "0 0 9000000 90", "0 0 99999999999 99999999999", "9 9 0 0"]
)
def test_a_page_of_any_size_is_a_picture_of_bounded_size(box: str) -> None:
    shown = picture(boxed(box))
    assert 1 <= shown.width <= 1_001
    assert 1 <= shown.height <= page_pictures.MOST_HEIGHT + 1


@pytest.mark.parametrize(
    ("data", "page", "said"),
    [
        (REPORT, 2, "This PDF has 1 page, so there is no page 2. Choose another page."),
        (REPORT, 0, "there is no page 0"),
        (REPORT, -1, "there is no page -1"),
        (REPORT, 10**12, "there is no page 1,000,000,000,000"),
        (pdf_of(["", ""]), 3, "This PDF has 2 pages, so there is no page 3"),
        (b"words", 1, "This is not a PDF"),
        (b"", 1, "This is not a PDF"),
        (REPORT[:200], 1, "damaged or cut short"),
    ],
)
def test_a_page_that_cannot_be_shown_is_refused(data: bytes, page: int, said: str) -> None:
    with pytest.raises(RefusedDocument, match=said):
        page_picture(data, page)
    with pytest.raises(RefusedDocument, match=said):
        page_pictures.picture_of_page(data, page)


def test_an_endless_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Page:
        def __init__(self, *size: float) -> None:
            self.size = size

        def get_size(self) -> tuple[float, ...]:
            return self.size

    for size in ((0.0, 5.0), (5.0, float("nan")), (float("inf"), 5.0)):
        with pytest.raises(RefusedDocument, match="cannot be shown"):
            page_pictures._drawn(Page(*size))  # type: ignore[arg-type]


def test_no_more_documents_are_read_at_once_than_there_are_places(monkeypatch: pytest.MonkeyPatch) -> None:
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(apart, "_PLACES", full)
    monkeypatch.setattr(apart, "SECONDS", 0.05)
    with pytest.raises(RefusedDocument, match="Other documents are being read just now"):
        report_apart(b"What needs to improve", "letter.txt")
    full.release()
    monkeypatch.setattr(apart, "SECONDS", 30)
    report_apart(b"What needs to improve", "letter.txt")
    assert full.acquire(blocking=False)
