"""A folder from which a bank's program, or a person, takes files that are meant for the bank."""

from __future__ import annotations

import os
from pathlib import Path

from usance.gateways.errors import Unavailable


class Outbox:
    """The folder ``root``, which the operator has given to the seller."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def lay(self, name: str, content: bytes) -> Path:
        """Lay a file into the folder, whole or not at all; a program never sees half of it.

        What is there under this name already is left as it is. Raises Unavailable.
        """
        assert "/" not in name and name not in ("", ".", "..")
        place = self._root / name
        half = self._root / f".{name}.part"
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            if place.exists():
                return place
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.rename(place)
        except OSError as error:
            raise Unavailable(
                "The folder for files to the bank cannot be written; look at its rights.",
                counterpart="bank folder",
                detail=error.strerror or type(error).__name__,
            ) from None
        return place
