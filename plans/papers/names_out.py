"""Names of people out of a text, their job titles in: a public paper names posts and no person.

Everybody whom the tracker knows is looked for, whatever their organisation: progress notes name partners too. A text
is looked at for its words first, so that the cost grows with the text and hardly with the number of people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q

from plans.access.models import PostHolding, Seat, User
from plans.improvement_plan.models import Plan

NO_POST = "an officer"
ON_A_BOARD = {Seat.Kind.CHAIR: "the chair of the board", Seat.Kind.MEMBER: "a member of the board"}

_TITLE = (
    r"(?:mrs?|ms|miss|mx|dr|doctor|prof(?:essor)?|sir|dame|lord|lady|cllrs?|councillors?|rev(?:erend)?|judge|hhj"
    r"|ds|di|dci|dcs|supt|superintendent|inspector|sgt|sergeant|pc|wpc)\b\.?"
)
_LEADING_TITLE = re.compile(rf"^(?:{_TITLE}\s+)+", re.IGNORECASE)
_AFTER_A_NAME = re.compile(r"(?:,?\s+(?:OBE|MBE|CBE|KBE|DBE|QPM|KC|QC|JP|MP|PhD|BA|MA|BSc|MSc))+$")
_SPACES = r"\s+"
_BETWEEN = r"[\s._-]{1,3}"
_MIDDLE = rf"(?:[^\W\d_]\.?{_BETWEEN}){{0,2}}"
_WORD = re.compile(r"[^\W_]+")
_BEGINS, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"


class _Plain(dict[int, int]):
    """Each sign without its accent; one sort of apostrophe, dash and space: as many signs as before."""

    def __missing__(self, code: int) -> int:
        sign = chr(code)
        if sign in "‘’ʼ`´":
            plain = "'"
        elif unicodedata.category(sign) == "Pd":
            plain = "-"
        elif sign.isspace() and sign != "\n":
            plain = " "
        else:
            parts = unicodedata.normalize("NFKD", sign)
            plain = parts[0] if all(unicodedata.combining(mark) for mark in parts[1:]) else sign
        self[code] = ord(plain)
        return self[code]


_PLAIN = _Plain()


def plainly(text: str) -> str:
    """``text`` as it is searched for names: sign for sign, without accents and with one sort of dash and quote."""
    return text if text.isascii() and "`" not in text else text.translate(_PLAIN)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


@dataclass(frozen=True)
class Person:
    """Somebody whom no public paper names, and what stands in their place."""

    name: str
    instead: str
    email: str = ""

    @cached_property
    def parts(self) -> list[str]:
        """Given names and surname, without “Dr” and “OBE”."""
        name = plainly(self.name).strip()
        if "@" in name:
            return [name]
        if name.count(",") == 1 and not _AFTER_A_NAME.search(name):
            name = " ".join(reversed(name.split(",")))
        return _AFTER_A_NAME.sub("", _LEADING_TITLE.sub("", " ".join(name.split()))).replace(",", " ").split()

    def telling_words(self) -> set[str]:
        """The words one of which a text must hold for this person to be named in it."""
        written = [self.parts[-1]] if self.parts else []
        written += [address.split("@")[0] for address in (self.email, *written) if "@" in address]
        return {words[-1].casefold() for one in written if (words := _WORD.findall(plainly(one)))}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Every way in which the name may be written; in the text as ``plainly`` gives it."""
        ways = [re.escape(plainly(address)) for address in (self.email,) if address]
        parts = [re.escape(part) for part in self.parts]
        if len(parts) == 1:
            # One word may be any word: only as a name is written.
            ways.append(rf"{_TITLE}\s+{parts[0]}")
            return re.compile(f"{_BEGINS}(?:(?i:{'|'.join(ways)})|{_as_a_name(self.parts)}){_ENDS}")
        if parts:
            given, *middle, last = parts
            between = "".join(rf"(?:{name}{_BETWEEN})?" for name in middle)
            ways.append(rf"(?:{_TITLE}\s+)?{given}{_BETWEEN}{between}{_MIDDLE}{last}")
            surnames = [_SPACES.join(parts[place:]) for place in range(1, len(parts))]
            ways += [rf"{_TITLE}\s+{_MIDDLE}{surname}" for surname in surnames]
            ways.append(rf"{last},\s?(?:{_TITLE}\s+)?{given}")
        turned = [self.parts[-1], self.parts[0]] if self.parts else []
        written = [f"(?i:{'|'.join(ways)})"] if ways else []
        if turned:
            initial = re.escape(turned[1][0].upper())
            # “A Green rating” is no name; “A. Green” and “K Green” are.
            dot = r"\." if initial in "AI" else r"\.?"
            written += [_as_a_name(turned), rf"{initial}{dot}\s?(?:[A-Z]\.?\s?){{0,2}}{_as_a_name(turned[:1])}"]
        return re.compile(f"{_BEGINS}(?:{'|'.join(written)}){_ENDS}")


