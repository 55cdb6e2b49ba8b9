"""Routes of signing in, accounts and people. Names that begin with account_ or mfa_ are the library's own: it looks
them up. None of its views is reachable but through ours."""

from django.urls import path, re_path

from plans.web.views import (
    account_erasure,
    account_invitations,
    account_page,
    account_passwords,
    account_people,
    account_second_factor,
    account_sso,
    signing_in,
)

account_routes = [
    path("sign-in/", signing_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/", signing_in.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", signing_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/single/", account_sso.single_sign_on, name="single_sign_on"),
    path("sign-in/single/callback/", account_sso.single_sign_on_callback, name="single_sign_on_callback"),
    path("sign-in/reset/", account_passwords.AskReset.as_view(), name="account_reset_password"),
    path("sign-in/reset/sent/", account_passwords.ResetAsked.as_view(), name="account_reset_password_done"),
    re_path(
        r"^sign-in/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account_passwords.Reset.as_view(),
        name="account_reset_password_from_key",
    ),
    path("sign-out/", signing_in.SignOut.as_view(), name="sign_out"),
    path("account/", account_page.account, name="account"),
    path("account/password/", account_passwords.ChangePassword.as_view(), name="account_change_password"),
    path("account/password/first/", account_passwords.SetPassword.as_view(), name="account_set_password"),
    path("account/confirm/", account_passwords.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", account_passwords.ReauthenticateByCode.as_view(), name="mfa_reauthenticate"),
    path("account/authenticator/", account_second_factor.SetUp.as_view(), name="mfa_activate_totp"),
    path("account/authenticator/remove/", account_second_factor.TakeAway.as_view(), name="mfa_deactivate_totp"),
    path("account/authenticator/needed/", account_second_factor.wanted, name="second_factor_wanted"),
    path("account/recovery-codes/", account_second_factor.recovery_codes, name="recovery_codes"),
    path("account/recovery-codes/file/", account_second_factor.recovery_codes_file, name="recovery_codes_file"),
    path("account/recovery-codes/new/", account_second_factor.new_recovery_codes, name="new_recovery_codes"),
    path("account/sessions/", account_page.sessions, name="sessions"),
    path("account/sessions/end-others/", account_page.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<int:pk>/end/", account_page.end_session, name="end_session"),
    path("account/unlink/", account_page.unlink, name="unlink_single_sign_on"),
    path("people/", account_people.people_list, name="people"),
    path("people/invite/", account_people.invite, name="invite"),
    path("people/<int:pk>/", account_people.one_person, name="person"),
    path("people/<int:pk>/deactivate/", account_people.deactivate, name="deactivate_person"),
    path("people/<int:pk>/reactivate/", account_people.reactivate, name="reactivate_person"),
    path("people/<int:pk>/anonymise/", account_erasure.anonymise, name="anonymise_person"),
    path("people/<int:pk>/remove-authenticator/", account_people.remove_second_factor, name="remove_second_factor"),
    path("people/<int:pk>/unlink/", account_people.unlink_single_sign_on, name="unlink_person"),
    path("invitations/<int:pk>/send-again/", account_people.send_invitation_again, name="send_invitation_again"),
    path("invitations/<int:pk>/revoke/", account_people.revoke_invitation, name="revoke_invitation"),
    path("invitations/accept/<str:secret>/", account_invitations.accept_invitation, name="accept_invitation"),
]
