"""Workbooks that officers fill in: actions to report on, which come back, and an empty plan to start from.

Every text is written as text: nothing in a workbook is ever a formula. Grey cells are locked, without a password.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from plans.documents.dates import Precision, wording
from plans.documents.return_keys import COLUMNS, SHEET, ReturnColumn, key_of
from plans.documents.returned import LONGEST_TEXT
from plans.improvement_plan.models import LONDON, Action, Plan
from plans.improvement_plan.rules import REPORTABLE, Confidence, Rag, Status
from plans.monitoring.returned_workbook import status_word, statuses_offered, words_of
from plans.papers.columns import PlanRow, by_whom, due_wording
from plans.papers.plan_table import OWN_ACTIONS
from plans.papers.safe_text import printable

EMPTY_ROWS = 200
NO_CHILDREN = "Do not enter data about individual children: no names, no initials, no case numbers."
HOW_TO = "How to use"
_A3 = 8
_PAGE = 80
_KEPT_HEIGHT = re.compile(rb'(<row [^>]*) customHeight="1"')
_LINE_POINTS, _FEWEST_LINES, _TALLEST_ROW, _LETTERS_A_WIDTH = 13.0, 3, 400.0, 1.1
_TEAL, _TEAL_PALE, _GREY, _OPEN, _OPEN_HEAD, _LINE = "#1D4F5F", "#EEF3F4", "#F0F2F2", "#FFFBE6", "#7A5C00", "#B7BDC0"
_WIDTHS = {
    "key": 7, "plan": 18, "area": 28, "reference": 10, "action": 40, "lead": 22, "due": 15, "last_progress": 34,
    "status": 15, "progress": 44, "forecast": 16, "confidence": 12, "rating": 12,
}  # fmt: skip
_HINTS = {
    "status": "Choose how far the action has got.",
    "progress": "What has happened since the last update? One or two sentences. Nothing about individual children.",
    "forecast": "When you expect it to be done: 31 March 2027, or March 2027.",
    "confidence": "How sure are you that it will be done in time?",
    "rating": "Your own rating.",
}
_PLAN_COLUMNS = (
    ("Reference", 11), ("What needs to improve", 36), ("Action", 46), ("By whom", 26), ("By when", 16),
    ("Status", 14), ("Progress", 40), ("Evidence", 34),
)  # fmt: skip
_PLAN_STATUSES = [status_word(status) for status in (Status.NOT_STARTED, Status.IN_PROGRESS, Status.COMPLETE)]
# What a person may do to a protected sheet besides filling in the open cells.
_ALLOWED = {
    "sort": True, "autofilter": True, "format_cells": True, "format_columns": True, "format_rows": True,
}  # fmt: skip


@dataclass(frozen=True)
class MadeFor:
    """Whose workbook it is, and of when: printed in it."""

    title: str
    made_by: str
    made_at: datetime

    @property
    def day(self) -> date:
        return self.made_at.astimezone(LONDON).date()

    @property
    def sentence(self) -> str:
        local = self.made_at.astimezone(LONDON)
        return f"Made for {self.made_by} on {wording(self.day, Precision.DAY)} at {local.hour}:{local:%M}."


def actions_workbook(actions: Sequence[Action], made: MadeFor) -> bytes:
    """The actions, one a row, with open cells for what their owners report.

    ``actions`` come with their plan's organisation, area and lead's organisation, in the order in which they stand.
    """
    several = len({action.plan_id for action in actions}) > 1
    columns = [column for column in COLUMNS if column.name != "plan" or several]
    book = _Book(made)
    sheet = book.sheet(SHEET, [(column.heading, _WIDTHS[column.name]) for column in columns], made.title)
    for place, column in enumerate(columns):
        if column.open:
            sheet.write_string(0, place, column.heading, book.open_heading)
    for number, action in enumerate(actions, start=1):
        texts = _texts(action, several, made.day)
        texts["key"] = key_of(action.pk, action.version, texts)
        sheet.set_row(number, _height(texts))
        takes_news = action.status in REPORTABLE
        for place, column in enumerate(columns):
            form = book.key if column.name == "key" else book.open if column.open and takes_news else book.locked
            _write(sheet, number, place, texts[column.name], form)
            if column.open and takes_news:
                sheet.data_validation(number, place, number, place, _rule(column, action.status))
    sheet.freeze_panes(1, [column.name for column in columns].index("action"))
    sheet.autofilter(0, 0, max(1, len(actions)), len(columns) - 1)
    # The keys are for the tracker: they stay off the paper.
    sheet.print_area(0, 1, max(1, len(actions)), len(columns) - 1)
    counted = "1 action" if len(actions) == 1 else f"{len(actions):,} actions"
    as_at = wording(made.day, Precision.DAY)
    made_up = _MADE_UP if any(action.illustration for action in actions) else ()
    book.how_to(f"{made.title}: {counted}, as at {as_at}.", (*_HOW_TO_REPORT, *made_up))
    return book.bytes()


def blank_workbook(plan: Plan, areas: Iterable[str], made: MadeFor) -> bytes:
    """An empty plan under headings that our own reader of plans understands; ``areas`` are offered to choose from."""
    book = _Book(made)
    sheet = book.sheet("Plan", _PLAN_COLUMNS, f"{plan.title}: new actions")
    known = list(areas)
    for number in range(1, EMPTY_ROWS + 1):
        for place in range(len(_PLAN_COLUMNS)):
            sheet.write_blank(number, place, None, book.open)
    headings = [heading for heading, _ in _PLAN_COLUMNS]
    at = headings.index("Status")
    sheet.data_validation(1, at, EMPTY_ROWS, at, _choices(_PLAN_STATUSES, "Choose how far the action has got."))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, EMPTY_ROWS, len(_PLAN_COLUMNS) - 1)
    book.how_to(f"{plan.title}: a workbook for new actions.", _HOW_TO_BEGIN)
    if known:
        _offer_areas(book, sheet, headings.index("What needs to improve"), known)
    return book.bytes()


def _offer_areas(book: _Book, sheet: Worksheet, place: int, areas: Sequence[str]) -> None:
    listed = book.sheet("Areas", [("The plan’s areas for improvement", 2 * _PAGE)], "Areas for improvement")
    for number, area in enumerate(areas, start=1):
        _write(listed, number, 0, text := _short(printable(area)), book.locked)
        listed.set_row(number, _LINE_POINTS * _lines(text, 2 * _PAGE) + 3)
    rule = {
        "validate": "list",
        "source": f"=Areas!$A$2:$A${len(areas) + 1}",
        "error_type": "information",
        "error_title": "Another area",
        "error_message": "The plan does not have this area yet. You can keep it.",
    }
    sheet.data_validation(1, place, EMPTY_ROWS, place, rule)


def _texts(action: Action, several: bool, day: date) -> dict[str, str]:
    """Every cell of a row as the text that is written, by column."""
    texts = {
        "plan": action.plan.title if several else "",
        "area": action.area.wording if action.area else OWN_ACTIONS,
        "reference": action.reference,
        "action": action.wording,
        "lead": by_whom(PlanRow(action, None, "", day, action.plan)),
        "due": due_wording(action),
        "last_progress": f"Illustration: {action.progress}" if action.illustration else action.progress,
        **words_of(action),
    }
    return {name: _short(printable(text)) for name, text in texts.items()}


def _height(texts: Mapping[str, str]) -> float:
    """Points for the tallest text, about as many letters a line as its column is wide; room to write in any case."""
    lines = [_lines(text, _WIDTHS[name]) for name, text in texts.items() if name != "key"]
    return min(_LINE_POINTS * max(_FEWEST_LINES, *lines) + 3, _TALLEST_ROW)


def _lines(text: str, width: int) -> int:
    """About how many lines a text takes in a column."""
    letters = int(width * _LETTERS_A_WIDTH)
    return sum(-(-len(line) // letters) or 1 for line in text.split("\n"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _write(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    if text:
        sheet.write_string(row, column, text, form)
    else:
        sheet.write_blank(row, column, None, form)


def _rule(column: ReturnColumn, status: str) -> dict[str, Any]:
    match column.name:
        case "status":
            return _choices(statuses_offered(status), _HINTS["status"])
        case "confidence":
            return _choices([word.label for word in Confidence], _HINTS["confidence"])
        case "rating":
            return _choices([word.label for word in Rag], _HINTS["rating"])
        case "progress":
            return {
                "validate": "length",
                "criteria": "<=",
                "value": LONGEST_TEXT,
                "input_title": column.heading,
                "input_message": _HINTS["progress"],
                "error_title": "Too long",
                "error_message": f"Shorten the text to {LONGEST_TEXT:,} characters.",
            }
        case _:
            return {"validate": "any", "input_title": column.heading, "input_message": _HINTS[column.name]}


def _choices(words: Sequence[str], hint: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(words),
        "input_message": hint,
        "error_title": "Choose from the list",
        "error_message": f"Choose one of: {', '.join(words)}.",
    }


_HOW_TO_REPORT = (
    NO_CHILDREN,
    "Fill in the yellow cells. Grey cells are locked: they say which action a row is, and what is agreed.",
    "Status, Confidence and Owner’s rating: choose from the list in the cell.",
    "New progress: what has happened since the last update, in one or two sentences. A complete action needs it.",
    "Forecast: when you expect it to be done, as you would write it: 31 March 2027, or March 2027.",
    "Due dates do not move here. Ask for an extension in the tracker; the board decides.",
    "Rows that you leave alone, or delete, change nothing. Do not change the keys in the first column.",
    "To sort, take off the protection first (Review, Unprotect Sheet). There is no password.",
    "Save it as an Excel workbook (.xlsx) and send it back in the tracker: My work, Send a workbook back.",
    "The tracker shows every difference before anything is recorded. What somebody else has changed in the meantime"
    " is never overwritten: you are shown both.",
    "The tracker holds the truth. This workbook is a copy of the moment at which it was made.",
)
_MADE_UP = ("Progress marked “Illustration” was made up to show how the tracker works. It is not the council’s.",)
_HOW_TO_BEGIN = (
    NO_CHILDREN,
    "On the sheet “Plan”, enter one action in each row. Leave the headings as they are.",
    "What needs to improve: the area that the action answers. Choose it from the list, or write another.",
    "By whom: the post that leads, for example Head of Service, Assessment. Posts, not names: people move.",
    "By when: a day or a month, as you would write it: 31 March 2027, or March 2027.",
    "Status: choose from the list. Progress and Evidence may stay empty.",
    "Send the finished workbook to the improvement lead, who reads it into the tracker and checks every row.",
)


class _Book:
    """A workbook being written: its formats, its sheets, and the sheet that explains it."""

    def __init__(self, made: MadeFor) -> None:
        self._stream = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._stream,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
        )
        self._made = made
        created = made.made_at.astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": printable(made.title), "author": made.made_by, "created": created})
        self.heading = self._format(bold=True, font_color="#FFFFFF", bg_color=_TEAL, valign="vcenter")
        self.open_heading = self._format(bold=True, font_color="#FFFFFF", bg_color=_OPEN_HEAD, valign="vcenter")
        self.locked = self._format(bg_color=_GREY)
        self.open = self._format(bg_color=_OPEN, locked=False)
        self.key = self._format(bg_color=_GREY, font_color="#6B7073", font_size=8, text_wrap=False)

    def _format(self, **properties: Any) -> Format:
        # Text throughout, so that a spreadsheet makes no number of 1.10 and no day of March 2027.
        common: Mapping[str, Any] = {
            "num_format": "@",
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": _LINE,
            "font_name": "Arial",
            "font_size": 10,
        }
        return self._book.add_format({**common, **properties})

    def sheet(self, name: str, columns: Sequence[tuple[str, int]], title: str) -> Worksheet:
        """A sheet with its headings in the first row, protected, set up for print."""
        sheet = self._book.add_worksheet(name)
        sheet.set_row(0, 30)
        for place, (heading, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, self.heading)
        sheet.protect("", _ALLOWED)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.repeat_rows(0)
        sheet.set_header(f"&L{_in_header(title)}&R{_in_header(self._made.sentence)}")
        sheet.set_footer("&LNothing about individual children.&RPage &P of &N")
        return sheet

    def how_to(self, first: str, lines: Sequence[str]) -> None:
        sheet = self._book.add_worksheet(HOW_TO)
        sheet.set_column(0, 0, _PAGE)
        sheet.hide_gridlines(2)
        title = self._format(bold=True, font_size=16, border=0, font_color=_TEAL)
        plain = self._format(border=0, font_size=11)
        warning = self._format(border=0, font_size=11, bold=True, bg_color=_TEAL_PALE)
        sheet.write_string(0, 0, HOW_TO, title)
        sheet.set_row(0, 26)
        for place, line in enumerate((printable(f"{first} {self._made.sentence}"), *lines), start=1):
            sheet.write_string(place, 0, line, warning if line == NO_CHILDREN else plain)
            sheet.set_row(place, 16 * _lines(line, _PAGE) + 5)
        sheet.protect("", _ALLOWED)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def bytes(self) -> bytes:
        self._book.close()
        return _growing(self._stream.getvalue())


def _growing(data: bytes) -> bytes:
    """The same workbook, whose rows grow with what is typed: a height that is only given is kept for ever."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as written, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in written.infolist():
            content = written.read(part)
            if part.filename.startswith("xl/worksheets/"):
                content = _KEPT_HEIGHT.sub(rb"\1", content)
            kept.writestr(part, content)
    return stream.getvalue()


def _in_header(text: str) -> str:
    """Text in a page's header, where & begins a code and the whole may not be long."""
    return printable(text).replace("\n", " ")[:100].replace("&", "&&")
