"""Evidence and every other file on S3-compatible storage: a real server on this machine, reached over HTTP."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from plans.documents.models import SourceDocument
from plans.improvement_plan.models import Update
from plans.monitoring.models import Evidence
from plans.papers import making
from plans.papers.models import Making
from tests import factories
from tests.cast import Cast
from tests.hosts.servers import BUCKET, KEYS, free_port, s3_environment
from tracker import bucket as on_s3
from tracker.file_store import BUCKET_BACKEND, FOLDER_BACKEND, StoreUnreachable, kept_files

AT = factories.moment(2026, 5, 1)
TEXT = b"Minutes of 3 March: twelve of twelve files audited.\n"


def use_bucket(settings: Any, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name, value in s3_environment(address).items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "default": kept_files()}


@pytest.fixture
def bucket(s3: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[on_s3.Bucket]:
    use_bucket(settings, monkeypatch, s3)
    yield storages["default"]
    storages["default"].connection.meta.client.close()


@pytest.fixture
def gone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store that nobody answers for."""
    monkeypatch.setattr(on_s3, "ATTEMPTS", 1)
    use_bucket(settings, monkeypatch, f"http://127.0.0.1:{free_port()}")
    yield
    storages["default"].connection.meta.client.close()


def an_update(cast: Cast, data: bytes = TEXT) -> dict[str, Any]:
    return {
        "version": cast.action.version,
        "status": "in_progress",
        "note": "All files were audited",
        "delay_reason": "Two posts are vacant",
        "evidence_file": SimpleUploadedFile("minutes of march.txt", data),
    }


def upload(cast: Cast, client: Client) -> Any:
    client.force_login(cast.owner)
    return client.post(reverse("update_action", args=[cast.action.pk]), an_update(cast))


def test_evidence_goes_to_the_bucket_and_comes_back_as_a_download(
    cast: Cast, client: Client, bucket: on_s3.Bucket
) -> None:
    assert upload(cast, client).status_code == 302
    evidence = Evidence.objects.get()
    kept = bucket.connection.Object(BUCKET, evidence.file.name).get()
    with kept["Body"] as body:
        assert body.read() == TEXT
    # Were the bucket ever opened to the world, a browser would still not show what is in it.
    assert kept["ContentDisposition"] == "attachment"
    answer = client.get(reverse("evidence", args=[evidence.pk]))
    data = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert hashlib.sha256(data).hexdigest() == evidence.sha256
    assert answer.headers["Content-Disposition"] == 'attachment; filename="minutes of march.txt"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Length"] == str(len(TEXT))
    client.force_login(cast.stranger)
    assert client.get(reverse("evidence", args=[evidence.pk])).status_code == 404


def test_a_file_that_is_missing_has_a_page_that_says_so(cast: Cast, client: Client, bucket: on_s3.Bucket) -> None:
    upload(cast, client)
    evidence = Evidence.objects.get()
    bucket.delete(evidence.file.name)
    answer = client.get(reverse("evidence", args=[evidence.pk]))
    assert answer.status_code == 404
    assert "The file of this evidence is missing. Tell your administrator." in answer.content.decode()


def test_when_the_store_is_gone_nothing_is_half_saved_and_what_was_typed_is_there(
    cast: Cast, client: Client, gone: None
) -> None:
    updates = Update.objects.count()
    answer = upload(cast, client)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "The file could not be kept" in page
    assert "All files were audited" in page
    assert (Update.objects.count(), Evidence.objects.count()) == (updates, 0)


def test_when_the_store_is_gone_a_download_says_so(cast: Cast, client: Client, gone: None) -> None:
    evidence = Evidence.objects.create(
        action=cast.action, title="Minutes", file="evidence/x.txt", sha256="0" * 64, added_by=cast.owner, added_at=AT
    )
    client.force_login(cast.owner)
    answer = client.get(reverse("evidence", args=[evidence.pk]))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "The file is not lost" in answer.content.decode()


