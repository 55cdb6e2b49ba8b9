"""What anybody may read without signing in: an issued public paper at its address, its files, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from plans.papers.content import as_plain, from_plain
from plans.papers.models import Publication, Release, ReleaseFile
from plans.papers.publication import publish, unpublish
from plans.papers.rules import Audience, Format, Kind
from plans.papers.young_people_changes import keep_summary
from plans.web.urls import urlpatterns
from tests import factories
from tests.cast import Cast
from tests.papers.made_releases import LATER, a_draft, an_issued_release
from tests.papers.test_young_people import a_summary

ADDRESS = "for-you"
WITHOUT_SIGNING_IN = {"published", "published_file", "calendar_feed"}


@pytest.fixture
def release(cast: Cast) -> Release:
    keep_summary(cast.plan, a_summary(cast), by=cast.lead, at=factories.START)
    made = an_issued_release(cast.plan, by=cast.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC, title="For you")
    for file_format in (Format.WORD, Format.PDF):
        file = ContentFile(f"the {file_format} file".encode(), f"paper.{file_format}")
        ReleaseFile.objects.create(release=made, format=file_format, file=file, sha256=file_format * 12, size=13)
    return made


@pytest.fixture
def public(cast: Cast, release: Release) -> Publication:
    return publish(release, ADDRESS, by=cast.lead, at=LATER)


def page(client: Client, address: str = ADDRESS, **headers: str) -> Any:
    return client.get(reverse("published", args=[address]), headers=headers)


def file(client: Client, ending: str, address: str = ADDRESS, **headers: str) -> Any:
    return client.get(reverse("published_file", args=[address, ending]), headers=headers)


def test_anybody_reads_what_was_issued(client: Client, public: Publication, cast: Cast) -> None:
    said = page(client).content.decode()
    paper = from_plain(public.release.content or {})
    assert f"{paper.title}</h1>" in said
    for text in ("Westshire", "People came to see us.", "We learn how to.", "Published by Westshire, 2 March 2026"):
        assert text in said
    for inside in ("Lena Lead", "Improvement Plan Tracker", "Sign in", 'href="/plans', "actions.", cast.action.wording):
        assert inside not in said


def test_it_stays_what_was_issued_whatever_is_written_since(client: Client, public: Publication, cast: Cast) -> None:
    before = page(client).content
    keep_summary(cast.plan, a_summary(cast, version=1, introduction="New words"), by=cast.lead, at=LATER)
    assert page(client).content == before


def test_no_session_is_begun_and_no_cookie_is_set(client: Client, public: Publication) -> None:
    for answer in (page(client), file(client, "pdf"), page(client, "nowhere")):
        assert answer.cookies == {}
    assert not Session.objects.exists()


def test_who_is_signed_in_sees_the_same_page(client: Client, public: Publication, cast: Cast) -> None:
    before = page(client).content
    client.force_login(cast.lead)
    assert page(client).content == before


def test_its_files_are_sent_to_be_kept(client: Client, public: Publication) -> None:
    said = page(client).content.decode()
    for ending, content_type in (
        ("pdf", "application/pdf"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ):
        assert reverse("published_file", args=[ADDRESS, ending]) in said
        answer = file(client, ending)
        assert b"".join(answer.streaming_content) == f"the {ending} file".encode()
        assert answer.headers["Content-Type"] == content_type
        assert answer.headers["Content-Disposition"] == f'attachment; filename="for-you.{ending}"'


@pytest.mark.parametrize("ending", ["csv", "xlsx", "exe"])
def test_no_other_file_of_it_is_public(client: Client, public: Publication, ending: str) -> None:
    assert file(client, ending).status_code == 404


def test_a_file_that_is_lost_is_not_found(client: Client, public: Publication) -> None:
    kept = public.release.files.get(format=Format.PDF)
    kept.file.storage.delete(kept.file.name)
    assert file(client, "pdf").status_code == 404


def test_taken_down_it_is_gone_at_once_like_what_never_was(client: Client, public: Publication, cast: Cast) -> None:
    tag = page(client).headers["ETag"]
    unpublish(public, by=cast.lead, at=LATER + timedelta(hours=1))
    gone = page(client, if_none_match=tag)
    assert gone.status_code == 404
    assert gone.content == page(client, "never-was").content
    assert file(client, "pdf").status_code == 404
    assert gone.headers["Cache-Control"] == "no-store"


def test_caches_ask_each_time_and_are_answered_shortly(client: Client, public: Publication) -> None:
    for get in (page, lambda client, **headers: file(client, "pdf", **headers)):
        first = get(client)
        assert first.headers["Cache-Control"] == "public, no-cache"
        again = get(client, if_none_match=first.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")


def test_the_policy_for_content_is_as_strict_as_elsewhere(client: Client, public: Publication) -> None:
    answer = page(client)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.content.decode()
    assert " style=" not in answer.content.decode()


@pytest.mark.parametrize("route", ["published", "published_file"])
def test_it_is_only_read(client: Client, public: Publication, route: str) -> None:
    args = [ADDRESS] if route == "published" else [ADDRESS, "pdf"]
    assert client.post(reverse(route, args=args)).status_code == 405
    assert client.head(reverse(route, args=args)).status_code == 200


def test_markup_in_what_was_issued_is_text(client: Client, cast: Cast) -> None:
    keep_summary(cast.plan, a_summary(cast, introduction="<script>alert(1)</script>"), by=cast.lead, at=factories.START)
    made = an_issued_release(cast.plan, by=cast.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC)
    publish(made, ADDRESS, by=cast.lead, at=LATER)
    assert "<script" not in page(client).content.decode()


def test_a_full_plan_is_published_with_its_stamp(client: Client, cast: Cast) -> None:
    made = an_issued_release(cast.plan, by=cast.lead, audience=Audience.PUBLIC)
    publish(made, "plan", by=cast.lead, at=LATER)
    said = page(client, "plan").content.decode()
    assert "As at 1 March 2026" in said
    assert cast.action.wording not in said  # it is not marked for publication


def test_nothing_else_is_read_without_signing_in(client: Client, public: Publication, cast: Cast) -> None:
    """Every route, signed out: it leads to signing in, or it is for anybody and tells nothing of a plan."""
    samples = {"pk": cast.plan.pk, "number": 1, "kind": "full_plan", "ending": "pdf", "file_format": "pdf"}
    walked = set()
    for pattern in urlpatterns:
        name, takes = str(pattern.name), set(pattern.pattern.converters)
        try:
            address = reverse(name, kwargs={one: samples[one] for one in takes & set(samples)})
        except NoReverseMatch:
            continue
        answer = client.get(address)
        walked.add(name)
        if name in WITHOUT_SIGNING_IN:
            continue
        if getattr(pattern.callback, "login_required", True):
            assert answer.status_code in (302, 405), name
            assert answer.status_code == 405 or answer.url.startswith(reverse("sign_in")), name
        else:
            said = answer.content.decode()
            for inside in (cast.plan.title, cast.action.wording, cast.area.wording, cast.lead.name, cast.post.title):
                assert inside not in said, name
    assert {"plan", "plan_publications", "publish_release", "young_people", "actions", "plan_word"} <= walked


def send(client: Client, release: Release, **said: Any) -> Any:
    return client.post(reverse("publish_release", args=[release.pk]), {"address": ADDRESS, "looked": "on", **said})


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lead)
    return client


def test_all_that_becomes_public_is_shown_before(lead: Client, release: Release) -> None:
    said = lead.get(reverse("publish_release", args=[release.pk])).content.decode()
    for text in (
        "Anybody will be able to read this paper",
        "People came to see us.",
        "with 2 files of it",
        "PDF, Word",
    ):
        assert text in said
    assert 'value="westshire-young-people"' in said
    assert "Take the place of" not in said


def test_it_is_published_once_somebody_has_looked(lead: Client, release: Release, cast: Cast) -> None:
    refused = send(lead, release, looked="")
    assert refused.status_code == 400
    assert "Look at all of the paper, then tick that anybody may read it" in refused.content.decode()
    assert not Publication.objects.exists()
    answer = send(lead, release, address=" For-You ")
    assert answer.url == reverse("plan_publications", args=[cast.plan.pk])
    assert Publication.objects.get().address == ADDRESS
    listed = lead.get(answer.url).content.decode()
    assert reverse("published", args=[ADDRESS]) in listed
    assert "Lena Lead" in listed


def test_an_address_in_use_is_told_and_taken_over_when_said(lead: Client, public: Publication, cast: Cast) -> None:
    newer = an_issued_release(cast.plan, by=cast.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC, title="Again")
    shown = lead.get(reverse("publish_release", args=[newer.pk])).content.decode()
    assert "people read “For you” now" in shown
    refused = send(lead, newer)
    assert refused.status_code == 400
    assert "“For you” is at this address now" in refused.content.decode()
    assert send(lead, newer, replacing="on").status_code == 302
    assert page(lead).content.decode().count("Again</h1>") == 1
    listed = lead.get(reverse("plan_publications", args=[cast.plan.pk])).content.decode()
    assert "Taken down" in listed


def test_an_address_that_cannot_be_is_refused_beside_the_field(lead: Client, release: Release) -> None:
    answer = send(lead, release, address="two words")
    assert answer.status_code == 400
    assert 'href="#id_address"' in answer.content.decode()
    assert "two words" in answer.content.decode()


def test_a_paper_for_the_council_says_why_it_cannot_be_published(lead: Client, cast: Cast) -> None:
    exempt = an_issued_release(cast.plan, by=cast.lead)
    for found in (exempt, a_draft(cast.plan, by=cast.lead, kind=Kind.YOUNG_PEOPLE, audience=Audience.PUBLIC)):
        said = lead.get(reverse("publish_release", args=[found.pk])).content.decode()
        assert "This paper cannot be published." in said
        send(lead, found)
    assert not Publication.objects.exists()


def test_it_is_taken_down_by_a_button(lead: Client, public: Publication, cast: Cast) -> None:
    address = reverse("end_publication", args=[public.pk])
    assert lead.get(address).status_code == 405
    assert lead.post(address).url == reverse("plan_publications", args=[cast.plan.pk])
    assert page(lead).status_code == 404
    assert lead.post(address).status_code == 302
    listed = lead.get(reverse("plan_publications", args=[cast.plan.pk])).content.decode()
    assert "Nothing of this plan can be read without signing in." in listed


def test_readers_see_what_is_public_and_no_buttons(client: Client, public: Publication, cast: Cast) -> None:
    client.force_login(cast.reader)
    said = client.get(reverse("plan_publications", args=[cast.plan.pk])).content.decode()
    assert reverse("published", args=[ADDRESS]) in said
    assert reverse("end_publication", args=[public.pk]) not in said


def test_the_content_that_is_shown_is_the_content_that_was_hashed(public: Publication) -> None:
    assert from_plain(as_plain(from_plain(public.release.content or {}))).content_hash() == public.release.content_hash
