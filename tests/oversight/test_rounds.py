"""Rounds of updates: what has returned is told from history, and stays what it was when the round was closed."""

from __future__ import annotations

from datetime import date

import pytest

from plans.access.changes import hold_post
from plans.access.models import PostHolding
from plans.audit.models import Event
from plans.improvement_plan.changes import amend, withdraw
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import Status
from plans.monitoring.changes import report_no_change, submit_update
from plans.oversight.chasing import UpdateRound
from plans.oversight.chasing_changes import close_round, open_round
from plans.oversight.early_warning import quiet
from plans.oversight.rounds import (
    Returns,
    asked_rows,
    owed_to_a_round,
    owners_of,
    returns,
    round_sentence,
    rounds_told_of,
    with_open_round,
)
from tests import factories
from tests.cast import Cast

OPENED = factories.moment(2026, 4, 1)
DUE = date(2026, 4, 20)
BEFORE, DURING, AFTER = factories.moment(2026, 3, 20), factories.moment(2026, 4, 5), factories.moment(2026, 5, 1)


def a_round(cast: Cast) -> UpdateRound:
    return open_round(cast.plan, due=DUE, by=cast.lead, at=OPENED)


def told(cast: Cast, one: UpdateRound, moment: object = None) -> Returns:
    return returns(asked_rows(one, cast.lead, moment, AFTER))  # type: ignore[arg-type]


def more_actions(cast: Cast, number: int) -> list[Action]:
    return [factories.an_action(cast.plan, cast.lead, lead_id=cast.post.pk) for _ in range(number)]


def test_an_update_since_the_opening_is_a_return_and_one_before_is_not(cast: Cast) -> None:
    report_no_change(cast.partner_action, by=cast.partner, at=BEFORE)
    one = a_round(cast)
    assert told(cast, one).returned == 0
    submit_update(cast.action, by=cast.owner, at=DURING, status=Status.IN_PROGRESS, note="Begun")
    found = told(cast, one)
    assert (found.asked, found.returned, found.nil) == (2, 1, 0)


def test_a_nil_return_is_one_with_nothing_else_beside_it(cast: Cast) -> None:
    one = a_round(cast)
    report_no_change(cast.action, by=cast.owner, at=DURING)
    assert told(cast, one).nil == 1
    submit_update(
        cast.action, by=cast.owner, at=factories.moment(2026, 4, 6), status=Status.IN_PROGRESS, note="After all"
    )
    report_no_change(cast.action, by=cast.owner, at=factories.moment(2026, 4, 7))
    found = told(cast, one)
    assert (found.returned, found.nil) == (1, 0)


def test_what_the_lead_amends_is_no_return(cast: Cast) -> None:
    one = a_round(cast)
    amend(cast.action, by=cast.lead, at=DURING, note="", wording="Said more clearly")
    assert told(cast, one).returned == 0


def test_a_completed_action_has_returned_and_stays_counted(cast: Cast) -> None:
    one = a_round(cast)
    submit_update(cast.action, by=cast.owner, at=DURING, status=Status.COMPLETE, note="Done")
    found = told(cast, one)
    assert (found.asked, found.returned) == (2, 1)


def test_what_is_withdrawn_without_a_return_is_asked_for_no_more(cast: Cast) -> None:
    one = a_round(cast)
    withdraw(cast.partner_action, by=cast.lead, at=DURING, note="No longer needed")
    assert told(cast, one).asked == 1


def test_an_action_added_since_is_not_asked_for(cast: Cast) -> None:
    one = a_round(cast)
    factories.an_action(cast.plan, cast.lead, at=DURING)
    assert told(cast, one).asked == 2


def test_quiet_is_the_same_as_on_the_page_of_early_warning(cast: Cast) -> None:
    more_actions(cast, 3)
    report_no_change(cast.partner_action, by=cast.partner, at=BEFORE)
    one = a_round(cast)
    report_no_change(cast.action, by=cast.owner, at=DURING)
    found = told(cast, one)
    silent = quiet(Action.objects.visible_to(cast.lead).filter(plan=cast.plan), AFTER).exclude(pk=cast.action.pk)
    assert found.quiet == silent.count() == 3
    assert found.never == 3


def test_the_counts_of_a_closed_round_stay_what_they_were(cast: Cast) -> None:
    one = a_round(cast)
    report_no_change(cast.action, by=cast.owner, at=DURING)
    close_round(one, by=cast.lead, at=factories.moment(2026, 4, 21))
    before = told(cast, one)
    submit_update(cast.partner_action, by=cast.partner, at=AFTER, status=Status.IN_PROGRESS, note="Late")
    submit_update(cast.action, by=cast.owner, at=AFTER, status=Status.IN_PROGRESS, note="More")
    assert told(cast, one) == before == Returns(2, 1, 1, 1, 1)


