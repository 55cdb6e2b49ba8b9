"""A child process that is given bytes, answers with bytes, and is stopped when it takes too long.

What runs in it comes from outside: it has no database, no settings and no environment, and holds itself to a share
of the machine's memory and time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

# Without these, Windows starts no process, and a Python that lies in an unusual place does not find its libraries.
KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_CHUNK = 1 << 16
_ROOT = Path(__file__).resolve().parent.parent.parent
_LARGEST_FILE = 8 * 1024 * 1024


def exchange(module: str, sent: tuple[bytes, ...], *, seconds: float, most: int) -> tuple[int | None, bytes]:
    """Run a module with ``sent`` on its standard input: its exit status, and what it wrote, at most ``most`` bytes.

    The status is None where it was stopped for the time it took.
    """
    process = subprocess.Popen(
        [sys.executable, "-s", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT), **{name: os.environ[name] for name in KEPT if name in os.environ}},
        start_new_session=True,
    )
    written = bytearray()
    writer = Thread(target=_send, args=(process, sent), daemon=True)
    reader = Thread(target=_receive, args=(process, written, most), daemon=True)
    with process:
        try:
            writer.start()
            reader.start()
            reader.join(seconds)
            if reader.is_alive():
                return None, b""
            with suppress(subprocess.TimeoutExpired):
                return process.wait(1), bytes(written)
            return 0, bytes(written)
        finally:
            _kill(process)
            reader.join()
            writer.join()


def was_slow(ended: int | None) -> bool:
    """Whether a child that ended so was stopped for the time it took."""
    return ended in (None, -getattr(signal, "SIGXCPU", -1))


def was_large(ended: int | None) -> bool:
    """Whether the system ended it: it does so with what takes the machine's last memory, and nobody else does."""
    return ended == -getattr(signal, "SIGKILL", -1)


def _send(process: subprocess.Popen[bytes], sent: tuple[bytes, ...]) -> None:
    assert process.stdin is not None
    # A child that has ended reads no more; its answer or its exit status says why.
    with suppress(OSError), process.stdin as stream:
        for piece in sent:
            stream.write(piece)


def _receive(process: subprocess.Popen[bytes], written: bytearray, most: int) -> None:
    assert process.stdout is not None
    while len(written) <= most and (chunk := process.stdout.read1(_CHUNK)):  # type: ignore[attr-defined]
        written += chunk


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started, unless it has ended by itself."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


# The child's own half.


def bounded(seconds: int, memory: int) -> None:
    """Hold this process to its share, for good. Does nothing where the system has no such limits."""
    try:
        import resource
    except ImportError:
        return
    limits = [
        (resource.RLIMIT_AS, memory, memory),
        # The parent keeps the time. This ends a child whose parent was itself killed.
        (resource.RLIMIT_CPU, seconds, seconds + 2),
        # What a crash would leave on the disc holds the document.
        (resource.RLIMIT_CORE, 0, 0),
        # Enough for compiled modules, too little to fill a disc.
        (resource.RLIMIT_FSIZE, _LARGEST_FILE, _LARGEST_FILE),
    ]
    for limit, soft, hard in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, hard))


def place_of(error: Exception) -> str:
    """Its kind and where it was raised: its message may quote the document."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119
    return f"{type(error).__name__}{where}"
