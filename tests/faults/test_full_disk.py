"""The disk is full: nobody is told that something was saved that was not, and work goes on when there is room."""

from __future__ import annotations

from pathlib import Path

from tests.faults.sites import lost_or_doubled, people_writing, site_on
from tests.hosts.servers import wait_until

ROOM = 100_000


def test_a_full_disk_refuses_updates_and_keeps_those_before(tmp_path: Path, migrated_file: bytes) -> None:
    (tmp_path / "tracker.sqlite3").write_bytes(migrated_file)
    with site_on(f"sqlite:///{tmp_path / 'tracker.sqlite3'}", tmp_path) as site:
        largest = max(path.stat().st_size for path in tmp_path.glob("tracker.sqlite3*"))
        site.start(largest_file=largest + ROOM)
        with people_writing(site) as outcome:
            wait_until(lambda: len(outcome.refused) > 3, "A full disk")
        assert outcome.acknowledged, "it was full from the start"
        for page in outcome.refused:
            status, _, words = page.partition(" ")
            assert status in ("500", "503")
            assert "not saved" in words
        assert lost_or_doubled(outcome, site.examine()) == []
        site.stop()
        site.start()
        with people_writing(site) as later:
            wait_until(lambda: len(later.acknowledged) > 3, "Room again")
        assert not later.refused
        assert lost_or_doubled(later, site.examine()) == []
