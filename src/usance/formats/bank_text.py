"""The text of a bank's file that does not tell its encoding: MT940, MT942, BAI2, OFX 1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.statement import Notice

# The marks of cp850 that stand for letters with accents, where Windows-1252 has signs that no
# word holds (or nothing at all), and the range in which Windows-1252 has its letters.
_DOS_LETTERS: Final = frozenset(
    b"\x80\x81\x82\x83\x84\x85\x87\x88\x89\x8a\x8b\x8e\x90\x94\x96\x99\x9a"
)
_DOS_VOWELS: Final = frozenset(b"\xa0\xa1\xa2\xa3\xa4\xb5\xd6\xe0\xe1\xe9")
_WINDOWS_LETTERS: Final = frozenset(range(0xC0, 0x100)) - frozenset(b"\xd7\xf7")
_UNREADABLE: Final = "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text, and what had to be assumed to read it."""

    text: str
    notices: tuple[Notice, ...] = ()


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """The text of ``data``.

    By its byte order mark, else UTF-8 where the bytes allow nothing else, else ``declared``, else
    Windows-1252 or DOS code page 850, whichever makes letters of more bytes; that choice is noticed
    as ``encoding_assumed``. Characters that were lost before (U+FFFD) are counted as
    ``unreadable_characters``. Raises FormatError ``not_text`` or ``wrong_encoding``.
    """
    text, assumed = _decoded(data, declared=declared)
    if "\0" in text:
        raise FormatError("The file is not text; download it from the bank again.", code="not_text")
    notices = []
    if assumed is not None:
        notices.append(Notice(code="encoding_assumed", data={"encoding": assumed}))
    if lost := text.count(_UNREADABLE):
        notices.append(Notice(code="unreadable_characters", data={"count": lost}))
    return Decoded(text=text, notices=tuple(notices))


def _decoded(data: bytes, *, declared: str | None) -> tuple[str, str | None]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), None
        except UnicodeDecodeError as error:
            raise FormatError(
                "The file begins as UTF-16 and goes on as something else; download it again.",
                code="wrong_encoding",
                line=data.count(b"\n", 0, error.start) + 1,
            ) from None
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    if declared is not None:
        try:
            return data.decode(declared), None
        except (UnicodeDecodeError, LookupError):
            pass
    return _guessed(data)


def _guessed(data: bytes) -> tuple[str, str]:
    high = re.findall(rb"[\x80-\xff]", data)
    dos = sum(1 for (byte,) in high if byte in _DOS_LETTERS or byte in _DOS_VOWELS)
    windows = sum(1 for (byte,) in high if byte in _WINDOWS_LETTERS)
    if dos > windows:
        return data.decode("cp850"), "cp850"
    try:
        return data.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "iso-8859-1"
