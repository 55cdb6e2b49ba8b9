"""My work: what somebody owes, oldest first, updated in place; what is due next; what is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from plans.access.models import User
from plans.improvement_plan.ledger import ChangedSince, RefusedChange
from plans.improvement_plan.models import Action
from plans.improvement_plan.rules import OPEN_STATUSES
from plans.improvement_plan.timeliness import is_open, lateness, with_timeliness
from plans.monitoring.changes import report_no_change
from plans.monitoring.drafts import AnotherDraft, draft_mark, drafts_of, keep_draft, send_update
from plans.monitoring.models import UpdateDraft
from plans.monitoring.partner_links import waiting_for
from plans.monitoring.returned_workbook import updatable_by
from plans.oversight.overdue import figures
from plans.oversight.owed import OWED_MEANS, Standing, Work, holders_of, standing_of, work_of
from plans.web.as_at import AsAt, as_at_of
from plans.web.forms.fields import rebased
from plans.web.forms.many import errors_of, is_a_key
from plans.web.forms.my_work import Row, keys_in, opened_rows, rows_of_data, sent_rows, version_in
from plans.web.forms.updates import shown_of
from plans.web.guards import person
from plans.web.kept_typing import forget_typing, keeps_typing, typed_before, whose
from plans.web.pages import paged, show
from plans.web.round_lines import rounds_owed
from plans.web.tables.actions import MyActionTable
from plans.web.wording import moment_words

FORMS_A_PAGE = 25
DONE_SHOWN = 50
CHANGED = "Somebody else changed this action while you were writing. Check, then save again"
NOT_OPEN = "This action is no longer open, so nothing is recorded on it here. Copy what you typed if you need it"


@keeps_typing
def my_work(request: HttpRequest) -> HttpResponse:
    """What this person owes and has in hand; on a past day, what was in their hands then."""
    as_at = as_at_of(request)
    if request.method == "POST":
        return _take(request)
    if as_at.is_past:
        return _then(request, as_at)
    return _page(request, as_at)


def _then(request: HttpRequest, as_at: AsAt) -> HttpResponse:
    user = person(request)
    mine = Action.objects.as_at(as_at.moment).in_the_hands_of(user)
    rows = with_timeliness(mine, as_at.day).select_related("lead__organisation", "plan")
    table = MyActionTable(
        rows.filter(is_open()).order_by("due_date", "pk"),
        as_at=as_at,
        caption="My open actions, oldest due first",
        exclude=("answer",),
        empty_text="Nothing was open.",
    )
    context = {
        "table": paged(request, table),
        "done": rows.exclude(status__in=OPEN_STATUSES).order_by("-reported_at", "pk")[:DONE_SHOWN],
        "figures": figures(mine, as_at.day),
        "posts": standing_of(user),
    }
    return show(request, "actions/my_work_then.html", context, as_at)


def _page(request: HttpRequest, as_at: AsAt, sent: Taken | None = None) -> HttpResponse:
    """The page as it is now; after ``sent``, with the rows first that were not recorded."""
    user = person(request)
    posts = standing_of(user)
    work = work_of(user, posts, day=as_at.day, now=as_at.now)
    _name_holders(work.team)
    drafts = {draft.action_id: draft for draft in drafts_of(user)}
    before = typed_before(request) if request.method == "GET" else None
    back = rows_of_data(before) if before is not None else {}
    first = _first_rows(sent, work) if sent else []
    shown = {row.action.pk for row in first}
    listed = [row for row in work.owed if row.pk not in shown]
    # What was begun stands first, wherever in the list it belongs.
    listed += [row for row in work.later if row.pk not in shown and (row.pk in drafts or row.pk in back)]
    listed.sort(key=lambda row: row.pk not in back)
    pages = Paginator(listed, FORMS_A_PAGE)
    page = pages.get_page(1) if sent else _asked_page(request, pages)
    by_which = {row.pk: posts.by_which(row) for row in work.mine}
    rows = first + opened_rows(list(page.object_list), drafts, back, by_which)
    table = MyActionTable(
        [row for row in work.later if row.pk not in drafts and row.pk not in back],
        as_at=as_at,
        caption="Due next, earliest first",
        orderable=False,
    )
    done = with_timeliness(Action.objects.visible_to(user).in_the_hands_of(user), as_at.day)
    context = {
        "rows": rows,
        "errors": sent.errors() if sent else [],
        "recorded": sent.words() if sent else "",
        "lost": sent.lost if sent else [],
        "page": page,
        "work": work,
        "opening": opening(work, posts, as_at),
        "drafts": list(drafts.values()),
        "table": table,
        "done": done.exclude(status__in=OPEN_STATUSES).order_by("-reported_at", "pk")[:DONE_SHOWN],
        "posts": posts,
        "means": OWED_MEANS,
        "proposals": waiting_for(user).count(),
        "rounds_owed": rounds_owed(Action.objects.visible_to(user).in_the_hands_of(user)) if _in_a_round(work) else [],
        "whose": whose(user),
        "back": bool(back),
    }
    status = 400 if sent and sent.refused else 200
    return show(request, "actions/my_work.html", context, as_at, status=status)


def _in_a_round(work: Work) -> bool:
    return any(row.round_id for row in work.owed)


def _asked_page(request: HttpRequest, pages: Paginator[Any]) -> Any:
    typed = request.GET.get("page", "1")
    if not is_a_key(typed) or not 0 < int(typed) <= pages.num_pages:
        raise Http404(f"There is no page {typed} of this list.")
    return pages.page(int(typed))


def _name_holders(rows: list[Any]) -> None:
    """Say of each row who holds its lead post."""
    held = holders_of(row.lead_id for row in rows) if rows else {}
    for row in rows:
        row.holder_names = ", ".join(held.get(row.lead_id, []))


def _first_rows(sent: Taken, work: Work) -> list[Row]:
    """The rows that were not recorded, with what the page says of each action."""
    fresh = {row.pk: row for row in work.mine}
    for row in sent.refused:
        row.action = fresh.get(row.action.pk, row.action)
    return sent.refused


@dataclass(frozen=True)
class Opening:
    """The sentence with which the page opens: how many updates, and the longest overdue."""

    owed: int
    as_deputy: int
    overdue: int
    longest: Any
    days: int
    team: int


def opening(work: Work, posts: Standing, as_at: AsAt) -> Opening:
    late = [row for row in work.mine if row.timeliness == "overdue"]
    longest = min(late, key=lambda row: (row.due_date, row.pk)) if late else None
    return Opening(
        owed=len(work.owed),
        as_deputy=sum(1 for row in work.owed if posts.by_which(row) == "deputy"),
        overdue=len(late),
        longest=longest,
        days=lateness(longest, as_at.day).days if longest else 0,
        team=len(work.team),
    )


@dataclass
class Taken:
    """What became of a sent page."""

    recorded: list[Action] = field(default_factory=list)
    unchanged: list[Action] = field(default_factory=list)
    kept: list[UpdateDraft] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def errors(self) -> list[tuple[str, str]]:
        """Every error with its row's reference and the id of its field."""
        found = []
        for row in self.refused:
            top = f"row-{row.action.pk}"
            found += [(f"{row.action.reference}: {row.problem}", top)] if row.problem else []
            found += [(f"{row.action.reference}: {error}", target or top) for error, target in errors_of([row.form])]
        return found

    def words(self) -> SafeString | str:
        """What was done, with the way to the history of each."""
        parts = []
        if self.recorded:
            parts.append(format_html("Recorded: your {} on {}.", _updates(self.recorded), _links(self.recorded)))
        if self.unchanged:
            parts.append(format_html("Recorded: nothing has changed on {}.", _links(self.unchanged)))
        if self.kept:
            actions = [draft.action for draft in self.kept]
            parts.append(format_html("Saved for later, not sent: what you typed on {}.", _links(actions)))
        return format_html_join(" ", "{}", ((part,) for part in parts))