def test_when_the_store_is_gone_a_document_is_not_kept_and_the_page_says_so(
    cast: Cast, client: Client, gone: None
) -> None:

    client.force_login(cast.lead)
    said = {
        "organisation": cast.council.pk,
        "file": SimpleUploadedFile("plan.csv", b"Ref,Action,By when\n1,Do it,May\n"),
    }
    answer = client.post(reverse("upload_plan", args=[cast.plan.pk]), said)
    assert answer.status_code == 503
    assert "nothing was recorded" in answer.content.decode()
    assert not SourceDocument.objects.exists()


def test_a_paper_that_cannot_be_kept_says_why(cast: Cast, gone: None) -> None:
    from tests.papers.test_making import a_copy

    wanted = a_copy(cast)
    making.make(wanted.pk, lambda: AT)
    wanted.refresh_from_db()
    assert (wanted.state, wanted.problem) == (Making.State.FAILED, making.NOT_KEPT)


def test_a_second_file_of_a_name_leaves_the_first_as_it_is(bucket: on_s3.Bucket) -> None:
    first, second = (bucket.save("releases/plan.pdf", ContentFile(data)) for data in (b"first", b"second"))
    assert first != second
    with bucket.open(first) as file:
        assert file.read() == b"first"


def test_files_are_reached_by_our_pages_alone(bucket: on_s3.Bucket) -> None:
    with pytest.raises(ValueError, match="own pages"):
        bucket.url("evidence/x.txt")
    with pytest.raises(NotImplementedError):
        bucket.path("evidence/x.txt")


def test_a_large_file_takes_little_memory(bucket: on_s3.Bucket) -> None:
    size = 40 * 1024 * 1024
    name = bucket.save("evidence/large.bin", BytesIO(bytes(size)))
    tracemalloc.start()
    with bucket.open(name) as file:
        read = sum(len(chunk) for chunk in file.chunks(64 * 1024))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    bucket.delete(name)
    assert read == size
    assert most < 4 * 1024 * 1024


def test_a_bucket_that_refuses_is_unreachable_and_not_empty(
    bucket: on_s3.Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "bucket_name", "no-such-bucket")
    with pytest.raises(StoreUnreachable):
        bucket.save("evidence/x.txt", ContentFile(TEXT))
    with pytest.raises(StoreUnreachable):
        bucket.listdir("evidence")


def test_files_are_kept_in_a_folder_unless_a_bucket_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept_files() == {"BACKEND": FOLDER_BACKEND}
    for name, value in {"S3_BUCKET": "council", "S3_FOLDER": "/tracker/", **KEYS}.items():
        monkeypatch.setenv(name, value)
    found = kept_files()
    assert found["BACKEND"] == BUCKET_BACKEND
    assert found["OPTIONS"] | {"secret_key": ""} == {
        "bucket_name": "council",
        "location": "tracker",
        "endpoint_url": None,
        "region_name": "eu-west-2",
        "access_key": "for-tests",
        "secret_key": "",
    }
    monkeypatch.delenv("S3_SECRET_ACCESS_KEY")
    with pytest.raises(ImproperlyConfigured, match="S3_SECRET_ACCESS_KEY is not set"):
        kept_files()


def test_files_and_rows_are_compared_and_what_no_row_names_can_be_removed(
    cast: Cast, client: Client, bucket: on_s3.Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(cast, client)
    evidence = Evidence.objects.get()
    call_command("check_files", hashes=True)
    assert "1 file" in capsys.readouterr().out
    default_storage.save("evidence/left-over.txt", ContentFile(TEXT))
    call_command("check_files", remove=True)
    # Younger than a day: it may belong to what is being saved at this moment.
    assert "evidence/left-over.txt" in capsys.readouterr().out
    assert default_storage.exists("evidence/left-over.txt")
    call_command("check_files", remove=True, older_than=0)
    assert not default_storage.exists("evidence/left-over.txt")
    assert default_storage.exists(evidence.file.name)
    bucket.connection.Object(BUCKET, evidence.file.name).put(Body=b"altered")
    with pytest.raises(CommandError, match="1 fault"):
        call_command("check_files", hashes=True)
    assert "is not the file that was kept" in capsys.readouterr().err
    bucket.delete(evidence.file.name)
    with pytest.raises(CommandError, match="1 fault"):
        call_command("check_files")
    assert f"{evidence.file.name} is missing" in capsys.readouterr().err
