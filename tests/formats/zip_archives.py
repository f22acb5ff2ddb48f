"""ZIP archives as tests pack them."""

from __future__ import annotations

import io
import zipfile


def zipped(
    *files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, encrypted: bool = False
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    data = packed.getvalue()
    # Bit 0 of the flags, in the header of the member and in the directory.
    return data if not encrypted else _marked(_marked(data, b"PK\x03\x04", 6), b"PK\x01\x02", 8)


def _marked(data: bytes, signature: bytes, offset: int) -> bytes:
    at = data.index(signature) + offset
    return data[:at] + bytes([data[at] | 1]) + data[at + 1 :]
