"""The files in a ZIP archive, as banks send many at once: within bounds, in memory, never unpacked to disk.

Source: PKWARE APPNOTE 6.3.10.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from usance.formats.errors import LARGEST_INPUT, FormatError, refuse_too_large

MOST_MEMBERS: Final = 500
LARGEST_TOTAL: Final = LARGEST_INPUT
"""Bytes of all members together, unpacked."""
MOST_TIMES: Final = 200
"""How many times larger than packed a member may be; tables of a bank come to twenty or fifty."""
_SMALL: Final = 1024 * 1024
"""Bytes up to which a member may be as dense as it likes."""
_ENTRY: Final = b"PK\x01\x02"
_BEGINNINGS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ARCHIVES: Final = (
    *_BEGINNINGS,
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ\0",
)
_OFFICE: Final = frozenset({"[Content_Types].xml", "mimetype"})
_LEFT_OUT: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. ``name`` is without its folders, ``path`` with them."""

    name: str
    path: str
    data: bytes


def looks_like(data: bytes) -> bool:
    """Whether ``data`` is a ZIP archive of files: spreadsheets and text documents are none, though they
    are packed so."""
    if not data.startswith(_BEGINNINGS):
        return False
    first = data[30 : 30 + int.from_bytes(data[26:28], "little")]
    return first.decode("utf-8", "replace") not in _OFFICE


def members(data: bytes) -> tuple[Member, ...]:
    """The files of the archive, in its order; folders and what systems leave in archives are left out.

    Raises FormatError, naming the member where there is one: ``too_large``, ``not_a_zip``,
    ``too_many_members``, ``empty_zip``, ``encrypted_zip``, ``nested_zip``, ``suspicious_zip`` (a member
    grows too much), ``unsupported_compression``.
    """
    refuse_too_large(data)
    # Counted before the directory is read: each entry would become an object first.
    if data.count(_ENTRY) > 2 * MOST_MEMBERS:
        raise _too_many()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise _broken(str(error)) from None
    with archive:
        if _OFFICE & set(archive.namelist()):
            raise FormatError(
                "This is a spreadsheet or a document of an office program; save its table as CSV.",
                code="unknown_format",
            )
        wanted = [info for info in archive.infolist() if _is_wanted(info)]
        if len(wanted) > MOST_MEMBERS:
            raise _too_many()
        if not wanted:
            raise FormatError(
                "The ZIP archive has no file in it; ask the bank for it again.", code="empty_zip"
            )
        found: list[Member] = []
        left = LARGEST_TOTAL
        for info in wanted:
            content = _read(archive, info, most=left)
            left -= len(content)
            found.append(
                Member(_shown(info.filename.rpartition("/")[2]), _shown(info.filename), content)
            )
    return tuple(found)


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    return not (info.is_dir() or name.startswith(_LEFT_OUT[0]) or name.endswith(_LEFT_OUT[1:]))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, most: int) -> bytes:
    """The member, if it stays within what is left and does not grow beyond measure; what its header says
    of its size is not believed."""
    name = _shown(info.filename)
    if info.flag_bits & 0x1:
        raise _refused(name, "it is encrypted; unpack it with its password", "encrypted_zip")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(
            name,
            "it is packed by an unusual method; pack it with deflate",
            "unsupported_compression",
        )
    grows_to = max(_SMALL, info.compress_size * MOST_TIMES)
    content = bytearray()
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                content += chunk
                if len(content) > grows_to:
                    raise _refused(
                        name,
                        f"unpacked it is more than {MOST_TIMES} times as large; send it unpacked",
                        "suspicious_zip",
                    )
                if len(content) > most:
                    raise _refused(
                        name,
                        f"with it the files are larger than {LARGEST_TOTAL} bytes; split the archive",
                        "too_large",
                    )
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OSError,
    ) as error:
        if isinstance(error, FormatError):
            raise
        raise _refused(name, f"it is damaged ({error}); ask for it again", "not_a_zip") from None
    if content.startswith(_ARCHIVES):
        what = "it is an archive itself; unpack that one first"
        raise _refused(name, what, "nested_zip")
    return bytes(content)


def _shown(name: str) -> str:
    kept = "".join(c if c.isprintable() else "?" for c in name)
    return kept.encode("utf-8", "replace").decode()[:200]


def _refused(name: str, what: str, code: str) -> FormatError:
    return FormatError(f"{name}: {what}. Nothing of the archive was taken.", code=code)


def _broken(why: str) -> FormatError:
    return FormatError(
        f"The ZIP archive is damaged ({why}); send it again, or the files in it one by one.",
        code="not_a_zip",
    )


def _too_many() -> FormatError:
    return FormatError(
        f"The ZIP archive has more than {MOST_MEMBERS} files; split it.", code="too_many_members"
    )
