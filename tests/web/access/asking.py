"""One request of a member, undone again: its code, and the tables that it wrote."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, transaction
from django.template.backends.django import Template
from django.test import Client

from plans.access.models import User
from plans.web.api.routes import interface
from tests.cast import Cast, make_cast
from tests.web.access.members import MEMBERS, clients_of, more_people
from tests.web.access.objects import OWN, Things, all_things

TABLES = frozenset(model._meta.db_table for model in apps.get_app_config("plans").get_models())


@dataclass
class World:
    cast: Cast
    people: dict[str, User]
    things: Things
    clients: dict[str, Client]
    cookies: dict[str, SimpleCookie]
    pages: Pages

    def ask(self, member: str, method: str, place: str, **sent: Any) -> Answer:
        """What the member is answered; nothing of it is kept, so that no request leans on one before it."""
        client = self.clients[member]
        client.cookies = SimpleCookie(self.cookies[member])
        wrote: set[str] = set()
        self.pages.drawn = method == "get" and member == self.pages.drawn_for

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if table := table_written(sql):
                wrote.add(table)
            return execute(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(note):
            answer = getattr(client, method)(place, **sent)
            answer.close()
            transaction.set_rollback(True)
        return Answer(answer.status_code, answer.get("Location", ""), frozenset(wrote))


@dataclass(frozen=True)
class Answer:
    code: int
    location: str
    wrote: frozenset[str]


class Pages:
    """Whether pages are drawn: who may open them is decided before, and drawing each for everybody takes minutes."""

    drawn = False
    drawn_for = ""

    def __init__(self) -> None:
        self.draw = Template.render

    def render(self, template: Any, context: Any = None, request: Any = None) -> Any:
        return self.draw(template, context, request) if self.drawn else "A page"


def table_written(sql: str) -> str:
    """The table that a statement writes, of the product's own."""
    if not sql.startswith(("INSERT", "UPDATE", "DELETE")):
        return ""
    words = sql.replace('"', "").split(maxsplit=3)
    name = words[1] if words[0] == "UPDATE" else words[2]
    return name if name in TABLES else ""


@contextmanager
def the_world(blocker: Any) -> Iterator[World]:
    """Everybody and everything, made once for all the requests of a module and then undone."""
    with blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # Each test ends with its connection closed, which would be the end of what was made.
        patch.setattr(connections["default"], "close", lambda: None)
        pages = Pages()
        patch.setattr(Template, "render", lambda *words, **more: pages.render(*words, **more))
        patch.setattr(type(interface), "get_openapi_schema", cache(type(interface).get_openapi_schema))
        for name in ("django.request", "tracker.request"):
            patch.setattr(logging.getLogger(name), "disabled", True)
        cast = make_cast()
        people = cast.everybody() | more_people(cast)
        things = all_things(cast, people)
        clients = clients_of(people, things.at["partner_secret"][OWN].pk)
        cookies = {name: SimpleCookie(clients[name].cookies) for name in MEMBERS}
        yield World(cast, people, things, clients, cookies, pages)
        transaction.set_rollback(True)
