"""Forms of partners' links: making one, what the contact proposes through it, and answering that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from plans.access.models import Post
from plans.documents.dates import wording
from plans.improvement_plan.models import Action, Plan
from plans.monitoring.changes import forecast_columns
from plans.monitoring.models import ProposedUpdate
from plans.monitoring.partner_links import MOST_DAYS, USUAL_DAYS, columns_of, posts_to_link
from plans.web.forms.fields import LongText, PlainText
from plans.web.forms.many import RowChoice
from plans.web.forms.my_work import keys_in, opened_states, prefix_of, version_in
from plans.web.forms.updates import ShortUpdateForm, shown_of


class PartnerLinkForm(forms.Form):
    post = RowChoice(label="Post of the partner", empty_label="Choose a post")
    contact_name = PlainText(label="Name of the contact", max_length=150)
    contact_email = forms.EmailField(
        label="E-mail address of the contact", max_length=254, help_text="The link is sent there and shown to you once"
    )
    days = forms.IntegerField(
        label="Days for which it works",
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        help_text=f"At most {MOST_DAYS}",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a whole number of days, such as 14",
            "min_value": "Enter at least 1 day",
            "max_value": f"Enter {MOST_DAYS} days or fewer",
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, plan: Plan) -> None:
        super().__init__(data)
        self.posts: list[Post] = list(posts_to_link(plan).order_by("organisation__name", "title"))
        post = self.fields["post"]
        assert isinstance(post, RowChoice)
        post.offer(self.posts)
        named = [(str(one.pk), f"{one.organisation}: {one.title}") for one in self.posts]
        post.choices = [("", post.empty_label), *named]


class AnswerForm(forms.Form):
    """What became of a proposal. ``version`` and ``read_at`` say what its reader had before them."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    read_at = forms.CharField(widget=forms.HiddenInput)
    reason = LongText(
        label="Why you send it back", required=False, rows=3, max_length=1000, help_text="The contact reads it."
    )


class ProposalForm(ShortUpdateForm):
    """What a partner's contact says of an action: as its owner would, without files."""

    def proposed(self) -> dict[str, Any]:
        """What was changed, with the note, as ``partner_links.propose`` takes it."""
        said: dict[str, Any] = {}
        for name in self.touched | {"note"}:
            if name == "forecast":
                said |= forecast_columns(self.cleaned_data["forecast"])
            else:
                said[name] = self.cleaned_data[name]
        return said


def typed_of(proposal: ProposedUpdate) -> dict[str, str]:
    """A proposal as the form shows it, to be replaced."""
    said = columns_of(proposal) | {name: proposal.said[name] for name in ("status", "note") if name in proposal.said}
    if "forecast_date" in said:
        said["forecast"] = wording(said.pop("forecast_date"), said.pop("forecast_precision"))
    return said


@dataclass
class ProposedRow:
    """An action as the contact sees it, with their form and the last that they proposed."""

    action: Action
    form: ProposalForm
    latest: ProposedUpdate | None = None
    ticked: bool = False
    version: int | None = None

    @property
    def waits(self) -> bool:
        return self.latest is not None and self.latest.state == ProposedUpdate.State.WAITING

    @property
    def is_open(self) -> bool:
        return self.form.is_bound and bool(self.form.errors)

    @property
    def is_new(self) -> bool:
        """Whether what was sent differs from what waits already."""
        if not self.form.touched:
            return False
        if not self.waits or self.latest is None:
            return True
        before = shown_of(self.action) | {"note": ""} | typed_of(self.latest)
        return any(before.get(name, "") != value for name, value in self.form.typed().items() if name != "version")


def contact_rows(
    actions: Mapping[int, Action], latest: Mapping[int, ProposedUpdate], data: Any = None
) -> list[ProposedRow]:
    """The rows of the contact's page; bound where their row was sent."""
    if data is None:
        return [_shown(action, latest.get(pk)) for pk, action in actions.items()]
    sent = set(keys_in(data)) & set(actions)
    versions = {pk: version_in(data, pk) for pk in sent}
    opened = opened_states(
        (actions[pk], version) for pk, version in versions.items() if version not in (None, actions[pk].version)
    )
    ticked = set(data.getlist("tick"))
    rows = []
    for pk, action in actions.items():
        if pk not in sent:
            rows.append(_shown(action, latest.get(pk)))
            continue
        form = ProposalForm(data, action=action, opened=opened.get(pk), prefix=prefix_of(pk))
        version = versions[pk]
        known = version if version is not None and (pk in opened or version == action.version) else action.version
        rows.append(ProposedRow(action, form, latest.get(pk), str(pk) in ticked, known))
    return rows


def _shown(action: Action, latest: ProposedUpdate | None) -> ProposedRow:
    waits = latest is not None and latest.state == ProposedUpdate.State.WAITING
    typed = typed_of(latest) if waits and latest is not None else None
    return ProposedRow(action, ProposalForm(action=action, typed=typed, prefix=prefix_of(action.pk)), latest)
