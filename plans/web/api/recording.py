"""The one write: an update on an action, by the rules of the form."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from ninja import Header
from ninja.responses import Status
from pydantic import Field

from plans.access.credentials import ApiToken
from plans.audit.changes import note_event
from plans.audit.models import Event
from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.rules import REPORTABLE
from plans.monitoring.changes import submit_update
from plans.web.api import answers, asked, shown
from plans.web.api.problems import Problem, Refusal
from plans.web.api.reading import PROBLEMS, refuse_unknown, router
from plans.web.forms.updates import UpdateForm, shown_of
from plans.web.guards import action_to_update_or_404, person

RECORDED = "update.recorded"
KEY_IS_KEPT = timedelta(days=1)
CHANGED_SINCE = "The action has changed since that version. Read “other”, then send your update with its version."

# The names of the body by those of the form.
NAMES = {"asked_due": "extension.due", "asked_reason": "extension.reason"}


class ChangedProblem(Problem):
    other: answers.UpdateAnswer = Field(description="The latest change of the action, by somebody else.")


@router.post(
    "/actions/{action_id}/updates",
    response={201: answers.UpdateAnswer, 200: answers.UpdateAnswer, **PROBLEMS, 400: Problem, 409: ChangedProblem},
    url_name="api_action_updates",
    tags=["Actions"],
)
def record_update(
    request: HttpRequest,
    action_id: asked.Id,
    said: asked.OfferedUpdate,
    idempotency_key: Annotated[str, Header(None, min_length=1, max_length=200)] = asked.NOT_SENT,
) -> Any:
    """Record an update, by the same rules as the form, with a token that may record updates.

    Send an Idempotency-Key of your own: a repeated request with the same key answers 200 with the update that the
    first one recorded, for a day. Where the action has moved on from “version”, nothing is recorded and the answer
    is 409 with the other’s change.
    """
    refuse_unknown(request)
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    action = action_to_update_or_404(request, action_id)
    if not token.may_update:
        raise PermissionDenied("This token may read only. Make one that may record updates.")
    if action.status not in REPORTABLE:
        raise PermissionDenied("This action is no longer open. Ask the improvement lead to reopen it.")
    now = timezone.now()
    once = _Once(request, action, said, idempotency_key or "", now)
    if before := once.recorded():
        return Status(200, shown.update_answer(before))
    if said.version != action.version:
        raise _changed(Update.objects.select_related("by").get(action=action, until__isnull=True))
    form = UpdateForm(_typed(action, said), action=action)
    if not form.is_valid():
        raise Refusal(422, "The update was not recorded. See errors.", list(_errors(form)))
    try:
        with transaction.atomic():
            update = submit_update(action, by=person(request), at=now, **form.changes())
            once.note(update, token)
    except ChangedSince as refusal:
        # Two requests with the same key at once: the other one was this one.
        if before := once.recorded():
            return Status(200, shown.update_answer(before))
        raise _changed(refusal.update) from None
    except RefusedChange as refusal:
        field = NAMES.get(refusal.field or "", refusal.field or "")
        raise Refusal(422, "The update was not recorded. See errors.", [(field, str(refusal))]) from None
    return Status(201, shown.update_answer(update))


def _changed(update: Update) -> Refusal:
    other = answers.UpdateAnswer.model_validate(shown.update_answer(update)).model_dump(mode="json")
    return Refusal(409, CHANGED_SINCE, other=other)


class _Once:
    """A request that is recorded once for its key, by one person on one action."""

    def __init__(self, request: HttpRequest, action: Action, said: asked.OfferedUpdate, key: str, at: datetime) -> None:
        plain = json.dumps(said.model_dump(mode="json", exclude_unset=True), sort_keys=True)
        self.person, self.action, self.key, self.at = person(request), action, key, at
        self.said = hashlib.sha256(plain.encode()).hexdigest()

    def recorded(self) -> Update | None:
        """The update that this key recorded. Raises Refusal where the key was used for something else."""
        if not self.key:
            return None
        events = Event.objects.filter(
            at__gte=self.at - KEY_IS_KEPT, what=RECORDED, by=self.person.email, details__key=self.key
        )
        event = events.first()
        if event is None:
            return None
        if event.details["action"] != self.action.pk or event.details["said"] != self.said:
            raise Refusal(
                422,
                "This Idempotency-Key was used for another update.",
                [("Idempotency-Key", "Send each update with a key of its own.")],
            )
        return Update.objects.select_related("by").get(pk=event.details["update"])

    def note(self, update: Update, token: ApiToken) -> None:
        note_event(
            RECORDED,
            self.action,
            by=self.person,
            at=self.at,
            token=token.name,
            key=self.key,
            action=self.action.pk,
            update=update.pk,
            said=self.said,
        )


def _typed(action: Action, said: asked.OfferedUpdate) -> QueryDict:
    """What the form would have sent: what was left out of the request stays as the form shows it."""
    typed = QueryDict(mutable=True)
    typed.update(shown_of(action))
    sent = said.model_dump(exclude_unset=True)
    extension = sent.pop("extension", None) or {}
    for name, value in sent.items():
        typed[name] = str(value)
    if "next_step" not in sent and said.status == "complete":
        typed["next_step"] = ""
    for name, value in extension.items():
        typed[f"asked_{name}"] = value
    return typed


def _errors(form: UpdateForm) -> Any:
    for name, sentences in form.errors.items():
        for sentence in sentences:
            yield NAMES.get(name, "" if name == "__all__" else name), f"{str(sentence).rstrip('.')}."
