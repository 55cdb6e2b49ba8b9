"""The environment of a demonstration: production settings on this machine alone, its own database and key."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "demo"


def set_demo_environment(environ: MutableMapping[str, str]) -> None:
    """Fill in what a demonstration needs; what is set already stays."""
    folder = Path(environ.setdefault("DATA_DIR", str(FOLDER)))
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "secret-key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(50), encoding="ascii")
        key.chmod(0o600)
    environ.setdefault("SECRET_KEY", key.read_text(encoding="ascii"))
    environ["DEMO"] = "true"
    environ.setdefault("DEBUG", "false")
    environ.setdefault("HTTPS", "false")
    environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")
    environ.setdefault("SITE_ADDRESS", f"http://127.0.0.1:{environ.get('PORT') or 8000}")
