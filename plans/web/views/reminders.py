"""A person’s own reminders; and of a plan, whom it escalates to and the mails that were sent about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from plans.access.models import Membership, PostHolding
from plans.access.rules import May, roles_that
from plans.improvement_plan.ledger import RefusedChange
from plans.improvement_plan.models import Action, Plan
from plans.improvement_plan.timeliness import is_open
from plans.oversight.chasing import EscalationRule, Reminder
from plans.oversight.chasing_changes import (
    GIVEN_UP_AFTER,
    add_escalation,
    chases_of,
    choose_reminders,
    remove_escalation,
)
from plans.oversight.reminders import choice_of
from plans.oversight.rounds import owners_of
from plans.web.forms.reminders import EscalationForm, ReminderForm
from plans.web.guards import escalation_to_run_or_404, person, plan_to_run_or_404
from plans.web.pages import posted, show
from plans.web.reminder_mail import rhythm_words

MAILS_SHOWN = 10
PLAN_MAILS_SHOWN = 100


def reminders(request: HttpRequest) -> HttpResponse:
    """How this person wants to be reminded, and the last mails that went to them."""
    user = person(request)
    choice = choice_of(user)
    fields = ("rhythm", "weekday", "lead_days", "of_posts_below")
    form = ReminderForm(**posted(request), initial={name: getattr(choice, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        choose_reminders(user, **form.cleaned_data)
        messages.success(request, "Saved. Your next reminder follows it.")
        return redirect("reminders")
    context = {
        "form": form,
        "rhythm": rhythm_words(choice),
        "never": choice.rhythm == choice.Rhythm.NEVER,
        "mails": [(one, _state(one)) for one in user.reminders.order_by("-written_at", "-pk")[:MAILS_SHOWN]],
    }
    return show(request, "reminders/reminders.html", context, status=400 if form.errors else 200)


def _state(reminder: Reminder) -> str:
    """“Sent”, “Waits to be sent”, “Not sent yet” with a problem, “Given up”."""
    if reminder.sent_at:
        return "Sent"
    if reminder.written_at <= timezone.now() - GIVEN_UP_AFTER:
        return "Given up"
    return "Not sent yet" if reminder.problem else "Waits to be sent"


def plan_reminders(request: HttpRequest, pk: int) -> HttpResponse:
    """The escalation rules of a plan with their history, and the mails sent about it."""
    plan = plan_to_run_or_404(request, pk)
    rules = list(plan.escalation_rules.select_related("to__organisation").order_by("days_over", "to__title"))
    owners = owners_of(rule.to_id for rule in rules)
    history = EscalationRule.history.filter(plan=plan).select_related("history_user", "to")
    context = {
        "plan": plan,
        "rules": [(rule, owners.get(rule.to_id, [])) for rule in rules],
        "history": history.order_by("-history_date", "-history_id")[:50],
        "mails": [(one, _state(one)) for one in _mails_about(plan)],
    }
    return show(request, "reminders/plan_reminders.html", context)


def _mails_about(plan: Plan) -> Any:
    """The chases of the plan's rounds, and the digests of people with something open in it or who run it.

    A digest tells of all plans that a person has to do with; ``here`` says that they have a role in this plan's
    organisation alone, so that its subject counts no other council's actions.
    """
    chases = Q(pk__in=[])
    for one in plan.update_rounds.all():
        chases |= Q(kind=Reminder.Kind.CHASE, occasion__startswith=chases_of(one))
    led = Action.objects.filter(is_open(), plan=plan, lead__isnull=False).values("lead_id")
    owners = PostHolding.objects.filter(post__in=led, until__isnull=True).values("person_id")
    told = PostHolding.objects.filter(post__in=plan.escalation_rules.values("to_id"), until__isnull=True).values(
        "person_id"
    )
    runners = Membership.objects.filter(organisation=plan.organisation_id, role__in=roles_that(May.RUN_PLANS)).values(
        "person_id"
    )
    digests = Q(kind=Reminder.Kind.DIGEST) & (Q(person__in=owners) | Q(person__in=runners) | Q(person__in=told))
    theirs = Membership.objects.filter(person=OuterRef("person"))
    return (
        Reminder.objects.filter(chases | digests)
        .select_related("person")
        .annotate(
            here=Exists(theirs.filter(organisation=plan.organisation_id))
            & ~Exists(theirs.exclude(organisation=plan.organisation_id))
        )
        .order_by("-written_at", "-pk")[:PLAN_MAILS_SHOWN]
    )


def add_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Say from when on the holder of a post is told of what is overdue."""
    plan = plan_to_run_or_404(request, pk)
    form = EscalationForm(**posted(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            add_escalation(plan, days_over=said["days_over"], to=said["to"], by=person(request), at=timezone.now())
        except RefusedChange as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"Added. The holder of “{said['to']}” is told in their next mail.")
            return redirect("plan_reminders", pk=plan.pk)
    return show(request, "reminders/add_rule.html", {"plan": plan, "form": form}, status=400 if form.errors else 200)


@require_POST
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the holder of the post no more."""
    rule = escalation_to_run_or_404(request, pk)
    plan_pk = rule.plan_id
    remove_escalation(rule, by=person(request), at=timezone.now())
    messages.success(request, "Removed. It stays in the history below.")
    return redirect("plan_reminders", pk=plan_pk)
