"""How the writes of this stage reach the trail, which lies below it: whoever calls hands its writer over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db import models

from plans.access.models import Organisation, User


class Note(Protocol):
    """``audit.changes.note_event``: adds one line to the trail, of these organisations or of the subject's."""

    def __call__(
        self,
        what: str,
        subject: models.Model,
        *,
        by: User,
        at: datetime,
        organisations: Iterable[Organisation] | None = None,
        **details: Any,
    ) -> object: ...


class RefusedAccount(Exception):
    """A change of who may sign in, or of what they may do, that is not made; the message says why.

    ``field`` names the form's field that it is about, if any.
    """

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.field = field
