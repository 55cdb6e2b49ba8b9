"""The load test: 200 officers and 20 board members at a site on this machine, for as long as one says.

    python -m tests.load.run --seconds 180
    python -m tests.load.run --seconds 180 --addresses 2 --database postgres://…

Prints the median, the 95th percentile and the errors of each kind of page. The database is filled where it is empty.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.hosts.servers import ROOT, answers, free_port, running, wait_until

ROW = "{:24} {:>9} {:>8} {:>10} {:>10} {:>10}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=180)
    options.add_argument("--people", type=int, default=220)
    options.add_argument("--addresses", type=int, choices=(1, 2), default=1, help="Two: a web process at each.")
    options.add_argument(
        "--database", help="Where the population is, or is to be. SQLite in a folder of its own if not said."
    )
    said = options.parse_args()
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "SECRET_KEY": "for the load test only " * 3,
            "ALLOWED_HOSTS": "127.0.0.1,127.0.0.2",
            "HTTPS": "false",
            "DEBUG": "false",
            "DATABASE_URL": said.database or f"sqlite:///{folder / 'tracker.sqlite3'}",
            "DATA_DIR": str(folder),
            "LOG_LEVEL": "ERROR",
            "LOAD_PEOPLE": str(folder / "people.json"),
        }
        people = subprocess.run(
            [sys.executable, "-m", "tests.load.population"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
        (folder / "people.json").write_bytes(people.stdout)
        addresses = []
        for number in range(1, said.addresses + 1):
            bind = f"127.0.0.{number}:{free_port()}"
            words = ["--bind", bind, "--workers", str(2 // said.addresses), "--threads", "4"]
            stack.enter_context(running([sys.executable, "-m", "gunicorn", "tracker.wsgi", *words], environment))
            addresses.append(f"http://{bind}")
        for address in addresses:
            wait_until(lambda address=address: answers(f"{address}/sign-in/"), "The site")
        subprocess.run(
            [
                *(sys.executable, "-m", "locust", "-f", "tests/load/locustfile.py", "--headless", "--only-summary"),
                *("-u", str(said.people), "-r", "20", "-t", f"{said.seconds}s", "--csv", str(folder / "load")),
                *("--host", addresses[0], "--stop-timeout", "30"),
            ],
            env=environment | {"LOAD_ADDRESSES": " ".join(addresses)},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return _print_table(folder / "load_stats.csv", said.seconds)


def _print_table(found: Path, seconds: int) -> int:
    """The lines of the load; answers how many requests failed, at most 255."""
    print(ROW.format("page", "requests", "failed", "median ms", "95% ms", "longest ms"))
    failed = 0
    with found.open() as file:
        for line in csv.DictReader(file):
            number, wrong = int(line["Request Count"]), int(line["Failure Count"])
            if line["Name"] == "Aggregated":
                failed = wrong
                print(f"{number / seconds:.1f} requests a second")
            name = "all" if line["Name"] == "Aggregated" else f"{line['Type']} {line['Name']}"
            times = (f"{float(line[of]):.0f}" for of in ("Median Response Time", "95%", "Max Response Time"))
            print(ROW.format(name, f"{number:,}", wrong, *times))
    return min(failed, 255)


if __name__ == "__main__":
    sys.exit(main())
