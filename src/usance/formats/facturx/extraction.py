"""The invoice's XML taken out of a PDF that anyone may have sent."""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from typing import Final

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)

from usance.formats.errors import LARGEST_INPUT, FormatError, refuse_too_large

FILE_NAMES: Final = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml")
"""What the XML of a hybrid invoice is called, the one to prefer first: Factur-X and ZUGFeRD since 2.1,
XRechnung in ZUGFeRD, ZUGFeRD 2.0, ZUGFeRD 1."""

_DEEPEST: Final = 20
_MOST_FILES: Final = 1_000
"""Levels and entries of the tree of attachments that are looked at."""


def extract(pdf: bytes) -> tuple[str, bytes]:
    """The name and the content of the XML invoice that is attached to ``pdf``.

    Several invoices may be attached, for readers of different age: the newest form is given. The XML
    is not looked at; give it to :func:`usance.formats.cii.read`.

    Raises FormatError: ``too_large``, ``pdf_unreadable``, ``pdf_encrypted``, ``no_invoice_in_pdf``.
    """
    refuse_too_large(pdf)
    # The parser reports every oddity to a log; here they are either of no matter or an error.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted:
            raise FormatError(
                "The PDF is encrypted, which PDF/A forbids; ask its sender for one that is not.",
                code="pdf_encrypted",
            )
        return _invoice(reader)
    except FormatError:
        raise
    except Exception as error:  # noqa: BLE001  a parser of hostile input fails in ways nobody listed
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise FormatError(
            f"The PDF cannot be read ({reason}); the file may have been cut off. Ask its sender for "
            "it again.",
            code="pdf_unreadable",
        ) from None


def _invoice(reader: PdfReader) -> tuple[str, bytes]:
    found: dict[str, DictionaryObject] = {}
    for specification in _specifications(reader.root_object):
        for key in ("/UF", "/F"):
            name = specification.get(key)
            if isinstance(name, str):
                found.setdefault(name.rpartition("/")[2].lower(), specification)
    for known in FILE_NAMES:
        content = _content(found.get(known.lower()))
        if content is not None:
            return known, content
    raise FormatError(
        "The PDF holds no invoice data (factur-x.xml or another known name); it can be read by "
        "people only. Ask its sender for a Factur-X, ZUGFeRD or XML invoice.",
        code="no_invoice_in_pdf",
    )


def _specifications(catalog: DictionaryObject) -> Iterator[DictionaryObject]:
    """The attached files: those that the tree of names lists, then those that AF associates."""
    names = _resolved(catalog.get("/Names"))
    if isinstance(names, DictionaryObject):
        yield from _leaves(_resolved(names.get("/EmbeddedFiles")))
    associated = _resolved(catalog.get("/AF"))
    if isinstance(associated, ArrayObject):
        for each in associated[:_MOST_FILES]:
            specification = _resolved(each)
            if isinstance(specification, DictionaryObject):
                yield specification


def _leaves(root: PdfObject | None) -> Iterator[DictionaryObject]:
    seen = 0
    nodes = [(root, 0)]
    while nodes:
        node, depth = nodes.pop(0)
        seen += 1
        if not isinstance(node, DictionaryObject) or depth > _DEEPEST or seen > _MOST_FILES:
            continue
        kids = _resolved(node.get("/Kids"))
        if isinstance(kids, ArrayObject):
            nodes += [(_resolved(kid), depth + 1) for kid in kids[: _MOST_FILES - len(nodes)]]
        listed = _resolved(node.get("/Names"))
        if isinstance(listed, ArrayObject):
            for each in listed[1 : 2 * _MOST_FILES : 2]:
                specification = _resolved(each)
                if isinstance(specification, DictionaryObject):
                    yield specification


def _content(specification: DictionaryObject | None) -> bytes | None:
    files = None if specification is None else _resolved(specification.get("/EF"))
    if not isinstance(files, DictionaryObject):
        return None
    for key in ("/UF", "/F"):
        stream = _resolved(files.get(key))
        if isinstance(stream, StreamObject):
            return _unpacked(stream)
    return None


def _unpacked(stream: StreamObject) -> bytes:
    """The content of ``stream``, of which no more than LARGEST_INPUT bytes are ever unpacked."""
    filters = _resolved(stream.get("/Filter"))
    named = list(filters) if isinstance(filters, ArrayObject) else [filters]
    # The public way unpacks first and asks for limits later.
    content = bytes(stream._data)
    for each in named:
        match _resolved(each):
            case None:
                pass
            case "/FlateDecode" | "/Fl":
                content = _inflated(content)
            case other:
                raise FormatError(
                    f"The invoice in the PDF is packed as {other}, which no invoice needs; ask its "
                    "sender for another PDF.",
                    code="pdf_unreadable",
                )
    return content


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(packed, LARGEST_INPUT + 1)
    refuse_too_large(content)
    if not unpacker.eof:
        raise FormatError(
            "The invoice in the PDF ends before its end; ask its sender for the file again.",
            code="pdf_unreadable",
        )
    return content


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value
