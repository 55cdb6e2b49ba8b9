"""Meetings, to be held; decisions, to be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from plans.admin.scope import RecordedAdmin, ScopedAdmin
from plans.improvement_plan.ledger import RefusedChange
from plans.oversight.changes import hold_meeting
from plans.oversight.models import Decision, Meeting


@admin.register(Meeting)
class MeetingAdmin(RecordedAdmin):
    organisation_path = "board__organisation"
    list_display = ("board", "starts_at", "papers_due", "held_at", "illustration")
    list_filter = (("board", admin.RelatedOnlyFieldListFilter),)
    readonly_fields = ("held_at", "digest")
    actions = ("hold",)

    @admin.action(description="Mark as held: what the board was shown can no longer change")
    def hold(self, request: HttpRequest, meetings: QuerySet[Meeting]) -> None:
        for meeting in meetings:
            try:
                hold_meeting(meeting, at=timezone.now())
            except RefusedChange as refusal:
                self.message_user(request, f"{meeting}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"{meeting} is marked as held.", messages.SUCCESS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.held_at is None)


@admin.register(Decision)
class DecisionAdmin(ScopedAdmin):
    organisation_path = "action__plan__organisation"
    list_display = ("action", "outcome", "by", "at", "meeting")
    list_filter = ("outcome",)
    search_fields = ("action__wording", "reason")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
