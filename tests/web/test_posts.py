"""Pages of posts: what they say, who may change them, and every refusal beside its field."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from plans.access.holdings import end_holding, holder_of
from plans.access.models import Post
from plans.audit.changes import note_event
from tests import factories
from tests.cast import Cast
from tests.web.test_queries import MOST, add_actions, queries


def test_the_list_opens_with_a_sentence(cast: Cast, client: Client) -> None:
    client.force_login(cast.reader)
    page = client.get(reverse("posts")).content.decode()
    assert "1 post, none vacant." in page
    assert "Add a post" not in page
    at = factories.moment(2026, 3, 2)
    end_holding(cast.post.holdings.get(), until=at.date(), today=at.date(), by=cast.lead, at=at, note=note_event)
    page = client.get(reverse("posts")).content.decode()
    assert ">1 vacant</a>; the vacant one leads <strong>1 open action</strong>." in page
    assert "2 March 2026" in page


def test_a_holder_is_changed_with_the_form_that_was_opened(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    present = holder_of(cast.post)
    assert present is not None
    address = reverse("change_holder", args=[cast.post.pk])
    said = {"person": str(cast.team_mate.pk), "since": "1 March 2026", "expected": str(present.pk)}
    refused = client.post(address, {**said, "since": "1 March 2019"})
    assert refused.status_code == 400
    assert "Olive Owner holds this post since 1 January 2020" in refused.content.decode()
    assert client.post(address, said).status_code == 302
    second = client.post(address, {**said, "person": str(cast.reader.pk)})
    assert second.status_code == 400
    assert "Tim Mate holds it since 1 March 2026" in second.content.decode()
    assert str(cast.reader.pk) in second.content.decode()
    page = client.get(reverse("post", args=[cast.post.pk])).content.decode()
    assert "Tim Mate has held it since 1 March 2026." in page
    assert "Olive Owner" in page


def test_a_renamed_post_says_what_it_was_called(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    # A post that was made in the application has the history of its titles.
    client.post(reverse("add_post"), {"title": "Head of Help"})
    made = Post.objects.get(title="Head of Help")
    assert client.post(reverse("change_post", args=[made.pk]), {"title": "Head of Early Help"}).status_code == 302
    page = client.get(reverse("post", args=[made.pk])).content.decode()
    assert "Earlier titles" in page
    assert "No holder is recorded." in page
    taken = client.post(reverse("add_post"), {"title": "Head of Early Help"})
    assert (taken.status_code, "has a post of that title already" in taken.content.decode()) == (400, True)


def test_deputies_come_and_go(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    said = {"person": str(cast.team_mate.pk), "since": "1 March 2026"}
    assert client.post(reverse("add_deputy", args=[cast.post.pk]), said).status_code == 302
    holding = cast.post.holdings.get(kind="deputy")
    assert client.post(reverse("end_holding", args=[holding.pk]), {"until": "3 March 2026"}).status_code == 302
    again = client.post(reverse("end_holding", args=[holding.pk]), {"until": "3 March 2026"})
    assert (again.status_code, "has left this post already" in again.content.decode()) == (400, True)


def test_queries_do_not_grow(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    for route, args in (("posts", []), ("post", [cast.post.pk])):
        address = reverse(route, args=args)
        add_actions(cast, 3 + cast.plan.actions.count())
        few = queries(client, address, {})
        add_actions(cast, 5 + cast.plan.actions.count())
        assert queries(client, address, {}) == few <= MOST
