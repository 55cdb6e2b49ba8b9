"""Single sign-on: to the council's provider and back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import AuthProcess, ProviderException
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from plans.web.pages import show
from plans.web.single_sign_on import Provider, refusal

logger = logging.getLogger(__name__)


def _where_there_is_one(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.OIDC_ISSUER:
            raise Http404("Single sign-on is not set up.")
        try:
            return view(request)
        except (RequestException, ProviderException, KeyError, ValueError):
            # No answer, or one that is none: the log has it all, the page what to do.
            logger.exception("Single sign-on failed")
            why = "Your provider does not answer. Try again in a few minutes."
            return refusal(request, why, "provider does not answer")

    return guarded


@login_not_required
@require_POST
@never_cache
@_where_there_is_one
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider. A button, not a link: nobody is sent there from elsewhere.

    By a page and not by a redirect: the policy lets a form lead to this site alone, and browsers hold every address
    that a form's answer redirects to against it, those of the provider's own partners too.
    """
    provider = Provider(request).get_provider()
    answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    return show(request, "accounts/to_provider.html", {"address": answer.url, "provider": settings.OIDC_NAME})


@login_not_required
@require_GET
@never_cache
@_where_there_is_one
def single_sign_on_callback(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the person back to."""
    answer: HttpResponse = OAuth2CallbackView.adapter_view(Provider(request))(request)
    return answer
