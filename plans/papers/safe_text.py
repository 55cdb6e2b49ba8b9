"""Text that stays text: nothing that a spreadsheet would run, nothing that a format refuses."""

import re

# XML 1.0 has no place for these, and a word processor would refuse the file.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# An apostrophe before such a text may be the writer's own, so it is given a second.
STARTS_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_RARE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_EMPTY_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


def printable(text: str) -> str:
    """``text`` without the characters that no document can hold; a vertical tab becomes a line break."""
    if _RARE.search(text) is None:
        return text
    return FORBIDDEN.sub("", text.replace("\x0b", "\n").replace("\r\n", "\n").replace("\r", "\n"))


def inert(text: str) -> str:
    """``text`` as a spreadsheet shows it and never computes it."""
    text = printable(text)
    return f"'{text}" if STARTS_A_FORMULA.match(text) else text


def on_one_line(text: str, otherwise: str = "") -> str:
    """``text`` as a heading holds it: printable, on one line, and ``otherwise`` where nothing of it is left."""
    return " ".join(printable(text).split()) or otherwise


def paragraphs(text: str) -> list[str]:
    """``text`` in the paragraphs that its empty lines part; none where it says nothing."""
    return [part.strip("\n") for part in _EMPTY_LINES.split(printable(text)) if part.strip()]
