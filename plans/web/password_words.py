"""Words that anybody who attacks this site would try first, and so make no password by themselves."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from plans.access.models import Organisation, User

# docs/security.md shows them: the product, the work, the places where it is done, and what people add to a word.
EXPECTED = """
action actions admin administrator area areas authority board borough cabinet care chair child children childrens
city council county district early education evidence family findings help ilacs improve improvement inspection
inspector inspectorate jtai judgement lead meeting metropolitan monitor nhs ofsted officer paper partner partnership
passphrase password plan plans progress protection recommendation report safe safeguarding scrutiny secret send
service services sign social spring summer autumn winter team test track tracker update welcome work worker young
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
"""
# Letters that have to be left when the expected words, digits and signs are taken away: two short words of one's own.
LETTERS_OF_ONES_OWN = 6


class OnlyExpectedWords:
    """Refuses a password of nothing but the product's words, the council's name, and digits or signs around them."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(letters_of_ones_own(password)) < LETTERS_OF_ONES_OWN:
            raise ValidationError(self.get_help_text(), code="password_only_expected_words")

    def get_help_text(self) -> str:
        return "Use words that have nothing to do with this site, your council or your work"


def letters_of_ones_own(password: str) -> str:
    """What is left of the password without expected words, the longest first, and without digits and signs."""
    plain = "".join(letter for letter in password.casefold() if letter.isalpha())
    names = Organisation.objects.values_list("name", flat=True)
    words = set(EXPECTED.split()) | {part for name in names for part in re.findall(r"[^\W\d_]{4,}", name.casefold())}
    ordered = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, ordered)), "", plain)
