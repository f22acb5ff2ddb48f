"""The text of a PDF that anyone may have sent."""

from __future__ import annotations

import io
import logging
from typing import Final

from pypdf import PdfReader

from usance.formats.errors import FormatError

LARGEST_PDF: Final = 20 * 1024 * 1024
MOST_PAGES: Final = 50
_MOST_CONTENT: Final = 400_000
"""Bytes of drawing of one page, which a page of a thousand lines does not reach."""
MOST_TEXT: Final = 1_000_000


def text_of_pdf(data: bytes) -> str:
    """The text of all pages, one line a row as far as the layout tells, pages one after the other.

    A scanned page has none. Raises FormatError: ``too_large``, ``pdf_unreadable``, ``pdf_encrypted``,
    ``too_many_pages``, ``no_text``.
    """
    if len(data) > LARGEST_PDF:
        raise FormatError(
            f"The PDF has {len(data)} bytes; advices of up to {LARGEST_PDF} bytes are read. Ask the"
            " payer for a table instead.",
            code="too_large",
        )
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        text = _text(data)
    except FormatError:
        raise
    except Exception as error:  # noqa: BLE001  a parser of hostile input fails in ways nobody listed
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise FormatError(
            f"The PDF cannot be read ({reason}); the file may have been cut off. Ask its sender for "
            "it again.",
            code="pdf_unreadable",
        ) from None
    if not text.strip():
        raise FormatError(
            "The PDF holds no text; it may be a scan. Ask the payer for a table, or type the lines in.",
            code="no_text",
        )
    return text[:MOST_TEXT]


def _text(data: bytes) -> str:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise FormatError(
            "The PDF asks for a password; ask its sender for one that does not.",
            code="pdf_encrypted",
        )
    if len(reader.pages) > MOST_PAGES:
        raise FormatError(
            f"The PDF has {len(reader.pages)} pages; advices of up to {MOST_PAGES} are read.",
            code="too_many_pages",
        )
    found: list[str] = []
    for number, page in enumerate(reader.pages, 1):
        content = page.get_contents()
        if content is None:
            continue
        if len(content.get_data()) > _MOST_CONTENT:
            raise FormatError(
                f"Page {number} of the PDF is drawn with more than an advice needs; ask the payer for"
                " a table instead.",
                code="too_large",
                path=f"page {number}",
            )
        # With the layout kept, the cells of a row stand on one line.
        found.append(
            page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
        )
        if sum(map(len, found)) > MOST_TEXT:
            break
    return "\n".join(found)
