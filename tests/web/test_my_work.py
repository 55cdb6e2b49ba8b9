"""My work: what is owed, updated in place, several at once; drafts; and nothing that was typed is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from plans.access.changes import hold_post
from plans.access.models import PostHolding
from plans.improvement_plan.ledger import record, supporting
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import Kind
from plans.monitoring.drafts import keep_draft
from plans.monitoring.models import UpdateDraft
from plans.oversight.chasing_changes import open_round
from tests import factories
from tests.cast import Cast

NOW = "2026-03-20T12:00:00Z"
PAGE = "my_actions"


@pytest.fixture
def owner(cast: Cast, client: Client) -> Client:
    client.force_login(cast.owner)
    return client


@pytest.fixture(autouse=True)
def _on_that_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def more_actions(cast: Cast, number: int = 2) -> list[Action]:
    return [
        factories.an_action(
            cast.plan,
            cast.lead,
            reference=f"2.{place}",
            position=10 + place,
            lead_id=cast.post.pk,
            **factories.due(date(2026, 4, 10 + place)),
        )
        for place in range(number)
    ]


def row(action: Action, version: int = 1, draft: str = "", **said: str) -> dict[str, Any]:
    """A row of the page as a browser sends it, with what was typed in it."""
    sent = {"version": str(version), "draft": draft, "note": "", "forecast": "", "confidence": "", **said}
    return {f"a{action.pk}-{name}": value for name, value in sent.items()}


def send(client: Client, *rows: tuple[Action, dict[str, Any]], **more: Any) -> Any:
    data: dict[str, Any] = {"row": [action.pk for action, _ in rows], **more}
    for _, said in rows:
        data |= said
    return client.post(reverse(PAGE), data)


def page_of(client: Client) -> str:
    return str(client.get(reverse(PAGE)).content.decode())


def sentence(client: Client) -> str:
    page = page_of(client)
    begun = page.index('<p class="app-lede">')
    words = page[begun : page.index("</p>", begun)]
    for tag in ("strong", "a"):
        words = words.replace(f"</{tag}>", "")
    return " ".join("".join(part.split(">", 1)[-1] for part in words.split("<")).split())


def report(action: Action, cast: Cast, *at: int) -> None:
    record(action, by=cast.owner, at=factories.moment(*at), kind=Kind.PROGRESS, note="Begun", status="in_progress")  # type: ignore[arg-type]


def test_the_sentence_counts_what_is_owed_this_month(owner: Client, cast: Cast) -> None:
    first, second = more_actions(cast)
    assert sentence(owner) == "You owe 3 updates; nothing is overdue."
    report(first, cast, 2026, 3, 1, 0, 0)
    report(second, cast, 2026, 2, 28, 23, 59)
    assert sentence(owner) == "You owe 2 updates; nothing is overdue."
    with time_machine.travel("2026-04-14T12:00:00Z", tick=False):
        owner.force_login(cast.owner)
        assert sentence(owner).startswith("You owe 3 updates; 3 actions are overdue, 1.1 by 14 days.")


def test_one_overdue_action_is_named_by_its_days(client: Client, cast: Cast) -> None:
    with time_machine.travel("2026-04-14T12:00:00Z", tick=False):
        client.force_login(cast.owner)
        assert sentence(client) == "You owe 1 update; 1 action is 14 days overdue."


def test_where_a_round_is_open_it_counts_since_the_round(owner: Client, cast: Cast) -> None:
    report(cast.action, cast, 2026, 3, 2)
    assert sentence(owner).startswith("You owe no updates")
    open_round(cast.plan, due=date(2026, 3, 27), by=cast.lead, at=factories.moment(2026, 3, 10))
    assert sentence(owner).startswith("You owe 1 update;")
    report(cast.action, cast, 2026, 3, 11)
    assert sentence(owner).startswith("You owe no updates")


def test_what_was_reported_this_month_is_listed_as_due_next(owner: Client, cast: Cast) -> None:
    report(cast.action, cast, 2026, 3, 2)
    page = page_of(owner)
    assert "Due next" in page
    assert f"a{cast.action.pk}-note" not in page


def test_a_team_is_those_whose_posts_report_to_mine_and_is_not_updated_from_here(owner: Client, cast: Cast) -> None:
    below = factories.a_post("Team manager", cast.council, holder=cast.team_mate)
    below.reports_to = cast.post
    below.save()
    theirs = factories.an_action(cast.plan, cast.lead, reference="9.9", lead_id=below.pk)
    page = page_of(owner)
    assert sentence(owner).endswith("Your team owes 1.")
    assert "Team manager: Tim Mate" in page
    assert f"a{theirs.pk}-note" not in page
    answer = send(owner, (theirs, row(theirs, status="in_progress", note="Not mine")))
    assert answer.status_code == 200
    assert "Not mine" in answer.content.decode()
    assert Update.objects.filter(action=theirs).count() == 1


def test_what_one_has_as_deputy_or_supporter_is_marked(owner: Client, cast: Cast) -> None:
    other = factories.a_post("Head of QA", cast.council)
    hold_post(cast.owner, other, since=date(2026, 1, 1), kind=PostHolding.Kind.DEPUTY)
    factories.an_action(cast.plan, cast.lead, reference="7.1", lead_id=other.pk)
    factories.an_action(cast.plan, cast.lead, reference="7.2", support=supporting([cast.post]))
    page = page_of(owner)
    assert page.count("As deputy") == page.count("You support") == 1
    assert sentence(owner).startswith("You owe 3 updates, 1 as deputy;")


def test_several_updates_are_recorded_together(owner: Client, cast: Cast) -> None:
    first, second = more_actions(cast)
    answer = send(
        owner,
        (cast.action, row(cast.action)),
        (first, row(first, status="in_progress", note="Half is sampled", confidence="high")),
        (second, row(second, status="complete", note="All is done")),
        do="save",
    )
    assert answer.status_code == 302
    stored = {action.reference: action for action in Action.objects.filter(plan=cast.plan)}
    assert (stored["2.0"].progress, stored["2.0"].confidence) == ("Half is sampled", "high")
    assert stored["2.1"].status == "complete"
    assert stored["1.1"].version == 1, "what was not typed in is not touched"
    assert "your 2 updates on" in page_of(owner)


def test_good_rows_are_recorded_and_bad_ones_come_first_as_typed(owner: Client, cast: Cast) -> None:
    first, second = more_actions(cast)
    answer = send(
        owner,
        (first, row(first, status="in_progress", note="Half is sampled")),
        (second, row(second, status="in_progress", note="Begun in May", forecast="soonish")),
        do="save",
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="soonish"' in page
    assert "Begun in May" in page
    assert f'href="#id_a{second.pk}-forecast"' in page
    assert page.index(f'id="row-{second.pk}"') < page.index(f'id="row-{cast.action.pk}"')
    assert "Recorded: your update on" in page
    assert Action.objects.get(pk=first.pk).progress == "Half is sampled"
    assert Action.objects.get(pk=second.pk).version == 1


def test_nothing_has_changed_in_the_ticked_ones(owner: Client, cast: Cast) -> None:
    first, second = more_actions(cast)
    rows = [(action, row(action)) for action in (cast.action, first, second)]
    assert send(owner, *rows, tick=[first.pk, second.pk], do="nothing").status_code == 302
    kinds = dict(Update.objects.filter(until__isnull=True).values_list("action__reference", "kind"))
    assert (kinds["1.1"], kinds["2.0"], kinds["2.1"]) == (Kind.ADDED, Kind.NO_CHANGE, Kind.NO_CHANGE)
    page = page_of(owner)
    assert f'href="{reverse("action", args=[first.pk])}#history-heading"' in page


def test_one_row_is_told_unchanged_by_one_button(owner: Client, cast: Cast) -> None:
    first, second = more_actions(cast)
    assert f'name="nothing" value="{first.pk}"' in page_of(owner)
    assert send(owner, (first, row(first)), (second, row(second)), nothing=first.pk).status_code == 302
    assert [Action.objects.get(pk=action.pk).version for action in (first, second)] == [2, 1]


def test_a_nil_return_does_not_lose_what_was_typed_in_another_row(owner: Client, cast: Cast) -> None:
    first, second = more_actions(cast)
    send(
        owner,
        (first, row(first)),
        (second, row(second, status="in_progress", note="Half a sentence")),
        tick=[first.pk],
        do="nothing",
    )
    assert Action.objects.get(pk=first.pk).version == 2
    assert UpdateDraft.objects.get().said["note"] == "Half a sentence"
    assert "Half a sentence" in page_of(owner)


def test_a_tick_on_what_somebody_changed_meanwhile_is_told(owner: Client, cast: Cast) -> None:
    record(cast.action, by=cast.lead, at=factories.moment(2026, 3, 19), kind=Kind.PROGRESS, note="Seen by the lead")
    answer = send(owner, (cast.action, row(cast.action)), tick=[cast.action.pk], do="nothing")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Seen by the lead" in page
    assert f'name="a{cast.action.pk}-version" value="2"' in page
    assert Action.objects.get(pk=cast.action.pk).version == 2


def test_in_the_list_too_a_second_writer_is_shown_the_first_ones_change(owner: Client, cast: Cast) -> None:
    record(
        cast.action,
        by=cast.lead,
        at=factories.moment(2026, 3, 19),
        kind=Kind.PROGRESS,
        note="Seen by the lead",
        confidence="low",
    )
    typed = row(cast.action, status="in_progress", note="My own words")
    page = send(owner, (cast.action, typed), do="save").content.decode()
    assert "My own words" in page
    assert "Lena Lead changed this action" in page
    again = row(cast.action, version=2, status="in_progress", note="My own words", confidence="low")
    assert send(owner, (cast.action, again), do="save").status_code == 302
    assert Action.objects.get(pk=cast.action.pk).confidence == "low"


def test_a_draft_comes_back_and_is_gone_when_sent(owner: Client, cast: Cast) -> None:
    typed = row(cast.action, status="in_progress", note="To be finished", forecast="soonish")
    assert send(owner, (cast.action, typed), do="later").status_code == 302
    page = page_of(owner)
    assert "Saved 20 March 2026 at 12:00, not sent." in page
    assert "To be finished" in page
    assert 'value="soonish"' in page, "a draft need not be right yet"
    address = reverse("update_action", args=[cast.action.pk])
    single = owner.get(address).content.decode()
    assert "To be finished" in single
    assert "Saved 20 March 2026 at 12:00, not sent." in single
    mark = UpdateDraft.objects.get().saved_at.isoformat()
    sent = {"version": 1, "draft": mark, "status": "in_progress", "note": "Finished"}
    assert owner.post(address, sent).status_code == 302
    assert not UpdateDraft.objects.exists()


def test_a_draft_opened_after_somebody_elses_change_shows_it_and_keeps_the_words(owner: Client, cast: Cast) -> None:
    said = {"version": "1", "status": "in_progress", "note": "My own words", "confidence": "", "forecast": ""}
    keep_draft(cast.action, said, person=cast.owner, at=factories.moment(2026, 3, 10))
    record(
        cast.action, by=cast.lead, at=factories.moment(2026, 3, 19), kind=Kind.PROGRESS, note="Look", confidence="low"
    )
    for address in (reverse(PAGE), reverse("update_action", args=[cast.action.pk])):
        page = owner.get(address).content.decode()
        assert "Lena Lead changed this action" in page
        assert "My own words" in page
        assert "checked" in page.split('value="low"')[1][:80]


def test_a_draft_saved_in_another_window_is_shown_before_it_is_replaced(owner: Client, cast: Cast) -> None:
    kept = keep_draft(cast.action, {"note": "From the phone"}, person=cast.owner, at=factories.moment(2026, 3, 20, 9))
    typed = row(cast.action, status="in_progress", note="From the desk")
    answer = send(owner, (cast.action, typed), do="later")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "From the phone" in page
    assert "From the desk" in page
    assert UpdateDraft.objects.get(pk=kept.pk).said["note"] == "From the phone"
    assert kept.saved_at.isoformat().replace("+", "&#x2B;") in page or kept.saved_at.isoformat() in page


def test_a_draft_of_the_whole_form_is_not_cut_down_to_the_short_one(owner: Client, cast: Cast) -> None:
    address = reverse("update_action", args=[cast.action.pk])
    typed = {"version": 1, "status": "in_progress", "note": "More time", "asked_due": "June 2026"}
    assert owner.post(address, {**typed, "asked_reason": "The clinic", "do": "later"}).status_code == 302
    page = page_of(owner)
    assert "Go on with your draft" in page
    assert f"a{cast.action.pk}-note" not in page
    assert "The clinic" in owner.get(address).content.decode()


def test_a_draft_can_be_thrown_away(owner: Client, cast: Cast) -> None:
    kept = keep_draft(cast.action, {"note": "No"}, person=cast.owner, at=factories.moment(2026, 3, 10))
    address = reverse("update_action", args=[cast.action.pk])
    owner.post(address, {"do": "discard", "draft": kept.saved_at.isoformat()})
    assert not UpdateDraft.objects.exists()


@pytest.mark.parametrize("where", [PAGE, "update_action"])
def test_what_is_sent_after_the_sign_in_has_ended_is_there_after_the_next(
    owner: Client, cast: Cast, where: str
) -> None:
    address = reverse(where, args=[] if where == PAGE else [cast.action.pk])
    signed = owner.get(address).context["whose"]
    owner.logout()
    typed = {**row(cast.action, status="in_progress", note="On the train"), "row": cast.action.pk}
    if where != PAGE:
        typed = {"version": 1, "status": "in_progress", "note": "On the train"}
    answer = owner.post(address, {**typed, "whose": signed})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('sign_in')}?next={address}"
    assert "What you typed is kept" in owner.get(answer["Location"]).content.decode()
    back = owner.post(answer["Location"], {"login": cast.owner.email, "password": "a long password"})
    assert back["Location"] == address
    page = owner.get(address).content.decode()
    assert "On the train" in page
    assert "Your sign-in had ended" in page
    assert Update.objects.filter(action=cast.action).count() == 1
    assert owner.post(address, {**typed, "whose": signed}).status_code == 302
    assert Action.objects.get(pk=cast.action.pk).progress == "On the train"
    assert "On the train</textarea>" not in owner.get(reverse("update_action", args=[cast.action.pk])).content.decode()


def test_nobody_else_is_shown_what_was_typed(owner: Client, cast: Cast) -> None:
    address = reverse("update_action", args=[cast.action.pk])
    signed = owner.get(address).context["whose"]
    owner.logout()
    owner.post(address, {"note": "Between us", "whose": signed})
    owner.force_login(cast.lead)
    assert "Between us" not in owner.get(address).content.decode()


def test_without_the_signature_nothing_is_kept_for_strangers(client: Client, cast: Cast) -> None:
    address = reverse("update_action", args=[cast.action.pk])
    client.post(address, {"note": "Anything", "whose": "1:forged"})
    assert not client.session.items()


def test_a_long_list_comes_in_pages_with_every_row_once(owner: Client, cast: Cast) -> None:
    more_actions(cast, 12)
    for place in range(20):
        factories.an_action(cast.plan, cast.lead, reference=f"3.{place}", lead_id=cast.post.pk)
    pages = [owner.get(reverse(PAGE), {"page": number}).context["rows"] for number in (1, 2)]
    shown = [row.action.pk for page in pages for row in page]
    assert (len(pages[0]), len(shown), len(set(shown))) == (25, 33, 33)


def test_a_past_day_has_no_forms(owner: Client, cast: Cast) -> None:
    page = owner.get(reverse(PAGE), {"as_at": "2026-02-01"}).content.decode()
    assert "You had <strong>1 action</strong> open" in page
    assert f"a{cast.action.pk}-note" not in page
