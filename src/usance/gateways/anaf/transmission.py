"""What a way to RO e-Factura promises, and what is in the archive that it gives as proof."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from lxml import etree

from usance.formats.einvoice.parsing import parse_xml
from usance.formats.errors import FormatError
from usance.gateways.errors import Malformed
from usance.gateways.outcome import Outcome

LARGEST_MEMBER: Final = 20 * 2**20
"""Bytes of one file of an archive; an invoice may have 10 MB."""
_MOST_MEMBERS: Final = 20


class TokenKeeper(Protocol):
    """Where the tokens are kept that several workers use. A refresh token works once only."""

    def alone(self) -> AbstractContextManager[Mapping[str, str]]:
        """The tokens as they are kept now; nobody else renews them meanwhile."""
        ...

    def keep(self, renewed: Mapping[str, str]) -> None:
        """Keep the new pair in the place of the old, which is worth nothing any more."""
        ...


class AnafTransmission(Protocol):
    """Uploads documents for the seller. ``source`` names the way.

    Every call raises Unavailable where trying again may help, Refused where it will not take it, and
    Malformed for an answer nobody understands.
    """

    source: str

    def upload(self, document: bytes, *, is_credit: bool = False) -> str:
        """Hand over a document in CIUS-RO UBL; the index by which it is known from now on. Raises
        MaybeTaken where it was sent and not answered: uploaded again it may be there twice."""
        ...

    def find(
        self, document: bytes, *, since: datetime, at: datetime, known: Collection[str] = ()
    ) -> str | None:
        """The index of an upload of ``document`` that was taken ``since`` then, as seen ``at`` this
        time; None where there is none among what is accepted by now. ``known`` are indexes that are
        of other documents, and not looked at."""
        ...

    def outcome(self, reference: str) -> Outcome:
        """What became of an upload. Where it is settled, ``receipt`` is the archive with the
        ministry's signature, or with its list of errors."""
        ...


@dataclass(frozen=True, slots=True)
class Download:
    """What an archive holds: the document as it was received (or the list of errors in its place),
    and the ministry's detached signature."""

    document: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read_download(archive: bytes) -> Download:
    """The parts of an archive. Raises Malformed if it is none, or larger than it may be.

    ``<index>.xml`` is the document, ``semnatura_<index>.xml`` the signature.
    """
    document = signature = b""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = opened.infolist()
            if len(members) > _MOST_MEMBERS:
                raise _strange("it has too many files")
            for member in members:
                name = member.filename.rpartition("/")[2].lower()
                if not name.endswith(".xml"):
                    continue
                # What the list of contents says of the size need not be true.
                with opened.open(member) as part:
                    content = part.read(LARGEST_MEMBER + 1)
                if len(content) > LARGEST_MEMBER:
                    raise _strange(f"{name[:60]} is too large")
                if name.startswith("semnatura"):
                    signature = content
                else:
                    document = content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise _strange("it cannot be unpacked") from None
    return Download(document, signature)


def same_document(one: bytes, other: bytes) -> bool:
    """Whether two files are the same XML, however it is written down (Canonical XML 1.0)."""
    if one.strip() == other.strip():
        return True
    try:
        first, second = (etree.tostring(parse_xml(each), method="c14n") for each in (one, other))
    except FormatError:
        return False
    return first == second


def _strange(what: str) -> Malformed:
    return Malformed(
        f"The archive that ANAF gave is not as it should be: {what}.",
        counterpart="ANAF",
        detail="zip",
    )
