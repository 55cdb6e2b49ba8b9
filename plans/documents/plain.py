"""Proposals from plain JSON values: the way back from ``as_plain``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Made = TypeVar("Made")


def from_plain(kind: type[Made], plain: Any) -> Made:
    """The proposal of that kind whose ``as_plain`` is ``plain``. Raises ValueError for any other values."""
    made: Made = _made(kind, plain)
    return made


def _made(kind: Any, plain: Any) -> Any:
    if get_origin(kind) is tuple:
        return _members(get_args(kind), plain)
    if get_origin(kind) in (UnionType, Union):
        return None if plain is None else _made(next(one for one in get_args(kind) if one is not NoneType), plain)
    if is_dataclass(kind) and isinstance(kind, type):
        named = _fields(kind)
        if not isinstance(plain, dict) or plain.keys() != named.keys():
            raise ValueError(f"not the fields of {getattr(kind, '__name__', kind)}")
        return kind(**{name: _made(named[name], value) for name, value in plain.items()})
    if kind is date:
        return date.fromisoformat(_of(str, plain))
    if issubclass(kind, Enum):
        return kind(plain)
    return _of(kind, plain)


def _members(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    values = _of(list, plain)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_made(kinds[0], value) for value in values)
    if len(values) != len(kinds):
        raise ValueError(f"not {len(kinds)} members")
    return tuple(_made(kind, value) for kind, value in zip(kinds, values, strict=True))


def _of(kind: Any, plain: Any) -> Any:
    # A whole number is a fine float, as JSON writes it; true is no number.
    if kind is float and type(plain) is int:
        return float(plain)
    if type(plain) is not kind:
        raise ValueError(f"not a {kind.__name__}")
    return plain


@cache
def _fields(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
