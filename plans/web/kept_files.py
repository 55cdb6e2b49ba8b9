"""Files that were kept, sent to a browser: always as a download, after the view has asked who may have them.

A file that is missing, and a store that does not answer, each have a page that says so.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tracker.file_store import StoreUnreachable

UNREACHABLE_FIELD = (
    "The file could not be kept: the place where files are kept does not answer. Nothing was recorded. Try again in a"
    " few minutes, or send it without the file."
)
RETRY_SECONDS = 120


class FileMissing(Http404):
    """The row is there and its file is not; the message is the sentence to show."""


def opened(file: FieldFile, missing: str) -> FieldFile:
    """The file, open for reading. Raises FileMissing with ``missing``, or StoreUnreachable."""
    try:
        return file.open("rb")
    except FileNotFoundError:
        raise FileMissing(missing) from None


def download(
    file: FieldFile, *, name: str, missing: str, content_type: str = "application/octet-stream"
) -> FileResponse:
    """The file as a download under ``name``, sent piece by piece. Raises FileMissing, or StoreUnreachable."""
    return FileResponse(opened(file, missing), as_attachment=True, filename=name, content_type=content_type)


class KeptFilesMiddleware:
    """Says what is true where a file is missing, or cannot be reached or kept now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, FileMissing):
            return render(request, "documents/file_missing.html", {"sentence": str(problem)}, status=404)
        if isinstance(problem, StoreUnreachable):
            sent = request.method not in ("GET", "HEAD")
            answer = render(request, "documents/store_unreachable.html", {"sent": sent}, status=503)
            answer.headers["Retry-After"] = str(RETRY_SECONDS)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        return None
