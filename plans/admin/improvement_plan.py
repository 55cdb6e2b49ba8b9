"""Plans, and actions with their update form and history. Each change is recorded in the ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from plans.access.models import Post
from plans.admin.action_form import ActionAdminForm
from plans.admin.scope import ReadOnlyInline, RecordedAdmin, ScopedAdmin, ScopedInline, person
from plans.audit.changes import note_event
from plans.improvement_plan.ledger import ChangedSince, RefusedChange, record
from plans.improvement_plan.models import LONDON, Action, Plan, PlanArea, Update
from plans.improvement_plan.rules import OPEN_STATUSES, Kind
from plans.improvement_plan.timeliness import due_soon, late_against_first_agreed, overdue, quiet
from plans.papers.columns import EVERYTHING, due_wording
from plans.papers.csv import csv_lines
from plans.papers.plan_table import selection_paper
from plans.web.forms.fields import LongText
from plans.web.wording import ago


class PlanAreaInline(ScopedInline, admin.TabularInline):
    model = PlanArea
    extra = 0


@admin.register(Plan)
class PlanAdmin(RecordedAdmin):
    list_display = ("title", "organisation", "stage", "settled_until")
    list_filter = ("stage", ("organisation", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "organisation__name")
    inlines = (PlanAreaInline,)
    readonly_fields = ("settled_until",)
    # Its own pages change these: a stage with the checks that it must pass, the key with its words.
    exclude = ("rag_key",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(("stage",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed and nothing else: a meeting held meanwhile keeps what it settled."""
        columns = {field.name for field in Plan._meta.concrete_fields}
        obj.save(update_fields=sorted(columns & set(form.changed_data)) if change else None)


class UpdateInline(ReadOnlyInline, admin.TabularInline):
    model = Update
    verbose_name_plural = "history"
    fields = ("sequence", "at", "kind", "status", "due", "by", "note")
    readonly_fields = fields
    ordering = ("-sequence",)

    @admin.display(description="Due")
    def due(self, update: Update) -> str:
        return due_wording(update)


class LateFilter(admin.SimpleListFilter):
    title = "timeliness"
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("overdue", "Overdue"),
            ("first", "Later than first agreed"),
            ("soon", "Due soon"),
            ("quiet", "Quiet: no update for 60 days"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        today = now.astimezone(LONDON).date()
        chosen = {
            "overdue": overdue(today),
            "first": late_against_first_agreed(today),
            "soon": due_soon(today),
            "quiet": quiet(now),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen is not None else queryset


class LeadFilter(admin.SimpleListFilter):
    title = "lead"
    parameter_name = "lead"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = model_admin.get_queryset(request).order_by()
        posts = Post.objects.filter(pk__in=rows.values("lead")).order_by("title")
        return [*((post.pk, post.title) for post in posts[:100]), ("none", "No owner")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.filter(lead__isnull=True)
        return queryset.filter(lead=self.value()) if str(self.value()).isdecimal() else queryset


class SameUpdateForm(forms.Form):
    note = LongText(label="What to record on each of them")


@admin.register(Action)
class ActionAdmin(ScopedAdmin):
    form = ActionAdminForm
    organisation_path = "plan__organisation"
    list_display = ("reference", "wording", "lead", "status", "due", "extensions", "last_update", "plan")
    list_display_links = ("reference", "wording")
    list_filter = (LateFilter, "status", ("plan", admin.RelatedOnlyFieldListFilter), LeadFilter)
    list_select_related = ("plan", "lead")
    list_per_page = 50
    search_fields = ("reference", "wording", "lead__title", "progress")
    ordering = ("plan", "position", "id")
    inlines = (UpdateInline,)
    actions = ("record_same_update", "export")

    @admin.display(description="Due", ordering="due_date")
    def due(self, action: Action) -> str:
        return due_wording(action)

    @admin.display(description="Last update", ordering="reported_at")
    def last_update(self, action: Action) -> str:
        return ago(action.reported_at, timezone.now())

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # No fields of the model: the form must not assign any of them.
        form = super().get_form(request, obj, change=change, **{**kwargs, "fields": ()})
        return type(form.__name__, (form,), {"request": request})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("area", "reference", "wording", "lead", "support", "due", "keep_early_date", "published", "withheld")
        if obj is None:
            return ((None, {"fields": ("plan", *own)}),)
        return (
            (None, {"fields": ("version", *own, "reason")}),
            ("Update", {"fields": ("status", "note", "confidence", "forecast")}),
        )

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Where the ledger refuses, everything is rolled back and the form is shown again with its sentence."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (RefusedChange, ChangedSince) as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.write(by=person(request), at=timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: supporting posts are written with the action, and history cannot be edited."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return super().construct_change_message(request, form, [], add)

    @admin.action(description="Record the same update on each")
    def record_same_update(self, request: HttpRequest, actions: QuerySet[Action]) -> HttpResponse | None:
        form = SameUpdateForm(request.POST if "note" in request.POST else None)
        chosen = list(actions.filter(status__in=OPEN_STATUSES))
        left_out = actions.count() - len(chosen)
        if form.is_valid():
            with transaction.atomic():
                for action in chosen:
                    record(
                        action,
                        by=person(request),
                        at=timezone.now(),
                        kind=Kind.PROGRESS,
                        note=form.cleaned_data["note"],
                    )
            self.message_user(request, f"Recorded on {len(chosen)} actions.", messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Record the same update",
            "chosen": chosen,
            "left_out": left_out,
            "form": form,
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/plans/action/same_update.html", context)

    @admin.action(description="Export as CSV")
    def export(self, request: HttpRequest, actions: QuerySet[Action]) -> StreamingHttpResponse:
        now = timezone.now()
        day = now.astimezone(LONDON).date()
        paper = selection_paper(
            actions, day=day, made_by=person(request).name, made_at=now, columns=("plan", *EVERYTHING)
        )
        note_event(
            "actions.exported",
            person(request),
            by=person(request),
            at=now,
            rows=paper.stamp.rows,
            content=paper.content_hash(),
        )
        return StreamingHttpResponse(
            csv_lines(paper),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="actions-{day.isoformat()}.csv"'},
        )
