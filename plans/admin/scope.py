"""Who may do what in the administrator's forms: each council's administrator has that council's rows alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from plans.access.models import Board, Organisation, Post, User
from plans.access.people import people_administered_by
from plans.access.rules import May
from plans.access.standing import organisations_where, remember_standing
from plans.findings.models import AskKind, Framework, GradeWord
from plans.improvement_plan.models import Plan


def person(request: HttpRequest) -> User:
    """Who is signed in: the administrator's site lets nobody else through."""
    assert isinstance(request.user, User)
    remember_standing(request.user)
    return request.user


def administered(request: HttpRequest) -> list[int]:
    """Ids of the organisations that this person administers."""
    return organisations_where(person(request), May.ADMINISTER)


SHARED = (Framework, AskKind, GradeWord)
FORM_FIELDS: dict[Any, Any] = {
    models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    models.URLField: {"assume_scheme": "https"},
}


class ReadableHistory(SimpleHistoryAdmin):
    """Every version under “History”, to be read: of rows that this person may see, and never to be put back."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._refuse_what_is_not_theirs(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._refuse_what_is_not_theirs(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("A version of the past cannot be changed or put back.")
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _refuse_what_is_not_theirs(self, request: HttpRequest, object_id: str) -> None:
        if not object_id.isdecimal() or not self.get_queryset(request).filter(pk=object_id).exists():
            raise Http404("There is no such record.")


class InstallationAdmin(ReadableHistory):
    """Reference data that every council shares: read by administrators, changed by the installation's own."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


class NamedFields(BaseInlineFormSet):
    """Every field says what it is: in a row of a table its heading is too far away for a screen reader."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        row = "a new row" if index is None or index >= self.initial_form_count() else f"row {index + 1}"
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", f"{field.label or name.replace('_', ' ')}, {row}")


class StaffInline:
    """Inline rows that whoever may change the page may change."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class SharedInline(StaffInline):
    """Inline rows of shared reference data."""

    formset: Any = NamedFields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    has_add_permission = has_delete_permission = has_change_permission


class ReadOnlyInline:
    """Inline rows that can be read and nothing else."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class ScopedAdmin(admin.ModelAdmin):
    """Rows of one's own organisations. ``organisation_path`` leads from the row to its organisation."""

    organisation_path = "organisation"
    may_be_deleted = False
    formfield_overrides = FORM_FIELDS

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.in_scope(super().get_queryset(request), request)

    def in_scope(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{self.organisation_path}__in": administered(request)}).distinct()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_staff)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_be_deleted and bool(request.user.is_staff)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            for part, name in zip(getattr(field.widget, "widgets", ()), ("date", "time"), strict=False):
                part.attrs["aria-label"] = f"{field.label}: {name}"
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **_own_choices(db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **_own_choices(db_field, request, kwargs))


class RecordedAdmin(ScopedAdmin, ReadableHistory):
    """Scoped rows whose every version is kept and shown under “History”."""


class ScopedInline(StaffInline):
    """Inline rows whose choices are one's own organisations' too."""

    formset: Any = NamedFields
    formfield_overrides: Any = FORM_FIELDS

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(  # type: ignore[misc]
            db_field, request, **_own_choices(db_field, request, kwargs)
        )


def _own_choices(db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Limit what can be chosen to what the person administers; nothing, where no rule says what that is."""
    if request.user.is_superuser or "queryset" in kwargs:
        return kwargs
    mine = administered(request)
    model = db_field.remote_field.model
    if model in SHARED:
        return kwargs
    if model is Organisation:
        kwargs["queryset"] = Organisation.objects.filter(pk__in=mine)
        if db_field.name == "addressed_to" or db_field.model is Post:
            # Areas may be addressed to partners, and posts that own actions lie with them.
            kwargs["queryset"] = Organisation.objects.filter(
                models.Q(pk__in=mine) | ~models.Q(kind=Organisation.Kind.COUNCIL)
            )
    elif model in (Post, Board, Plan):
        kwargs["queryset"] = model.objects.filter(organisation__in=mine)
    elif model is User:
        kwargs["queryset"] = people_of(request)
    elif hasattr(model.objects, "visible_to"):
        kwargs["queryset"] = model.objects.visible_to(person(request))
    else:
        kwargs["queryset"] = model.objects.none()
    return kwargs


def people_of(request: HttpRequest) -> models.QuerySet[User]:
    """People with a role, post or seat in one's own organisations; never the installation's administrators."""
    return people_administered_by(person(request)).filter(is_superuser=False)
