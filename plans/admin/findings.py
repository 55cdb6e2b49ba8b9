"""Inspections with their judgements and areas; frameworks; bank holidays."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from plans.admin.scope import InstallationAdmin, RecordedAdmin, ScopedAdmin, ScopedInline, SharedInline
from plans.documents.models import SourceDocument
from plans.findings.models import (
    Area,
    AskKind,
    BankHoliday,
    DeadlineRule,
    Framework,
    FrameworkAsk,
    GradeWord,
    Inspection,
    Judgement,
    JudgementArea,
    Spell,
)


class SpellInline(ScopedInline, admin.TabularInline):
    model = Spell
    extra = 0


class JudgementInline(ScopedInline, admin.TabularInline):
    model = Judgement
    extra = 0
    fields = ("position", "label", "grade")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Grades of the inspection's own framework."""
        key = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        if db_field.name == "grade" and key and str(key).isdecimal():
            kwargs["queryset"] = GradeWord.objects.filter(framework__inspections=key)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AreaInline(ScopedInline, admin.StackedInline):
    model = Area
    extra = 0
    fk_name = "inspection"
    fields = (
        ("number", "kind", "addressed_to"),
        "wording",
        ("timescale", "body_as_printed"),
        ("heading", "location", "starts"),
        "earlier",
    )


@admin.register(Inspection)
class InspectionAdmin(RecordedAdmin):
    list_display = ("title", "organisation", "framework", "received_on", "published_on")
    list_filter = ("framework", ("organisation", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "organisation__name")
    inlines = (SpellInline, JudgementInline, AreaInline)
    fields = (
        ("organisation", "framework"),
        "title",
        ("received_on", "published_on", "letter_due_on"),
        "source",
        "query",
    )
    may_be_deleted = True


@admin.register(SourceDocument)
class SourceDocumentAdmin(ScopedAdmin):
    list_display = ("title", "organisation", "kind", "printed_date")
    list_filter = ("kind", ("organisation", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "key")


class JudgementAreaInline(SharedInline, admin.TabularInline):
    model = JudgementArea
    extra = 0


class GradeWordInline(SharedInline, admin.TabularInline):
    model = GradeWord
    extra = 0


class FrameworkAskInline(SharedInline, admin.TabularInline):
    model = FrameworkAsk
    extra = 0


class DeadlineRuleInline(SharedInline, admin.TabularInline):
    model = DeadlineRule
    extra = 0


@admin.register(Framework)
class FrameworkAdmin(InstallationAdmin):
    list_display = ("name", "code", "inspectorate", "from_date", "until_date")
    search_fields = ("name", "code", "inspectorate")
    inlines = (JudgementAreaInline, GradeWordInline, FrameworkAskInline, DeadlineRuleInline)


@admin.register(AskKind)
class AskKindAdmin(InstallationAdmin):
    list_display = ("name", "code", "rank", "from_inspectorate")


@admin.register(BankHoliday)
class BankHolidayAdmin(InstallationAdmin):
    list_display = ("day", "name")
    date_hierarchy = "day"
    search_fields = ("name",)
