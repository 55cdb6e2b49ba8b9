"""The page on which a lead says what repeats an earlier inspection, and where it shows afterwards."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from plans.audit.models import Event
from plans.findings.confirm_lineage import confirm_earlier
from plans.findings.models import Area, Spell
from tests import factories
from tests.cast import Cast
from tests.findings.test_lineage import inspected

AGAIN = "may repeat an earlier inspection’s"


@pytest.fixture
def before(cast: Cast, client: Client) -> Area:
    """An area of 2013 that the cast's area of 2025 is like; the lead is signed in."""
    Spell.objects.create(inspection=cast.inspection, starts=date(2025, 3, 1), ends=date(2025, 3, 2))
    client.force_login(cast.lead)
    earlier = inspected(cast.council, date(2013, 1, 1), title="Inspection of the year thirteen")
    factories.an_area(earlier, "Sufficiency of foster carers")
    return factories.an_area(earlier, "Record strategy meetings in one way")


def page(client: Client, cast: Cast, route: str = "earlier_areas") -> str:
    thing = cast.plan if route == "plan" else cast.inspection
    answer = client.get(reverse(route, args=[thing.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def save(client: Client, cast: Cast, **said: object) -> object:
    return client.post(
        reverse("earlier_areas", args=[cast.inspection.pk]),
        {f"area-{cast.area.pk}-{name}": str(value) for name, value in {"opened": "", **said}.items()},
    )


def test_each_area_stands_beside_what_it_may_repeat(cast: Cast, client: Client, before: Area) -> None:
    factories.an_area(cast.inspection, "Homelessness at 16")
    text = page(client, cast)
    assert "1 of 2 areas</a> may repeat what an earlier inspection asked for." in text
    assert before.wording in text
    assert cast.area.wording in text
    assert "Inspection of the year thirteen”, 2013. Very alike (" in text
    assert "Both speak of “recording” and “strategy discussions”." in text
    assert "None of these" in text
    assert " checked" not in text
    assert "Like nothing earlier" in text
    assert f"1 area {AGAIN}" in page(client, cast, "inspection")


def test_saving_confirms_and_shows_on_both_inspections_and_the_plan(cast: Cast, client: Client, before: Area) -> None:
    assert save(client, cast, earlier=before.pk).status_code == 302  # type: ignore[attr-defined]
    cast.area.refresh_from_db()
    assert cast.area.earlier == before
    text = page(client, cast, "inspection")
    assert "Saved for 1 area." in text
    assert "Also asked for in 2013:" in text
    assert AGAIN not in text
    assert "Compare with earlier inspections" in text
    other = client.get(reverse("inspection", args=[before.inspection_id])).content.decode()
    assert "Asked for again in 2025:" in other
    assert "Also asked for in 2013" in page(client, cast, "plan")
    text = page(client, cast)
    assert text.count(" checked") == 1
    assert "1 is confirmed." in text


def test_none_of_these_is_remembered_and_asked_no_more(cast: Cast, client: Client, before: Area) -> None:
    save(client, cast, earlier="none")
    assert AGAIN not in page(client, cast, "inspection")
    text = page(client, cast)
    assert "Every suggestion is answered. 1 repeats none of those suggested." in text
    assert text.count(" checked") == 1
    save(client, cast, earlier="none")
    assert Event.objects.filter(what="lineage.rejected").count() == 1


def test_what_is_left_open_stays_as_it_is(cast: Cast, client: Client, before: Area) -> None:
    save(client, cast)
    assert "Nothing was different." in page(client, cast, "inspection")
    assert not Event.objects.filter(what__startswith="lineage").exists()


def test_another_earlier_area_may_be_named(cast: Cast, client: Client, before: Area) -> None:
    foster = Area.objects.get(wording="Sufficiency of foster carers")
    assert save(client, cast, earlier="other").status_code == 400  # type: ignore[attr-defined]
    assert save(client, cast, earlier="other", other=foster.pk).status_code == 302  # type: ignore[attr-defined]
    cast.area.refresh_from_db()
    assert cast.area.earlier == foster
    assert "Confirmed by a person." in page(client, cast)
    save(client, cast, opened=foster.pk, earlier="none")
    cast.area.refresh_from_db()
    assert cast.area.earlier is None


def test_an_area_of_another_council_cannot_be_named(cast: Cast, client: Client, before: Area) -> None:
    elsewhere = factories.an_area(inspected(factories.an_organisation(), date(2013, 1, 1)))
    for said in ({"earlier": elsewhere.pk}, {"earlier": "other", "other": elsewhere.pk}, {"earlier": "x"}):
        assert save(client, cast, **said).status_code == 400  # type: ignore[attr-defined]
    assert elsewhere.inspection.organisation.name not in page(client, cast)


def test_a_second_writer_is_shown_the_firsts_change(cast: Cast, client: Client, before: Area) -> None:
    confirm_earlier(cast.area, before, by=cast.administrator, at=factories.START)
    answer = save(client, cast, earlier="none")
    assert answer.status_code == 400  # type: ignore[attr-defined]
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert "after you opened this page: it now repeats Area" in text
    assert f'value="{before.pk}" id="id_area-{cast.area.pk}-opened"' in text
    assert save(client, cast, opened=before.pk, earlier="none").status_code == 302  # type: ignore[attr-defined]


def test_without_an_earlier_inspection_or_a_date_the_page_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    assert "has no date" in page(client, cast)
    cast.inspection.published_on = date(2025, 5, 1)
    cast.inspection.save()
    assert "no earlier inspection to compare with" in page(client, cast)
    assert "earlier/" not in page(client, cast, "inspection")


def test_readers_see_the_lineage_and_no_link_to_change_it(cast: Cast, client: Client, before: Area) -> None:
    client.force_login(cast.reader)
    assert AGAIN not in page(client, cast, "inspection")
    answer = client.post(reverse("earlier_areas", args=[cast.inspection.pk]), {})
    assert answer.status_code == 403
    client.force_login(cast.stranger)
    assert client.get(reverse("earlier_areas", args=[cast.inspection.pk])).status_code == 404
