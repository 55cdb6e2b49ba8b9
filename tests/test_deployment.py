"""The files that put the product on a server name only what there is: commands, settings, folders, ports.

They are parsed, and the web server’s settings are run; no container is built here.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", README, re.MULTILINE))
OF_OTHER_PROGRAMS = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
HOME = "/srv/tracker"


class Unit(ConfigParser):
    """A unit file: keys keep their case, and one that is repeated keeps all its values, a line each."""

    def __init__(self, path: Path) -> None:
        super().__init__(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
        text: list[str] = []
        seen: dict[str, int] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            key = line.partition("=")[0]
            if re.fullmatch(r"[A-Za-z]+", key) and "=" in line:
                seen[key] = seen.get(key, 0) + 1
                line = line if seen[key] == 1 else f"{key}.{seen[key]}{line[len(key) :]}"
            text.append(line)
        self.read_string("\n".join(text))

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    def all(self, section: str, key: str) -> list[str]:
        return [value for name, value in self[section].items() if name.split(".")[0] == key]


@pytest.fixture(autouse=True)
def a_queue_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the queue refuse the one that the tests have in its place."""
    for name in ("db_worker", "prune_db_task_results"):
        monkeypatch.setattr(f"django_tasks_db.management.commands.{name}.valid_backend_name", str)


def assert_is_a_command_of_the_product(words: list[str]) -> None:
    """``words`` follow “manage.py”: the command exists and takes these options."""
    name, *options = words
    commands = get_commands()
    assert name in commands, name
    parser = load_command_class(commands[name], name).create_parser("manage.py", name)
    parser.parse_args(options)


def assert_is_what_the_product_runs(words: list[str]) -> None:
    program, *rest = words
    if Path(program).name == "python" and rest[0] == "manage.py":
        assert_is_a_command_of_the_product(rest[1:])
        return
    assert Path(program).name == "gunicorn", words
    from gunicorn.app.wsgiapp import WSGIApplication
    from gunicorn.config import Config

    assert rest[0] == "tracker.wsgi"
    said = Config().parser().parse_args(rest)
    assert Path(said.config).name == "gunicorn.conf.py"
    assert (ROOT / Path(said.config).name).exists()
    assert WSGIApplication is not None


# ---- systemd


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_runs_what_there_is_with_settings_that_there_are(path: Path) -> None:
    unit = Unit(path)
    service = unit["Service"]
    for line in unit.all("Service", "ExecStart"):
        words = shlex.split(line)
        assert words[0].startswith(f"{HOME}/.venv/bin/"), line
        assert_is_what_the_product_runs(words)
    assert service["WorkingDirectory"] == HOME
    named = {value.partition("=")[0] for value in unit.all("Service", "Environment")}
    assert named <= SETTINGS
    assert service["User"] == service["Group"] == "tracker"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_is_shut_off_from_the_rest_of_the_machine(path: Path) -> None:
    service = Unit(path)["Service"]
    for switch in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID"):
        assert service[switch] == "true", switch
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    writable = {service["StateDirectory"], *service.get("ReadWritePaths", "").split()}
    assert writable <= {"tracker", "/var/backups/tracker"}
    assert "DATA_DIR=/var/lib/tracker" in Unit(path).all("Service", "Environment")


def test_each_timer_has_its_service_and_each_that_runs_once_its_timer() -> None:
    timers = {unit.stem for unit in UNITS if unit.suffix == ".timer"}
    once = {unit.stem for unit in SERVICES if Unit(unit)["Service"]["Type"] == "oneshot"}
    assert timers == once == {f"tracker-{name}" for name in ("backup", "reminders", "tidy", "verify")}
    for name in once:
        assert Unit(ROOT / "deploy" / "systemd" / f"{name}.timer")["Timer"]["Persistent"] == "true"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="There is no systemd-analyze on this machine.")
def test_systemd_itself_reads_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        # The product is not installed where the units look for it.
        text = re.sub(rf"(ExecStart=){HOME}/\S+", rf"\1{sys.executable}", text)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if "tracker-" in line] == []


# ---- the container


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile’s instructions with what follows each, over all its lines."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def of(kind: str) -> list[str]:
    return [rest for name, rest in instructions() if name == kind]


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_the_image_holds_what_the_product_needs_and_what_is_ignored_is_not_copied() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    copied = {word for rest in of("COPY") if "--from" not in rest for word in rest.split()[:-1]}
    assert copied == allowed
    for path in copied:
        assert (ROOT / path).exists(), path
    assert copied >= {"manage.py", "plans", "templates", "tracker", "fixtures"}


