"""The rows of My work: each with its own short form, all of them sent together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q

from plans.improvement_plan.models import Action, Update
from plans.improvement_plan.state import ActionState
from plans.monitoring.drafts import draft_mark
from plans.monitoring.models import UpdateDraft
from plans.web.forms.many import is_a_key
from plans.web.forms.updates import ShortUpdateForm, shown_of

FormOfUpdate = TypeVar("FormOfUpdate", bound=ShortUpdateForm)
MOST_ROWS = 100
SHORT = frozenset(ShortUpdateForm.base_fields)
NOT_TYPED = frozenset({"version", "evidence_kind"})


def prefix_of(pk: int) -> str:
    return f"a{pk}"


@dataclass
class Row:
    """An action with its form. ``changed_by`` is what somebody else did to it since the form was opened."""

    action: Any
    form: ShortUpdateForm
    by_which: str = ""
    draft: UpdateDraft | None = None
    draft_seen: str = ""
    ticked: bool = False
    changed_by: Update | None = None
    back: bool = False  # typed when signed out
    whole_form: bool = False  # its draft says more than the short form shows
    problem: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the form is shown at once: there is something typed in it."""
        asked = self.problem or (self.form.is_bound and self.form.errors)
        return bool(self.draft or self.back or self.changed_by or asked)

    def come_back(self, problem: str, typed: Mapping[str, str] | None = None) -> None:
        """Show the row again with what was typed, unchecked, and why nothing was done with it."""
        self.problem = problem
        self.form = ShortUpdateForm(action=self.action, typed=typed, prefix=prefix_of(self.action.pk))


@dataclass
class Sent:
    """What one sent page says: the rows on it, and what was typed for actions that are no longer the sender's."""

    rows: list[Row]
    lost: list[str] = field(default_factory=list)


def keys_in(data: Any) -> list[int]:
    """The actions whose rows a sent page has, in its order."""
    return list(dict.fromkeys(int(typed) for typed in data.getlist("row")[:MOST_ROWS] if is_a_key(typed)))


def version_in(data: Any, pk: int) -> int | None:
    """The version that the row was opened with; None where it says none."""
    typed = data.get(f"{prefix_of(pk)}-version", "")
    return int(typed) if is_a_key(typed) else None


def sent_rows(data: Any, actions: Mapping[int, Action], ticked: Iterable[int] = ()) -> Sent:
    """Bind the page's rows to those of ``actions``."""
    opened = opened_states(
        (action, version)
        for pk, action in actions.items()
        if (version := version_in(data, pk)) is not None and version != action.version
    )
    marked = set(ticked)
    found = Sent([])
    for pk in keys_in(data):
        action = actions.get(pk)
        if action is None:
            if note := data.get(f"{prefix_of(pk)}-note", "").strip():
                found.lost.append(note)
            continue
        form = ShortUpdateForm(data, action=action, opened=opened.get(pk), prefix=prefix_of(pk))
        row = Row(action, form, ticked=pk in marked, draft_seen=data.get(f"{prefix_of(pk)}-draft", ""))
        found.rows.append(row)
    return found


def opened_states(wanted: Iterable[tuple[Action, int]]) -> dict[int, Update]:
    """The states of these actions at those versions, in one query or none."""
    pairs = Q()
    for action, version in wanted:
        pairs |= Q(action=action.pk, sequence=version)
    return {update.action_id: update for update in Update.objects.filter(pairs)} if pairs else {}


def latest_changes(actions: Iterable[int]) -> dict[int, Update]:
    """The last change of each of these actions, with who made it."""
    ids = list(actions)
    rows = Update.objects.filter(action_id__in=ids, until__isnull=True).select_related("by") if ids else []
    return {update.action_id: update for update in rows}


def brought_back(said: Mapping[str, str], was: ActionState | None, now: ActionState) -> dict[str, str]:
    """What a draft shows when it is opened again: what its writer left alone shows what it is now."""
    if was is None:
        return dict(said)
    before, fresh = shown_of(was), shown_of(now)
    left_alone = {name: fresh[name] for name in fresh if name in said and said[name] == before[name]}
    return {**said, **left_alone}


def says_more(said: Mapping[str, str], row: ActionState) -> bool:
    """Whether a draft of the whole form says something that the short one does not show."""
    shown = shown_of(row)
    more = set(said) - SHORT - NOT_TYPED
    return any(said[name] and said[name] != shown.get(name, "") for name in more)


def opened_rows(
    actions: Sequence[Any],
    drafts: Mapping[int, UpdateDraft],
    before: Mapping[int, Mapping[str, str]],
    by_which: Mapping[int, str],
) -> list[Row]:
    """Forms for ``actions``, each with its draft or with what was sent ``before``, when signed out."""
    said = {action.pk: dict(before.get(action.pk) or (drafts[action.pk].said if action.pk in drafts else {}))
            for action in actions}  # fmt: skip
    stale = {
        action.pk: (action, int(version))
        for action in actions
        if is_a_key(version := str(said[action.pk].get("version", ""))) and int(version) != action.version
    }
    was, latest = opened_states(stale.values()), latest_changes(stale)
    rows = []
    for action in actions:
        typed = brought_back(said[action.pk], was.get(action.pk), action) if action.pk in stale else said[action.pk]
        typed.pop("version", None)
        draft = drafts.get(action.pk)
        row = Row(
            action,
            ShortUpdateForm(action=action, typed=typed, prefix=prefix_of(action.pk)),
            by_which=by_which.get(action.pk, ""),
            draft=draft,
            draft_seen=draft_mark(draft),
            changed_by=latest.get(action.pk),
            back=action.pk in before,
            whole_form=bool(draft and action.pk not in before and says_more(draft.said, action)),
        )
        rows.append(row)
    return rows


def draft_opened(
    form: type[FormOfUpdate], said: Mapping[str, str], action: Action
) -> tuple[FormOfUpdate, Update | None]:
    """The form with its draft in it, and what somebody did to the action after the draft was begun, if anything."""
    version = str(said.get("version", ""))
    typed, changed_by = dict(said), None
    if is_a_key(version) and int(version) != action.version:
        was = opened_states([(action, int(version))]).get(action.pk)
        typed = brought_back(said, was, action)
        changed_by = latest_changes([action.pk]).get(action.pk)
    typed.pop("version", None)
    return form(action=action, typed=typed), changed_by


def rows_of_data(data: Any) -> dict[int, dict[str, str]]:
    """Of what was sent when signed out: each row in which something was said."""
    found = {}
    for pk in keys_in(data):
        said = {name: data.get(f"{prefix_of(pk)}-{name}", "") for name in SHORT}
        if said["note"].strip():
            found[pk] = said
    return found
