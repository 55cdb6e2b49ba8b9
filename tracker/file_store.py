"""Where files are kept: a folder of this machine, or S3-compatible storage that every host reaches."""

from __future__ import annotations

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from tracker import env

FOLDER_BACKEND = "django.core.files.storage.FileSystemStorage"
BUCKET_BACKEND = "tracker.bucket.Bucket"
_WITH_BUCKET = "It goes with S3_BUCKET. Set both keys, or neither where the host itself is let in."


class StoreUnreachable(OSError):
    """The store of files does not answer, or refuses: nothing was kept, nothing was read."""


def kept_files() -> dict[str, Any]:
    """The setting of the store of uploads. Raises ImproperlyConfigured where half of the S3 settings are there."""
    bucket = os.environ.get("S3_BUCKET") or ""
    if not bucket:
        return {"BACKEND": FOLDER_BACKEND}
    endpoint = env.secure_address("S3_ENDPOINT_URL", loopback_allowed=True)
    key, secret = os.environ.get("S3_ACCESS_KEY_ID") or None, os.environ.get("S3_SECRET_ACCESS_KEY") or None
    if bool(key) != bool(secret):
        missing = "S3_SECRET_ACCESS_KEY" if key else "S3_ACCESS_KEY_ID"
        raise ImproperlyConfigured(f"{missing} is not set. {_WITH_BUCKET}")
    options = {
        "bucket_name": bucket,
        "location": (os.environ.get("S3_FOLDER") or "").strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": os.environ.get("S3_REGION") or None,
        "access_key": key,
        "secret_key": secret,
    }
    return {"BACKEND": BUCKET_BACKEND, "OPTIONS": options}
