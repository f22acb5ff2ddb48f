"""Exchange by folders, as providers of SdICoop and SdIFtp channels offer it.

``out`` holds the files that the provider fetches, ``in`` what it leaves, ``in/done`` what was taken.
A file appears under its name whole or not at all.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from usance.gateways.errors import Refused, Unavailable
from usance.gateways.sdi.transmission import NotificationFile

LARGEST_NOTIFICATION: Final = 5 * 2**20
"""Bytes; SdI's own limit for a file it takes. A notification has a few thousand."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.(?:xml|xml\.p7m|zip)", re.IGNORECASE)


class SdiFolders:
    """Exchanges through the folder ``root``, which the operator has given to the seller."""

    source = "sdi_folders"

    def __init__(self, root: Path) -> None:
        self._out = root / "out"
        self._in = root / "in"
        self._done = self._in / "done"

    def send(self, *, file_name: str, content: bytes) -> str:
        """Lay the file into ``out``."""
        if not _NAME.fullmatch(file_name):
            raise Refused(
                "SdI does not take a file of this name.", counterpart="SdI", detail="00001"
            )
        place = self._out / file_name
        part = self._out / f".{file_name}.part"
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            try:
                # A link, unlike a rename, does not take the place of what is there.
                os.link(part, place)
            except FileExistsError:
                self._require_same(place, content)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from None
        return file_name

    def waiting(self, *, limit: int = 100) -> list[NotificationFile]:
        """The files in ``in``; half-written ones have names of their own, which are passed over."""
        try:
            if not self._in.is_dir():
                return []
            names = sorted(one.name for one in os.scandir(self._in) if _is_notification(one))
            return [
                NotificationFile(name, (self._in / name).read_bytes()) for name in names[:limit]
            ]
        except OSError as error:
            raise _unavailable(error) from None

    def taken(self, name: str) -> None:
        """Move the file to ``in/done``."""
        if not _NAME.fullmatch(name):
            return
        try:
            self._done.mkdir(parents=True, exist_ok=True)
            (self._in / name).replace(self._done / name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unavailable(error) from None

    def _require_same(self, place: Path, content: bytes) -> None:
        if place.read_bytes() != content:
            raise Refused(
                "Another file of this name was sent before.", counterpart="SdI", detail="00002"
            )


def _is_notification(entry: os.DirEntry[str]) -> bool:
    return (
        entry.is_file(follow_symlinks=False)
        and bool(_NAME.fullmatch(entry.name))
        and entry.stat(follow_symlinks=False).st_size <= LARGEST_NOTIFICATION
    )


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(
        "The folders of the SdI channel cannot be read or written; look at their rights.",
        counterpart="SdI",
        detail=error.strerror or type(error).__name__,
    )
