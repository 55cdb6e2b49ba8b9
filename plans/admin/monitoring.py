"""Measures with their readings; evidence, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from plans.admin.scope import RecordedAdmin, ScopedAdmin, ScopedInline
from plans.monitoring.models import Evidence, Measure, Reading


class ReadingInline(ScopedInline, admin.TabularInline):
    model = Reading
    extra = 0


@admin.register(Measure)
class MeasureAdmin(RecordedAdmin):
    list_display = ("name", "code", "organisation", "target", "better")
    list_filter = (("organisation", admin.RelatedOnlyFieldListFilter), "better")
    search_fields = ("name", "code")
    inlines = (ReadingInline,)


@admin.register(Evidence)
class EvidenceAdmin(ScopedAdmin):
    organisation_path = "action__plan__organisation"
    list_display = ("title", "action", "kind", "added_by", "added_at", "accepted_by")
    list_filter = ("kind",)
    search_fields = ("title", "original_name", "action__wording")

    exclude = ("file",)
    readonly_fields = ("download",)

    @admin.display(description="File")
    def download(self, evidence: Evidence) -> str:
        if not evidence.file:
            return "None: it is a link"
        return format_html('<a href="{}">{}</a>', reverse("evidence", args=[evidence.pk]), evidence.original_name)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
