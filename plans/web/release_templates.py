"""The Word templates that a paper can be filled into, and what a person writes for the chosen one."""

from __future__ import annotations

from plans.access.models import User
from plans.papers.considerations import Field
from plans.papers.kinds.cabinet import USUAL_TEMPLATE
from plans.papers.models import PaperTemplate, Release
from plans.papers.rules import Kind
from plans.papers.shipped_templates import shipped_bytes, shipped_templates
from plans.papers.word_template import TemplateFacts, template_facts
from plans.web.forms.release_words import OWN, SHIPPED


def _facts(release: Release) -> TemplateFacts:
    if release.template is None:
        return template_facts(shipped_bytes(release.shipped_template or USUAL_TEMPLATE))
    with release.template.file.open("rb") as file:
        return template_facts(file.read())


def considerations_of(release: Release) -> tuple[Field, ...]:
    """What a person writes for this paper, in the order of its template."""
    return _facts(release).typed


def empty_considerations(release: Release) -> tuple[Field, ...]:
    """What its template prints, does not do without, and nobody has written."""
    return _facts(release).empty(release.words)


def templates_for(release: Release, user: User) -> list[tuple[str, str]]:
    """The templates that may be chosen for the paper, each by the value and the label of its choice."""
    if release.kind != Kind.CABINET:
        return []
    own = PaperTemplate.objects.visible_to(user).filter(organisation=release.plan.organisation_id)
    kept = [(f"{OWN}:{one.pk}", one.name) for one in own if one.retired_at is None or one.pk == release.template_id]
    return [*kept, *((f"{SHIPPED}:{key}", label) for key, label in shipped_templates())]


def template_name(release: Release) -> str:
    """What the chosen template is called; where none is, what stands in its place."""
    if release.template is not None:
        return release.template.name
    names = dict(shipped_templates())
    if release.shipped_template:
        return names.get(release.shipped_template, release.shipped_template)
    return f"{names[USUAL_TEMPLATE]} (as usual)"
