"""One content tree for every format: what a paper says, in order, with nothing of how it looks in a format.

The kinds of paper (``papers/kinds``) build a tree from a brief; ``word``, ``pdf``, ``excel``, ``csv`` and the page
that previews a paper only render it, so they cannot disagree. A tree is plain values: it can be kept and made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

KEY_HEADING = "What the ratings mean"


@dataclass(frozen=True)
class Head:
    """A table's column as printed. ``width`` is a share of the page's width; ``spans``: a cell may go over rows."""

    key: str
    heading: str
    width: int
    spans: bool = False


@dataclass(frozen=True)
class Cell:
    """Text as printed; ``value`` is the same as a date or a number where it is one. ``rows``: how many it spans."""

    text: str
    value: date | int | None = None
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """One cell a column; None where the cell above continues."""

    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Heading:
    """``level`` 2 to 4: the paper's title is the only heading of level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """``small``: a note beside the matter."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Points:
    """A list. ``numbered``: “” for bullets, “1” for 1. 2. 3., “i” for i) ii) iii)."""

    items: tuple[str, ...]
    numbered: str = ""


@dataclass(frozen=True)
class Table:
    """``caption`` is printed as a heading of ``level``; ``empty`` is said in its place where there is no row."""

    caption: str
    columns: tuple[Head, ...]
    rows: tuple[Row, ...]
    level: int = 2
    empty: str = "There are no actions."


@dataclass(frozen=True)
class Chart:
    """A picture. ``svg`` draws it, ``alt`` says it in words; the table of its figures follows it in the paper."""

    caption: str
    alt: str
    svg: str


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page: an appendix."""


Block = Heading | Paragraph | Points | Table | Chart | PageBreak
BLOCKS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Heading, Paragraph, Points, Table, Chart, PageBreak)}


@dataclass(frozen=True)
class Stamp:
    """What the paper was made from: printed on every paper. ``public``: it may be published as it is.

    ``made_by`` is empty where no person is named. ``draft``: it has not been issued. ``counted``: its rows are said;
    not so in a paper that is about no actions.
    """

    as_at: str
    rows: int
    selection: str
    made_by: str
    made_on: str
    illustration: bool
    public: bool = False
    draft: bool = False
    counted: bool = True

    def sentences(self) -> list[str]:
        """The stamp as a reader sees it."""
        rows = "1 action" if self.rows == 1 else f"{self.rows:,} actions"
        selected = f"{rows}{f', {self.selection}' if self.selection else ''}"
        said = [f"As at {self.as_at}. {selected}." if self.counted else f"As at {self.as_at}."]
        said.append(f"Made by {self.made_by} on {self.made_on}." if self.made_by else f"Made on {self.made_on}.")
        if self.draft:
            said.append("Draft: this paper has not been issued.")
        if not self.public:
            said.append("For use within the council. Not for publication.")
        if self.illustration:
            said.append("Some of the progress shown is an illustration: it was made up and is not the council’s.")
        return said


@dataclass(frozen=True)
class Paper:
    """Title, where it belongs, its blocks in order, the stamp; ``key``: what the ratings in it mean, in sentences.

    ``skeleton``: a Word file in base64 that was filled from a council's template, with marks in the place of blocks;
    ``slots``: for each mark its name and which blocks stand there, from and up to. Other formats need neither.
    """

    organisation: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    stamp: Stamp
    key: tuple[str, ...] = ()
    landscape: bool = True
    skeleton: str = ""
    slots: tuple[tuple[str, int, int], ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among its blocks, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def content_hash(self) -> str:
        """SHA-256 of what the paper says, whatever the format."""
        return hashlib.sha256(json.dumps(as_plain(self), sort_keys=True).encode()).hexdigest()

    def with_texts(self, change: Callable[[str], str]) -> Paper:
        """The same paper with every text that a reader sees passed through ``change``.

        A picture holds words too: where they would change, its words in short stand in its place.
        """
        return replace(
            self,
            organisation=change(self.organisation),
            title=change(self.title),
            subtitle=change(self.subtitle),
            blocks=tuple(_block_with(block, change) for block in self.blocks),
            key=tuple(change(sentence) for sentence in self.key),
        )


def _block_with(block: Block, change: Callable[[str], str]) -> Block:
    if isinstance(block, Heading | Paragraph):
        return replace(block, text=change(block.text))
    if isinstance(block, Points):
        return replace(block, items=tuple(change(item) for item in block.items))
    if isinstance(block, Chart):
        if change(block.svg) != block.svg:
            return Paragraph(change(f"{block.caption}. {block.alt}"), small=True)
        return replace(block, **_words(block, change, "caption", "alt"))
    if isinstance(block, Table):
        heads = tuple(replace(head, heading=change(head.heading)) for head in block.columns)
        rows = tuple(Row(tuple(_cell_with(cell, change) for cell in row.cells)) for row in block.rows)
        return replace(block, columns=heads, rows=rows, **_words(block, change, "caption", "empty"))
    return block


def _words(block: Block, change: Callable[[str], str], *names: str) -> dict[str, Any]:
    return {name: change(getattr(block, name)) for name in names}


def _cell_with(cell: Cell | None, change: Callable[[str], str]) -> Cell | None:
    if cell is None:
        return None
    text = change(cell.text)
    return cell if text == cell.text else replace(cell, text=text, value=None)


def as_plain(paper: Paper) -> dict[str, Any]:
    """The paper as what JSON holds; ``from_plain`` gives it back."""
    tree = asdict(paper)
    tree["blocks"] = [{"is": type(block).__name__, **asdict(block)} for block in paper.blocks]
    return json.loads(json.dumps(tree, default=_plain_date))


def _plain_date(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(f"{type(value).__name__} does not belong in a paper")


def from_plain(tree: dict[str, Any]) -> Paper:
    """The paper that ``as_plain`` made plain."""
    return Paper(
        **{
            **tree,
            "blocks": tuple(_block(plain) for plain in tree["blocks"]),
            "stamp": Stamp(**tree["stamp"]),
            "key": tuple(tree["key"]),
            "slots": tuple((name, begin, end) for name, begin, end in tree["slots"]),
        }
    )


def _block(plain: dict[str, Any]) -> Block:
    kind, said = BLOCKS[plain["is"]], {name: value for name, value in plain.items() if name != "is"}
    if kind is Table:
        said["columns"] = tuple(Head(**head) for head in said["columns"])
        said["rows"] = tuple(Row(tuple(_cell(cell) for cell in row["cells"])) for row in said["rows"])
    elif kind is Points:
        said["items"] = tuple(said["items"])
    made: Block = kind(**said)
    return made


def _cell(plain: dict[str, Any] | None) -> Cell | None:
    if plain is None:
        return None
    value = plain["value"]
    return Cell(plain["text"], date.fromisoformat(value["day"]) if isinstance(value, dict) else value, plain["rows"])
