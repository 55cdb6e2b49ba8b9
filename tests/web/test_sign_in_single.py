"""Single sign-on against a real OpenID provider on this machine: who is let in, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from oidc_provider_mock import run_server_in_thread

from plans.access.invitations import invite
from plans.access.models import User
from plans.access.rules import Role
from plans.audit.changes import note_event
from tests import factories
from tests.cast import Cast
from tests.web.signing_in import PASSWORD, address_at_provider, app_of, sign_in, signed_in, to_provider, trail

# The provider warns of what its own library will drop.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

Describe = Callable[..., None]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def other_provider() -> Iterator[str]:
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(provider: str, settings: Any, db: None) -> None:
    settings.OIDC_ISSUER = provider
    settings.OIDC_CLIENT_ID = "tracker"
    settings.OIDC_CLIENT_SECRET = "between us"
    settings.OIDC_NAME = "your Westshire account"


@pytest.fixture
def describe(provider: str) -> Describe:
    """Tell the provider what it says of a subject."""

    def described(subject: str, at: str = provider, **claims: Any) -> None:
        requests.put(f"{at}/users/{subject}", json=claims, timeout=5).raise_for_status()

    return described


def come_back(client: Client, subject: str, **sent: Any) -> Any:
    return client.get(to_provider(client, subject, **sent))


def refused(client: Client, answer: Any, words: str, reason: str) -> None:
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert not signed_in(client)
    assert trail("sign_in.failed")[-1].details["reason"] == reason


def test_a_person_whose_address_is_verified_is_let_in_and_stays_linked(
    client: Client, cast: Cast, describe: Describe, provider: str
) -> None:
    describe("olive", email=cast.owner.email.upper(), email_verified=True, name="Olive")
    assert come_back(client, "olive", next="/plans/").url == "/plans/"
    assert signed_in(client)
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.provider, linked.uid) == (cast.owner, provider, "olive")
    assert "name" not in str(linked.extra_data)
    assert trail("sign_in.succeeded")[0].details["by_means_of"] == ["single sign-on"]
    assert len(trail("single_sign_on.linked")) == 1
    # From now on the pair counts, whatever becomes of the address.
    describe("olive", email="married@example.org", email_verified=False)
    browser = Client()
    assert come_back(browser, "olive").url == "/"
    assert int(browser.session["_auth_user_id"]) == cast.owner.pk
    assert User.objects.get(pk=cast.owner.pk).email == cast.owner.email


def test_somebody_unknown_is_refused_in_words_and_gets_no_account(
    client: Client, cast: Cast, describe: Describe
) -> None:
    before = User.objects.count()
    describe("stan", email="nobody@example.org", email_verified=True)
    refused(client, come_back(client, "stan"), "nobody has invited you", "not invited")
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_somebody_invited_gets_their_account_and_role(client: Client, cast: Cast, describe: Describe) -> None:
    now = timezone.now()
    invite("Nia New", "nia@example.org", Role.READER, cast.council, by=cast.administrator, at=now, note=note_event)
    describe("nia", email="nia@example.org", email_verified=True)
    assert come_back(client, "nia").status_code == 302
    nia = User.objects.get(email="nia@example.org")
    assert nia.name == "Nia New"
    assert not nia.has_usable_password()
    assert [(row.organisation, row.role) for row in nia.memberships.all()] == [(cast.council, Role.READER.value)]
    assert signed_in(client)


def test_a_closed_account_is_told_so_before_and_after_it_was_linked(
    client: Client, cast: Cast, describe: Describe
) -> None:
    describe("olive", email=cast.owner.email, email_verified=True)
    cast.owner.is_active = False
    cast.owner.save()
    refused(client, come_back(client, "olive"), "has been closed", "account closed")
    cast.owner.is_active = True
    cast.owner.save()
    come_back(client, "olive")
    assert signed_in(client)
    cast.owner.is_active = False
    cast.owner.save()
    browser = Client()
    refused(browser, come_back(browser, "olive"), "has been closed", "account closed")


@pytest.mark.parametrize("verified", [{"email_verified": False}, {"email_verified": "false"}, {}])
def test_an_address_that_is_not_verified_counts_for_nothing(
    client: Client, cast: Cast, describe: Describe, verified: dict[str, Any]
) -> None:
    describe("mallory", email=cast.owner.email, **verified)
    answer = come_back(client, "mallory")
    refused(client, answer, "has not verified your e-mail address", "e-mail address not verified")
    assert not SocialAccount.objects.exists()


def test_without_an_address_nobody_is_found(client: Client, cast: Cast, describe: Describe) -> None:
    describe("blank", email_verified=True)
    refused(client, come_back(client, "blank"), "did not send your e-mail address", "no e-mail address")


def test_in_the_councils_own_tenant_an_address_counts(
    client: Client, cast: Cast, describe: Describe, settings: Any
) -> None:
    settings.OIDC_TENANT = "tenant-of-westshire"
    describe("olive-entra", email=cast.owner.email, tid="tenant-of-westshire")
    assert come_back(client, "olive-entra").status_code == 302
    assert signed_in(client)


@pytest.mark.parametrize("tenant", [{"tid": "another"}, {}])
def test_another_tenant_is_refused_even_with_a_verified_address_or_a_link(
    client: Client, cast: Cast, describe: Describe, settings: Any, tenant: dict[str, str], provider: str
) -> None:
    settings.OIDC_TENANT = "tenant-of-westshire"
    describe("mallory", email=cast.owner.email, email_verified=True, **tenant)
    words = "another organisation’s directory"
    refused(client, come_back(client, "mallory"), words, "another tenant")
    SocialAccount.objects.create(user=cast.owner, provider=provider, uid="mallory")
    refused(client, come_back(client, "mallory"), words, "another tenant")


def test_in_the_tenant_an_address_said_to_be_unverified_is_refused(
    client: Client, cast: Cast, describe: Describe, settings: Any
) -> None:
    settings.OIDC_TENANT = "tenant-of-westshire"
    describe("mallory", email=cast.owner.email, email_verified=False, tid="tenant-of-westshire")
    refused(client, come_back(client, "mallory"), "has not verified", "e-mail address not verified")


def test_a_second_account_with_the_same_address_is_refused(client: Client, cast: Cast, describe: Describe) -> None:
    describe("olive", email=cast.owner.email, email_verified=True)
    describe("successor", email=cast.owner.email, email_verified=True)
    come_back(client, "olive")
    browser = Client()
    refused(browser, come_back(browser, "successor"), "another account of the provider", "linked to another")
    client.force_login(cast.administrator)
    client.post(reverse("unlink_person", args=[cast.owner.pk]))
    come_back(browser, "successor")
    assert signed_in(browser)


def test_the_same_subject_of_another_issuer_is_somebody_else(
    client: Client, cast: Cast, describe: Describe, settings: Any, other_provider: str
) -> None:
    describe("olive", email=cast.owner.email, email_verified=True)
    come_back(client, "olive")
    settings.OIDC_ISSUER = other_provider
    describe("olive", other_provider, email="nobody@example.org", email_verified=True)
    browser = Client()
    refused(browser, come_back(browser, "olive"), "nobody has invited you", "not invited")


def test_a_wrong_state_is_refused(client: Client, cast: Cast, describe: Describe) -> None:
    describe("olive", email=cast.owner.email, email_verified=True)
    path = urlsplit(to_provider(client, "olive"))
    forged = parse_qs(path.query) | {"state": ["guessed"]}
    answer = client.get(f"{path.path}?{urlencode(forged, doseq=True)}")
    refused(client, answer, "began in another window", "state unknown")
    # Somebody else's browser did not begin this sign-in.
    victim = Client()
    refused(victim, victim.get(path.geturl()), "began in another window", "state unknown")


def test_a_replayed_answer_is_refused_here_and_at_the_provider(client: Client, cast: Cast, describe: Describe) -> None:
    describe("olive", email=cast.owner.email, email_verified=True)
    path = to_provider(client, "olive")
    assert client.get(path).status_code == 302
    client.post(reverse("sign_out"))
    refused(client, client.get(path), "began in another window", "state unknown")
    # With a fresh state of one's own, the provider knows that the code was used.
    fresh = urlsplit(to_provider(client, "olive"))
    used = parse_qs(urlsplit(path).query)["code"]
    replayed = parse_qs(fresh.query) | {"code": used}
    answer = client.get(f"{fresh.path}?{urlencode(replayed, doseq=True)}")
    refused(client, answer, "did not confirm who you are", "provider refused")


def test_saying_no_at_the_provider_is_no_fault(client: Client, cast: Cast) -> None:
    state = parse_qs(urlsplit(address_at_provider(client)).query)["state"][0]
    answer = client.get(reverse("single_sign_on_callback"), {"error": "access_denied", "state": state})
    refused(client, answer, "You stopped the sign-in", "cancelled")


def test_a_provider_that_does_not_answer_or_is_another_is_said_to_be(
    client: Client, cast: Cast, settings: Any, provider: str
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = client.post(reverse("single_sign_on"))
    refused(client, answer, "does not answer", "provider does not answer")
    settings.OIDC_ISSUER = provider.replace("localhost", "127.0.0.1") + "/nowhere"
    refused(client, client.post(reverse("single_sign_on")), "does not answer", "provider does not answer")


def test_what_is_sent_to_the_provider(client: Client, cast: Cast, provider: str) -> None:
    asked = urlsplit(address_at_provider(client))
    query = parse_qs(asked.query)
    assert f"{asked.scheme}://{asked.netloc}" == provider
    assert query["redirect_uri"] == ["http://testserver/sign-in/single/callback/"]
    assert query["code_challenge_method"] == ["S256"]
    assert set(query["scope"][0].split()) == {"openid", "profile", "email"}
    assert client.get(reverse("single_sign_on")).status_code == 405


def test_one_goes_on_here_and_nowhere_else(client: Client, cast: Cast, describe: Describe) -> None:
    describe("olive", email=cast.owner.email, email_verified=True)
    assert come_back(client, "olive", next="https://evil.example/").url == "/"


def test_somebody_signed_in_cannot_attach_another_identity(client: Client, cast: Cast, describe: Describe) -> None:
    """The library can link any account there to who is signed in here; the rules of who is linked would be nothing."""
    describe("mallory", email="mallory@example.org", email_verified=True)
    client.force_login(cast.owner)
    answer = come_back(client, "mallory", process="connect")
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_authenticator_that_was_set_up_is_asked_for(client: Client, cast: Cast, describe: Describe) -> None:
    app_of(cast.owner)
    describe("olive", email=cast.owner.email, email_verified=True)
    assert come_back(client, "olive").url == "/sign-in/code/"
    assert not signed_in(client)


def test_a_provider_in_the_database_counts_for_nothing(client: Client, cast: Cast, settings: Any) -> None:
    SocialApp.objects.create(provider="openid_connect", provider_id="evil", name="Evil", client_id="x", secret="y")
    assert "Evil" not in client.get(reverse("sign_in")).content.decode()
    settings.OIDC_ISSUER = ""
    assert client.post(reverse("single_sign_on")).status_code == 404


def test_where_it_is_the_only_way_the_page_has_one_button(client: Client, cast: Cast, settings: Any) -> None:
    assert "Sign in with your Westshire account" in client.get(reverse("sign_in")).content.decode()
    settings.OIDC_ONLY = True
    page = client.get(reverse("sign_in")).content.decode()
    assert "Sign in with your Westshire account" in page
    assert 'type="password"' not in page
    assert 'type="password"' in client.get(reverse("sign_in") + "?password=yes").content.decode()


def test_where_it_is_the_only_way_passwords_open_the_installations_own_accounts_alone(
    client: Client, cast: Cast, settings: Any
) -> None:
    settings.OIDC_ONLY = True
    owner = sign_in(client, cast.owner.email)
    wrong = sign_in(client, "nobody@example.org")
    assert owner.status_code == wrong.status_code == 400
    assert "do not match an account" in owner.content.decode()
    assert not signed_in(client)
    glass = User.objects.create_superuser("break.glass@example.org", PASSWORD)
    assert sign_in(client, glass.email).status_code == 302
    assert signed_in(client)


def test_where_it_is_the_only_way_a_reset_says_so(
    client: Client, cast: Cast, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.OIDC_ONLY = True
    client.post(reverse("account_reset_password"), {"email": cast.owner.email})
    assert "sign in with your Westshire account" in mailoutbox[-1].body
    assert "/sign-in/reset/" not in mailoutbox[-1].body
    client.force_login(factories.a_person("Somebody"))
    assert client.get(reverse("account_change_password")).status_code == 403
