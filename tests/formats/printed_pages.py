"""Reading a PDF back: its pages as text and as pictures."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdfium2
from PIL import Image


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page as a viewer copies it, on one line, blanks single."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def text_of(pdf: bytes) -> str:
    """The text of all pages."""
    return " ".join(page_texts(pdf))


def picture(pdf: bytes, *, page: int = 0, dots: int = 72) -> Image.Image:
    """A page in shades of grey, ``dots`` to the inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=dots / 72, grayscale=True).to_pil().convert("L")


def catalogue(pdf: bytes) -> Any:
    """The root of the PDF's objects."""
    return pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"].get_object()


def metadata(pdf: bytes) -> str:
    """The XMP packet."""
    return str(catalogue(pdf)["/Metadata"].get_object().get_data().decode())
