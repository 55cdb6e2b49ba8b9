"""Text that stays text: nothing that a spreadsheet would run, nothing that a format refuses."""

import re

# XML 1.0 has no place for these, and a word processor would refuse the file.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# An apostrophe before such a text may be the writer's own, so it is given a second.
STARTS_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def printable(text: str) -> str:
    """``text`` without the characters that no document can hold; a vertical tab becomes a line break."""
    return FORBIDDEN.sub("", text.replace("\x0b", "\n").replace("\r\n", "\n").replace("\r", "\n"))


def inert(text: str) -> str:
    """``text`` as a spreadsheet shows it and never computes it."""
    text = printable(text)
    return f"'{text}" if STARTS_A_FORMULA.match(text) else text
