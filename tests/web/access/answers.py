"""Classes of answers: for each standing to a thing, the code. A row of the table names a class and the good code."""

from __future__ import annotations

from dataclasses import dataclass

from tests.web.access.members import FOREIGN, FOREIGN_ADMINISTRATOR, HOLDER, OUT, STANDINGS

OK, GO, BAD, WITHOUT, NO, GONE, NOT_SO, STALE, USED = 200, 302, 400, 401, 403, 404, 405, 409, 410
REFUSALS = frozenset({WITHOUT, NO, GONE, NOT_SO})

Codes = dict[str, int]
READERS = ("officer", HOLDER, "lead", "administrator", "reader", "auditor")
RUNNERS = ("lead", "administrator")


@dataclass(frozen=True)
class Row:
    """What ``route`` answers about things of a ``kind``, by standing, to each method."""

    route: str
    kind: str
    get: Codes
    post: Codes


def answers(code: int, *who: str, rest: int, foreign: int = GONE, foreign_administrator: int = 0, **but: int) -> Codes:
    """``code`` to those named, ``rest`` to others of the council; the sign-in page to whoever is signed out."""
    found = {standing: code if standing in who else rest for standing in STANDINGS}
    found[OUT] = GO
    found[FOREIGN] = foreign
    found[FOREIGN_ADMINISTRATOR] = foreign_administrator or foreign
    return found | {name.replace("_", " "): code for name, code in but.items()}


def anybody(code: int = OK) -> Codes:
    """Signed in or not: what is public, or opened by a secret."""
    return dict.fromkeys(STANDINGS, code)


def everybody(code: int = OK, **but: int) -> Codes:
    """Whoever is signed in."""
    return answers(code, *STANDINGS, rest=code, foreign=code, **but)


def visitors(code: int = OK, *, signed_in: int = GO) -> Codes:
    """Pages that are for whoever is not signed in yet."""
    return {**anybody(signed_in), OUT: code}


def not_taken() -> Codes:
    """The method is not taken, from nobody."""
    return everybody(NOT_SO)


def reads(code: int = OK, **but: int) -> Codes:
    """Who reads the council’s records: its roles and, of what it oversees, the board. Not the partner."""
    return answers(code, *READERS, "board member", rest=GONE, **but)


def reads_in_full(code: int = OK, **but: int) -> Codes:
    """A whole plan and its papers: the partner, who sees a part of it, is told so."""
    return reads(code, **{"partner": NO, **but})


def makes_papers(code: int = OK, **but: int) -> Codes:
    """Templates and posts: the council’s roles, and neither its board nor its partners."""
    return answers(code, *READERS, rest=GONE, **but)


def runs(code: int = OK, **but: int) -> Codes:
    """Who runs the council’s plans; others who see the thing are told that they may not."""
    return answers(code, *RUNNERS, rest=NO, **{"partner": GONE, **but})


def runs_the_plan(code: int = OK, **but: int) -> Codes:
    """As ``runs``, of a plan of which the partner sees a part."""
    return runs(code, partner=NO, **but)


def only_runs(code: int = OK, **but: int) -> Codes:
    """What waits or is in the making: to all but those who run the council’s plans it is not there."""
    return answers(code, *RUNNERS, rest=GONE, **but)


def runs_exempt(code: int = OK) -> Codes:
    """An issued paper that is not for publication: to the reader it is not there."""
    return runs(code, reader=GONE)


def runs_posts(code: int = OK) -> Codes:
    """Posts are read by those who read every plan, and changed by those who run them."""
    return answers(code, *RUNNERS, rest=NO, board_member=GONE, partner=GONE)


def reports(code: int = OK, **but: int) -> Codes:
    """Who has the action in hand, and who runs the plan."""
    return answers(code, HOLDER, *RUNNERS, rest=NO, **{"partner": GONE, **but})


def administers(code: int = OK) -> Codes:
    """People and invitations are the administrator’s, of their own council."""
    return answers(code, "administrator", rest=NO, foreign=NO, foreign_administrator=GONE)


def reads_the_trail(code: int = OK) -> Codes:
    return answers(code, "administrator", "auditor", rest=NO)


def their_own(code: int = OK, **but: int) -> Codes:
    """What belongs to one person is nobody else’s to see, whatever their role."""
    return answers(code, HOLDER, rest=GONE, **but)


def same(route: str, kind: str, codes: Codes) -> Row:
    """A page that answers a POST as it answers a GET: it only reads."""
    return Row(route, kind, codes, codes)
