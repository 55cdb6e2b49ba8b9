"""The judged areas of a report and their grades, as printed; torn tables put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from plans.documents.lines import Line, source_of
from plans.documents.proposals import Problem, ProposedJudgement
from plans.documents.recognise import flat, lines_at

OVERALL = "Overall"
LSCB = "Effectiveness of the LSCB"
SEND_OUTCOME = "Inspection outcome"
_ILACS_LABELS = (
    "The impact of leaders on social work practice with children and families",
    "The impact of leaders on practice with children and families",
    "The experiences and progress of children who need help and protection",
    "The experiences and progress of children in need of help and protection",
    "The experiences and progress of children in care",
    "The experiences and progress of children in care and care leavers",
    "The experiences and progress of children looked after and care leavers",
    "The experiences and progress of care leavers",
    "The experiences and progress of care-experienced young people",
    "The experiences and progress of care-experienced children and young people",
    "The experiences and progress of children in care and care-experienced young people",
    "The experiences and progress of children looked after",
    "The experiences and progress of cared-for children",
    "Overall effectiveness",
)
_SIF_LABELS = (
    "Children who need help and protection",
    "Children looked after and achieving permanence",
    "Adoption performance",
    "Experiences and progress of care leavers",
    "Leadership, management and governance",
)
_POC_LABELS = (
    "Overall effectiveness",
    "The effectiveness of the help and protection provided to children, young people, families and carers",
    "The quality of practice",
    "Quality of practice",
    "Leadership and governance",
)
_LAC_LABELS = (
    "Overall effectiveness",
    "Capacity to improve",
    "Outcomes for looked after children and young people",
    "Quality of provision",
    "Leadership and management",
)
_SLAC_LABELS = (
    "Overall effectiveness",
    "Capacity for improvement",
    "Safeguarding outcomes for children and young people",
    "Children and young people are safe and feel safe",
    "Quality of provision",
    "The contribution of health agencies to keeping children and young people safe",
    "Ambition and prioritisation",
    "Leadership and management",
    "Performance management and quality assurance",
    "Partnership working",
    "Equality and diversity",
    "How good are outcomes for looked after children and care leavers?",
    "Being healthy",
    "Staying safe",
    "Enjoying and achieving",
    "Making a positive contribution, including user engagement",
    "Economic well-being",
    "Services for looked after children",
)
LABELS = {
    "ILACS": _ILACS_LABELS,
    "SIF": _SIF_LABELS,
    "POC": _POC_LABELS,
    "LAC": _LAC_LABELS,
    "SLAC": _SLAC_LABELS,
    "YJ": ("Overall", "Overall rating"),
}
_RECORD = {"POC", "LAC", "SLAC"}
_WHOLE = r"(?:outstanding|good|requires? improvement(?: to be good)?|inadequate|adequate)"
_FRAGMENT = re.compile(
    rf"(?:grade \d\s*[(:-]?\s*)?(?P<words>{_WHOLE}|requires?|improvement(?: to be good)?|to be good|to be|be good)"
    r"[.)]?(?:\s*[(-]?\s*grade \d\)?)?",
    re.IGNORECASE,
)
_WHOLE_GRADE = re.compile(_WHOLE, re.IGNORECASE)
_OVERALL_SENTENCES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\boverall judgement (?:for .{{0,80}}? )?is (?:that )?(?:.{{0,80}}? )??(?P<grade>{_WHOLE})\b",
        rf"\b(?:children.{{0,2}} services|services for children)(?: in .{{1,70}}?)?"
        rf" (?:(?:are|is)(?: judged to be)? )?(?P<grade>{_WHOLE})\b",
        rf"\boverall effectiveness (?:of .{{0,160}}? )?is(?: judged to be)? (?P<grade>{_WHOLE})\b",
    )
)
_LSCB_SENTENCE = re.compile(
    r"(?:\bLSCB\b\)?|Local Safeguarding Children.{0,2} Board(?: \(LSCB\))?|[A-Z][A-Z&]{0,4}SCB\b\)?)"
    rf"(?: in .{{1,40}}?)?(?: (?:is|are)(?: judged to be)?)? (?P<grade>{_WHOLE})\b(?! if\b)",
    re.IGNORECASE,
)
_KEY_TO_GRADES = re.compile(r"that is|would|if it|\bAn?\b .{0,40}$", re.IGNORECASE)
_SEND_OUTCOMES = (
    ("Widespread and/or systemic failings", re.compile(r"widespread and/or systemic failings", re.IGNORECASE)),
    ("Inconsistent experiences and outcomes", re.compile(r"lead to inconsistent experiences", re.IGNORECASE)),
    (
        "Typically positive experiences and outcomes",
        re.compile(r"typically (?:lead to )?positive experiences", re.IGNORECASE),
    ),
)


@dataclass(frozen=True)
class _Cell:
    """Words of the table, and the lines on which they stand."""

    words: str
    lines: tuple[Line, ...] = ()

    def and_then(self, words: str, line: Line) -> _Cell:
        return _Cell(f"{self.words} {words}", (*self.lines, line))


def find_judgements(lines: Sequence[Line], code: str | None) -> tuple[list[ProposedJudgement], list[Problem]]:
    """Judgements in the order printed, and what could not be told. ``code`` is the framework's family."""
    if code == "SEND_2023":
        return _send_outcome(lines)
    labels = LABELS.get(code or "")
    if labels is None:
        return [], []
    region = _region(lines, code or "")
    found, problems = _table(region, labels, code or "")
    if code not in _RECORD:
        running = _in_running_text(region, labels)
        if len(running) > sum(bool(one.grade) for one in found):
            found, problems = running, []
    if code == "SIF":
        found = _with_sentences(lines, found)
    if code == "POC" and not found:
        match = _OVERALL_SENTENCES[2].search(flat(lines))
        found = [_in_sentence("Overall effectiveness", match, lines)] if match else []
    if not found:
        problems.append(Problem("the whole document", "No judgements with grades were found. Enter them by hand."))
    return found, problems


