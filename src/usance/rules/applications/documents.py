"""What a file is by its first bytes, whatever its name and its sender say.

PDF: ISO 32000-2, 7.5.2. PNG: ISO/IEC 15948, 5.2. JPEG: ISO/IEC 10918-1, B.1.1.3 (SOI, then a marker).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_DOCUMENTS: Final = 10
LARGEST_DOCUMENT: Final = 10 * 1024 * 1024
"""Bytes."""
MOST_BYTES: Final = 40 * 1024 * 1024
"""Of all documents of an application together: the door is open to anybody."""
MEDIA_TYPES: Final = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
_LONGEST_NAME: Final = 120


def media_type_of(content: bytes) -> str | None:
    """The type of a file that is taken; None for every other."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return None


def safe_name(name: str, *, media_type: str) -> str:
    """``name`` as a file may be called anywhere, with the ending of what it is."""
    base = re.split(r"[/\\]", name)[-1]
    plain = "".join(
        character
        for character in unicodedata.normalize("NFC", base)
        if unicodedata.category(character)[0] not in "CZ" or character == " "
    )
    stem = re.sub(r'[<>:"|?*%;]', "", plain.rpartition(".")[0] or plain).strip(" .")
    return (stem[:_LONGEST_NAME] or "document") + MEDIA_TYPES[media_type]
