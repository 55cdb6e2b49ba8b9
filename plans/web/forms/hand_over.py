"""The hand-over of a leaver: a successor for each post, another post for single actions, and what ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from plans.access.models import Post, User
from plans.oversight.hand_over import Belongings, Choice
from plans.web.forms.fields import LongText, TypedDay
from plans.web.forms.many import RowChoice
from plans.web.forms.posts import FROM_WHEN
from plans.web.wording import counted, day_words

REASON = "The holder of its lead post leaves."


class HandOverForm(forms.Form):
    """``post_<holding>`` names a successor, ``action_<action>`` another post, ``version_<action>`` what was shown."""

    day = TypedDay(label="Last day", required=True, help_text=FROM_WHEN)

    def __init__(
        self,
        *args: Any,
        found: Belongings,
        people: Iterable[User],
        posts: Iterable[Post],
        sharers: Iterable[User],
        may_close: bool,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"initial": {"day": day_words(today)}, **kwargs})
        self.found, self.today = found, today
        others, posts, sharers = [one for one in people if one.pk != found.person.pk], list(posts), list(sharers)
        for row in found.held:
            leads = [action for action in found.led if action.lead_id == row.post_id]
            field = RowChoice(
                label=f"Who takes over “{row.post}”?",
                empty_label="Nobody yet: the post is vacant",
                required=False,
                help_text=f"It leads {counted(len(leads), 'open action')}",
            )
            field.offer(others)
            self.fields[f"post_{row.pk}"] = field
        for action in found.led:
            field = RowChoice(
                label=f"{action.reference} {action.wording[:100]}",
                empty_label=f"Stays with “{action.lead_name}”",
                required=False,
            )
            field.offer([post for post in posts if post.pk != action.lead_id])
            self.fields[f"action_{action.pk}"] = field
            self.fields[f"version_{action.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=action.version
            )
        if found.led:
            self.fields["reason"] = LongText(
                label="Why single actions move to another post",
                rows=2,
                required=False,
                initial=REASON,
                help_text="It stands in the history of each of them. Do not enter data about individual children",
            )
        if found.shared_filters:
            field = RowChoice(
                label="Who takes over the filters that they share?",
                empty_label="Nobody: they stay as they are",
                required=False,
            )
            field.offer(sharers)
            self.fields["filters_to"] = field
        if found.roles:
            self.fields["end_roles"] = forms.BooleanField(
                label=f"End their roles in {', '.join(sorted({str(row.organisation) for row in found.roles}))}",
                required=False,
                initial=True,
            )
        if may_close:
            self.fields["close_account"] = forms.BooleanField(
                label="Close the account: they are signed out at once and cannot sign in",
                required=False,
                initial=True,
            )

    @property
    def of_posts(self) -> list[Any]:
        return [self[f"post_{row.pk}"] for row in self.found.held]

    @property
    def of_actions(self) -> list[Any]:
        return [self[f"action_{action.pk}"] for action in self.found.led]

    @property
    def of_versions(self) -> list[Any]:
        return [self[f"version_{action.pk}"] for action in self.found.led]

    @property
    def of_the_rest(self) -> list[Any]:
        return [self[name] for name in ("filters_to", "end_roles", "close_account") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        day: date | None = said.get("day")
        if day is not None and day > self.today:
            self.add_error("day", "Enter today or an earlier day: what is handed over changes hands at once")
        later = [row for row in self.found.holdings if day is not None and day < row.since]
        if later:
            began = f"{later[0].person} began in “{later[0].post}” on {day_words(later[0].since)}"
            self.add_error("day", f"{began}. Enter that day or a later one")
        if self.moves(said) and not said.get("reason"):
            self.add_error("reason", "Say why the actions move")
        return said

    def moves(self, said: dict[str, Any]) -> dict[int, Post]:
        return {action.pk: post for action in self.found.led if (post := said.get(f"action_{action.pk}")) is not None}

    def choice(self) -> Choice:
        """What was chosen."""
        said = self.cleaned_data
        return Choice(
            day=said["day"],
            successors={row.pk: said.get(f"post_{row.pk}") for row in self.found.held},
            moves=self.moves(said),
            versions={
                action.pk: version
                for action in self.found.led
                if (version := said.get(f"version_{action.pk}")) is not None
            },
            reason=said.get("reason", ""),
            filters_to=said.get("filters_to"),
            end_roles=said.get("end_roles", False),
            close_account=said.get("close_account", False),
        )
