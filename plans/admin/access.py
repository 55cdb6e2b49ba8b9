"""Organisations, people with their roles, posts with their holders, boards with their seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from plans.access.models import Board, Membership, Organisation, Post, PostHolding, Seat, User
from plans.access.people import end_sessions, may_change_account
from plans.access.rules import Role
from plans.admin.noted import NotesAccess
from plans.admin.scope import (
    NamedFields,
    RecordedAdmin,
    ScopedAdmin,
    ScopedInline,
    administered,
    people_of,
    person,
)
from plans.audit.changes import note_event
from plans.improvement_plan.models import Action


class OrganisationForm(forms.ModelForm):
    second_factor_roles = forms.MultipleChoiceField(
        label="Roles that must use an authenticator app",
        choices=[(role.value, role.label) for role in Role],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever has one of these roles here is led to set up an authenticator app at the next sign-in, and"
        " reaches nothing else until then.",
    )


@admin.register(Organisation)
class OrganisationAdmin(RecordedAdmin):
    form = OrganisationForm
    list_display = ("name", "kind", "region", "gss_code")
    list_filter = ("kind",)
    search_fields = ("name", "formal_name", "gss_code")

    def in_scope(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """One's own organisations; partners can be read by all, councils are the installation's to add."""
        if request.user.is_superuser:
            return rows
        return rows.filter(models.Q(pk__in=administered(request)) | ~models.Q(kind=Organisation.Kind.COUNCIL))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or request.user.is_superuser:
            return bool(request.user.is_staff)
        return obj.pk in administered(request)


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class MembershipInline(ScopedInline, admin.TabularInline):
    model = Membership
    extra = 0
    verbose_name_plural = "roles"


class HoldingForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """Who holds a post is who may act in it: from a day that has come, until a day that has come."""
        said = super().clean() or {}
        today = timezone.localdate()
        for name in ("since", "until"):
            if said.get(name) and said[name] > today:
                self.add_error(name, "Enter today’s date or an earlier one, when the day has come.")
        return said


class HoldingInline(ScopedInline, admin.TabularInline):
    model = PostHolding
    form = HoldingForm
    extra = 0
    verbose_name_plural = "posts held"


class HoldersOfAPost(NamedFields):
    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]
        now = [
            row
            for row in kept
            if not row.get("DELETE") and row.get("kind") == PostHolding.Kind.HOLDER and not row.get("until")
        ]
        if len(now) > 1:
            raise ValidationError("Somebody holds this post now. End their holding first.")


class HolderInline(HoldingInline):
    formset = HoldersOfAPost
    verbose_name_plural = "who holds this post, and who did"


class SeatInline(ScopedInline, admin.TabularInline):
    model = Seat
    extra = 0


@admin.register(User)
class PersonAdmin(NotesAccess, ScopedAdmin, UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("name",)
    list_display = ("name", "email", "is_active", "roles")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("name", "email")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("name", "email", "password", "is_active")}),
        ("Record", {"fields": ("last_login",)}),
    )
    readonly_fields = ("last_login",)
    add_fieldsets = ((None, {"fields": ("name", "email", "usable_password", "password1", "password2")}),)
    inlines = (MembershipInline, HoldingInline, SeatInline)

    def in_scope(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        if request.user.is_superuser:
            return rows.prefetch_related("memberships__organisation")
        own = Membership.objects.filter(organisation__in=administered(request)).select_related("organisation")
        rows = rows.filter(pk__in=people_of(request).values("pk"))
        return rows.prefetch_related(models.Prefetch("memberships", queryset=own))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Somebody who is in another organisation too is changed by the installation's own account alone."""
        if obj is None or request.user.is_superuser:
            return bool(request.user.is_staff)
        return may_change_account(person(request), obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if self.has_change_permission(request, obj) else ()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        found = self.get_object(request, id)
        if found is None or not self.has_change_permission(request, found):
            raise PermissionDenied("This person is in another organisation too.")
        before = found.password
        answer = super().user_change_password(request, id, form_url)
        found.refresh_from_db()
        if found.password != before:
            end_sessions(found, but=request.session.session_key or "")
            note_event("password.changed", found, by=person(request), at=timezone.now(), by_administrator=True)
        return answer

    @admin.display(description="Roles")
    def roles(self, person: User) -> str:
        return "; ".join(f"{row.get_role_display()}, {row.organisation}" for row in person.memberships.all())

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """A new person without a role in one's own organisation would vanish from one's list: give a first role."""
        if not request.user.is_superuser and not obj.memberships.exists():
            for organisation in Organisation.objects.filter(pk__in=administered(request))[:1]:
                Membership.objects.create(person=obj, organisation=organisation, role=Role.PARTNER)
                messages.info(request, f"{obj} may see nothing of {organisation} until you give a role or a post.")
        return super().response_add(request, obj, post_url_continue)


@admin.register(Post)
class PostAdmin(NotesAccess, RecordedAdmin):
    list_display = ("title", "organisation", "holder")
    list_filter = (("organisation", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("title", "holdings__person__name")
    inlines = (HolderInline,)

    def in_scope(self, rows: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
        """One's own posts, and those of partner bodies, which no council administers."""
        rows = rows.select_related("organisation").prefetch_related("holdings__person")
        if request.user.is_superuser:
            return rows
        partner = ~models.Q(organisation__kind=Organisation.Kind.COUNCIL)
        return rows.filter(models.Q(organisation__in=administered(request)) | partner)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own posts; a partner's, unless another council's actions hang on it."""
        if obj is None or request.user.is_superuser:
            return bool(request.user.is_staff)
        mine = administered(request)
        if obj.organisation_id in mine:
            return True
        partner = obj.organisation.kind != Organisation.Kind.COUNCIL
        others = models.Q(lead=obj) | models.Q(supports__post=obj)
        return partner and not Action.objects.filter(others).exclude(plan__organisation__in=mine).exists()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if self.has_change_permission(request, obj) else ()

    @admin.display(description="Held by")
    def holder(self, post: Post) -> str:
        now = [row.person.name for row in post.holdings.all() if row.until is None]
        return "; ".join(now) or "Vacant"


@admin.register(Board)
class BoardAdmin(NotesAccess, RecordedAdmin):
    list_display = ("name", "organisation", "kind", "independent_chair")
    list_filter = ("kind", ("organisation", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name",)
    inlines = (SeatInline,)
