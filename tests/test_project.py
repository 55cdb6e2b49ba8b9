"""What the repository promises of itself: migrations, settings, commands and names in the documents."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands

from tracker import env
from tracker.demo import set_demo_environment

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_production_settings_pass_the_deploy_check(tmp_path: Path) -> None:
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
        DATA_DIR=str(tmp_path), ALLOWED_HOSTS="plans.example.gov.uk",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "x" * 60, "DEBUG": "perhaps"}, "DEBUG is “perhaps”"),
        ({"SECRET_KEY": "x" * 60, "EVIDENCE_LIMIT_MB": "lots"}, "EVIDENCE_LIMIT_MB is “lots”"),
        ({"SECRET_KEY": "x" * 60, "OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID is not set"),
        ({"SECRET_KEY": "x" * 60, "OIDC_ONLY": "true"}, "OIDC_ONLY is true, and OIDC_ISSUER is not set"),
    ],
)
def test_a_missing_or_odd_setting_stops_the_start_with_a_sentence(environment: dict[str, str], said: str) -> None:
    done = manage("check", **environment)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_words_for_true_and_false(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", "Yes")
    assert env.boolean("SWITCH", False) is True
    monkeypatch.setenv("SWITCH", "off")
    assert env.boolean("SWITCH", True) is False
    monkeypatch.delenv("SWITCH")
    assert env.boolean("SWITCH", True) is True
    monkeypatch.setenv("LIST", " a, b ,")
    assert env.words("LIST") == ["a", "b"]
    monkeypatch.setenv("NUMBER", "7")
    assert env.number("NUMBER", 1) == 7
    monkeypatch.setenv("KEY", "value")
    assert env.required("KEY", "") == "value"
    monkeypatch.delenv("KEY")
    with pytest.raises(ImproperlyConfigured, match="KEY is not set. Say so."):
        env.required("KEY", "Say so.")
    monkeypatch.setenv("NUMBER", "x")
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        env.number("NUMBER", 1)
    monkeypatch.setenv("SWITCH", "maybe")
    with pytest.raises(ImproperlyConfigured, match="true or false"):
        env.boolean("SWITCH", True)
    assert env.folder("NOT_SET", Path("x")) == Path("x")


@pytest.mark.parametrize(
    ("address", "loopback", "read"),
    [
        ("", False, ""),
        ("https://id.example.org/tenant/", False, "https://id.example.org/tenant"),
        ("http://localhost:8080", True, "http://localhost:8080"),
        ("http://localhost:8080", False, None),
        ("http://id.example.org", True, None),
        ("id.example.org", False, None),
        ("https://", False, None),
        ("https://[::1", False, None),
    ],
)
def test_an_issuer_is_reached_securely(
    address: str, loopback: bool, read: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISSUER", address)
    if read is not None:
        assert env.secure_address("ISSUER", loopback_allowed=loopback) == read
        return
    with pytest.raises(ImproperlyConfigured, match="begins with https"):
        env.secure_address("ISSUER", loopback_allowed=loopback)


def test_a_demonstration_keeps_its_key_and_what_is_set(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path / "demo"), "ALLOWED_HOSTS": "mine"}
    set_demo_environment(environ)
    first = environ["SECRET_KEY"]
    assert environ["ALLOWED_HOSTS"] == "mine"
    assert environ["HTTPS"] == "false"
    again = {"DATA_DIR": str(tmp_path / "demo")}
    set_demo_environment(again)
    assert again["SECRET_KEY"] == first


def test_commands_named_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(get_commands())
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert set(re.findall(r"\bmake ([a-z]+)\b(?=`|\n| [A-Z]+=)", text)) <= targets, document
        assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= commands, document


def test_settings_named_in_the_documents_exist_and_all_are_named() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tracker").glob("*.py")))
    read = set(re.findall(r"""(?:env\.\w+|environ\.get)\(\s*"([A-Z_]+)\"""", source))
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert table == read


def test_pictures_in_the_documents_exist_and_none_is_left_over() -> None:
    named = set()
    for document in DOCUMENTS:
        for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", document.read_text(encoding="utf-8")):
            picture = (document.parent / link).resolve()
            assert picture.exists(), link
            named.add(picture)
    assert set((ROOT / "docs" / "pictures").iterdir()) == named


def test_lock_files_hold_no_addresses() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), ROOT / "styles" / "package-lock.json"]
    for lock in locks:
        assert "://" not in lock.read_text(encoding="utf-8"), lock
