"""Names of the files that SdI takes, and of those it sends back.

Source: "Specifiche tecniche relative al Sistema di Interscambio", 2.2: country and tax code of the
sender, an underscore, up to five letters and digits that are unique for that sender.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.fatturapa.fattura import Transmission

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LARGEST_NUMBER: Final = len(_ALPHABET) ** 5 - 1

_NAME: Final = re.compile(
    r"(?P<file>[A-Z]{2}[A-Za-z0-9]{2,28}_[A-Za-z0-9]{1,5})"
    r"(?:_(?P<kind>[A-Z]{2})_(?P<sequence>[A-Za-z0-9]{1,3}))?\.(?:xml|xml\.p7m|zip)",
)


def progressive(number: int) -> str:
    """The five characters that number a sender's files: ``number`` in base 36.

    Raises FormatError ``invalid_progressive`` beyond 60,466,175.
    """
    if not 0 <= number <= LARGEST_NUMBER:
        raise FormatError(
            f"{number} does not fit five letters and digits; numbers go up to {LARGEST_NUMBER}.",
            code="invalid_progressive",
        )
    text = ""
    for _ in range(5):
        number, digit = divmod(number, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    return text


def file_name(transmission: Transmission) -> str:
    """The name of the XML file of ``transmission``, such as ``IT01234567890_00A1F.xml``.

    Raises FormatError ``invalid_progressive``: in a file's name it has at most five characters, of
    which the last five are taken if the transmission has more.
    """
    sender = transmission.sender
    tail = transmission.progressive[-5:]
    if not re.fullmatch("[A-Za-z0-9]{1,5}", tail) or not re.fullmatch(
        "[A-Za-z0-9]{2,28}", sender.code
    ):
        raise FormatError(
            f"{sender.country}{sender.code}_{tail} is no name that SdI takes; a sender's code and "
            "its progressive number are letters and digits.",
            code="invalid_progressive",
        )
    return f"{sender.country}{sender.code}_{tail}.xml"


@dataclass(frozen=True, slots=True)
class FileName:
    """A name of SdI taken apart. ``kind`` is empty for an invoice, else RC, NS, MC, NE, MT, DT, AT."""

    invoice_file: str  # without its ending
    kind: str = ""
    sequence: str = ""


def read_file_name(name: str) -> FileName | None:
    """``name`` taken apart; None if SdI would not give or take such a name."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    return FileName(
        invoice_file=match["file"], kind=match["kind"] or "", sequence=match["sequence"] or ""
    )