def _updates(actions: list[Action]) -> str:
    return "update" if len(actions) == 1 else f"{len(actions)} updates"


def _links(actions: list[Action]) -> SafeString:
    links = ((reverse("action", args=[action.pk]), action.reference) for action in actions)
    return format_html_join(", ", '<a class="govuk-notification-banner__link" href="{}#history-heading">{}</a>', links)


def _take(request: HttpRequest) -> HttpResponse:
    """Record what was typed and ticked. What cannot be recorded comes back, first, with what was typed in it."""
    user, do = person(request), request.POST.get("do", "save")
    one = request.POST.get("nothing", "")
    ticked = {int(typed) for typed in [*request.POST.getlist("tick"), one] if is_a_key(typed)}
    if is_a_key(one):
        do, ticked = "nothing", {int(one)}
    sent = sent_rows(request.POST, updatable_by(user, keys_in(request.POST)), ticked)
    taken = Taken(lost=sent.lost)
    for row in sent.rows:
        if row.form.touched:
            (_save if do == "save" else _keep)(row, user, taken)
        elif row.ticked and do != "later":
            _nothing(row, user, taken, version_in(request.POST, row.action.pk))
    forget_typing(request)
    if taken.refused or taken.lost:
        return _page(request, as_at_of(request), taken)
    if said := taken.words():
        messages.success(request, said)
    else:
        messages.info(request, "Nothing was typed or ticked, so nothing was recorded.")
    return redirect("my_actions")


def _save(row: Row, user: User, taken: Taken) -> None:
    form = row.form
    if row.action.status not in OPEN_STATUSES:
        row.come_back(NOT_OPEN, form.typed())
    elif form.is_valid():
        try:
            send_update(row.action, by=user, at=timezone.now(), draft=row.draft_seen, **form.changes())
        except ChangedSince as refusal:
            row.changed_by = refusal.update
            form.data = rebased(form, shown_of(refusal.update), refusal)
            form.add_error(None, CHANGED)
        except RefusedChange as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            taken.recorded.append(row.action)
            return
    taken.refused.append(row)


def _keep(row: Row, user: User, taken: Taken) -> None:
    try:
        kept = keep_draft(row.action, row.form.typed(), person=user, at=timezone.now(), opened_with=row.draft_seen)
    except AnotherDraft as other:
        row.draft, row.draft_seen = other.draft, draft_mark(other.draft)
        row.come_back(another_draft_words(other.draft), row.form.typed())
        taken.refused.append(row)
    else:
        taken.kept.append(kept)


def another_draft_words(draft: UpdateDraft) -> str:
    """That saving again replaces a draft which the form was not opened with, and what that one says."""
    said = draft.said.get("note", "")
    quoted = f", “{said}”" if said else ""
    return (
        f"You saved another draft of this on {moment_words(draft.saved_at)}{quoted}."
        " Save for later again to put this one in its place"
    )


def _nothing(row: Row, user: User, taken: Taken, version: int | None) -> None:
    if row.action.status not in OPEN_STATUSES:
        row.come_back(NOT_OPEN)
    else:
        try:
            report_no_change(row.action, by=user, at=timezone.now(), expected_version=version)
        except ChangedSince as refusal:
            row.changed_by = refusal.update
            said = "Somebody else changed this action meanwhile. Look, then tick it again"
            row.come_back(said, {"version": str(refusal.update.sequence)})
        else:
            taken.unchanged.append(row.action)
            return
    taken.refused.append(row)
