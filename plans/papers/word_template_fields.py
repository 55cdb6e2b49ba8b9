"""The fields that a Word template uses, and every mistake in how it uses them, with the paragraph in which it stands.

A template says {{ field }}, and may say {% if field %} … {% endif %} and {% for item in list %} … {% endfor %}.
Nothing else of Jinja is taken: no attribute, call, filter, sum or macro.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from lxml import etree

from plans.papers.considerations import BY_NAME, Field, Holds

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}")
_OPENED = re.compile(r"\{\{|\{%|\{#|%\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = {"and", "or", "not", "in", "if", "elif", "else", "endif", "for", "endfor"}
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.For, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_SHOWN = 60
_NOT_CLOSED = (
    "A condition or a loop is not closed where it was begun: each {% if … %} needs {% endif %}, and each {% for … %}"
    " {% endfor %}. For whole paragraphs write {%p if … %} and {%p endif %}, each in a paragraph of its own."
)
_NOTHING_ENDED = "An {% endif %} or {% endfor %} has nothing that it ends where it stands."
_ONLY = "Only {{ field }}, {% if field %} and {% for item in list %} may be used"


@dataclass
class Found:
    """``used``: fields in the order of the template, once each; ``tested``: those that an “if” asks about."""

    used: list[str] = field(default_factory=list)
    tested: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def use(self, name: str) -> None:
        if name not in self.used:
            self.used.append(name)


@dataclass(frozen=True)
class Place:
    """Where a paragraph stands: “header”, “footer” or “” for the body; whether in a table or a text box."""

    part: str = ""
    table: bool = False
    box: bool = False


def fields_in(parts: list[tuple[str, etree._Element]]) -> Found:
    """What the parts use. Each part is named “”, “header”, “footer” or, where no field is filled, what it is."""
    found = Found()
    for part, root in parts:
        opened: dict[Any, list[str]] = {}
        for paragraph in root.iter(f"{_W}p"):
            if any(above.tag == _FALLBACK for above in paragraph.iterancestors()):
                continue
            above = {ancestor.tag for ancestor in paragraph.iterancestors()}
            text, place = text_of(paragraph), Place(part, f"{_W}tc" in above, f"{_W}txbxContent" in above)
            _read(text, place, found)
            here = opened.setdefault(paragraph.getparent(), [])
            if not _balanced(text, here):
                found.problems.append(f"{_NOTHING_ENDED} {_where(text, place)}")
        found.problems += [f"{_NOT_CLOSED} ({text})" for texts in opened.values() for text in texts]
    return found


def _balanced(text: str, opened: list[str]) -> bool:
    """Count a statement that stands for its paragraph; False where it ends what was not begun beside it."""
    for tag in _TAG.finditer(text):
        whole = re.match(r"p +(\w+)", tag[2] or "")
        if whole and whole[1] in ("if", "for"):
            opened.append(f"{{%p {whole[1]} … %}}")
        elif whole and whole[1] in ("endif", "endfor"):
            if not opened:
                return False
            opened.pop()
    return True


def text_of(paragraph: etree._Element) -> str:
    """The paragraph's own letters, however they are cut into runs; without those of a text box within it."""
    own = (text for text in paragraph.iter(f"{_W}t") if next(text.iterancestors(f"{_W}p")) is paragraph)
    return "".join(text.text or "" for text in own)


def _read(text: str, place: Place, found: Found) -> None:
    if "{{" not in text and "{%" not in text and "{#" not in text and "%}" not in text:
        return
    problems = list(_problems(text, place, found))
    if problems:
        found.problems += [f"{problem} {_where(text, place)}" for problem in problems]


def _where(text: str, place: Place) -> str:
    short = " ".join(text.split())
    short = short if len(short) <= _SHOWN else f"{short[:_SHOWN]}…"
    told = {"header": "in the header, ", "footer": "in the footer, "}.get(place.part, "")
    return f"({told}in the paragraph “{short}”)"


