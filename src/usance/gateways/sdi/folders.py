"""Exchange by folders, as providers of SdICoop and SdIFtp channels offer it.

``out`` holds the files that the provider fetches, ``in`` what it leaves, ``in/done`` what was taken.
A file appears under its name whole or not at all.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final

from usance.gateways.errors import Refused, Unavailable
from usance.gateways.sdi.transmission import NotificationFile

LARGEST_NOTIFICATION: Final = 5 * 2**20
"""Bytes; SdI's own limit for a file it takes. A notification has a few thousand."""
SETTLED_SECONDS: Final = 2.0
"""A file that was written to so lately may not be whole: not every provider renames what is done."""
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

    def waiting(self, *, at: datetime, limit: int = 100) -> list[NotificationFile]:
        """The files in ``in``. Half-written ones, which have names of their own, are empty or were
        written to just now, are passed over until the next time, and so are unreadable ones."""
        try:
            if not self._in.is_dir():
                return []
            now = at.timestamp()
            names = sorted(one.name for one in os.scandir(self._in) if _is_whole(one, now=now))
        except OSError as error:
            raise _unavailable(error) from None
        found = []
        for name in names:
            try:
                found.append(NotificationFile(name, (self._in / name).read_bytes()))
            except OSError:
                continue
            if len(found) == limit:
                break
        return found

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


def _is_whole(entry: os.DirEntry[str], *, now: float) -> bool:
    """Whether it is a notification that has been written to its end."""
    try:
        if not entry.is_file(follow_symlinks=False) or not _NAME.fullmatch(entry.name):
            return False
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    # A clock of another machine may be ahead: what is far in the future is no file of just now.
    lately = abs(now - found.st_mtime) < SETTLED_SECONDS
    return 0 < found.st_size <= LARGEST_NOTIFICATION and not lately


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(
        "The folders of the SdI channel cannot be read or written; look at their rights.",
        counterpart="SdI",
        detail=error.strerror or type(error).__name__,
    )
