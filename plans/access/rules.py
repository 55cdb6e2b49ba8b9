"""What each role may do, in one table. Posts held and seats on boards add to it (see ``access/standing.py``)."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """A person's role in one organisation."""

    ADMINISTRATOR = "administrator"
    LEAD = "improvement lead"
    OFFICER = "officer"
    BOARD_MEMBER = "board member"
    READER = "reader"
    AUDITOR = "auditor"
    PARTNER = "partner"

    @property
    def label(self) -> str:
        if self is Role.AUDITOR:
            return "Scrutiny or audit"
        return self.value[0].upper() + self.value[1:]


class May(StrEnum):
    """Something that a role permits within its organisation."""

    READ_PLANS = "read every plan, agreed or draft"
    MAKE_PAPERS = "make papers of a plan"
    READ_EXEMPT_PAPERS = "read papers that are not for publication"
    READ_TRAIL = "read who did what: the trail of sign-ins, downloads and changes of roles"
    UPDATE_ANY = "update any action"
    RUN_PLANS = "add and change actions, decide extensions and sign off"
    ADMINISTER = "use the administrator's forms"


# A board member's reading comes with their seat, a partner's with the posts they hold: neither role adds to it.
ROLE_MAY: dict[Role, frozenset[May]] = {
    Role.ADMINISTRATOR: frozenset(May),
    Role.LEAD: frozenset({May.READ_PLANS, May.MAKE_PAPERS, May.READ_EXEMPT_PAPERS, May.UPDATE_ANY, May.RUN_PLANS}),
    Role.OFFICER: frozenset({May.READ_PLANS, May.MAKE_PAPERS, May.READ_EXEMPT_PAPERS}),
    Role.READER: frozenset({May.READ_PLANS, May.MAKE_PAPERS}),
    Role.AUDITOR: frozenset({May.READ_PLANS, May.MAKE_PAPERS, May.READ_EXEMPT_PAPERS, May.READ_TRAIL}),
    Role.BOARD_MEMBER: frozenset(),
    Role.PARTNER: frozenset(),
}


def roles_that(permission: May) -> list[str]:
    """The roles that ``permission`` comes with, as stored."""
    return [role.value for role, may in ROLE_MAY.items() if permission in may]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a person stands: their roles, each with the organisation's id, and the ids of posts and boards.

    ``follows`` keeps what later stages read by these, under a name (see ``standing.that_follows``).
    """

    roles: frozenset[tuple[int, str]]
    posts: frozenset[int]
    boards: frozenset[int]
    follows: dict[str, list[int]] = field(default_factory=dict)


# The addresses of people who were anonymised: no mail reaches them, and nobody else can have one.
ANONYMISED_DOMAIN = "anonymised.invalid"


def is_anonymised_address(email: str) -> bool:
    """Whether this is the address that an anonymised person was given."""
    return email.lower().endswith(f"@{ANONYMISED_DOMAIN}")


def anonymous_name(number: int) -> str:
    """What an anonymised person is called: by their number, so that history still tells one from another."""
    return f"Former colleague {number}"


def anonymous_address(number: int) -> str:
    """The address that stands for an anonymised person’s."""
    return f"former-colleague-{number}@{ANONYMISED_DOMAIN}"
