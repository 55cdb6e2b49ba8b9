"""Files in an S3-compatible bucket, as docs/several-hosts.md says. Loaded only where S3_BUCKET is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from storages.backends.s3 import S3Storage

from tracker.file_store import StoreUnreachable

# What is read goes through memory up to this, and through a temporary file beyond it.
MOST_IN_MEMORY = 1024 * 1024
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 15, 2

Answer = TypeVar("Answer")


@contextmanager
def _reached() -> Iterator[None]:
    """Turns every failure of the library into the one that the pages know."""
    try:
        yield
    except (ClientError, BotoCoreError, HTTPClientError, Boto3Error) as error:
        raise StoreUnreachable(f"The store of files does not answer: {error}") from error


def _reaching(method: Callable[..., Answer]) -> Callable[..., Answer]:
    @wraps(method)
    def called(*args: Any, **kwargs: Any) -> Answer:
        with _reached():
            return method(*args, **kwargs)

    return called


class Bucket(S3Storage):
    """A bucket that nobody reaches but this product: files go out through our own pages, never by an address.

    Nothing is overwritten. What is opened has been fetched whole, so that a failure shows before the first byte is
    sent on; beyond MOST_IN_MEMORY it waits in a temporary file.
    """

    def __init__(self, **options: Any) -> None:
        own_server = bool(options.get("endpoint_url"))
        super().__init__(
            **options,
            file_overwrite=False,
            default_acl=None,
            object_parameters={"ContentDisposition": "attachment"},
            max_memory_size=MOST_IN_MEMORY,
            transfer_config=TransferConfig(use_threads=False),
            client_config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                signature_version="s3v4",
                # Not every S3-compatible server knows names of buckets as hosts, or the newer checksums.
                s3={"addressing_style": "path" if own_server else "auto"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @property
    def bucket(self) -> Any:
        """Each thread has its own: the library's objects are not for several."""
        return self.connection.Bucket(self.bucket_name)

    @_reaching
    def _open(self, name: str, mode: str = "rb") -> Any:
        found = super()._open(name, mode)
        found.open(mode)
        return found

    _save = _reaching(S3Storage._save)
    delete = _reaching(S3Storage.delete)
    exists = _reaching(S3Storage.exists)
    listdir = _reaching(S3Storage.listdir)
    size = _reaching(S3Storage.size)
    get_modified_time = _reaching(S3Storage.get_modified_time)

    def url(self, *args: Any, **kwargs: Any) -> str:
        """No address leads past our own check of who may see a file."""
        raise ValueError("Files are served by the product's own pages alone.")
