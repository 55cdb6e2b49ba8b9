"""The navigation of every page: the places that this person has, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from plans.web.sign_in_middleware import SECOND_FACTOR_WANTED

PLACES = (
    ("My work", "my_actions"),
    ("Plans", "plans"),
    ("Boards", "boards"),
    ("Overdue", "overdue"),
    ("Inspections", "inspections"),
    ("Measures", "measures"),
)


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for ``base.html``. No queries for a person who is not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    if request.session.get(SECOND_FACTOR_WANTED):
        return {}  # nothing is open until an authenticator app is set up
    places = [Place(label, url := reverse(name), request.path.startswith(url)) for label, name in PLACES]
    if user.is_staff:
        places.append(Place("People", url := reverse("people"), request.path.startswith(url)))
        places.append(Place("Administration", reverse("admin:index"), False))
    return {"navigation": places}
