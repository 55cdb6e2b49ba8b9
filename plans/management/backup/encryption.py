"""Archives encrypted in the age format (age-encryption.org), which other programs can open too.

A backup needs only the public key: the server that makes them cannot read them. To restore, the secret key is needed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage
from pyrage.x25519 import Identity, Recipient

from plans.management.backup.problems import BackupProblem, DamagedArchive, WrongKey

_FIRST_BYTES = b"age-encryption.org/v1"
_SECRET, _PUBLIC = "AGE-SECRET-KEY-1", "age1"
_BLOCK = 1024 * 1024


class Keys:
    """The keys that were given, as lines or words: public (``age1…``) or secret (``AGE-SECRET-KEY-1…``)."""

    def __init__(self, text: str = "") -> None:
        self.public: list[Recipient] = []
        self.secret: list[Identity] = []
        lines = [line for line in text.splitlines() if not line.strip().startswith("#")]
        for word in " ".join(lines).split():
            self._add(word)

    def _add(self, word: str) -> None:
        try:
            if word.startswith(_SECRET):
                self.secret.append(Identity.from_str(word))
                self.public.append(self.secret[-1].to_public())
            elif word.startswith(_PUBLIC):
                self.public.append(Recipient.from_str(word))
            else:
                raise ValueError
        except (ValueError, pyrage.IdentityError, pyrage.RecipientError):
            raise BackupProblem(
                f"The key is none that we know: give one that begins with {_PUBLIC} (to back up) or {_SECRET} (to back"
                " up and to restore). “manage.py backup --make-key FILE” makes one."
            ) from None

    def __bool__(self) -> bool:
        return bool(self.public)


def make_key(path: Path) -> str:
    """Write a new secret key to a file that is not there yet, readable by its owner alone; answers the public key."""
    identity = Identity.generate()
    public = str(identity.to_public())
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(f"# public key: {public}\n{identity}\n")
    return public


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_FIRST_BYTES)) == _FIRST_BYTES


@contextmanager
def sealed(out: IO[bytes], keys: Keys) -> Iterator[IO[bytes]]:
    """A stream whose bytes reach ``out`` encrypted; ``out`` itself where there is no key."""
    if not keys:
        yield out
        return
    reading, writing = os.pipe()
    kept = _Kept(out)
    work = _InThread(lambda: _encrypt(reading, kept, keys))
    try:
        with open(writing, "wb", buffering=_BLOCK) as stream:  # noqa: PTH123
            yield stream
    except BrokenPipeError:
        work.end()
        if kept.problem:
            raise kept.problem from None
        raise BackupProblem(f"The archive could not be encrypted: {work.problem}.") from work.problem
    except BaseException:
        work.end()
        raise
    work.end()
    if problem := kept.problem or work.problem:
        raise problem


@contextmanager
def unsealed(path: Path, keys: Keys) -> Iterator[IO[bytes]]:
    """The archive's bytes as they were before they were encrypted.

    Raises WrongKey where none of the keys opens it, DamagedArchive where it was changed or cut off.
    """
    if not is_encrypted(path):
        with path.open("rb") as plain:
            yield plain
        return
    if not keys.secret:
        raise WrongKey(
            "The archive is encrypted. Give the secret key that it was made for, in BACKUP_KEY or with --key-file"
            f" (it begins with {_SECRET}{'; a public key was given' if keys else ''})."
        )
    reading, writing = os.pipe()
    work = _InThread(lambda: _decrypt(path, writing, keys))
    with open(reading, "rb", buffering=_BLOCK) as stream:  # noqa: PTH123
        try:
            yield stream
        except DamagedArchive:
            stream.close()
            work.end()
            _say_why(work.problem)
            raise
        except BaseException:
            stream.close()
            work.end()
            raise
        while stream.read(_BLOCK):
            """What comes after the end is read too: only then is it known to be whole."""
    work.end()
    _say_why(work.problem)


def _say_why(problem: BaseException | None) -> None:
    if isinstance(problem, pyrage.DecryptError):
        raise WrongKey("The archive was not made for this key. Nothing was read from it.") from None
    if problem and not isinstance(problem, BrokenPipeError):
        raise DamagedArchive("The archive was changed or cut off since it was made.") from None


def _encrypt(reading: int, out: Any, keys: Keys) -> None:
    with open(reading, "rb", buffering=0) as stream:  # noqa: PTH123
        pyrage.encrypt_io(stream, out, keys.public)


def _decrypt(path: Path, writing: int, keys: Keys) -> None:
    with path.open("rb") as file, open(writing, "wb", buffering=0) as stream:  # noqa: PTH123
        pyrage.decrypt_io(file, stream, keys.secret)


class _Kept:
    """A file that remembers why it could not be written: the encrypting library says less."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.problem: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except OSError as problem:
            self.problem = problem
            raise

    def flush(self) -> None:
        self.file.flush()


class _InThread:
    """Work beside the caller's, with what went wrong in it."""

    def __init__(self, work: Any) -> None:
        self.problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Any) -> None:
        try:
            work()
        except BaseException as problem:
            self.problem = problem

    def end(self) -> None:
        self._thread.join()
