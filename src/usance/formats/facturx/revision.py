"""A PDF with objects added after its end, every byte before left as it is.

ISO 32000-1, 7.5.6 calls this an incremental update. It costs what is added, not what is there: rewriting
all objects of two pages in Python takes longer than typesetting them.
"""

from __future__ import annotations

import io
import re
from typing import Any, Final, cast

from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    read_object,
)

from usance.formats.errors import FormatError

_END: Final = re.compile(rb"trailer\s*(<<.*>>)\s*startxref\s+([0-9]{1,10})\s+%%EOF\s*\Z", re.DOTALL)
_TABLE: Final = re.compile(rb"xref[\r\n]{1,2}0 ([0-9]{1,10})[\r\n]{1,2}")
_ENTRY: Final = re.compile(rb"([0-9]{10}) 00000 n[ \r\n]{2}")
_OBJECT: Final = re.compile(rb"[0-9]{1,10} 0 obj\s")
_TAIL: Final = 4096
_ENTRY_LENGTH: Final = 20


class Revision:
    """What is to be added to a PDF that has one plain cross-reference table, as typst writes it.

    Raises FormatError ``unsupported_pdf`` for any other PDF.
    """

    strict: Final = True
    """With :meth:`get_object`, what pypdf's parser of objects asks of the file that they are from."""

    def __init__(self, pdf: bytes) -> None:
        end = _END.search(pdf, max(0, len(pdf) - _TAIL))
        table = None if end is None else _TABLE.match(pdf, int(end[2]))
        if not pdf.startswith(b"%PDF-1.") or end is None or table is None:
            raise unsupported("it has no plain cross-reference table at its end")
        self._pdf = pdf
        self._stream = io.BytesIO(pdf)
        self._table = table.end()
        self._previous = int(end[2])
        self._size = int(table[1])
        self._trailer = self._dictionary_at(end.start(1))
        for name in ("/Prev", "/XRefStm", "/Encrypt"):
            if name in self._trailer:
                raise unsupported(f"its trailer has {name}")
        self._added: dict[int, bytes] = {}

    @property
    def catalog(self) -> DictionaryObject:
        """The document catalog (7.7.2). Changes to it are kept by :meth:`replace`."""
        return self.dictionary(self.trailer_reference("/Root"))

    def trailer_reference(self, name: str) -> IndirectObject:
        """The object that the trailer's entry ``name`` refers to."""
        reference = self._trailer.raw_get(name) if name in self._trailer else None
        if not isinstance(reference, IndirectObject):
            raise unsupported(f"its trailer has no {name}")
        return reference

    def get_object(self, value: PdfObject | None) -> PdfObject | None:
        """``value``, or the object it refers to."""
        if not isinstance(value, IndirectObject):
            return value
        at = _ENTRY.match(self._pdf, self._table + _ENTRY_LENGTH * value.idnum)
        if at is None or not 0 < value.idnum < self._size:
            raise unsupported(f"it has no object {value.idnum}")
        head = _OBJECT.match(self._pdf, int(at[1]))
        if head is None:
            raise unsupported(f"object {value.idnum} is not where the table says")
        return self._read(head.end())

    def dictionary(self, value: PdfObject | None) -> DictionaryObject:
        """``value``, or what it refers to, which has to be a dictionary or a stream."""
        found = self.get_object(value)
        if not isinstance(found, DictionaryObject):
            raise unsupported("an object of it is no dictionary")
        return found

    def add(self, body: bytes) -> IndirectObject:
        """Add an object and give what refers to it."""
        reference = IndirectObject(self._size, 0, self)
        self._size += 1
        self._added[reference.idnum] = body
        return reference

    def replace(self, reference: IndirectObject, body: bytes) -> None:
        """Let ``body`` be what ``reference`` leads to from now on."""
        self._added[reference.idnum] = body

    def written(self, *, identity: bytes) -> bytes:
        """The PDF with everything that was added; ``identity`` tells this revision from others."""
        out = io.BytesIO()
        out.write(self._pdf)
        if not self._pdf.endswith((b"\n", b"\r")):
            out.write(b"\n")
        offsets: dict[int, int] = {}
        for number, body in sorted(self._added.items()):
            offsets[number] = out.tell()
            out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        start = out.tell()
        # 7.5.4: the head of the list of free objects. Some readers count from the first line.
        out.write(b"xref\n0 1\n0000000000 65535 f\r\n")
        for number, offset in offsets.items():
            out.write(b"%d 1\n%010d 00000 n\r\n" % (number, offset))
        out.write(b"trailer\n%b\n" % serialised(self._new_trailer(identity)))
        out.write(b"startxref\n%d\n%%%%EOF\n" % start)
        return out.getvalue()

    def _new_trailer(self, identity: bytes) -> DictionaryObject:
        trailer = DictionaryObject(self._trailer)
        trailer[NameObject("/Size")] = NumberObject(self._size)
        trailer[NameObject("/Prev")] = NumberObject(self._previous)
        given = self._trailer.get("/ID")
        # 14.4: the first half names the document for good, the second half this revision of it.
        first = given[0] if isinstance(given, ArrayObject) and given else ByteStringObject(identity)
        trailer[NameObject("/ID")] = ArrayObject([first, ByteStringObject(identity)])
        return trailer

    def _dictionary_at(self, offset: int) -> DictionaryObject:
        found = self._read(offset)
        if not isinstance(found, DictionaryObject):
            raise unsupported("its trailer is no dictionary")
        return found

    def _read(self, offset: int) -> PdfObject:
        self._stream.seek(offset)
        try:
            found = read_object(self._stream, cast("Any", self))
        except (PyPdfError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise unsupported(f"an object of it cannot be read: {error}") from None
        if not isinstance(found, PdfObject):
            raise unsupported("an object of it cannot be read")
        return found


def serialised(value: PdfObject) -> bytes:
    """``value`` as it stands in a file."""
    out = io.BytesIO()
    value.write_to_stream(out)
    return out.getvalue()


def unsupported(reason: str) -> FormatError:
    """An error that a PDF is not one that an invoice can be put into."""
    return FormatError(
        f"No invoice can be put into this PDF ({reason}); typeset it as PDF/A-3b and without an "
        "invoice in it.",
        code="unsupported_pdf",
    )
