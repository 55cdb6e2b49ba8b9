"""What a committee is asked to do: each recommendation a verb and what follows it, in order."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from plans.papers.models import Release
from plans.papers.rules import Verb
from plans.web.forms.fields import LongText
from plans.web.forms.releases import PartOfRelease

MOST = 30


class RecommendationsForm(PartOfRelease):
    """A pair of fields for each recommendation; a row without words is left out when it is kept."""

    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)
    names: ClassVar[dict[str, str]] = {"recommendations": "the recommendations"}

    def __init__(self, data: Any = None, files: Any = None, *, release: Release, more: int = 0, **kwargs: Any) -> None:
        """``more``: how many empty rows to show after those that there are."""
        shown = kwargs.get("now") or self.plain(release)
        number = len(shown["recommendations"]) + more
        if data is not None and str(data.get("rows", "")).isdecimal():
            number = int(data["rows"])
        self.number = min(number, MOST)
        super().__init__(data, files, release=release, initial={"rows": self.number}, **kwargs)
        for place in range(1, self.number + 1):
            self.fields[f"verb_{place}"] = forms.ChoiceField(
                label=f"Recommendation {place}: the committee is asked to", choices=Verb.choices()
            )
            self.fields[f"text_{place}"] = LongText(
                label=f"Recommendation {place}: what", required=False, max_length=1_000, rows=2
            )

    @classmethod
    def plain(cls, release: Release) -> dict[str, Any]:
        return {"recommendations": [[verb, text] for verb, text in release.recommendations]}

    @classmethod
    def shown(cls, plain: dict[str, Any]) -> dict[str, Any]:
        first: dict[str, Any] = {}
        for place, (verb, text) in enumerate(plain["recommendations"], start=1):
            first |= {f"verb_{place}": verb, f"text_{place}": text}
        return first

    def typed(self) -> dict[str, Any]:
        said = self.cleaned_data
        pairs = ((said[f"verb_{place}"], said[f"text_{place}"]) for place in range(1, self.number + 1))
        return {"recommendations": [[verb, text] for verb, text in pairs if text]}

    def typed_without(self, place: int) -> dict[str, Any]:
        """What was answered, without the recommendation of that place."""
        said = self.cleaned_data
        places = [one for one in range(1, self.number + 1) if one != place and said[f"text_{one}"]]
        return {"recommendations": [[said[f"verb_{one}"], said[f"text_{one}"]] for one in places]}

    def said(self, release: Release, plain: dict[str, Any]) -> dict[str, Any]:
        return plain

    @property
    def lines(self) -> list[tuple[int, Any, Any]]:
        """The place of each recommendation with its two fields."""
        return [(place, self[f"verb_{place}"], self[f"text_{place}"]) for place in range(1, self.number + 1)]

    def in_words(self, value: Any) -> str:
        return "; ".join(f"{verb} {text}" for verb, text in value) or "none"
