"""The numbers that Word prints before paragraphs without their being in the text: of headings, paragraphs and lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LIST_KINDS = {
    "bullet": "",
    "decimal": "1",
    "lowerRoman": "i",
    "upperRoman": "i",
    "lowerLetter": "1",
    "upperLetter": "1",
}
_LARGEST = 3_999


@dataclass(frozen=True)
class Number:
    """``printed``: what stands before the text, if the text does not say it; ``list_kind``: as ``Points`` has it."""

    printed: str = ""
    list_kind: str | None = None


class Numbers:
    """Counts through one document, paragraph after paragraph."""

    def __init__(self, document: Any) -> None:
        try:
            part = document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        except KeyError:
            part = None
        self._kinds: dict[str, Any] = {}
        self._lists: dict[str, Any] = {}
        if part is not None:
            self._kinds = {kind.get(qn("w:abstractNumId")): kind for kind in part.findall(qn("w:abstractNum"))}
            self._lists = {one.get(qn("w:numId")): one for one in part.findall(qn("w:num"))}
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.findall(qn("w:style"))}
        self._counts: dict[str, list[int]] = {}

    def of(self, paragraph: Any, heading_level: int) -> Number:
        """The number of the next paragraph. One of several parts (2.1), or of a heading, is printed before its text."""
        list_id, depth = self._numbering(paragraph)
        level = self._level(list_id, depth)
        if level is None:
            return Number()
        form = _value(level, "w:numFmt", "decimal")
        pattern = _value(level, "w:lvlText", "")
        printed = self._next(list_id, depth, pattern)
        if form in ("bullet", "none") and heading_level:
            return Number()
        if heading_level or pattern.count("%") > 1:
            return Number(printed)
        return Number(list_kind=_LIST_KINDS.get(form, "1") if form != "none" else None)

    def _numbering(self, paragraph: Any) -> tuple[str, int]:
        properties = paragraph.find(qn("w:pPr"))
        found = self._said(properties)
        if found is not None:
            return found
        named = properties.find(qn("w:pStyle")) if properties is not None else None
        identity = named.get(qn("w:val")) if named is not None else ""
        seen: set[str] = set()
        while identity in self._styles and identity not in seen:
            seen.add(identity)
            style = self._styles[identity]
            if (found := self._said(style.find(qn("w:pPr")))) is not None:
                return found[0], self._depth_of_style(found[0], identity, found[1])
            based = style.find(qn("w:basedOn"))
            identity = based.get(qn("w:val")) if based is not None else ""
        return "", 0

    def _depth_of_style(self, list_id: str, style: str, depth: int) -> int:
        """A style may be linked to a level of its list by the list alone."""
        kind = self._kind(list_id)
        if kind is not None:
            for level in kind.findall(qn("w:lvl")):
                if _value(level, "w:pStyle", "") == style:
                    return int(level.get(qn("w:ilvl"), depth))
        return depth

    def _said(self, properties: Any) -> tuple[str, int] | None:
        number = properties.find(qn("w:numPr")) if properties is not None else None
        if number is None:
            return None
        depth = _value(number, "w:ilvl", "0")
        return _value(number, "w:numId", ""), int(depth) if depth.isdecimal() else 0

    def _kind(self, list_id: str) -> Any:
        one = self._lists.get(list_id)
        return self._kinds.get(_value(one, "w:abstractNumId", "")) if one is not None else None

    def _level(self, list_id: str, depth: int) -> Any:
        kind = self._kind(list_id)
        if kind is None:
            return None
        return next((level for level in kind.findall(qn("w:lvl")) if level.get(qn("w:ilvl")) == str(depth)), None)

    def _next(self, list_id: str, depth: int, pattern: str) -> str:
        kind = self._kind(list_id)
        override = self._lists[list_id].find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}")
        # Lists of one definition count on from each other, save those that begin again.
        key = list_id if override is not None else f"kind {kind.get(qn('w:abstractNumId'))}"
        counts = self._counts.setdefault(key, [])
        while len(counts) <= depth:
            counts.append(self._start(list_id, len(counts)) - 1)
        counts[depth] += 1
        del counts[depth + 1 :]

        def printed(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            count = max(counts[place], self._start(list_id, place)) if place < len(counts) else 1
            level = self._level(list_id, place)
            return _in_form(count, _value(level, "w:numFmt", "decimal") if level is not None else "decimal")

        return re.sub(r"%([1-9])", printed, pattern)

    def _start(self, list_id: str, depth: int) -> int:
        level = self._level(list_id, depth)
        start = _value(level, "w:start", "1") if level is not None else "1"
        return int(start) if start.isdecimal() else 1


def _value(element: Any, tag: str, otherwise: str) -> str:
    found = element.find(qn(tag))
    return str(found.get(qn("w:val"), otherwise)) if found is not None else otherwise


def _in_form(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 % 9 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < count <= _LARGEST:
        said = ""
        for worth, sign in _ROMAN:
            said, count = said + sign * (count // worth), count % worth
        return said.upper() if form == "upperRoman" else said
    return str(count)
