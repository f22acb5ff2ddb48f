"""Small PDFs to put invoices into, and hybrid ones of every bad kind to take them out of."""

from __future__ import annotations

import functools
import io

import typst
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    TextStringObject,
)

_PAGES = """
#set document(title: "Invoice R-1", author: "Nordlicht", date: datetime(year: 2026, month: 11, day: 2))
#set text(lang: "en")
%s
= Invoice R-1
#table(columns: 3, ..range(60).map(i => ([#i], [Bits], [12.50])).flatten())
"""
_SHEET = (
    '#pdf.attach("%s", bytes("a,b"), relationship: "supplement", mime-type: "text/csv", '
    'description: "Hours")'
)


@functools.cache
def plain_pdf(standard: str | None = "a-3b", attachment: str = "") -> bytes:
    """Two pages as typst makes them, with one file ``attachment`` if that has a name."""
    source = _PAGES % (_SHEET % attachment if attachment else "")
    return typst.compile(source.encode(), pdf_standards=standard or [])


def with_files(
    *files: tuple[str, bytes], packed: bool = True, by_names: bool = True, password: str = ""
) -> bytes:
    """An empty page with ``files``, listed by the tree of names or associated only."""
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    specifications: list[tuple[str, PdfObject]] = []
    for name, content in files:
        plain = DecodedStreamObject()
        plain.set_data(content)
        stream = writer._add_object(plain.flate_encode() if packed else plain)
        specifications.append((name, writer._add_object(specification(name, stream))))
    if by_names:
        listed = [each for name, spec in specifications for each in (TextStringObject(name), spec)]
        tree = DictionaryObject({NameObject("/Names"): ArrayObject(listed)})
        writer.root_object[NameObject("/Names")] = DictionaryObject(
            {NameObject("/EmbeddedFiles"): tree}
        )
    else:
        writer.root_object[NameObject("/AF")] = ArrayObject([spec for _, spec in specifications])
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def specification(name: str, stream: PdfObject) -> DictionaryObject:
    """What names an embedded file."""
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): TextStringObject(name),
            NameObject("/UF"): TextStringObject(name),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): stream}),
        }
    )