def _as_a_name(words: Iterable[str]) -> str:
    """The words as they stand, or in capitals throughout."""
    said = " ".join(words)
    forms = {said, said.upper(), said[:1].upper() + said[1:]}
    return f"(?:{'|'.join(re.escape(form).replace(chr(92) + ' ', _BETWEEN) for form in sorted(forms))})"


@dataclass(frozen=True)
class Named:
    """A name in a text, from ``start`` up to ``end``, and what stands in its place."""

    text: str
    start: int
    end: int
    instead: str


class Names:
    """The people to be looked for. Made once for a paper."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_word: dict[str, list[Person]] = {}
        for person in people:
            for key in person.telling_words():
                self._by_word.setdefault(key, []).append(person)

    def found_in(self, text: str) -> list[Named]:
        """Each name in ``text`` by its place; of those that overlap the longer."""
        plain = plainly(text)
        people = {id(one): one for word in self._by_word.keys() & _words(plain) for one in self._by_word[word]}
        if not people:
            return []
        found = [
            Named(text[start:end], start, end, _at_its_place(self._clean(person), text[:start]))
            for person in people.values()
            for start, end in (match.span() for match in person.pattern.finditer(plain))
        ]
        kept: list[Named] = []
        for one in sorted(found, key=lambda one: (one.start - one.end, one.start, one.instead == NO_POST)):
            if all(one.end <= other.start or other.end <= one.start for other in kept):
                kept.append(one)
        return sorted(kept, key=lambda one: one.start)

    def _clean(self, person: Person) -> str:
        """The person's job title; one that names somebody (“PA to …”) names nobody."""
        plain = plainly(person.instead)
        named = self._by_word.keys() & _words(plain)
        if any(one.pattern.search(plain) for word in named for one in self._by_word[word]):
            return NO_POST
        return person.instead


_BEGINNING = re.compile(r"(?:^|[.!?:•\n])\s*$")


def _at_its_place(instead: str, before: str) -> str:
    return instead[:1].upper() + instead[1:] if _BEGINNING.search(before[-4:]) else instead


def people_known(plan: Plan, day: date) -> Iterator[Person]:
    """Everybody, each with the title of the post that they hold on ``day``; rather one of the plan's organisation."""
    held = Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))
    titles: dict[int, str] = {}
    holdings = PostHolding.objects.filter(held).order_by("-since", "-pk").select_related("post__organisation")
    for own in (True, False):
        for kind in (PostHolding.Kind.HOLDER, PostHolding.Kind.DEPUTY):
            for holding in holdings:
                if holding.kind == kind and (holding.post.organisation_id == plan.organisation_id) == own:
                    post = holding.post
                    title = post.title if own else f"{post.title} ({post.organisation.name})"
                    titles.setdefault(holding.person_id, title if kind == "holder" else f"Deputy of {post.title}")
    for seat in Seat.objects.order_by("kind"):
        titles.setdefault(seat.person_id, ON_A_BOARD[Seat.Kind(seat.kind)])
    for pk, name, email in User.objects.values_list("pk", "name", "email"):
        yield Person(name, titles.get(pk, NO_POST), email)
