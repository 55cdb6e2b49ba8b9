"""Forms of posts: a post, who holds it from when, a deputy, the end of a holding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from plans.access.models import Organisation, Post, User
from plans.web.forms.fields import PlainText, TypedDay

FROM_WHEN = "For example, 1 March 2027. Today or an earlier day"


class PersonChoice(forms.ModelChoiceField):
    """A person by name, with the address that tells two of one name apart."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": User.objects.none(), "empty_label": "Choose a person", **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.email})"


class PostForm(forms.Form):
    """A post: its title, and the post that it reports to."""

    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none(), label="Organisation")
    title = PlainText(label="Title", max_length=150, help_text="For example, Head of Service, Children in Care")
    reports_to = forms.ModelChoiceField(
        queryset=Post.objects.none(), label="Reports to", required=False, empty_label="Nobody here"
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation], post: Post | None = None, **kwargs: Any):
        mine = list(organisations)
        if post is not None:
            kwargs["initial"] = {"title": post.title, "reports_to": post.reports_to_id}
        super().__init__(*args, **kwargs)
        self.only = post.organisation if post else mine[0] if len(mine) == 1 else None
        posts = Post.objects.filter(organisation__in=[self.only] if self.only else mine).order_by("title")
        self.fields["reports_to"].queryset = posts.exclude(pk=post.pk) if post else posts  # type: ignore[attr-defined]
        if self.only:
            del self.fields["organisation"]
        else:
            keys = [organisation.pk for organisation in mine]
            self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=keys)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        organisation = self.only or said.get("organisation")
        above = said.get("reports_to")
        if above is not None and organisation is not None and above.organisation_id != organisation.pk:
            self.add_error("reports_to", f"Choose a post of {organisation}")
        return said | {"organisation": organisation}


class HolderForm(forms.Form):
    """Another holder from a day. ``expected`` is the holding that the form was opened with."""

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)
    person = PersonChoice(label="New holder")
    since = TypedDay(label="From", required=True, help_text=FROM_WHEN)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class DeputyForm(forms.Form):
    """Somebody who stands in from a day, until a day where that is past."""

    person = PersonChoice(label="Deputy")
    since = TypedDay(label="From", required=True, help_text=FROM_WHEN)
    until = TypedDay(label="Until", help_text="Leave empty while they deputise. Enter a day only when it is past")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """The last day of a holding."""

    until = TypedDay(label="Last day", required=True, help_text=FROM_WHEN)