def as_grade(words: str) -> str:
    """A grade as it stands in a table: "require improvement" in a sentence is the grade "Requires improvement"."""
    plain = " ".join(words.split()).lower()
    return re.sub(r"^require\b", "requires", plain).capitalize()


def _in_sentence(area: str, match: re.Match[str], lines: Sequence[Line]) -> ProposedJudgement:
    """A judgement that a sentence gives; ``match`` was found in the lines as running text."""
    return ProposedJudgement(area, as_grade(match["grade"]), source_of(lines_at(lines, *match.span())))


def _send_outcome(lines: Sequence[Line]) -> tuple[list[ProposedJudgement], list[Problem]]:
    at = next((n for n, line in enumerate(lines) if line.text.strip().lower() == "inspection outcome"), None)
    if at is not None:
        near = lines[at : at + 14]
        for word, pattern in _SEND_OUTCOMES:
            if match := pattern.search(flat(near)):
                return [ProposedJudgement(SEND_OUTCOME, word, source_of(lines_at(near, *match.span())))], []
    return [], [Problem("page 1", "The inspection outcome was not found. Enter it by hand.")]


def _region(lines: Sequence[Line], code: str) -> list[Line]:
    """The lines in which the table of judgements stands."""
    if code in _RECORD:
        starts = [n for n, line in enumerate(lines) if re.fullmatch(r"record of main findings:?", _label(line.text))]
        return list(lines[starts[-1] + 1 : starts[-1] + 80]) if starts else list(lines)
    end = next(
        (n for n, line in enumerate(lines) if line.text.strip().lower() in ("contents", "executive summary")),
        len(lines),
    )
    if code == "ILACS":
        end = next((n for n, line in enumerate(lines) if _label(line.text).startswith("what needs to improve")), end)
    return list(lines[: min(end, 90)])


