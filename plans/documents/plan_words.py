"""What single cells of a plan say: a status in one of our words, a due date, whether a sentence goes on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from plans.documents.dates import MONTHS, Precision, PrintedDate, read_printed_date, wording
from plans.documents.workbook_tables import serial_date

COMPLETE, IN_PROGRESS, NOT_STARTED = "complete", "in progress", "not started"

_NOT_DONE = re.compile(
    r"\b(?:not|isn['’]t|un|yet to be|to be|cannot be)\W+(?:yet |fully |been )*"
    r"(?:achieved|complete|done|closed|delivered|implemented|finished|embedded|signed|met)|\bincomplete\b"
)
_PARTLY = re.compile(
    r"\b(?:part(?:ly|ial|ially)|nearly|almost|mostly|largely|substantially)\b|\b(?!100)\d{1,3} ?% ?(?:complete|done)"
)
_NOT_STARTED = re.compile(
    r"\b(?:not (?:yet )?(?:started|commenced|begun|due)|yet to (?:start|begin|commence)|unstarted|to do)\b"
)
_UNDER_WAY = re.compile(
    r"\b(?:in[- ]progress|on-?\s?going|under\s?way|started|commenced|on[- ]?(?:track|target|schedule)|progressing"
    r"|continuing)\b"
)
_DONE = re.compile(
    r"\b(?:completed?|achieved|done|closed|delivered|implemented|finished|embedded|signed[- ]off|business as usual|bau"
    r"|in place|fully met)\b"
)
_RATING = re.compile(r"(?:r|a|g|red|amber|green|yellow|grey|gray|r/a|a/g)")
_BLUE = re.compile(r"(?:b|blue)")
_CLEAR_STATUS = 60
_STATUS_WORDS = re.compile(
    r"(?:\W|_|\b(?:actions?|now|all|yet|not|to|be|fully|part(?:ly|ially)|completed?|achieved|done|closed|delivered"
    r"|implemented|finished|embedded|signed|off|business|as|usual|bau|in|progress|on-?going|going|under ?way|way"
    r"|started|commenced|begun|on|track|target|schedule|blue|and|100)\b)*"
)
_SERIAL = re.compile(r"(?:3[6-9]|4\d|5[0-4])\d{3}(?:\.0+)?")
_NO_DATE = re.compile(r"no (?:due )?date", re.IGNORECASE)
_ALREADY = re.compile(r"already (?:in progress|under\s?way|started)", re.IGNORECASE)
_LONGEST_END = 40
_ENDS = re.compile(r"[.!?:;]['”\"’)]*$")
_HANGING = re.compile(
    r"(?:[,&/(–-]|\b(?:and|or|of|for|the|to|a|an|in|on|with|by|from|at|as|that|which|who|their|our|its|is|are|be|will|all"
    r"|this|these|those|into|between|through|within|including))$",
    re.IGNORECASE,
)


def status_of(text: str) -> str:
    """A status or rating in one of our words; "" where it says nothing certain about what has been done."""
    plain = " ".join(text.lower().split())
    if _BLUE.fullmatch(plain):
        return COMPLETE
    if not plain or _RATING.fullmatch(plain):
        return ""
    if _NOT_STARTED.search(plain):
        return NOT_STARTED
    if _PARTLY.search(plain):
        return IN_PROGRESS
    if _NOT_DONE.search(plain):
        return IN_PROGRESS if _UNDER_WAY.search(plain) else ""
    found = [(match.start(), word) for pattern, word in ((_UNDER_WAY, IN_PROGRESS), (_DONE, COMPLETE))
             if (match := pattern.search(plain))]  # fmt: skip
    return min(found)[1] if found else ""


def short_status(text: str) -> str:
    """The status that a cell of progress notes is, when it says nothing else."""
    return status_of(text) if len(text) <= _CLEAR_STATUS and _STATUS_WORDS.fullmatch(text.lower()) else ""


def read_when(text: str) -> tuple[PrintedDate, str, tuple[str, ...]]:
    """The due date, the status that was printed instead of one, and a sentence for everything doubtful."""
    printed = " ".join(text.split())
    if not printed or _NO_DATE.fullmatch(printed):
        return PrintedDate(None, Precision.NONE, ""), "", ()
    if _SERIAL.fullmatch(printed) and (day := serial_date(float(printed))):
        said = f"“{printed}” is how a spreadsheet stores {wording(day, Precision.DAY)}; check the day."
        return PrintedDate(day, Precision.DAY, printed), "", (said,)
    read = read_printed_date(printed)
    due = read.date
    if due.last_day is not None:
        return due, "", read.problems
    if due.precision is Precision.ONGOING:
        if _ALREADY.match(printed):
            due = replace(due, precision=Precision.NONE)
        return due, IN_PROGRESS if _UNDER_WAY.search(printed.lower()) else "", read.problems
    status = status_of(printed[:_CLEAR_STATUS]) if due.precision is Precision.NONE else ""
    return due, status if status == COMPLETE or not read.problems else "", read.problems


def is_a_date(text: str) -> bool:
    """Whether a cell is a due date and little else: not a result that begins with the month it was measured in."""
    due, status, _ = read_when(text)
    return (
        len(text) <= 45
        and (due.last_day is not None or bool(status) or due.precision is not Precision.NONE)
        and (":" not in text)
    )


def goes_on(above: str, text: str) -> bool:
    """Whether ``text`` continues the sentence in which ``above`` was cut."""
    if not above or not text:
        return False
    end = above[-_LONGEST_END:]
    return bool(_HANGING.search(end)) or (text[0].islower() and not above[0].islower() and not _ENDS.search(end))


def join(above: str, text: str) -> str:
    """Two parts of one cell, as one line where a sentence was cut between them."""
    if not above or not text:
        return above or text
    return f"{above} {text}" if goes_on(above, text) else f"{above}\n{text}"


_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS)
_ON_SITE = re.compile(
    rf"\binspect\w*\b.*?(?P<day>\d{{1,2}})?(?:st|nd|rd|th)?\s*\b(?P<month>{_MONTH})\b.*?\b(?P<year>20\d\d)\b",
    re.IGNORECASE,
)


def inspected_from(line: str) -> date | None:
    """The first day of an inspection that a heading names ("Inspection … 1st July to 12th July 2019")."""
    found = _ON_SITE.search(" ".join(line.split())[:300])
    if not found:
        return None
    month = next(place for place, name in enumerate(MONTHS, 1) if name[:3].lower() == found["month"][:3].lower())
    try:
        return date(int(found["year"]), month, int(found["day"] or 1))
    except ValueError:
        return None
