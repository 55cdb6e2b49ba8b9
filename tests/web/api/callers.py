"""Programs that call the interface with a token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from plans.access.models import User
from plans.access.tokens import make_token


def secret_of(person: User, *, may_update: bool = False, days: int = 30, at: datetime | None = None) -> str:
    _, secret = make_token(person, name="Power BI", days=days, may_update=may_update, at=at or timezone.now())
    return secret


class Caller:
    """A program of one person."""

    def __init__(self, person: User, **token: Any) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret_of(person, **token)}"}

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(self.address(path), query or {}, headers=self.headers | headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(
            self.address(path), body, content_type="application/json", headers=self.headers | headers
        )

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list, over all its pages."""
        answer = self.get(path, query)
        found = []
        while True:
            assert answer.status_code == 200, answer.content
            found += answer.json()["items"]
            following = answer.json()["next"]
            if following is None:
                return found
            answer = self.client.get(following.removeprefix("http://testserver"), headers=self.headers)

    @staticmethod
    def address(path: str) -> str:
        return path if path.startswith("/") else f"/api/v1/{path}"
