"""Settings: from the environment alone, safe by default. README.md has the table of names."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from plans.web.operations import log_lines
from tracker import env
from tracker.databases import REPLICA, databases
from tracker.file_store import kept_files

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")

DEBUG = env.boolean("DEBUG", False)
DEMO = env.boolean("DEMO", False)
SECRET_KEY = (
    os.environ.get("SECRET_KEY") or "only-for-development-" + "x" * 50
    if DEBUG
    else env.required("SECRET_KEY", "Set it to 50 or more random characters and keep it the same between starts.")
)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "plans.apps.PlansConfig",
    "plans.apps.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_tables2",
    "django_filters",
    "simple_history",
    # Without “allauth” itself: only our own templates are there to be shown.
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "plans.web.operations.request_log.RequestLogMiddleware",
    "plans.web.security.HeadersMiddleware",
    "plans.web.operations.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "plans.web.sign_in_middleware.SignInMiddleware",
    "plans.web.kept_files.KeptFilesMiddleware",
    "plans.web.rate_limits.RateLimitMiddleware",
    "plans.web.read_replica.ReplicaMiddleware",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
FORM_RENDERER = "plans.web.forms.rendering.GovukRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plans.web.navigation.navigation",
            ],
        },
    },
]

# PostgreSQL, a pool and a replica are named by the environment: tracker/databases.py, docs/several-hosts.md.
DATABASES = databases(DATA_DIR)
DATABASE_ROUTERS = ["plans.web.read_replica.Router"] if REPLICA in DATABASES else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that every web process counts the same wrong passwords; “manage.py migrate” makes the table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tracker_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What each process counts for itself: see plans/web/rate_limits.py.
    "this_process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "this_process",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

AUTH_USER_MODEL = "plans.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "plans.web.password_words.OnlyExpectedWords"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign_in"
SESSION_COOKIE_AGE = 12 * 60 * 60
PASSWORD_RESET_TIMEOUT = 4 * 60 * 60

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "plans.web.sign_in_rules.AccountRules"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# People come by invitation, which proves the address; the library's own table of addresses stays empty.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # A council often reaches the site from one address: limits by address are wide, those by account are narrow.
    "login": "120/m/ip",
    "login_failed": "50/15m/ip,5/15m/key",
    "reset_password": "60/h/ip,3/h/key",
    "reset_password_from_key": "30/m/ip",
    "invitation": "30/m/ip",
    "invite": "60/h/user",
    "partner_link": "120/m/ip",
    # Generous: who works fast does not meet them. docs/security.md has the table.
    "search": "60/m/user",
    "list_words": "120/m/user",
    "papers": "120/10m/user",
    "upload": "120/h/user",
    "interface": "600/m/key",
    "interface_refused": "60/m/ip",
    "calendar_feed": "60/h/key",
    "calendar_refused": "60/m/ip",
    "published": "600/m/ip",
}
MFA_ADAPTER = "plans.web.sign_in_rules.SecondFactorRules"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Improvement Plan Tracker"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "plans.web.single_sign_on.SingleSignOnRules"

# Single sign-on by OpenID Connect, where an issuer is named. docs/single-sign-on.md says how.
OIDC_ISSUER = env.secure_address("OIDC_ISSUER", loopback_allowed=DEBUG or DEMO)
_WITH_ISSUER = "Single sign-on needs it beside OIDC_ISSUER: take it from the application registered with your provider."
OIDC_CLIENT_ID = env.required("OIDC_CLIENT_ID", _WITH_ISSUER) if OIDC_ISSUER else ""
OIDC_CLIENT_SECRET = env.required("OIDC_CLIENT_SECRET", _WITH_ISSUER) if OIDC_ISSUER else ""
OIDC_NAME = os.environ.get("OIDC_NAME") or "your council account"
OIDC_TENANT = os.environ.get("OIDC_TENANT") or ""
OIDC_ONLY = env.boolean("OIDC_ONLY", False)
if OIDC_ONLY and not OIDC_ISSUER:
    raise ImproperlyConfigured("OIDC_ONLY is true, and OIDC_ISSUER is not set. Set both or neither.")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "media")
EVIDENCE_LIMIT_MB = env.number("EVIDENCE_LIMIT_MB", 20)
STORAGES = {
    "default": kept_files(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
# Where “manage.py backup” writes, and the key that it encrypts with. docs/backup.md says how.
BACKUP_DIR = env.folder("BACKUP_DIR", DATA_DIR / "backups")
BACKUP_KEY = os.environ.get("BACKUP_KEY") or ""
# The page on which a plan of a thousand rows is checked sends all of them at once.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# Every form takes one.
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# Long work is queued in the database. Without a worker beside the web processes (manage.py db_worker) one is woken
# for each piece of work and ends when nothing is left.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
WAKE_WORKER = not env.boolean("SEPARATE_WORKER", False)

vars().update(environ.Env.email_url_config(os.environ.get("EMAIL_URL") or "consolemail://"))
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "improvement-plans@localhost"
EMAIL_TIMEOUT = 30

# HTTPS=false is for a machine that nobody else reaches; BEHIND_PROXY=true trusts X-Forwarded-Proto.
HTTPS = env.boolean("HTTPS", not DEBUG)
# What the links of mails begin with: nobody’s browser is there to say it when reminders are sent.
SITE_ADDRESS = env.secure_address("SITE_ADDRESS", loopback_allowed=not HTTPS) or (
    "http://127.0.0.1:8000" if DEBUG else ""
)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# So named, a cookie can be set over HTTPS by this very host alone.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "plans.web.security.MessageStorage"
# Programs are refused instead: see plans/web/api/routes.py.
SECURE_REDIRECT_EXEMPT = [r"^api/v1/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
TRUST_REQUEST_ID = False
CSRF_FAILURE_VIEW = "plans.web.operations.fault_pages.csrf_failure"
if env.boolean("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Whose wrong passwords are counted: the visitor's address, as the one proxy in front says it.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
    TRUST_REQUEST_ID = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# The name and shape that Django 6 uses, so that our middleware can go when we do.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}
DEFAULT_EXCEPTION_REPORTER = "plans.web.error_reports.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "plans.web.error_reports.ReportFilter"

# One line a request, without paths, addresses or people: docs/operations.md.
LOG_FORMAT = env.one_of("LOG_FORMAT", list(log_lines.FORMATS), "plain")
LOG_LEVEL = env.one_of("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Of these loggers themselves, so that it holds whatever handler writes: some addresses are secrets.
    "filters": {"without_secrets": {"()": "plans.web.error_reports.WithoutSecrets"}},
    "formatters": {"lines": {"()": log_lines.FORMATS[LOG_FORMAT]}},
    # To the standard error stream: what some commands print is for other programs to read.
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "loggers": {
        **log_lines.LEVELS,
        "django": {"handlers": []},
        # How a request ended is in its own line, by its route.
        "django.request": {"filters": ["without_secrets"], "level": "ERROR"},
        "django.security.csrf": {"filters": ["without_secrets"]},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
METRICS_TOKEN = os.environ.get("METRICS_TOKEN") or ""

DJANGO_TABLES2_TEMPLATE = "tables/table.html"
SIMPLE_HISTORY_REVERT_DISABLED = True
