"""The server's clock jumps, back and ahead: every update is kept, in the order in which people gave them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.verification import faults_in_history
from tests import factories
from tests.cast import Cast

NOON = factories.moment(2026, 3, 2, 12)
JUMPS = (timedelta(0), timedelta(hours=-3), timedelta(days=400), timedelta(days=-1), timedelta(minutes=5))


@pytest.mark.parametrize("way", [1, -1])
def test_an_update_is_kept_whatever_the_clock_says(cast: Cast, way: int) -> None:
    notes = [f"Said as number {number}" for number in range(len(JUMPS))]
    for note, jump in zip(notes, JUMPS[::way], strict=True):
        with time_machine.travel(NOON + jump, tick=False):
            officer = Client()
            officer.force_login(cast.owner)
            version = Action.objects.get(pk=cast.action.pk).version
            said = {"version": version, "status": "in_progress", "note": note, "delay_reason": "Two posts are vacant"}
            answer = officer.post(reverse("update_action", args=[cast.action.pk]), said)
            assert answer.status_code == 302, answer.content.decode()
            page = officer.get(reverse("action", args=[cast.action.pk])).content.decode()
            assert note in page
            assert officer.get(reverse("overdue")).status_code == 200
    updates = Update.objects.filter(action=cast.action, sequence__gt=1).order_by("sequence")
    assert [update.note for update in updates] == notes
    moments = [update.at for update in updates]
    assert moments == sorted(set(moments))
    assert [update.recorded_at for update in updates] == [NOON + jump for jump in JUMPS[::way]]
    assert list(faults_in_history()) == []
