"""Text that looks as if it names a child: a date of birth, or a number of the NHS. Plain values only.

A sign and no proof: it asks a person to look. What was found is never repeated.
"""

from __future__ import annotations

import re

_TEN_DIGITS = re.compile(r"(?<![\d+])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_DAY = r"\d{1,2}(?:st|nd|rd|th)?[ /.-]{1,2}(?:\d{1,2}|[a-z]{3,9})[ /.,-]{1,2}\d{2,4}"
_BORN = re.compile(rf"\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born)\b[^\d\n]{{0,15}}{_DAY}", re.IGNORECASE)


def looks_personal(*texts: str) -> str:
    """“a date of birth”, “an NHS number”, or nothing."""
    whole = "\n".join(texts)
    if _BORN.search(whole):
        return "a date of birth"
    if any(is_nhs_number(found.group()) for found in _TEN_DIGITS.finditer(whole)):
        return "an NHS number"
    return ""


def is_nhs_number(written: str) -> bool:
    """Whether ten digits, spaced or not, end in the right check digit.

    The rule is the NHS Data Dictionary's: weights 10 to 2, modulo 11; 11 counts as 0, and 10 is never used.
    """
    digits = [int(sign) for sign in written if sign.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[9] == (0 if check == 11 else check)
