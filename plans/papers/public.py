"""Papers for the public made safe: job titles for names, and nothing that may tell who a child is.

``redacted_brief`` is what a kind of paper is built from, so that a template is filled with safe words; ``for_public``
goes over every text of what was built. What looks personal is withheld; the weak kinds may stand where a person has
looked at them and said so.
"""

from __future__ import annotations

import copy
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from lxml import etree

from plans.oversight.personal_text import A_PERSON, Found, findings
from plans.papers.brief import Brief
from plans.papers.content import Paper, as_plain
from plans.papers.names_out import Named, Names, people_known

_MOST_ROUNDS = 5


class RefusedPaper(ValueError):
    """A public paper that cannot be made safe; the sentence says what to do."""


class _Shown(dict[int, int | None]):
    """Signs that show nothing are dropped, letters in fancy dress are plain: each would hide a name from a search."""

    def __missing__(self, code: int) -> int | None:
        sign, shown = chr(code), code
        if unicodedata.category(sign) == "Cf" or sign in "\u034f\u115f\u1160\u3164\uffa0" or 0xFE00 <= code <= 0xFE0F:
            self[code] = None
            return None
        plain = unicodedata.normalize("NFKC", sign)
        if sign.isalnum() and len(plain) == 1 and plain.isascii() and unicodedata.category(sign) != "No":
            shown = ord(plain)
        self[code] = shown
        return shown


_SHOWN = _Shown()


def as_shown(text: str) -> str:
    """``text`` as its reader sees it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_SHOWN))


@dataclass
class Cleaner:
    """Makes one text after another safe; a text that comes again costs nothing."""

    names: Names
    let_stand: frozenset[str] = frozenset()
    _done: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """``text`` with job titles for names, and without what looks personal and was not let stand."""
        if text not in self._done:
            self._done[text] = self._cleaned(text)
        return self._done[text]

    def _cleaned(self, text: str) -> str:
        shown = as_shown(text)
        for _ in range(_MOST_ROUNDS):
            places = self.places_in(shown)
            if not places:
                return shown
            for one in reversed(places):
                instead = one.instead if isinstance(one, Named) else one.kind.instead
                shown = f"{shown[: one.start]}{instead}{shown[one.end :]}"
        # Whatever this is, it does not become safe piece by piece.
        return A_PERSON if self.places_in(shown) else shown

    def places_in(self, shown: str) -> list[Named | Found]:
        """What must not stay, by place: the strong kinds first, then the longest."""
        found: list[Named | Found] = [one for one in findings(shown) if not self.may_stand(one)]
        found += self.names.found_in(shown)
        kept: list[Named | Found] = []
        for one in sorted(found, key=_weight):
            if all(one.end <= other.start or other.end <= one.start for other in kept):
                kept.append(one)
        return sorted(kept, key=lambda one: one.start)

    def may_stand(self, found: Found) -> bool:
        """Whether a person has let it stand; what is of a strong kind never stands."""
        return not found.kind.strong and found.id in self.let_stand


def _weight(one: Named | Found) -> tuple[bool, int, bool, int]:
    strong = isinstance(one, Found) and one.kind.strong
    return (not strong, one.start - one.end, isinstance(one, Found), one.start)


def cleaner_for(brief: Brief) -> Cleaner:
    """What makes the texts of this paper safe: the people known now, by the posts that they hold on the paper's day."""
    return Cleaner(Names(people_known(brief.plan, brief.day)), brief.let_stand)


def redacted_brief(brief: Brief, clean: Cleaner | None = None) -> Brief:
    """The brief with safe words: its title, its considerations, what is recommended, and the plan's own title."""
    clean = clean or cleaner_for(brief)
    plan = copy.copy(brief.plan)
    plan.title, plan.summary = clean(plan.title), clean(plan.summary)
    return replace(
        brief,
        plan=plan,
        made_by="",
        title=clean(brief.title),
        words={name: clean(said) for name, said in brief.words.items()},
        recommendations=tuple(replace(one, text=clean(one.text)) for one in brief.recommendations),
    )


