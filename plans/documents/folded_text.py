"""Text that lost its line ends: a page or a whole report on one line, broken again where its headings stand."""

from __future__ import annotations

import re

FOLDED = 600
_ASKS = (
    r"(?:What needs to improve(?: in this area of social work practice)?|Areas? for (?:priority action|improvement)"
    r"|Priority and immediate actions?|Recommendations|What does the [^.?]{2,60} need to improve)[?:]?"
)
_OTHERS = (
    r"(?:About this inspection|Information about this [^.]{2,40}|Summary for children and young people|Main findings"
    r"|Headline findings|Key strengths(?: and weaknesses of the LSCB)?|The local authority.s strengths|Strengths"
    r"|Next steps|Findings|Inspection findings[^.]{0,60}|Case study[^.]{0,60}|Local area partnership details"
    r"|Safeguarding outcomes for children and young people|Record of main findings)"
)
_TIMES = r"(?:Immediately|Within \w{1,12} (?:working )?(?:days|weeks|months)):"
_BULLET = r"[\u2022\u25fc\u25aa\u25a0\uf0a7\uf0b7\uf06e]\s"
_NUMBER = r"\d{1,3}\.\s(?=[A-Z])"
_MARK = rf"(?:{_BULLET}|{_NUMBER})"
_BREAKS = re.compile(
    rf"(?<=[.?!:;)”0-9a-z]) (?={_ASKS} (?:{_MARK}|[A-Z]))"
    rf"|(?<=[.?!:;)”]) (?=(?:{_OTHERS} (?:{_MARK}|[A-Z])|{_NUMBER}))"
    rf"|(?<=\S) (?=The experiences and progress of (?:children|care)|{_TIMES} |{_BULLET})"
)
_AFTER = re.compile(rf"({_ASKS}|{_OTHERS}|{_TIMES}) (?={_MARK}|[A-Za-z])")


def unfolded(line: str) -> list[str]:
    """A line as the lines that it was folded from; itself where it is no longer than a paragraph."""
    if len(line) < FOLDED:
        return [line]
    found: list[str] = []
    for piece in _BREAKS.split(line):
        heading = _AFTER.match(piece)
        found += [heading[1], piece[heading.end() :]] if heading else [piece]
    return found
