"""Papers that were made, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from plans.admin.scope import ScopedAdmin
from plans.papers.models import WorkingCopy


@admin.register(WorkingCopy)
class WorkingCopyAdmin(ScopedAdmin):
    organisation_path = "plan__organisation"
    list_display = ("plan", "format", "as_at", "rows", "made_by", "made_at")
    list_filter = ("format", ("plan", admin.RelatedOnlyFieldListFilter))
    date_hierarchy = "made_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
