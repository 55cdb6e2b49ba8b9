"""Two web processes without a shared disk, workers that are killed, and a replica that lags and goes."""

from __future__ import annotations

import hashlib
import signal

import psycopg

from tests.hosts.hosts import Hosts, Visitor
from tests.hosts.servers import wait_until

MINUTES = b"Minutes of 3 March: twelve of twelve files audited.\n" * 2000


def what_is_begun_on_one_host_goes_on_at_another(hosts: Hosts) -> None:
    owner, facts = Visitor(), hosts.facts
    assert owner.sign_in(hosts.one, facts["owner"]).status_code == 200
    action, update = f"/actions/{facts['action']}/", f"/actions/{facts['action']}/update/"
    assert "Olive Owner" in owner.get(hosts.two + action).text
    # Without a reason for the delay it is refused, by another host than the one that showed the form.
    typed = {"status": "in_progress", "note": "Typed on one, sent to two"}
    refused = owner.send(hosts.one + update, hosts.two + update, **typed)
    assert refused.status_code == 400
    assert "Typed on one, sent to two" in refused.text
    typed["delay_reason"] = "Two posts are vacant"
    files = {"evidence_file": ("minutes.txt", MINUTES)}
    assert owner.send(hosts.two + update, hosts.one + update, files=files, **typed).status_code == 200
    evidence = hosts.ask("SELECT id FROM plans_evidence")
    download = owner.get(f"{hosts.two}/evidence/{evidence}/")
    assert download.content == MINUTES
    assert hashlib.sha256(download.content).hexdigest() == hosts.ask("SELECT sha256 FROM plans_evidence")
    assert not list(hosts.folder.glob("*/media/**/*.txt"))


def a_worker_that_is_killed_loses_nothing_and_the_paper_is_made_once(hosts: Hosts) -> None:
    """Asked for on one host, begun by a worker that is killed, made by the next, fetched from the other host."""
    lead, release = Visitor(), hosts.facts["release"]
    lead.sign_in(hosts.one, hosts.facts["lead"])
    asked = lead.send(f"{hosts.one}/papers/{release}/issue/", looked="on")
    assert "/papers/making/" in asked.url
    state = "SELECT state FROM plans_making"
    with hosts.worker() as worker:
        wait_until(lambda: hosts.ask(state) == "working", "The paper in the making")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert hosts.ask(state) == "working"
    # A minute later, as the shared cache tells the time.
    hosts.ask("DELETE FROM tracker_cache WHERE cache_key LIKE ':1:worker:%'")
    with hosts.worker(), hosts.worker():
        wait_until(lambda: hosts.ask(state) in ("done", "failed"), "The paper")
    assert (hosts.ask(state), hosts.ask("SELECT problem FROM plans_making")) == ("done", "")
    assert hosts.ask("SELECT count(*) FROM plans_releasefile") == 4
    file = hosts.ask("SELECT id FROM plans_releasefile WHERE format = 'pdf'")
    fetched = lead.get(f"{hosts.two}/papers/files/{file}/")
    wanted = hosts.ask("SELECT sha256 FROM plans_releasefile WHERE format = 'pdf'")
    assert hashlib.sha256(fetched.content).hexdigest() == wanted


def a_page_of_the_past_is_the_same_whatever_the_replica_does(hosts: Hosts) -> None:
    """Read from it; from the primary while it is behind, and when it is gone, with a line in the log."""
    lead, database = Visitor(), hosts.database
    lead.sign_in(hosts.one, hosts.facts["lead"])
    page = f"{hosts.one}/plans/{hosts.facts['plan']}/"
    # The worker has read its paper there.
    before = database.asked_of_replica()
    assert "plans_update" in before
    lead.get(page)
    assert database.asked_of_replica() == before
    assert lead.get(page, as_at="2026-02-01").status_code == 200
    assert "plans_update" in database.asked_of_replica().removeprefix(before)
    with psycopg.connect(database.url("replica"), autocommit=True) as replica:
        replica.execute("SELECT pg_wal_replay_pause()")
        hosts.ask("UPDATE plans_plan SET title = 'Written a moment ago'")
        behind = lead.get(page, as_at="2026-02-01")
        replica.execute("SELECT pg_wal_replay_resume()")
    assert "Written a moment ago" in behind.text
    wait_until(lambda: "the replica is behind" in hosts.log_of("one"), "The line in the log")
    database.stop("replica")
    gone = lead.get(f"{hosts.two}/plans/{hosts.facts['plan']}/", as_at="2026-02-01")
    assert gone.status_code == 200
    assert "Written a moment ago" in gone.text
    assert "the replica does not answer" in hosts.log_of("two")


def test_two_hosts_that_share_a_database_and_a_bucket_are_as_one(hosts: Hosts) -> None:
    """One test, so that the servers are started once, however the tests are dealt out."""
    what_is_begun_on_one_host_goes_on_at_another(hosts)
    a_worker_that_is_killed_loses_nothing_and_the_paper_is_made_once(hosts)
    a_page_of_the_past_is_the_same_whatever_the_replica_does(hosts)
