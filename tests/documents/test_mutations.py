"""Every reader against files changed at random: what comes of one is a proposal or a refusal, in bounded time.

Each change is known by the reader's name and a number, and can be made again: ``mutated("plan_xlsx", 1234)``.
``MUTATIONS`` is how many are tried with each reader (60 by default, so that the whole takes some seconds):

    MUTATIONS=20000 pytest tests/documents/test_mutations.py -k plan_xlsx -s

They are read in batches, each in a forked process where the system can fork, so that a crash of a library is
noticed and its number kept.
"""

from __future__ import annotations

import io
import json
import logging
import os
import random
import re
import signal
import time
import traceback
import zipfile
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from plans.documents.lines import RefusedDocument
from plans.documents.plain import from_plain
from plans.documents.proposals import ProposedInspection, ProposedPlan, as_plain
from plans.documents.read_plan import read_plan
from plans.documents.read_report import read_report
from tests.documents.making_documents import word_of
from tests.documents.plan_files import csv_file, excel_file, pdf_of, word_file

MUTATIONS = int(os.environ.get("MUTATIONS", "60"))
BATCH = 500
# Of the processor's time, so that a busy machine makes no fault.
SECONDS = 10.0
LARGEST = 400_000

# Seeds: small, so that one reading takes some milliseconds, and of every shape that the finders look for.

LETTER = """Sandmouth Council
Inspection of children’s social care services
Inspection dates: 4 to 15 March 2024
Lead inspector: Amina Example, His Majesty’s Inspector

Judgement\tGrade
The impact of leaders on social work practice\tRequires improvement to be good
The experiences and progress of children in care\tGood
Overall effectiveness\tRequires improvement to be good

What needs to improve?
• The quality of plans for children in need, and how often they are
visited. (paragraph 12)
• Management oversight of
decisions, within three months.

The experiences and progress of care leavers: good
1. Care leavers are well supported by their advisers in Sandmouth.
"""
PRINTED_2013 = """Inspection of local authority arrangements for the protection of children
Sandmouth
Inspection dates: 28 January–5 February 2013
Reporting inspector Amina Example
The overall effectiveness is judged to be adequate.
Areas for improvement
In order to improve the quality of help, the local authority and its partners should take the following action.
Immediately:
 ensure that all assessments are timely
 improve the recording of strategy discussions
Within three months:
1. improve supervision (page 4)
2. review thresholds
\x0c
3

The effectiveness of the help and protection provided to children, young people, families and carers
Adequate
"""
AREA_LETTER = """Area SEND inspection of Sandmouth Local Area Partnership
Inspection dates: 8 July 2024 to 12 July 2024
Inspection outcome
There are widespread failings.
Areas for priority action
Responsible body\tAreas for priority action
Sandmouth Council and the Integrated Care Board\tLeaders should cooperate to improve waiting times.
Areas for improvement
Leaders should improve the timeliness of plans.
Leaders across the partnership should improve transitions.
"""
ASKS = [line.split("\t") for line in AREA_LETTER.splitlines()[5:7]]
ROWS = [
    ["Ref", "What needs to improve", "Action", "Lead", "By when", "Status", "Progress"],
    ["1", "Timeliness of visits", "Publish the thresholds", "Head of QA; Ann Example", "March 2027", "In progress", ""],
    ["2", None, "• Train managers\n• Check it", "Principal Social Worker", "Q2 2026/27", "", "Achieved – 14%"],
    ["3", "Plans", "Review plans", "", "ongoing", "Complete", "June 2026: half"],
]
PLAIN_ROWS = [[cell or "" for cell in row] for row in ROWS]


