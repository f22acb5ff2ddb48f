"""Files that go with an invoice (BG-24): what they may be, how large, and what they are called.

The media types are those of EN 16931-1, BT-125-1; what a file is, its first bytes say, whatever its name
and its sender do. PDF: ISO 32000-2, 7.5.2. PNG: ISO/IEC 15948, 5.2. JPEG: ISO/IEC 10918-1, B.1.1.3. XLSX:
ISO/IEC 29500-2 (a package with a workbook). ODS: ISO/IEC 26300-3, 3.3 (the media type comes first).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from usance.rules.invoicing.document import Attachment

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
MEDIA_TYPES: Final = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    CSV: ".csv",
    XLSX: ".xlsx",
    ODS: ".ods",
}
"""BT-125-1, each with the ending of its files."""
LARGEST_ATTACHMENT: Final = 5 * 1024 * 1024
"""Bytes of one file."""
MOST_ATTACHMENTS: Final = 20
"""Of one order, its shipments' among them."""
MOST_EMBEDDED: Final = {"fatturapa": 3_500_000, "email": 4_000_000}
"""Bytes of files that a format, or a mail beside its documents, carries. SdI takes files of 5 MB
(Specifiche tecniche, 1.5), and base64 makes four of three."""
USUALLY_EMBEDDED: Final = 10 * 1024 * 1024
"""Of the other formats: access points and portals refuse much more."""
LONGEST_REFERENCE: Final = 100
LONGEST_DESCRIPTION: Final = 100
"""CIUS-RO bounds BT-123 so (BR-RO-L100)."""
LONGEST_LOCATION: Final = 200
_LONGEST_STEM: Final = 50
"""With its ending within the 60 characters of FatturaPA's NomeAttachment."""


class UnsuitableAttachment(ValueError):
    """A file or link that cannot go with an invoice; nothing was kept."""

    code = "unsuitable_attachment"


def media_type_of(content: bytes, *, file_name: str) -> str:
    """What a file is. Raises UnsuitableAttachment for what no invoice may carry, is empty or too large."""
    if not content:
        raise UnsuitableAttachment("The file is empty; choose another.")
    if len(content) > LARGEST_ATTACHMENT:
        raise UnsuitableAttachment(
            f"The file has {len(content)} bytes; send at most {LARGEST_ATTACHMENT}, or a link to it."
        )
    found = _sniffed(content, file_name=file_name)
    if found is None:
        raise UnsuitableAttachment(
            "An invoice may carry PDF, PNG, JPEG, CSV (in UTF-8), XLSX and ODS files (EN 16931, BT-125);"
            " this is none of them. Save it as one of these, or send a link to it."
        )
    return found


def _sniffed(content: bytes, *, file_name: str) -> str | None:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if file_name.lower().endswith(".csv") and _is_text(content):
        return CSV
    return None


def _packed(content: bytes) -> str | None:
    """Which spreadsheet a ZIP is; None with macros in it. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return None
    if content[30:].startswith(b"mimetype" + ODS.encode()) and "content.xml" in names:
        return None if any(name.startswith("Basic/") for name in names) else ODS
    book = {"[Content_Types].xml", "xl/workbook.xml"} <= names
    return XLSX if book and "xl/vbaProject.bin" not in names else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(one) == "Cc" for one in set(text) - set("\t\r\n"))


def safe_name(name: str, *, media_type: str) -> str:
    """``name`` as a file may be called anywhere, with the ending of what it is."""
    base = re.split(r"[/\\]", name)[-1]
    plain = "".join(
        one
        for one in unicodedata.normalize("NFC", base)
        if unicodedata.category(one)[0] not in "CZ" or one == " "
    )
    stem = re.sub(r'[<>:"|?*%;]', "", plain.rpartition(".")[0] or plain).strip(" .")
    return (stem[:_LONGEST_STEM].strip(" .") or "attachment") + MEDIA_TYPES[media_type]


def safe_location(location: str) -> str:
    """A link that an invoice may bear (BT-124). Raises UnsuitableAttachment."""
    if len(location) > LONGEST_LOCATION or not re.fullmatch(r"https://[!-~]+\.[!-~]+", location):
        raise UnsuitableAttachment(
            f"A link begins with https:// and has at most {LONGEST_LOCATION} ASCII characters."
        )
    return location


def distinct(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """``attachments`` of one document under references and file names that no other of it has, whatever
    their case (XRechnung, BR-DE-22)."""
    found: list[Attachment] = []
    names: set[str] = set()
    references: set[str] = set()
    for one in attachments:
        stem, dot, ending = one.filename.rpartition(".")
        name, reference, n = one.filename, one.reference, 1
        while name and name.casefold() in names:
            n += 1
            name = f"{stem}-{n}{dot}{ending}"
        n = 1
        while reference.casefold() in references:
            n += 1
            reference = f"{one.reference} ({n})"
        names.add(name.casefold())
        references.add(reference.casefold())
        found.append(replace(one, filename=name, reference=reference))
    return tuple(found)
