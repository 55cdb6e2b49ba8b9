"""Servers that several tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.hosts.hosts import Hosts, two_hosts
from tests.hosts.servers import postgresql_programs, s3_server


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3-compatible server on this machine."""
    with s3_server() as address:
        yield address


@pytest.fixture(scope="session")
def hosts(s3: str) -> Iterator[Hosts]:
    """Two hosts with one database, its replica and one bucket."""
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("NOT TESTED ON SEVERAL HOSTS: there is no initdb with pg_basebackup on this machine.")
    # PostgreSQL refuses to work as root, and its own user does not reach a folder of pytest's.
    folder = Path(mkdtemp(prefix="hosts-"))
    folder.chmod(0o755)
    try:
        with two_hosts(programs, s3, folder) as found:
            yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)