def test_on_an_earlier_day_it_is_told_as_it_stood_then(cast: Cast) -> None:
    one = a_round(cast)
    report_no_change(cast.action, by=cast.owner, at=DURING)
    assert told(cast, one, factories.moment(2026, 4, 4)).returned == 0
    assert told(cast, one, factories.moment(2026, 4, 6)).returned == 1


def test_the_history_from_the_moment_of_closing_agrees_with_the_open_round(cast: Cast) -> None:
    """The same question of ``Action`` and of ``Update`` has the same answer."""
    more_actions(cast, 4)
    one = a_round(cast)
    report_no_change(cast.action, by=cast.owner, at=DURING)
    assert told(cast, one) == told(cast, one, AFTER)


def test_only_one_round_is_open_and_only_those_who_run_the_plan_open_it(cast: Cast) -> None:
    a_round(cast)
    with pytest.raises(RefusedChange, match="Close it first"):
        a_round(cast)
    with pytest.raises(RefusedChange, match="Only those who run"):
        open_round(cast.plan, due=DUE, by=cast.owner, at=OPENED)


def test_a_day_that_has_passed_is_refused_and_today_is_not(cast: Cast) -> None:
    with pytest.raises(RefusedChange, match="or a later one"):
        open_round(cast.plan, due=date(2026, 3, 31), by=cast.lead, at=OPENED)
    assert open_round(cast.plan, due=date(2026, 4, 1), by=cast.lead, at=OPENED).pk


def test_a_round_is_closed_once_and_the_trail_says_both(cast: Cast) -> None:
    one = a_round(cast)
    close_round(one, by=cast.lead, at=AFTER)
    with pytest.raises(RefusedChange, match="closed already"):
        close_round(one, by=cast.lead, at=AFTER)
    assert set(Event.objects.values_list("what", flat=True)) >= {"round.opened", "round.closed"}


def test_a_round_is_told_of_while_it_is_open(cast: Cast) -> None:
    one = a_round(cast)
    close_round(one, by=cast.lead, at=AFTER)
    assert rounds_told_of([cast.plan], None) == []
    assert rounds_told_of([cast.plan], DURING) == [one]
    assert rounds_told_of([cast.plan], BEFORE) == []


def test_what_is_owed_is_what_has_not_returned(cast: Cast) -> None:
    assert not with_open_round(Action.objects.all()).filter(owed_to_a_round()).exists()
    one = a_round(cast)
    factories.an_action(cast.plan, cast.lead, at=DURING)
    report_no_change(cast.action, by=cast.owner, at=DURING)
    owed = set(with_open_round(Action.objects.all()).filter(owed_to_a_round()))
    assert owed == set(asked_rows(one, cast.lead, None, AFTER).filter(returned=False)) == {cast.partner_action}


def test_a_partner_is_told_of_their_own_actions_alone(cast: Cast) -> None:
    assert returns(asked_rows(a_round(cast), cast.partner, None, AFTER)).asked == 1


def test_the_holder_answers_and_where_there_is_none_the_deputy(cast: Cast) -> None:
    hold_post(cast.team_mate, cast.post, since=date(2026, 1, 1), kind=PostHolding.Kind.DEPUTY)

    def names() -> list[str]:
        return [owner.person.name for owner in owners_of([cast.post.pk]).get(cast.post.pk, [])]

    assert names() == ["Olive Owner"]
    cast.owner.is_active = False
    cast.owner.save()
    assert names() == ["Tim Mate"]
    cast.team_mate.email = ""
    cast.team_mate.save()
    assert names() == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Returns(22, 14, 3, 2, 0),
            "14 of 22 returned, 3 of them nil returns; 8 have not, 2 of those have been quiet for more than 60 days.",
        ),
        (Returns(22, 14, 1, 0, 0), "14 of 22 returned, 1 of them a nil return; 8 have not."),
        (Returns(2, 1, 0, 1, 0), "1 of 2 returned; 1 has not, and has been quiet for more than 60 days."),
        (Returns(5, 0, 0, 1, 0), "0 of 5 returned; 5 have not, 1 of those has been quiet for more than 60 days."),
        (Returns(5, 5, 0, 0, 0), "All 5 returned."),
        (Returns(0, 0, 0, 0, 0), "Nothing was open when this round was opened, so nothing is asked for."),
    ],
)
def test_a_round_in_a_sentence(found: Returns, said: str) -> None:
    assert round_sentence(found, 60) == said
