"""The words that go with a paper: its considerations, in the order of the template that prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from plans.papers.considerations import NOTHING_ARISES, Field, Holds
from plans.papers.models import PaperTemplate, Release
from plans.web.forms.fields import LongText, PlainText
from plans.web.forms.releases import PartOfRelease

TEMPLATE = "template"
# What a template's value begins with: the council's own, or one that comes with the product.
OWN, SHIPPED = "own", "shipped"
# What a report cannot do without, or what is no effect of it: “none arising” would be no answer.
HAS_TO_SAY = frozenset(
    {"purpose", "summary", "information", "background", "options", "reasons", "conclusion", "background_papers"}
)
LONGEST_LINE, LONGEST_TEXT = 300, 20_000


def template_value(release: Release) -> str:
    """The chosen template as the form names it; "" for the usual layout."""
    if release.template_id is not None:
        return f"{OWN}:{release.template_id}"
    return f"{SHIPPED}:{release.shipped_template}" if release.shipped_template else ""


class WordsForm(PartOfRelease):
    """A field for each consideration. Words for fields that this template does not print are kept as they are."""

    names: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        *args: Any,
        release: Release,
        considerations: tuple[Field, ...],
        templates: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        """``templates``: the Word templates that may be chosen, by value and label; none where there is no choice."""
        self.names = {one.name: f"“{one.label}”" for one in considerations}  # type: ignore[misc]
        super().__init__(*args, release=release, **kwargs)
        if templates:
            self.names[TEMPLATE] = "the template"
            self.fields[TEMPLATE] = forms.ChoiceField(
                label="Word template",
                choices=templates,
                required=False,
                widget=forms.RadioSelect,
                help_text="The considerations below are those that it prints. Choose another and save to see its own",
            )
        for one in considerations:
            if one.holds == Holds.LINE:
                self.fields[one.name] = PlainText(
                    label=one.label, help_text=one.hint, max_length=LONGEST_LINE, required=False
                )
                continue
            self.fields[one.name] = LongText(
                label=one.label, help_text=one.hint, max_length=LONGEST_TEXT, rows=5, required=False
            )
            if one.name in HAS_TO_SAY:
                continue
            self.fields[f"nothing_{one.name}"] = forms.BooleanField(
                label=f"Nothing to say: print “{NOTHING_ARISES}”", required=False
            )

    @classmethod
    def plain(cls, release: Release) -> dict[str, Any]:
        return {**release.words, TEMPLATE: template_value(release)}

    @classmethod
    def shown(cls, plain: dict[str, Any]) -> dict[str, Any]:
        return {name: said for name, said in plain.items() if said != NOTHING_ARISES} | {
            f"nothing_{name}": True for name, said in plain.items() if said == NOTHING_ARISES
        }

    def typed(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {name: NOTHING_ARISES if said.get(f"nothing_{name}") else said.get(name) for name in self.names}

    def said(self, release: Release, plain: dict[str, Any]) -> dict[str, Any]:
        typed = {**release.words, **{name: plain.get(name) for name in self.names if name != TEMPLATE}}
        said: dict[str, Any] = {"words": {name: text for name, text in typed.items() if text}}
        if TEMPLATE in self.names:
            own, _, key = str(plain.get(TEMPLATE) or "").partition(":")
            said["template"] = PaperTemplate.objects.get(pk=key) if own == OWN else None
            said["shipped_template"] = key if own == SHIPPED else ""
        return said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in self.names:
            if said.get(f"nothing_{name}") and said.get(name):
                self.add_error(name, "You wrote something and ticked that there is nothing to say. Keep one of them")
        return said
