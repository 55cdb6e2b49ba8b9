"""Signing in, passwords and authenticator codes: the library's forms in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm as LibraryChangePasswordForm,
)
from allauth.account.forms import (
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.forms import (
    ReauthenticateForm as LibraryReauthenticateForm,
)
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as second_factor_rules
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as LibraryReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth import password_validation
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from plans.access.models import User
from plans.web.sign_in_rules import may_use_password, note_failure

PASSWORD_HINT = (
    "At least 12 characters, and not one that is often used or close to your name. Three words that you will remember"
    " do well. It does not expire."
)
NOT_AN_ADDRESS = "Enter an e-mail address, like name@example.org"
CODE_ATTRS = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}


def _in_our_words(form: forms.BaseForm, **labels: tuple[str, str]) -> None:
    """Set labels and hints; what they say does not stand inside the field, where it would vanish."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""
    for name, (label, hint) in labels.items():
        form.fields[name].label = label
        form.fields[name].help_text = hint


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget = forms.EmailInput(attrs={"autocomplete": "username"})
        self.fields["login"].error_messages["invalid"] = NOT_AN_ADDRESS
        _in_our_words(self, login=("E-mail address", ""), password=("Password", ""))

    def _clean_with_password(self, credentials: dict[str, Any]) -> Any:
        """Where single sign-on alone is wanted, a right password says no more than a wrong one."""
        cleaned = super()._clean_with_password(credentials)
        if isinstance(self.user, User) and not may_use_password(self.user):
            note_failure(self.request, "single sign-on only", self.user.email)
            raise get_adapter().validation_error("email_password_mismatch")
        return cleaned


class NewPassword:
    """One field that can be shown, not two that are copied."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        form.fields.pop("password2", None)
        _in_our_words(form, password1=("New password", PASSWORD_HINT))
        form.fields["password1"].widget.attrs["autocomplete"] = "new-password"
        if "oldpassword" in form.fields:
            form.fields["oldpassword"].label = "Your password now"
            form.fields["oldpassword"].error_messages["required"] = "Enter your password"


class ChangePasswordForm(NewPassword, LibraryChangePasswordForm):
    """Somebody who is signed in changes their password, and shows that they know it."""


class FirstPasswordForm(NewPassword, SetPasswordForm):
    """Somebody who came by single sign-on sets a first password."""


class ResetForm(NewPassword, ResetPasswordKeyForm):
    """A new password from the link in an e-mail."""


class AskResetForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "username"})
        self.fields["email"].error_messages["invalid"] = NOT_AN_ADDRESS
        _in_our_words(self, email=("E-mail address", "The one that you sign in with."))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """An unknown address gets an e-mail too: it helps whoever mistook it, and both take the same time."""
        if self.users:
            return str(super().save(request, **kwargs))
        email = str(self.cleaned_data["email"])
        get_adapter().send_mail("account/email/unknown_account", email, {"request": request})
        return email


class ReauthenticateForm(LibraryReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self, password=("Password", ""))


class CodeOnce:
    """A code opens once: the library forgets after half a minute what it takes for a minute and a half, and never
    knew of the code that an authenticator was set up with."""

    cleaned_data: dict[str, Any]
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: Any = self
        form.fields["code"].widget = forms.TextInput(attrs=dict(CODE_ATTRS))
        _in_our_words(form, code=("Code", self.hint))
        form.fields["code"].error_messages["required"] = "Enter the code"

    hint = "Six figures from your authenticator app, or one of your recovery codes."

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as refusal:
            if refusal.code == "too_many_login_attempts":  # here a new password would open nothing
                raise get_adapter().validation_error("rate_limited") from None
            raise
        window = (2 * mfa_settings.TOTP_TOLERANCE + 2) * mfa_settings.TOTP_PERIOD
        if not cache.add(f"code-used:{self.user.pk}:{normalize_user_code(code)}", True, window):
            raise second_factor_rules().validation_error("incorrect_code")
        return code


class CodeForm(CodeOnce, AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateByCodeForm(CodeOnce, LibraryReauthenticateByCodeForm):
    """Somebody who is signed in shows again that it is them."""


class SetUpForm(CodeOnce, ActivateTOTPForm):
    hint = "Six figures, which the app shows now."


class AcceptInvitationForm(forms.Form):
    """The password of a new account."""

    password = forms.CharField(
        label="Choose a password",
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, name: str, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = User(name=name, email=email)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            password_validation.validate_password(password, self.person)
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from None
        return password
