"""Typed readers for the environment. An odd value stops the start with a sentence that says what to set."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"true", "yes", "on", "1"}, {"false", "no", "off", "0", ""}


def boolean(name: str, default: bool) -> bool:
    """Whether ``name`` is switched on. Raises ImproperlyConfigured for anything but true or false."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”. Set it to true or false.")


def words(name: str, default: str = "") -> list[str]:
    """The comma-separated words of ``name``."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is “{value}”. Set it to a whole number.") from None


def one_of(name: str, words: list[str], default: str) -> str:
    """One of ``words``, however it is written. Raises ImproperlyConfigured for any other."""
    value = os.environ.get(name, "").strip() or default
    for word in words:
        if word.lower() == value.lower():
            return word
    raise ImproperlyConfigured(f"{name} is “{value}”. Set it to {', '.join(words[:-1])} or {words[-1]}.")


def folder(name: str, default: Path) -> Path:
    """A folder's path; it need not exist yet."""
    return Path(os.environ.get(name) or default)


def secure_address(name: str, *, loopback_allowed: bool) -> str:
    """An https:// address without a slash at its end, or nothing. Raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip().rstrip("/")
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    loopback = loopback_allowed and parts.scheme == "http" and host in ("127.0.0.1", "localhost")
    if value and not (host and (parts.scheme == "https" or loopback)):
        raise ImproperlyConfigured(f"{name} is “{value}”. Set it to an address that begins with https://.")
    return value


def required(name: str, how: str) -> str:
    """The value of ``name``. Raises ImproperlyConfigured, saying how to get one, where it is not set."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {how}")
    return value