def for_public(paper: Paper, brief: Brief, clean: Cleaner | None = None) -> Paper:
    """The paper with every text made safe.

    Raises RefusedPaper where its Word template itself holds a name or what looks personal, comments or tracked changes.
    """
    clean = clean or cleaner_for(brief)

    def safe(text: str) -> str:
        return _safe_picture(text, clean) if text.lstrip().startswith("<svg") else clean(text)

    stamp = replace(paper.stamp, selection=clean(paper.stamp.selection), made_by="", public=True)
    made = replace(paper.with_texts(safe), stamp=stamp)
    for text in _texts_in(as_plain(replace(made, skeleton=""))):
        if safe(text) != text:
            raise RefusedPaper("This paper holds a text that could not be made safe. It is not made for the public.")
    if paper.skeleton:
        _refuse_unsafe_template(b64decode(paper.skeleton), clean)
    return made


def _texts_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from _texts_in(one)


def _safe_picture(svg: str, clean: Cleaner) -> str:
    """The picture, or nothing where a word of it would have to change."""
    try:
        words = list(_words_of_part(svg.encode()))
    except etree.XMLSyntaxError:
        return ""
    return svg if all(clean(said) == as_shown(said) for said in words) else ""


# Word files.

# Attributes that a reader may see; others are numbers and ids of the format.
_SPOKEN = frozenset({"descr", "title", "author", "tooltip", "name", "initials", "Target", "aria-label", "alias"})
_CHANGED = frozenset({"ins", "del", "moveFrom", "moveTo", "comment"})
_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False}


def _refuse_unsafe_template(word_file: bytes, clean: Cleaner) -> None:
    try:
        with ZipFile(BytesIO(word_file)) as package:
            # Who wrote the template is not printed: the paper has properties of its own.
            names = [name for name in package.namelist() if name.endswith((".xml", ".rels"))]
            for name in names:
                if not name.startswith("docProps/"):
                    _refuse_unsafe_part(package.read(name), clean)
    except (BadZipFile, etree.XMLSyntaxError):
        raise RefusedPaper("The Word template cannot be read. Upload it again.") from None


def _refuse_unsafe_part(part: bytes, clean: Cleaner) -> None:
    for said in _words_of_part(part, refuse_changes=True):
        for one in clean.places_in(as_shown(said)):
            if isinstance(one, Named):
                raise RefusedPaper(
                    f"The Word template itself, or a title that it is filled with, names a person, “{one.text}”."
                    " Put their job title there."
                )
            raise RefusedPaper(
                f"The Word template itself, or what it is filled with, holds {one.kind.words}, “{hidden(one.text)}”."
                f" Take it out{'' if one.kind.strong else ', or let it stand'}."
            )


def _words_of_part(part: bytes, *, refuse_changes: bool = False) -> Iterator[str]:
    """What a reader may see of an XML part: the text of each paragraph, however its letters are cut up; what is said
    in attributes; and all of its text, for what is in no paragraph."""
    root = etree.fromstring(part, etree.XMLParser(**_PARSER))
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        local = etree.QName(element).localname
        if refuse_changes and local in _CHANGED and "wordprocessingml" in (etree.QName(element).namespace or ""):
            raise RefusedPaper(
                "The Word template holds comments or tracked changes, which name who made them. Accept or remove them"
                " and upload it again."
            )
        if local in ("p", "text", "title", "desc"):
            yield "".join(str(piece) for piece in element.itertext())
        elif element.text and element.text.strip() and local != "t":
            yield element.text
        yield from (str(said) for name, said in element.attrib.items() if etree.QName(name).localname in _SPOKEN)


def hidden(text: str) -> str:
    """``text`` with the second half of its letters and digits hidden: enough to know it by, too little to use."""
    places = [place for place, sign in enumerate(text) if sign.isalnum()]
    covered = set(places[(len(places)) // 2 :])
    return "".join("•" if place in covered else sign for place, sign in enumerate(text))


def template_findings(paper: Paper) -> Iterable[Found]:
    """What looks personal in the Word file that the paper's template was filled into."""
    with ZipFile(BytesIO(b64decode(paper.skeleton))) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")) and not name.startswith("docProps/"):
                for said in _words_of_part(package.read(name)):
                    yield from findings(as_shown(said))
