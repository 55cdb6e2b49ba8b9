"""The web server's own settings: read by gunicorn itself from the folder that it starts in.

How many processes: WEB_CONCURRENCY, or --workers. A setting of the command line wins over this file.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from plans.web.operations import log_lines

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# A long paper is made by the worker; the longest request is an upload that is read.
timeout = 90
graceful_timeout = 30
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Each request has its own line already, and this one would have its path, in which a secret may stand.
accesslog = None
# Nobody steers it while it runs, and its home cannot be written.
control_socket_disable = True
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": log_lines.FORMATS.get(os.environ.get("LOG_FORMAT", "").strip().lower(), log_lines.FORMATS["plain"])
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}},
}

# Each process counts into a file of its own; whichever is asked for the metrics adds them up.
_own = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _own:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="tracker-metrics-")
_counts = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def on_starting(server: Any) -> None:
    """Counts begin again with the server."""
    _counts.mkdir(parents=True, exist_ok=True)
    for old in _counts.glob("*.db"):
        old.unlink()


def post_worker_init(worker: Any) -> None:
    """What was loaded stays: the collector of garbage need not go through it in the middle of a request."""
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays counted; what it held at that moment goes with it."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    if _own:
        shutil.rmtree(_counts, ignore_errors=True)
