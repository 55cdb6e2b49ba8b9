"""A program for a test: runs send_reminders in children, and kills them at random moments (SIGKILL).

Its settings come from the environment. It prints as JSON the days that it ran for and how many children it killed.
Each child is a process of its own with its own connections; they are forked so that fifty take seconds, not minutes.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import signal
import sys
import time
from datetime import date, timedelta

import django


def warm() -> None:
    """Load what every run loads, so that a child begins with its work at once."""
    from django.core.management import load_command_class
    from django.template.loader import get_template
    from django.urls import reverse

    load_command_class("plans", "send_reminders")
    get_template("reminders/mail.html"), get_template("reminders/mail.txt")
    reverse("my_actions")


def child(day: date, confirm: int, retry_after: str) -> int:
    """Begin a run; answers the child's number."""
    pid = os.fork()
    if pid:
        return pid
    from django.core.management import call_command

    try:
        words = ["--day", day.isoformat(), "--confirm", str(confirm), "--retry-after", retry_after]
        call_command("send_reminders", *words, stdout=io.StringIO(), stderr=io.StringIO())
    except BaseException as problem:
        print(repr(problem), file=sys.stderr)
        os._exit(1)
    os._exit(0)


def ended_well(pid: int) -> None:
    """Wait for a child that nobody kills."""
    _, how = os.waitpid(pid, 0)
    if how:
        raise SystemExit(f"A run that nobody killed ended with {how}.")


def killed(pid: int, after: float) -> bool:
    """Kill the child at that many seconds; False where it had ended by then."""
    until = time.monotonic() + after
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    _, how = os.waitpid(pid, 0)
    return os.WIFSIGNALED(how)


def working_days(first: date) -> list[date]:
    """The days of a year on which something is sent."""
    from plans.findings.working_days import is_working_day

    days = (first + timedelta(days=number) for number in range(365))
    return [day for day in days if is_working_day(day)]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, required=True)
    options.add_argument("--together", type=int, default=1, help="Runs at once, none of them killed.")
    options.add_argument("--confirm", type=int, required=True)
    options.add_argument("--first", type=date.fromisoformat, required=True)
    options.add_argument("--seed", type=int, required=True)
    said = options.parse_args()
    django.setup()
    warm()
    chance, kills, days = random.Random(said.seed), 0, []
    if said.together > 1:
        for pid in [child(said.first, said.confirm, "10") for _ in range(said.together)]:
            ended_well(pid)
        days = [said.first]
    else:
        first, *later = working_days(said.first)
        began = time.monotonic()
        ended_well(child(first, said.confirm, "0"))
        whole = time.monotonic() - began
        days = [first]
        for day in later:
            if kills >= said.kills:
                break
            days.append(day)
            while kills < said.kills and killed(child(day, said.confirm, "0"), chance.uniform(0, whole)):
                kills += 1
            ended_well(child(day, said.confirm, "0"))
    print(json.dumps({"kills": kills, "days": [day.isoformat() for day in days]}))


if __name__ == "__main__":
    main()
