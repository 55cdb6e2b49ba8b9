"""Runs the tests again on PostgreSQL, where TEST_DATABASE_URL answers. Says so loudly where it does not."""

from __future__ import annotations

import os
import sys

import psycopg
import pytest

# The browser's journeys bring their own; reading documents needs none.
WITHOUT_DATABASE = ("tests/journeys", "tests/documents")


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
    same = [word for folder in WITHOUT_DATABASE for word in ("--ignore", folder)]
    return int(pytest.main(["-n", "2", *same, "--cov", "--cov-append", "--cov-report=", *words]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
