"""The writes of Word templates: one kept with its hash and the fields that it uses, one retired."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from plans.access.models import Organisation, User
from plans.audit.changes import note_event
from plans.documents.changes import Upload
from plans.papers.models import PaperTemplate
from plans.papers.word_template import RefusedTemplate, TemplateFacts, template_facts

SAME_NAME = "There is a template of that name already. Give this one another name, or retire the other first."


class NameTaken(ValueError):
    """The organisation has a template of that name in use. The message is a sentence."""


def keep_template(
    upload: Upload, *, organisation: Organisation, name: str, by: User, at: datetime
) -> tuple[PaperTemplate, TemplateFacts]:
    """Look at the file, try it, and keep it, named by its content.

    Raises RefusedTemplate with every problem of the file, which is then noted and not kept; NameTaken for its name.
    """
    if PaperTemplate.objects.in_use().filter(organisation=organisation, name=name).exists():
        raise NameTaken(SAME_NAME)
    try:
        facts = template_facts(upload.data)
    except RefusedTemplate as refusal:
        note_event(
            "template.refused",
            organisation,
            by=by,
            at=at,
            name=upload.name[:150],
            sha256=upload.sha256,
            reason=str(refusal)[:1000],
        )
        raise
    template = PaperTemplate(
        organisation=organisation,
        name=name,
        sha256=upload.sha256,
        fields=list(facts.fields),
        uploaded_by=by,
        uploaded_at=at,
    )
    template.file.save(f"{organisation.pk}-{upload.sha256}.docx", ContentFile(upload.data), save=False)
    try:
        with transaction.atomic():
            template.full_clean(exclude=["file", "uploaded_by", "organisation", "fields"], validate_constraints=False)
            template.save()
            note_event("template.kept", template, by=by, at=at, sha256=upload.sha256, size=len(upload.data))
    except IntegrityError:
        template.file.storage.delete(str(template.file.name))
        raise NameTaken(SAME_NAME) from None
    except Exception:
        template.file.storage.delete(str(template.file.name))
        raise
    return template, facts


@transaction.atomic
def retire_template(template: PaperTemplate, *, by: User, at: datetime) -> None:
    """Offer it for new papers no more. Papers that were made from it keep it; once retired, it stays so."""
    fresh = PaperTemplate.objects.select_for_update().get(pk=template.pk)
    if fresh.retired_at is None:
        fresh.retired_at = at
        fresh.save(update_fields=["retired_at"])
        note_event("template.retired", fresh, by=by, at=at, sha256=fresh.sha256)
