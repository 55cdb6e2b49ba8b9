"""Bookmarks once each: a heading that a table repeats on its pages is bookmarked by the typesetter on each of them.

The typesetter could be asked which is the first, but it would then set the whole paper twice: half as long again, and
half as much memory. So the others are taken out of the finished file's list of bookmarks, in an update that is appended
to it: that is how PDF is changed without being written anew (ISO 32000-1, 7.5.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ITEM = re.compile(
    rb"(?<=\n)(?P<number>\d+) 0 obj\n<</Parent (?P<parent>\d+) 0 R(?:/Next \d+ 0 R)?(?:/Prev \d+ 0 R)?"
    rb"(?P<children>/First \d+ 0 R/Last \d+ 0 R/Count -(?P<count>\d+))?"
    rb"(?P<said>/Title(?P<title>.*?)/Dest \d+ 0 R)>>\nendobj",
    re.DOTALL,
)
_END = re.compile(rb"trailer\n<<(?P<trailer>.*?)>>\nstartxref\n(?P<xref>\d+)\n%%EOF\s*$", re.DOTALL)
_END_WITHIN = 4_096  # bytes

Items = dict[int, re.Match[bytes]]


def bookmarked_once(pdf: bytes) -> bytes:
    """The file without bookmarks that say the same as the one before them, under the same heading.

    Of a file that is not laid out as the typesetter does it, nothing is changed.
    """
    end, outlines = _END.search(pdf, len(pdf) - _END_WITHIN), pdf.find(b"/Type/Outlines")
    if end is None or outlines < 0:
        return pdf
    items = {int(found["number"]): found for found in _ITEM.finditer(pdf, 0, outlines)}
    families: dict[int, list[int]] = {}
    for number, item in items.items():
        families.setdefault(int(item["parent"]), []).append(number)
    changed: dict[int, bytes] = {}
    for parent, children in families.items():
        kept = _without_repeats(items, children)
        if parent in items and len(kept) < len(children):
            changed |= _linked(items, kept)
            changed[parent] = _adopting(items[parent], changed.get(parent), kept)
    return pdf + _update(len(pdf), changed, end) if changed else pdf


def _without_repeats(items: Items, children: Iterable[int]) -> list[int]:
    kept: list[int] = []
    for child in children:
        if not kept or items[child]["children"] or items[child]["title"] != items[kept[-1]]["title"]:
            kept.append(child)
    return kept


def _linked(items: Items, kept: list[int]) -> dict[int, bytes]:
    """The bookmarks, each with the one after and the one before it."""
    linked = {}
    for place, number in enumerate(kept):
        item = items[number]
        after = f"/Next {kept[place + 1]} 0 R" if place + 1 < len(kept) else ""
        before = f"/Prev {kept[place - 1]} 0 R" if place else ""
        beside = f"/Parent {int(item['parent'])} 0 R{after}{before}".encode()
        linked[number] = b"<<%b%b%b>>" % (beside, item["children"] or b"", item["said"])
    return linked


def _adopting(item: re.Match[bytes], changed: bytes | None, kept: list[int]) -> bytes:
    """The bookmark over those that are kept; ``changed``: what it has become, if it has."""
    whole = changed or item[0].partition(b" 0 obj\n")[2].removesuffix(b"\nendobj")
    now = f"/First {kept[0]} 0 R/Last {kept[-1]} 0 R/Count -{len(kept)}".encode()
    return whole.replace(item["children"] or b"", now, 1)


def _update(begins: int, changed: dict[int, bytes], end: re.Match[bytes]) -> bytes:
    """The changed objects, and where they are."""
    said, places = b"\n", {}
    for number, body in sorted(changed.items()):
        places[number] = begins + len(said)
        said += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%d 1\n%010d 00000 n\r\n" % place for place in places.items())
    xref = begins + len(said)
    trailer = b"<<%b/Prev %d>>" % (end["trailer"], int(end["xref"]))
    return b"%bxref\n%btrailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (said, table, trailer, xref)
