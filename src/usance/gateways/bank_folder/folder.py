"""Files that wait in a folder: read, then moved to ``done``, or to ``failed`` with the reason beside.

A file is read under whatever name it has. Names that programs give to files that they are still
writing are passed over, and so is what was written to just now.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from usance.gateways.errors import Unavailable

SETTLED_SECONDS: Final = 2.0
"""A file that was written to so lately may not be whole: not every program renames what is done."""
_UNFINISHED: Final = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".partial")


class BankFolder:
    """The folder ``root``, which the operator has given to the seller."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def waiting(self, *, at: datetime, limit: int = 100) -> list[str]:
        """The names of the files that wait, in order. Raises Unavailable."""
        try:
            if not self._root.is_dir():
                return []
            now = at.timestamp()
            with os.scandir(self._root) as entries:
                names = sorted(one.name for one in entries if _is_whole(one, now=now))
        except OSError as error:
            raise _unavailable(error) from None
        return names[:limit]

    def size(self, name: str) -> int:
        """Bytes of the file. Raises Unavailable."""
        try:
            return self._place(name).stat().st_size
        except OSError as error:
            raise _unavailable(error) from None

    def read(self, name: str) -> bytes:
        """The content of the file. Raises Unavailable."""
        try:
            return self._place(name).read_bytes()
        except OSError as error:
            raise _unavailable(error) from None

    def done(self, name: str) -> None:
        """Move the file to ``done``."""
        self._move(name, "done")

    def failed(self, name: str, *, reason: str) -> None:
        """Move the file to ``failed``, with ``reason`` in a file of its name and ``.txt`` beside."""
        moved = self._move(name, "failed")
        try:
            moved.with_name(f"{moved.name}.txt").write_text(reason + "\n", encoding="utf-8")
        except OSError as error:
            raise _unavailable(error) from None

    def _move(self, name: str, folder: str) -> Path:
        try:
            target = self._root / folder
            target.mkdir(parents=True, exist_ok=True)
            place = target / name
            number = 1
            while place.exists():
                # What is there stays: an earlier file of the same name.
                number += 1
                place = target / f"{Path(name).stem}.{number}{Path(name).suffix}"
            self._place(name).rename(place)
        except OSError as error:
            raise _unavailable(error) from None
        return place

    def _place(self, name: str) -> Path:
        assert "/" not in name and name not in ("", ".", "..")
        return self._root / name


def _is_whole(entry: os.DirEntry[str], *, now: float) -> bool:
    """Whether it is a file that has been written to its end."""
    if entry.name.startswith((".", "~")) or entry.name.lower().endswith(_UNFINISHED):
        return False
    try:
        if not entry.is_file(follow_symlinks=False):
            return False
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    # A clock of another machine may be ahead: what is far in the future is no file of just now.
    return found.st_size > 0 and abs(now - found.st_mtime) >= SETTLED_SECONDS


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(
        "The folder of bank files cannot be read or written; look at its rights.",
        counterpart="bank folder",
        detail=error.strerror or type(error).__name__,
    )