def test_the_image_takes_locked_packages_and_runs_as_nobody_of_importance() -> None:
    (install,) = [rest for rest in of("RUN") if "pip install" in rest]
    assert "--require-hashes -r requirements/production.txt" in install
    assert of("USER") == ["10001:10001"]
    names = [name for name, _ in instructions()]
    assert names.index("USER") < names.index("CMD")
    assert {image.split()[0] for image in of("FROM")} == {"python:3.11-slim-bookworm"}
    assert {rest.split("=")[0] for env in of("ENV") for rest in shlex.split(env)} <= SETTINGS | OF_OTHER_PROGRAMS
    assert not [env for env in of("ENV") if "SECRET" in env]


def test_the_image_is_served_and_looked_after_at_the_same_port() -> None:
    (command,) = [json.loads(rest) for rest in of("CMD")]
    assert_is_what_the_product_runs(command)
    (port,) = of("EXPOSE")
    assert command[-2:] == ["--bind", f"0.0.0.0:{port}"]
    (check,) = of("HEALTHCHECK")
    assert f"http://127.0.0.1:{port}/health/live" in check
    assert compose()["services"]["objects"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    (collected,) = [rest for rest in of("RUN") if "collectstatic" in rest]
    assert_is_a_command_of_the_product(collected.split("manage.py ")[1].split())


def test_compose_names_settings_commands_services_and_volumes_that_there_are() -> None:
    read = compose()
    services = read["services"]
    assert set(services) == {"database", "objects", "migrate", "web", "worker"}
    (kept,) = [json.loads(rest) for rest in of("VOLUME")]
    for name, service in services.items():
        assert "://" not in service["image"], name
        assert service["image"].count("/") <= 1, name
        assert "." not in service["image"].partition("/")[0] or "/" not in service["image"], name
        for wanted in service.get("depends_on", {}):
            assert wanted in services
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in read["volumes"]
        if name in ("migrate", "web", "worker"):
            assert set(service["environment"]) <= SETTINGS
            assert [volume.partition(":")[2] for volume in service["volumes"]] == kept
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
    for name in ("web", "worker"):
        assert services[name]["network_mode"] == "service:objects"
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert_is_what_the_product_runs(services["worker"]["command"])
    for words in services["migrate"]["command"][2].split("&&"):
        assert_is_what_the_product_runs(words.split())


def test_compose_starts_the_product_with_settings_that_it_accepts(tmp_path: Path) -> None:
    """The product’s own check of its settings, with the values of the file."""
    answers = {
        "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "plans.example.gov.uk",
        "DATABASE_PASSWORD": "abc",
        "S3_SECRET_ACCESS_KEY": "abcdefgh",
    }

    def filled(value: str) -> str:
        return re.sub(r"\$\{(\w+):[?-][^}]*\}", lambda found: answers.get(found[1], ""), value)

    environment = {name: filled(str(value)) for name, value in compose()["services"]["web"]["environment"].items()}
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert asked == set(answers)
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    services = compose()["services"]
    assert services["objects"]["environment"]["AWS_ACCESS_KEY_ID"] == environment["S3_ACCESS_KEY_ID"]
    assert services["objects"]["environment"]["S3_BUCKET"] == environment["S3_BUCKET"]


# ---- the web server


def test_the_web_server_starts_logs_in_json_and_adds_up_what_its_processes_count(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DEBUG": "true", "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG", "TMPDIR": str(tmp_path), "WEB_CONCURRENCY": "2",
    }  # fmt: skip
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}"]
    with log.open("w") as stream, subprocess.Popen(command, env=environment, stderr=stream, cwd=ROOT) as server:
        try:
            for _ in range(12):
                asked(f"http://127.0.0.1:{port}/health/live", patience=60)
            counted = asked(f"http://127.0.0.1:{port}/metrics", patience=1)
        finally:
            server.terminate()
            server.wait(30)
    found = re.findall(r'^tracker_requests_total\{.*route="health_live".*\} (\S+)$', counted, re.MULTILINE)
    assert [float(number) for number in found] == [12.0]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert len([line for line in lines if line.get("route") == "health_live"]) == 12
    assert {line["logger"] for line in lines} >= {"gunicorn.error", "tracker.request"}
    assert list(tmp_path.glob("tracker-metrics-*")) == []


def asked(address: str, patience: float) -> str:
    """What stands there; waits so many seconds for the server to begin."""
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
