"""Posts by the words that a plan prints for them: “Head of Service”, “Designated nurse (Derbyshire ICB)”."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plans.access.changes import post_named
from plans.access.models import Organisation, Post
from plans.improvement_plan.models import Plan
from plans.improvement_plan.state import ActionState

LONGEST_TITLE = 150
_WITH_BODY = re.compile(r"(?P<title>.+?)\s*\((?P<body>[^()]+)\)\s*")


def printed_title(title: str, organisation: Organisation | None, plan: Plan) -> str:
    """A post's title as a paper prints it: with its body in brackets where that is not the plan's own."""
    if organisation is None or organisation.pk == plan.organisation_id or organisation.name in title:
        return title
    return f"{title} ({organisation.name})"


def lead_as_printed(row: ActionState, plan: Plan) -> str:
    """The lead of an action as a paper prints it; "" without one."""
    return printed_title(row.lead_name, row.lead.organisation, plan) if row.lead else ""  # type: ignore[attr-defined]


class PostsNamed:
    """Finds the post behind printed words among the council's own posts and those of bodies that are no council."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._own: dict[str, Post] = {}
        self._partners: dict[str, Post] = {}
        theirs = Post.objects.exclude(organisation__kind=Organisation.Kind.COUNCIL)
        for post in theirs.select_related("organisation"):
            self._partners.setdefault(_folded(f"{post.title} ({post.organisation.name})"), post)
            if post.organisation.name in post.title:
                self._partners.setdefault(_folded(post.title), post)
        for post in Post.objects.filter(organisation=plan.organisation_id).select_related("organisation"):
            self._own[_folded(post.title)] = post

    def find(self, printed: str) -> Post | None:
        """The post that is there, if any. A partner's post is meant only where its body is named."""
        return self._own.get(_folded(printed)) or self._partners.get(_folded(printed))

    def find_or_make(self, printed: str) -> Post:
        """The post, made in the body named in brackets where that is a partner, otherwise in the council."""
        if found := self.find(printed):
            return found
        title, organisation = printed, self._plan.organisation
        if named := _WITH_BODY.fullmatch(printed):
            bodies = Organisation.objects.exclude(kind=Organisation.Kind.COUNCIL)
            if body := bodies.filter(name__iexact=named["body"].strip()).first():
                title, organisation = named["title"].strip(), body
        post = post_named(" ".join(title.split())[:LONGEST_TITLE], organisation)
        self._own[_folded(printed)] = post
        return post

    def new_among(self, titles: Iterable[str]) -> list[str]:
        """Those of the printed titles that no post has yet, each once."""
        return list(dict.fromkeys(title for title in titles if title and self.find(title) is None))


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()
