"""RO e-Factura in memory, for tests and for worlds to try things in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from datetime import datetime

from usance.gateways.anaf.transmission import same_document
from usance.gateways.errors import CounterpartError
from usance.gateways.outcome import DocumentRefused, Outcome


class MemoryAnaf:
    """Keeps what it is given in ``uploads`` by index. Say with ``settle`` what becomes of one.
    ``failing`` is raised if it is set."""

    source = "memory"

    def __init__(self) -> None:
        self.failing: CounterpartError | None = None
        self.uploads: dict[str, bytes] = {}
        self._outcomes: dict[str, Outcome] = {}

    def upload(self, document: bytes, *, is_credit: bool = False) -> str:
        """Keep the document."""
        del is_credit
        self._fail()
        if not document.lstrip().startswith(b"<"):
            raise DocumentRefused(
                "ANAF does not take the document.", counterpart="ANAF", detail="not XML"
            )
        index = str(5_000_000_000 + len(self.uploads))
        self.uploads[index] = document
        return index

    def find(
        self, document: bytes, *, since: datetime, at: datetime, known: Collection[str] = ()
    ) -> str | None:
        """The newest upload of the document that was accepted."""
        del since, at
        self._fail()
        for index, content in reversed(self.uploads.items()):
            settled = self._outcomes.get(index)
            accepted = settled is not None and settled.state == "delivered"
            if accepted and index not in known and same_document(content, document):
                return index
        return None

    def settle(self, index: str, *, errors: str = "") -> None:
        """Let the upload be accepted, or refused with ``errors``."""
        content = errors.encode() or self.uploads[index]
        self._outcomes[index] = Outcome(
            state="rejected" if errors else "delivered",
            code="nok" if errors else "ok",
            words=errors,
            receipt=archive(index, content),
            file_name=f"{index}.zip",
        )

    def outcome(self, reference: str) -> Outcome:
        """What ``settle`` said."""
        self._fail()
        return self._outcomes.get(reference, Outcome(state="pending", code="in prelucrare"))

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing


def archive(index: str, content: bytes) -> bytes:
    """An archive as ANAF gives it, with a signature that signs nothing."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr(f"{index}.xml", content)
        opened.writestr(f"semnatura_{index}.xml", b"<Signature/>")
    return made.getvalue()
