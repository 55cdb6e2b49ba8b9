"""Who leads an action: the people and bodies in one cell, each as printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_POST = re.compile(
    r"\b(?:head|manager|director|officer|lead|leader|headteacher|principal|worker|co-?ordinator|nurse|doctor|commissioner"
    r"|chair|chief|superintendent|inspector|supervisor|advis[eo]r|practitioner|consultant|analyst|secretary|member"
    r"|solicitor|deputy|assistant|dcs|hos|iro|sro|psw|lado|ceo|cex|ad)s?\b",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:police|constabulary|nhs|icb|ccg|lscb|lscp|lsp|council|trust|probation|cafcass|camhs|health|education"
    r"|social care|housing|schools?|partnership|board|agenc(?:y|ies)|partners|hospital|yot|yos|hr|ict|legal|finance"
    r"|public health|early help|commissioning|children['’]s services|adult services|academy|college|charity|team"
    r"|all)\b",
    re.IGNORECASE,
)
_PART_OF_A_POST = re.compile(
    r"\b(?:senior|service|group|virtual|area|locality|strategic|interim|quality|business|operational|independent"
    r"|performance|designated|practice|social|family|support|corporate|joint|executive|acting|services|safeguarding"
    r"|children|youth|adult|care|young|people|data|policy|project|programme|early|community|information)\b",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[A-Z][A-Za-z]?[A-Z]{1,4}|[A-Z]{2,6}")
_NAME = re.compile(r"(?:(?:Dr|Mr|Mrs|Ms|Miss|Cllr|DCI|DI|DS|Supt)\.? )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2}")
_NOBODY = re.compile(
    r"(?:no owner|none|n/?a|tb[acd]|to be (?:agreed|confirmed|decided|appointed|determined)|not (?:yet )?(?:set|known"
    r"|agreed|assigned|allocated)|unassigned|vacant|[-–—?.]+)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[•▪*–-]\s*|\(?\d{1,2}[.)]\s+)")
_JOINED = re.compile(r"\s+(?:&|and|with|/)\s+|\s*/\s*", re.IGNORECASE)
# Parting takes time that grows with the square of the length; a longer line names no list of people.
_LONGEST_PARTED = 1_000
_UNFINISHED = re.compile(r"(?:[,&/–-]|\b(?:and|of|for|the|with|to))$", re.IGNORECASE)


def names_nobody(text: str) -> bool:
    """Whether a cell says in words that there is no lead."""
    return _NOBODY.fullmatch(" ".join(text.split())) is not None


def owners(text: str) -> tuple[str, ...]:
    """Each person, post or body of a "by who" cell, a name kept beside its job title."""
    if not text or names_nobody(text):
        return ()
    found: list[str] = []
    for line in _lines(text):
        parts = [part.strip() for part in line.split(";")] if ";" in line else _joined(line)
        found += [part for part in parts if part and not names_nobody(part)]
    return tuple(dict.fromkeys(found))


def _lines(text: str) -> list[str]:
    """The cell's lines, those joined that are one owner: a name above a job title, a line cut short."""
    lines: list[str] = []
    for line in text.split("\n"):
        plain = _BULLET.sub("", line).strip()
        if lines and plain == line.strip() and _goes_on(lines[-1], plain):
            lines[-1] = f"{lines[-1]} {plain}"
        elif plain:
            lines.append(plain)
    return lines


def _goes_on(above: str, line: str) -> bool:
    if line[:1].islower() or line[:1] in "(&,/" or _UNFINISHED.search(above):
        return True
    name_alone = _NAME.fullmatch(above) is not None and not _POST.search(above) and not _BODY.search(above)
    return name_alone and _POST.search(line) is not None and not _starts_with_a_name(line)


def _starts_with_a_name(line: str) -> bool:
    return bool(_name_before_post(line))


def _name_before_post(text: str) -> str:
    """The two words before a job title that are a person's name, "" where none stand there."""
    post = _POST.search(text)
    words = text[: post.start()].strip(" ,-–(").split()[:2] if post else []
    name = " ".join(words)
    if len(words) < 2 or not _NAME.fullmatch(name) or _BODY.search(name) or _PART_OF_A_POST.search(name):
        return ""
    return name


def _joined(line: str) -> list[str]:
    """A line parted at "&", "and", "/" or a comma, where what stands on each side can lead by itself."""
    if len(line) > _LONGEST_PARTED:
        return [line]
    parts = [part.strip() for part in line.split(",")]
    if len(parts) > 1 and (_all_alone(parts) or all(_is_a_name(part) for part in parts)):
        return [one for part in parts for one in _joined(part)]
    for mark in _JOINED.finditer(line):
        left, right = line[: mark.start()].strip(" ,"), line[mark.end() :].strip()
        if _both_lead(left, right):
            return [left, *_joined(right)]
    return [line]


def _all_alone(parts: Sequence[str]) -> bool:
    """Whether all are posts, or all bodies or initials: what follows a post may only say of what ("X, Y")."""
    if all(_POST.search(part) for part in parts):
        return True
    return all(_BODY.search(part) or _INITIALS.fullmatch(part) for part in parts) and not _POST.search(" ".join(parts))


def _is_a_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not _BODY.search(text) and not _POST.search(text)


def _is_a_body(text: str) -> bool:
    return _BODY.fullmatch(text) is not None or _INITIALS.fullmatch(text) is not None


def _both_lead(left: str, right: str) -> bool:
    """Whether each side could stand alone: "Head of X & Manager, Y", not "Head of Fostering & Adoption"."""
    if _POST.search(left):
        first = right.split(",")[0]
        return bool(_POST.search(first) and first[:1].isupper()) or (_is_a_name(right) and _starts_with_a_name(left))
    if _is_a_body(left):
        return _is_a_body(right)
    return _is_a_name(left) and (_is_a_name(right) or _is_a_body(right) or _starts_with_a_name(right))


def people_named(everyone: Iterable[Sequence[str]]) -> frozenset[str]:
    """The personal names that stand before a job title anywhere in the plan."""
    names = set()
    for one in (owner for row in everyone for owner in row):
        names.add(_name_before_post(one))
    return frozenset(names - {""})


def name_and_post(owner: str) -> tuple[str, str]:
    """A person's name and the job title after it; "" and the whole where no name stands before a title."""
    name = _name_before_post(owner)
    return (name, owner[owner.index(name) + len(name) :].strip(" ,-–(").removesuffix(")")) if name else ("", owner)


def posts_named(everyone: Iterable[Sequence[str]]) -> dict[str, str]:
    """The job title that the plan prints behind each personal name, wherever it does."""
    named = (name_and_post(owner) for row in everyone for owner in row)
    return {name: post for name, post in named if name}


def parted_at_names(owner: str, names: frozenset[str]) -> tuple[str, ...]:
    """Two or more known people in a row with nothing between them, as one each; anything else as it was."""
    words = owner.split()
    pairs = [" ".join(words[place : place + 2]) for place in range(0, len(words), 2)]
    if len(pairs) > 1 and len(words) % 2 == 0 and all(pair in names for pair in pairs):
        return tuple(pairs)
    return (owner,)
