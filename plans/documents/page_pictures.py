"""One page of a PDF as a picture, to lay beside what was read from it."""

from __future__ import annotations

from io import BytesIO

import pypdfium2

from plans.documents.lines import RefusedDocument

WIDTH = 1_000
# A page may say that it is a mile long; the picture then grows narrower than WIDTH instead.
MOST_HEIGHT = 2_500
_GREYS = 16

_NO_PDF = "This is not a PDF, so it has no pages to show. Upload the published PDF to see its pages."
_ENCRYPTED = "This PDF is protected by a password. Save it without the password, and upload that."
_DAMAGED = "This page cannot be shown: the PDF is damaged or cut short. Open it, save it as PDF again, and upload that."


def picture_of_page(data: bytes, page: int) -> bytes:
    """A page, counted from 1, as a PNG in shades of grey, about 1,000 pixels wide.

    Raises RefusedDocument, with a sentence, where there is no such page or it cannot be drawn.
    """
    if b"%PDF-" not in data[:1024]:
        raise RefusedDocument(_NO_PDF)
    try:
        opened = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        message = str(error).lower()
        raise RefusedDocument(_ENCRYPTED if "password" in message or "security" in message else _DAMAGED) from None
    try:
        if not 1 <= page <= len(opened):
            pages = "1 page" if len(opened) == 1 else f"{len(opened):,} pages"
            raise RefusedDocument(f"This PDF has {pages}, so there is no page {page:,}. Choose another page.")
        return _drawn(opened[page - 1])
    except pypdfium2.PdfiumError:
        raise RefusedDocument(_DAMAGED) from None
    finally:
        opened.close()


def _drawn(page: pypdfium2.PdfPage) -> bytes:
    wide, high = page.get_size()
    if not (0 < wide < float("inf") and 0 < high < float("inf")):
        raise RefusedDocument(_DAMAGED)
    bitmap = page.render(scale=min(WIDTH / wide, MOST_HEIGHT / high), grayscale=True)
    picture = BytesIO()
    # Print on paper needs few greys; so a page takes a third of the bytes.
    bitmap.to_pil().convert("L").quantize(_GREYS).save(picture, "PNG", optimize=True)
    return picture.getvalue()
