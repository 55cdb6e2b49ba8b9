"""Runs the tests again on PostgreSQL, where TEST_DATABASE_URL answers. Says so loudly where it does not."""

from __future__ import annotations

import os
import sys

import psycopg
import pytest

# The browser's journeys bring a database of their own. The others begin where the database has answered: how a file is
# read, what headers an answer has, and how a paper looks. What papers ask of it is asked again, by the tests that make
# every kind: tests/papers/test_kinds.py and test_public.py.
WITHOUT_DATABASE = (
    "tests/journeys",
    "tests/documents",
    "tests/papers/test_agreement.py",
    "tests/papers/test_cabinet.py",
    "tests/papers/test_drawing.py",
    "tests/papers/test_excel.py",
    "tests/papers/test_round_trip.py",
    "tests/papers/test_structure.py",
    "tests/web/test_security_headers.py",
    "tests/web/test_security_uploads.py",
)


def main(words: list[str]) -> int:
    address = os.environ.get("TEST_DATABASE_URL", "")
    if not address:
        print("\nNOT TESTED ON POSTGRESQL: TEST_DATABASE_URL is not set.\n")
        return 0
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.OperationalError as refusal:
        print(f"\nNOT TESTED ON POSTGRESQL: the server in TEST_DATABASE_URL does not answer: {refusal}\n")
        return 0
    print("\nThe same tests on PostgreSQL, but those that no database can change:\n", flush=True)
    os.environ["TEST_ON"] = address
    same = [word for place in WITHOUT_DATABASE for word in ("--ignore", place)]
    return int(pytest.main(["-n", "2", *same, *words]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