def _label(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _bare(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _cells(lines: Sequence[Line], known: Iterable[str], in_table: bool) -> Iterator[tuple[str, str, Line]]:
    """Each piece of the table in turn: "grade" or "label", its words, and its line.

    A cell begins with a capital: "inadequate." alone on a line is the end of a sentence. ``in_table``: the lines
    are known to be those of the table.
    """
    for line in lines:
        for cell in line.text.split("\t"):
            cell = re.sub(r"^\d(?:\.\d)?\.? (?=[A-Z])", "", cell.strip())
            match = _FRAGMENT.fullmatch(cell)
            if match:
                torn = match["words"].startswith(("improvement", "to be", "be good"))
                if in_table or (not cell.endswith(".") and (cell[:1].isupper() or torn)):
                    yield "grade", match["words"], line
                continue
            tail = re.search(rf"\s(?P<grade>{_WHOLE}|requires)(?: \(?grade \d\)?)?$", cell, re.IGNORECASE)
            label = _bare(cell[: tail.start()]) if tail else ""
            if tail and any(label in name for name in known):
                yield "label", cell[: tail.start()], line
                yield "grade", tail["grade"], line
            elif cell:
                yield "label", cell, line


def _table(lines: Sequence[Line], labels: Sequence[str], code: str) -> tuple[list[ProposedJudgement], list[Problem]]:
    known = {_bare(label): label for label in labels}
    names: list[_Cell] = []
    grades: list[_Cell] = []
    partial = ""
    label = _Cell("")
    strange = 0
    for what, words, line in _cells(lines, known, code in _RECORD):
        if what == "grade":
            _add_grade(grades, words, line)
            continue
        joined = partial + _bare(words)
        if partial and any(name.startswith(joined) for name in known):
            partial, label = joined, label.and_then(words, line)
        else:
            if partial in known:
                if code not in _RECORD and any(_bare(name.words) == partial for name in names):
                    partial = ""
                    break  # a second time is a heading further on, and the table is over
                names.append(label)
                partial = ""
            alone = _bare(words)
            if alone and any(name.startswith(alone) for name in known):
                partial, label, strange = alone, _Cell(words, (line,)), 0
            else:
                partial = partial if partial and partial not in known else ""
                strange += 1
                if names and grades and strange > 3 and code not in _RECORD:
                    break
                if not names and not partial and code not in _RECORD and code != "SIF":
                    grades.clear()
    if partial in known and (code in _RECORD or not any(_bare(name.words) == partial for name in names)):
        names.append(label)
    grades = [grade for grade in grades if _WHOLE_GRADE.fullmatch(grade.words)]
    return _paired(names, grades, code)


def _in_running_text(lines: Sequence[Line], labels: Sequence[str]) -> list[ProposedJudgement]:
    """The table where its rows were run together: each label with the grade just after it."""
    text = flat(lines)
    found: dict[int, tuple[str, re.Match[str]]] = {}
    for label in sorted(labels, key=len):  # of two labels that begin alike, the longer one stands
        words = r"\W+".join(map(re.escape, re.findall(r"\w+", label)))
        if match := re.search(rf"{words}\W+(?P<grade>{_WHOLE})\b", text, re.IGNORECASE):
            found[match.start()] = (label, match)
    return [_in_sentence(label, match, lines) for _start, (label, match) in sorted(found.items())]


def _paired(names: list[_Cell], grades: list[_Cell], code: str) -> tuple[list[ProposedJudgement], list[Problem]]:
    if names and len(names) == len(grades):
        return [_graded(name, grade) for name, grade in zip(names, grades, strict=True)], []
    if code == "SIF" and not names and len(grades) == len(_SIF_LABELS):
        message = (
            "The grades are printed without their labels; they are taken in the framework's usual order. Check each."
        )
        found = [_graded(_Cell(name), grade) for name, grade in zip(_SIF_LABELS, grades, strict=True)]
        return found, [Problem("page 1", message)]
    if names and grades:
        message = f"{len(names)} judged areas and {len(grades)} grades were read, so they could not be paired."
        return [ProposedJudgement(name.words, "", source_of(name.lines)) for name in names], [
            Problem("the table of judgements", message)
        ]
    return [], []


def _graded(name: _Cell, grade: _Cell) -> ProposedJudgement:
    return ProposedJudgement(name.words, as_grade(grade.words), source_of([*name.lines, *grade.lines]))


def _add_grade(grades: list[_Cell], words: str, line: Line) -> None:
    words = words.lower()
    whole = bool(_WHOLE_GRADE.fullmatch(words))
    if grades and not whole and not words.startswith("require"):
        joined = grades[-1].and_then(words, line)
        if "requires improvement to be good".startswith(joined.words):
            grades[-1] = joined
            return
    if whole or words.startswith("require"):
        grades.append(_Cell(words, (line,)))


def _with_sentences(lines: Sequence[Line], found: list[ProposedJudgement]) -> list[ProposedJudgement]:
    """With the overall judgement, and that of the board, which stand in sentences of their own."""
    start = [line for line in lines[:60] if line.page <= 2]
    for pattern in _OVERALL_SENTENCES:
        if match := pattern.search(flat(start)):
            found = [_in_sentence(OVERALL, match, start), *found]
            break
    for at, line in enumerate(lines):
        if line.bullet or not re.search(r"safeguarding children|SCB\b", line.text, re.IGNORECASE):
            continue
        if not _WHOLE_GRADE.search(flat(lines[at : at + 2])):
            continue
        for near in (lines[at : at + 1], lines[at : at + 2]):
            text = flat(near)
            match = _LSCB_SENTENCE.search(text)
            if match and not _KEY_TO_GRADES.match(text) and text[match.end() :].strip(" .:") in ("", "because"):
                return [*found, _in_sentence(LSCB, match, near)]
            if match and re.search(r"judgement|effectiveness", text[: match.start()], re.IGNORECASE):
                return [*found, _in_sentence(LSCB, match, near)]
    return found
