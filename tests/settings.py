"""Settings for tests: the product's own, with nothing taken from the machine but TEST_ON, the database."""

import os

os.environ["DATABASE_URL"] = os.environ.get("TEST_ON", "sqlite://:memory:")
os.environ["SECRET_KEY"] = "for tests only " * 5
os.environ["DEBUG"] = "false"
os.environ["HTTPS"] = "false"
OF_THE_MACHINE = ("OIDC_", "S3_", "DATABASE_", "LOG_", "METRICS_", "BACKUP_")
for name in [name for name in os.environ if name.startswith(OF_THE_MACHINE) and name != "DATABASE_URL"]:
    del os.environ[name]

from tracker.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
WHITENOISE_AUTOREFRESH = True
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WAKE_WORKER = False
# Nothing is counted between tests that follow fast upon each other; those of the limits count.
CACHES["this_process"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}  # noqa: F405
