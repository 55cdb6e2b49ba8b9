"""Officers and board members on a Monday morning. ``run.py`` starts it; addresses and people come by environment."""

from __future__ import annotations

import json
import os
import random
import re
from itertools import count
from pathlib import Path
from typing import Any

from locust import HttpUser, between, task

ADDRESSES = os.environ["LOAD_ADDRESSES"].split()
PEOPLE = json.loads(Path(os.environ["LOAD_PEOPLE"]).read_text())
OFFICERS = [person for person in PEOPLE if not person["board"]]
MEMBERS = [person for person in PEOPLE if person["board"]]
WORDS = ("supervision", "pathway plans", "audit", "front door", "fostering")
numbers = count()


class Somebody(HttpUser):
    """Reads a page for a while, then opens the next."""

    abstract = True
    host = ADDRESSES[0]
    wait_time = between(8, 25)
    people: list[dict[str, Any]] = []

    def on_start(self) -> None:
        number = next(numbers)
        self.person = self.people[number % len(self.people)]
        self.client.base_url = ADDRESSES[number % len(ADDRESSES)]
        self.client.cookies.set(self.person["cookie"], self.person["session"])

    def open(self, path: str, name: str) -> str:
        with self.client.get(path, name=name, catch_response=True) as answer:
            if answer.status_code != 200 or "/sign-in/" in answer.url:
                answer.failure(f"{answer.status_code} {answer.url}")
            return str(answer.text)

    def send_form(self, path: str, name: str, **typed: str) -> None:
        page = self.open(path, f"{name}: the form")
        forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL)
        if not forms:
            return
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', max(forms, key=len)))
        with self.client.post(
            path, data=hidden | typed, name=name, catch_response=True, allow_redirects=False
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"{answer.status_code}")
            else:
                answer.success()


class Officer(Somebody):
    weight = 10
    people = OFFICERS

    @task(30)
    def my_work(self) -> None:
        self.open("/my-actions/", "My work")

    @task(25)
    def action(self) -> None:
        self.open(f"/actions/{random.choice(self.person['own'])}/", "Action")

    @task(20)
    def update(self) -> None:
        path = f"/actions/{random.choice(self.person['own'])}/update/"
        self.send_form(
            path, "Update", status="in_progress", note="Half of the teams have done this.", delay_reason="Two vacancies"
        )

    @task(8)
    def plan(self) -> None:
        self.open(f"/plans/{random.choice(self.person['plans'])}/", "Plan")

    @task(8)
    def overdue(self) -> None:
        self.open("/overdue/", "Overdue")

    @task(5)
    def search(self) -> None:
        self.open(f"/search/?q={random.choice(WORDS)}", "Search")


class Member(Somebody):
    weight = 1
    people = MEMBERS

    @task(30)
    def overdue(self) -> None:
        self.open("/overdue/", "Overdue")

    @task(10)
    def overdue_then(self) -> None:
        self.open("/overdue/?as_at=2025-03-31", "Overdue as at")

    @task(25)
    def meeting(self) -> None:
        self.open(f"/meetings/{random.choice(self.person['meetings'])}/", "Meeting")

    @task(20)
    def action(self) -> None:
        self.open(f"/actions/{random.choice(self.person['actions'])}/", "Action")

    @task(3)
    def paper(self) -> None:
        self.open(f"/plans/{random.choice(self.person['plans'])}/paper.pdf", "PDF of a plan")
