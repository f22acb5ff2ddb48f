"""An invoice's XML put into its PDF."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from usance.formats.einvoice.profiles import (
    FACTURX_EN16931,
    FACTURX_EXTENDED,
    XRECHNUNG,
    Profile,
)
from usance.formats.errors import FormatError
from usance.formats.facturx.metadata import hybrid_metadata
from usance.formats.facturx.revision import Revision, serialised, unsupported

Relationship = Literal["Alternative", "Data", "Source"]
"""What the XML is to the pages (ISO 19005-3, Annex E): the same said otherwise, the data they show, or
the source they were made from."""


@dataclass(frozen=True, slots=True)
class _Level:
    """How the metadata and the attachment name a profile (Factur-X and ZUGFeRD 2, chapter 6)."""

    name: str
    file_name: str
    version: str


_LEVELS: Final = {
    FACTURX_EN16931: _Level("EN 16931", "factur-x.xml", "1.0"),
    FACTURX_EXTENDED: _Level("EXTENDED", "factur-x.xml", "1.0"),
    XRECHNUNG: _Level("XRECHNUNG", "xrechnung.xml", "3.0"),
}


def embed(
    pdf: bytes,
    xml: bytes,
    *,
    profile: Profile,
    at: datetime,
    relationship: Relationship = "Alternative",
) -> bytes:
    """``pdf`` with ``xml`` attached as the invoice it shows, and metadata that say so.

    ``pdf`` has to be a PDF/A-3b as typst makes it (``pdf_standards="a-3b"``); what it has attached
    already stays. ``profile`` is that of ``xml``: FACTURX_EN16931, FACTURX_EXTENDED or XRECHNUNG. ``at``
    is the aware time at which the XML was made. Relationship: Alternative is what Germany asks for of
    these profiles and France allows (Factur-X 1.0, 6.2.2).

    Raises FormatError: ``unsupported_pdf``, ``unsupported_profile``; ValueError for a naive ``at``.
    """
    level = _LEVELS.get(profile)
    if level is None:
        raise FormatError(
            f"{profile.title} is no profile of a hybrid invoice; choose one of "
            f"{', '.join(each.title for each in _LEVELS)}.",
            code="unsupported_profile",
        )
    revision = Revision(pdf)
    catalog = revision.catalog
    _renew_metadata(revision, catalog, level)
    file_specification = _attach(revision, xml, level.file_name, at=at, relationship=relationship)
    _list_attachment(revision, catalog, file_specification, level.file_name)
    revision.replace(revision.trailer_reference("/Root"), serialised(catalog))
    return revision.written(identity=hashlib.sha256(pdf + xml).digest()[:16])


def _renew_metadata(revision: Revision, catalog: DictionaryObject, level: _Level) -> None:
    reference = catalog.raw_get("/Metadata") if "/Metadata" in catalog else None
    stream = revision.get_object(reference)
    if not isinstance(reference, IndirectObject) or not isinstance(stream, StreamObject):
        raise unsupported("it has no metadata")
    packet = hybrid_metadata(
        stream.get_data(), file_name=level.file_name, version=level.version, level=level.name
    )
    # Not compressed, so that programs find it without understanding the PDF (ISO 16684-3, 5.2).
    head = b"<</Type/Metadata/Subtype/XML/Length %d>>" % len(packet)
    revision.replace(reference, _stream(head, packet))


def _attach(
    revision: Revision, xml: bytes, file_name: str, *, at: datetime, relationship: Relationship
) -> IndirectObject:
    packed = zlib.compress(xml)
    head = (
        b"<</Type/EmbeddedFile/Subtype/text#2Fxml/Filter/FlateDecode/Length %d"
        b"/Params<</ModDate(%b)/Size %d/CheckSum<%b>>>>>"
    ) % (
        len(packed),
        _pdf_date(at),
        len(xml),
        hashlib.md5(xml, usedforsecurity=False).hexdigest().encode(),
    )
    file = revision.add(_stream(head, packed))
    name = file_name.encode()
    return revision.add(
        b"<</Type/Filespec/F(%b)/UF(%b)/AFRelationship/%b/Desc(Invoice data)"
        b"/EF<</F %d 0 R/UF %d 0 R>>>>"
        % (name, name, relationship.encode(), file.idnum, file.idnum)
    )


def _list_attachment(
    revision: Revision, catalog: DictionaryObject, specification: IndirectObject, file_name: str
) -> None:
    """Name the file among the document's attachments (EmbeddedFiles) and associate it with it (AF)."""
    names = DictionaryObject(_optional_dictionary(revision, catalog, "/Names"))
    tree = DictionaryObject(_optional_dictionary(revision, names, "/EmbeddedFiles"))
    if "/Kids" in tree:
        raise unsupported("its attachments are listed in a tree of several levels")
    listed = _array(revision, tree, "/Names")
    pairs = [(listed[place], listed[place + 1]) for place in range(0, len(listed) - 1, 2)]
    pairs.append((TextStringObject(file_name), specification))
    # 7.9.6: the keys of a name tree stand in order.
    pairs.sort(key=lambda pair: str(pair[0]))
    tree[NameObject("/Names")] = ArrayObject([each for pair in pairs for each in pair])
    names[NameObject("/EmbeddedFiles")] = tree
    catalog[NameObject("/Names")] = names
    associated = _array(revision, catalog, "/AF")
    catalog[NameObject("/AF")] = ArrayObject([*associated, specification])


def _optional_dictionary(
    revision: Revision, holder: DictionaryObject, name: str
) -> dict[PdfObject, PdfObject]:
    return revision.dictionary(holder.raw_get(name)) if name in holder else {}


def _array(revision: Revision, holder: DictionaryObject, name: str) -> list[PdfObject]:
    found = revision.get_object(holder.raw_get(name)) if name in holder else ArrayObject()
    if not isinstance(found, ArrayObject):
        raise unsupported(f"its {name} is no array")
    return list(found)


def _stream(head: bytes, content: bytes) -> bytes:
    return b"%b\nstream\n%b\nendstream" % (head, content)


def _pdf_date(at: datetime) -> bytes:
    """``at`` as a PDF's date (ISO 32000-1, 7.9.4)."""
    if at.tzinfo is None:
        raise ValueError("The time at which an invoice was made needs its zone.")
    offset = at.strftime("%z")[:5]
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:]}'".encode()