def fixed(data: bytes) -> bytes:
    """An Office file without the day on which it was made, or what no reader looks at."""
    parts = []
    for name, content in parts_of(data).items():
        unread = re.search(r"thumbnail|customXml/item1|theme|fontTable|webSettings|stylesWithEffects", name)
        dated = rb"20\d\d-\d\d-\d\dT[\d:.]+Z?"
        parts.append((name, b"" if unread else re.sub(dated, b"2026-01-01T00:00:00Z", content)))
    return zipped(parts)


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(parts: Sequence[tuple[str, bytes]], *, packed: bool = False) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts:
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            package.writestr(entry, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return stream.getvalue()


def slim_word(data: bytes) -> bytes:
    """A Word document with the styles in it that its paragraphs name, and no more: reading them all is slow."""
    parts = parts_of(fixed(data))
    styles = parts["word/styles.xml"]
    head, _, rest = styles.partition(b"<w:latentStyles")
    kept = re.findall(rb'<w:style [^>]*w:styleId="(?:Normal|Heading1|ListBullet)".*?</w:style>', rest, re.DOTALL)
    parts["word/styles.xml"] = head + b"".join(kept) + b"</w:styles>"
    return zipped(list(parts.items()))


def page_of(text: str) -> str:
    """A page's content stream: each line where it stands, tabs as space, a bullet apart from its text."""
    marks, down = [], 590
    for line in text.splitlines():
        heading = line.startswith(("What", "Areas", "Inspection of"))
        down -= 34 if heading else 14
        for at, piece in enumerate(re.split("\t|(?<=•) ", line)):
            escaped = piece.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            size = 14 if heading else 10
            marks.append(f"BT /F1 {size} Tf {72 + at * (20 if '•' in line else 240)} {down} Td ({escaped}) Tj ET")
    return "\n".join(marks)


def ruled(rows: Sequence[Sequence[str]]) -> str:
    """A page's content stream: a table with all its rules."""
    edges, top = [30, 330, 800] if len(rows[0]) == 2 else [30, 60, 190, 340, 470, 570, 660, 800], 560
    marks = []
    for row in rows:
        for column, text in enumerate(row):
            marks.append(f"{edges[column]} {top - 30} {edges[column + 1] - edges[column]} 30 re S")
            for place, line in enumerate(text.split("\n")):
                marks.append(f"BT /F1 7 Tf {edges[column] + 3} {top - 12 - 9 * place} Td ({line}) Tj ET")
        top -= 30
    return "\n".join(marks)


CONTENTS = {
    "report_pdf": [
        [page_of(LETTER)],
        [page_of(PRINTED_2013.replace("\n ", "\n• "))],
        [page_of(AREA_LETTER), ruled(ASKS)],
    ],
    "plan_pdf": [[ruled(PLAIN_ROWS[:3])], [ruled(PLAIN_ROWS[:2]), ruled(PLAIN_ROWS[2:])]],
}


@cache
def seeds(reader: str) -> list[bytes]:
    match reader:
        case "report_docx":
            blocks = ["# What needs to improve?", "* Visits to children.", "* Plans (paragraph 3).", "Other words."]
            area_letter = AREA_LETTER.splitlines()
            made = [
                word_of([*LETTER.splitlines()[:4], *blocks]),
                word_of([*area_letter[:5], ASKS, *area_letter[7:]]),
            ]
            return [slim_word(one) for one in made]
        case "report_text":
            return [LETTER.encode(), PRINTED_2013.encode(), AREA_LETTER.encode()]
        case "plan_docx":
            return [slim_word(word_file(ROWS, title=["Improvement plan", "Inspected 4 to 15 March 2024"]))]
        case "plan_xlsx":
            return [fixed(excel_file(ROWS, title=["Improvement plan"]))]
        case "plan_csv":
            return [csv_file(ROWS), csv_file(ROWS, ";")]
        case "plan_text":
            lines = ["Improvement plan", *("\t".join(row).replace("\n", " ") for row in PLAIN_ROWS)]
            return ["\n".join(lines).encode(), ("\n".join(lines[:3]) + "\ngoes on here\n4\n" + lines[3]).encode()]
        case _:
            return [pdf_of(pages) for pages in CONTENTS[reader]]


READERS: dict[str, Callable[[bytes], ProposedInspection | ProposedPlan]] = {
    "report_pdf": lambda data: read_report(data, "x.pdf"),
    "report_docx": lambda data: read_report(data, "x.docx"),
    "report_text": lambda data: read_report(data, "x.txt"),
    "plan_docx": lambda data: read_plan(data, "x.docx"),
    "plan_xlsx": lambda data: read_plan(data, "x.xlsx"),
    "plan_csv": lambda data: read_plan(data, "x.csv"),
    "plan_text": lambda data: read_plan(data, "x.txt"),
    "plan_pdf": lambda data: read_plan(data, "x.pdf"),
}

# Changes.

NUMBERS = ["0", "-1", "1", "2", "7", "255", "65536", "1048576", "2147483647", "-2147483648", "99999999999999999999",
           "0.00001", "-0.5", "1e9", "1e308", "1E400", "NaN", "inf", "", "²", "٣", "000000000000001"]  # fmt: skip
PIECES = [*NUMBERS,
          "A1", "XFD1048576", "A1:XFD1048576", "B2:A1", "true", "continue", "restart", "s", "d", "inlineStr", "b",
          "e", "str", "•", "\uf0b7", "–", "1.", "(a)", "12", "the", "Action", "Lead", "By when", "Area", "Status",
          "What needs to improve?", "Areas for improvement", "Recommendations", "within three months",
          "Immediately:", "31 February 2027", "29/2/2027", "Q9 2026/27", "March", "1 May to", "Inspection dates:",
          "99 to 100 May 2024", "0 January 0000", "(paragraph", "[3]", "Good", "inadequate",
          "Overall effectiveness", "\t", "\n", "\r", "\x0c", "\x0b", "\x00", "\u2028", "\x85", "\xa0", "\ufeff",
          "\u202e", "😀", '"', "'", "=1+1", "''", ";", ",", "|", "&amp;", "&#x0;", "&#xD800;", "<w:tbl>", "</w:tc>",
          "<t>", "<!--", "]]>", "obj", "endstream", "<<", ">>", "[", "]", "/", "(", ")", "q", "Q", "cm", "re",
          "BT", "ET", "Do", "W", "R", "5", "R", "%%EOF", "/Kids", "/Contents", "7", "0"]  # fmt: skip
RUNS = [" ", ".", "1", "(", "[", "a", "A ", "- ", "\t", "\n", "•\n", "1. ", "<a>", "1 May ", "x, ", "**", "…", "\x0c"]


def changed_bytes(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Flips, cuts, doubles, splices and truncations."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 3, 8])):
        at = rng.randrange(len(out) + 1)
        length = min(rng.choice([1, 1, 2, 4, 16, 64, 512, 4096]), len(out) - at)
        piece = bytes(out[at : at + length])
        match rng.randrange(8):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(out):
                out[at] = rng.choice([0, 9, 10, 13, 32, 255, 128, rng.randrange(256)])
            case 2:
                del out[at : at + length]
            case 3:
                out[at:at] = piece * rng.choice([1, 2, 3, 50])
            case 4:
                other = rng.choice(others)
                start = rng.randrange(len(other))
                out[at : at + length] = other[start : start + rng.choice([4, 64, 1024])]
            case 5:
                out[at:at] = rng.choice(PIECES).encode()
            case 6 if rng.random() < 0.3:
                del out[at:]
            case _:
                to = rng.randrange(len(out) + 1)
                out[to:to] = piece
    return bytes(out[:LARGEST])


def changed_pieces(text: str, pattern: str, rng: random.Random) -> str:
    """Pieces of a text (words, elements, lines), as the pattern cuts it, moved, lost, doubled and replaced."""
    pieces = re.findall(pattern, text, re.DOTALL) or [text]
    for _ in range(rng.choice([1, 1, 2, 4, 10])):
        at, to = rng.randrange(len(pieces) + 1), rng.randrange(len(pieces) + 1)
        length = rng.choice([1, 1, 1, 3, 10])
        group = pieces[at : at + length]
        match rng.randrange(7):
            case 0:
                del pieces[at : at + length]
            case 1:
                pieces[to:to] = group * rng.choice([1, 1, 2, 30])
            case 2:
                pieces[at : at + length] = []
                pieces[to:to] = group
            case 3:
                pieces[at : at + 1] = [rng.choice(PIECES)]
            case 4:
                pieces[at:at] = [rng.choice(PIECES)]
            case 5:
                pieces[at:at] = [rng.choice(RUNS) * rng.choice([5, 100, 3_000])]
            case _:
                pieces[at : at + length] = [re.sub(r"\d+", lambda _: rng.choice(NUMBERS), piece) for piece in group]
        pieces = pieces or [""]
    return "".join(pieces)[:LARGEST]


def changed_package(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    parts = list(parts_of(data).items())
    read = [
        at for at, (name, _) in enumerate(parts) if re.search(r"document\.xml$|sheet1|shared|styles|workbook", name)
    ]
    for _ in range(rng.choice([1, 1, 2])):
        at = rng.choice(read) if rng.random() < 0.85 else rng.randrange(len(parts))
        at = min(at, len(parts) - 1)
        name, content = parts[at]
        text = content.decode(errors="replace")
        match rng.randrange(12):
            case 0:
                parts[at] = (name, changed_bytes(content, rng, others))
            case 1 if len(parts) > 1:
                parts.pop(at)
                read = [0]
            case 2:
                parts[at] = (changed_pieces(name, r"\w+|\W", rng)[:200] or "x", content)
            case 3:
                parts[at] = (name, rng.choice(parts)[1])
            case 4 | 5:
                values = r'="[^"]*"|[^"=]+|.'
                parts[at] = (name, changed_values(text, values, rng).encode(errors="replace"))
            case 6:
                parts[at] = (name, changed_pieces(text, r"\w+|\W+", rng).encode(errors="replace"))
            case _:
                parts[at] = (name, changed_pieces(text, r"<[^>]*>|[^<]+", rng).encode(errors="replace"))
    return zipped(parts, packed=rng.random() < 0.3)


def changed_values(text: str, pattern: str, rng: random.Random) -> str:
    """The text with some values of attributes, and some texts between elements, replaced by odd ones."""
    pieces = re.findall(pattern, text, re.DOTALL)
    values = [at for at, piece in enumerate(pieces) if piece.startswith('="')]
    for at in rng.sample(values, min(len(values), rng.choice([1, 2, 5]))):
        pieces[at] = f'="{rng.choice(PIECES)}"'
    return "".join(pieces)


def changed_pdf(reader: str, rng: random.Random, others: Sequence[bytes]) -> bytes:
    tokens = r"[/\w.+-]+|\([^)]*\)|\s+|."
    match rng.randrange(4):
        case 0:
            return changed_bytes(rng.choice(others), rng, others)
        case 1:
            text = rng.choice(others).decode("latin-1")
            return changed_pieces(text, tokens, rng).encode("latin-1", errors="replace")
        case _:
            pages = list(rng.choice(CONTENTS[reader]))
            at = rng.randrange(len(pages))
            pattern = rng.choice([tokens, tokens, r"[^\n]*\n?"])
            made = changed_pieces(pages[at], pattern, rng)
            pages[at] = (
                made.encode("cp1252", errors="replace").decode("cp1252", errors="replace").replace("\ufffd", "?")
            )
            return pdf_of(pages)


def changed_text(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    if rng.random() < 0.25:
        return changed_bytes(data, rng, others)
    text = data.decode()
    for _ in range(rng.choice([1, 2])):
        text = changed_pieces(text, rng.choice([r"[^\n]*\n?", r"[^\t,;\n]+|.", r"\w+|\W+", r"."]), rng)
    return text.encode(rng.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]), errors="replace")


def mutated(reader: str, number: int) -> bytes:
    """The changed file of that number: always the same one."""
    rng = random.Random(f"{reader} {number}")
    others = seeds(reader)
    if reader.endswith("pdf"):
        return changed_pdf(reader, rng, others)
    data = rng.choice(others)
    if reader.endswith(("docx", "xlsx")):
        return changed_bytes(data, rng, others) if rng.random() < 0.15 else changed_package(data, rng, others)
    return changed_text(data, rng, others)


# Reading.


class TookTooLong(BaseException):
    """Not an Exception, so that no reader takes it for a fault of its document."""


READ, REFUSED = "read", "refused"


def what_comes_of(reader: str, number: int) -> str:
    """READ or REFUSED; or what is wrong with how the changed file was read."""
    data = mutated(reader, number)

    def ring(*_: object) -> None:
        raise TookTooLong

    alarm = hasattr(signal, "setitimer")
    if alarm:
        before = signal.signal(signal.SIGPROF, ring)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        proposal = READERS[reader](data)
        there = json.loads(json.dumps(as_plain(proposal)))
        assert repr(from_plain(type(proposal), there)) == repr(proposal), "it does not come back from JSON"
        if isinstance(proposal, ProposedPlan):
            assert proposal.rows or proposal.problems, "nothing was read, and nothing is said"
            assert all(row.action for row in proposal.rows), "a row has no action"
        else:
            assert all(area.text and area.kind and area.page > 0 for area in proposal.areas), "an ask is empty"
    except RefusedDocument as refusal:
        said = str(refusal)
        well_said = said.endswith(".") and "\n" not in said and len(said) < 300
        return REFUSED if well_said else f"not a sentence: {said}"
    except TookTooLong:
        return f"took over {SECONDS} s\n{traceback.format_exc(limit=-6)}"
    except Exception:
        return traceback.format_exc(limit=-6)
    finally:
        if alarm:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
    return READ


def faults_of(reader: str, numbers: range, tell: Callable[[str], object]) -> None:
    """Read these, and tell of each before it is begun, of the faults and of the slowest."""
    slowest, read = (0.0, 0), 0
    for number in numbers:
        tell(f"begun {number}")
        began = time.process_time()
        came = what_comes_of(reader, number)
        if came not in (READ, REFUSED):
            tell(f"fault {number} {came!r}")
        read += came == READ
        slowest = max(slowest, (time.process_time() - began, number))
    tell(f"slowest {slowest[0]:.3f} {slowest[1]} {read}")


def forked(reader: str, numbers: range) -> list[str]:
    """What a child tells of these numbers, and how it ended if not well. A child that hangs is killed."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(out)
            logging.disable()  # what a library says of each damaged file
            # The libraries' hang in C code hears no Python alarm; the kernel's own ends the process.
            faults_of(reader, numbers, lambda line: (os.write(into, f"{line}\n".encode()), hang_ends_it()))
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, encoding="utf-8", errors="replace") as stream:
        told = stream.read().splitlines()
    _, status = os.waitpid(child, 0)
    if status or not told[-1:] or not told[-1].startswith("slowest"):
        begun = next((line for line in reversed(told) if line.startswith("begun")), "begun nothing")
        told.append(f"fault {begun.partition(' ')[2]} the process ended with {status}")
    return told


def hang_ends_it() -> None:
    import resource

    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + 3 * SECONDS) + 1, resource.RLIM_INFINITY))


@pytest.mark.parametrize("reader", READERS)
def test_a_changed_file_is_read_or_refused(reader: str) -> None:
    told: list[str] = []
    first = 0
    while first < MUTATIONS:
        numbers = range(first, min(first + BATCH, MUTATIONS))
        if hasattr(os, "fork"):
            lines = forked(reader, numbers)
        else:
            lines = []
            faults_of(reader, numbers, lines.append)
        told += [line for line in lines if not line.startswith("begun")]
        crashed = next((line for line in lines if "the process ended with" in line), "")
        last = int(crashed.split()[1]) if crashed and crashed.split()[1].isdigit() else numbers[-1]
        first = last + 1
    faults = [line.replace("\\n", "\n") for line in told if line.startswith("fault")]
    ends = [line.split() for line in told if line.startswith("slowest")]
    read = sum(int(end[3]) for end in ends)
    slowest = max((float(end[1]), int(end[2])) for end in ends) if ends else None
    print(f"\n{reader}: {MUTATIONS} changes, {read} of them read, {len(faults)} faults, slowest {slowest}")
    for fault in faults:
        print(fault)
    assert not faults, f"{len(faults)} faults, the first: {faults[0]}"


def test_a_change_can_be_made_again() -> None:
    for reader in READERS:
        assert mutated(reader, 7) == mutated(reader, 7)
        assert len({mutated(reader, number) for number in range(20)}) > 15
        found = [READERS[reader](seed) for seed in seeds(reader)]
        assert any(one.rows if isinstance(one, ProposedPlan) else one.areas for one in found), reader


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_faults_crashes_and_hangs_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(data: bytes) -> ProposedPlan:
        while True:
            pass

    def fail(data: bytes) -> ProposedPlan:
        raise ValueError("odd")

    monkeypatch.setitem(globals(), "SECONDS", 0.2)
    for reader, said in (
        (lambda data: os.kill(os.getpid(), signal.SIGKILL), "fault 5 the process ended with"),
        (hang, "took over 0.2 s"),
        (fail, "ValueError: odd"),
    ):
        monkeypatch.setitem(READERS, "plan_csv", reader)
        assert any(said in line for line in forked("plan_csv", range(5, 6)))