def _problems(text: str, place: Place, found: Found) -> Iterator[str]:
    if place.part not in ("", "header", "footer"):
        yield f"Fields are not filled in {place.part}. Move it into the text."
        return
    rest = _TAG.sub("", text)
    if opened := _OPENED.search(rest):
        yield f"A “{opened[0]}” is not closed, or not opened, in its own paragraph."
    depth = 0
    for tag in _TAG.finditer(text):
        if tag[1] is not None:
            yield from _output(tag[1], text, place, found)
        elif tag[2] is not None:
            yield from _statement(tag[2], found)
            word = (tag[2].split() or [""])[0].strip("-")
            depth += {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(word, 0)
            if re.match(r"p ", tag[2]) and text.strip() != tag[0]:
                yield f"“{tag[0]}” stands for its whole paragraph and must be alone in it."
    if depth:
        yield _NOT_CLOSED if depth > 0 else _NOTHING_ENDED


def _output(said: str, text: str, place: Place, found: Found) -> Iterator[str]:
    name = plain_quotes(said).strip()
    if re.match(r"(p|r|tr|tc) ", name):
        yield f"Write “{{{{ {name.split(None, 1)[1]} }}}}”, without the “{name.split()[0]}”."
        return
    if not _NAME.fullmatch(name):
        yield f"“{{{{ {name} }}}}” is not the name of a field. {_ONLY}."
        return
    known = BY_NAME.get(name)
    if known is None:
        if name not in _loop_names(found):
            yield _unknown(name)
        return
    found.use(name)
    if known.holds == Holds.LIST:
        loop = f"{{%p for item in {name} %}}, {{{{ item }}}} and {{%p endfor %}}"
        yield f"“{name}” is a list. Write {loop} in three paragraphs."
    if known.holds == Holds.BLOCK:
        yield from _block(known, text, place)


def _block(known: Field, text: str, place: Place) -> Iterator[str]:
    if place.part:
        yield f"“{known.name}” is a block and cannot stand in the {place.part}. Move it into the text."
    elif place.box or place.table and not known.light:
        yield f"“{known.name}” cannot stand in a table or a text box. Give it a paragraph of its own outside."
    # Statements for the whole paragraph may stand beside it.
    elif re.sub(r"\{%.*?%\}|\{#.*?#\}", "", text).replace(" ", "") != f"{{{{{known.name}}}}}":
        yield f"“{known.name}” is a block and must stand alone in its paragraph."


# The names that loops of the template bind, on the object that collects what is found.
def _loop_names(found: Found) -> set[str]:
    return {name.removeprefix("for ") for name in found.tested if name.startswith("for ")}


def _statement(said: str, found: Found) -> Iterator[str]:
    words = plain_quotes(said).strip().strip("-").strip()
    words = re.sub(r"^(p|tr) +", "", words)
    keyword = (words.split() or [""])[0]
    if keyword in ("else", "endif", "endfor") and words == keyword:
        return
    if keyword == "for":
        match = re.fullmatch(r"for +([A-Za-z_]\w*) +in +([A-Za-z_]\w*)", words)
        if match is None:
            yield f"“{{% {words} %}}” is no loop. Write {{% for item in each_recommendation %}}."
        elif match[2] not in BY_NAME:
            yield _unknown(match[2])
        elif BY_NAME[match[2]].holds != Holds.LIST:
            lists = ", ".join(name for name, known in BY_NAME.items() if known.holds == Holds.LIST)
            yield f"“{match[2]}” is not a list. A loop goes through one of {lists}."
        elif match[1] in BY_NAME:
            yield f"“{match[1]}” is the name of a field. Call what the loop goes through something else, like “item”."
        else:
            found.use(match[2])
            found.tested.add(f"for {match[1]}")
        return
    if keyword in ("if", "elif"):
        names = [name for name in _NAME.findall(words) if name not in _WORDS]
        left = _NAME.sub("", words).replace("(", "").replace(")", "").strip()
        if left or not names:
            yield f"“{{% {words} %}}” cannot be used. An “if” asks about fields, with “not”, “and” and “or”."
        for name in names:
            if name in BY_NAME:
                found.tested.add(name)
            elif name not in _loop_names(found):
                yield _unknown(name)
        return
    yield f"“{{% {words} %}}” cannot be used. {_ONLY}."


def _unknown(name: str) -> str:
    near = get_close_matches(name.casefold(), list(BY_NAME), 1, 0.6)
    meant = f" Did you mean “{near[0]}”?" if near else " The list of fields says which there are."
    return f"There is no field “{name}”.{meant}"


def plain_quotes(said: str) -> str:
    """Without the spaces of other kinds that Word puts in."""
    return said.replace("\xa0", " ").replace("\u202f", " ")


def structure_problem(source: str, environment: Environment) -> str:
    """What is wrong with how the statements of a whole part stand together; "" where nothing is.

    ``source`` is the part's XML as it is rendered, a paragraph a line. It is the last word on what a template may say.
    """
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        lines = source.splitlines()
        line = lines[error.lineno - 1] if 0 < error.lineno <= len(lines) else ""
        text = " ".join(re.sub(r"<[^>]+>", "", line).split())[:_SHOWN]
        where = f"near the paragraph “{text}”" if text else "at the end"
        return f"{_plainly(error.message or '')} ({where})"
    loops = {node.target.name for node in tree.find_all(nodes.For) if isinstance(node.target, nodes.Name)}
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            return f"The file uses more than fields. {_ONLY}."
        if isinstance(node, nodes.Name) and node.name not in BY_NAME and node.name not in loops:
            return _unknown(node.name)
        if isinstance(node, nodes.For) and (node.test or node.recursive or node.else_):
            return f"A loop in it says more than what it goes through. {_ONLY}."
    return ""


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _plainly(message: str) -> str:
    if "end of template" in message or "nding tag" in message or "never closed" in message:
        return _NOT_CLOSED
    if "Encountered unknown tag" in message:
        return _NOTHING_ENDED
    return "What stands between the braces cannot be read."
