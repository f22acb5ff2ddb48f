"""What SdI answers about a file: receipts and notices, read into one dataclass.

Source: SdI's MessaggiTypes 1.1 (public bodies) and 1.0 of "fattura/messaggi" (private buyers). Elements
are looked up by their local names, since the two differ in their namespace and the names of their roots.
The signature on a receipt is not verified: it is trusted as far as the channel that it came by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    child,
    children,
    invalid,
    local_name,
    parse_xml,
    path_of,
    required_text,
    text,
)
from usance.formats.errors import FormatError
from usance.formats.fatturapa.envelope import unwrap


class ReceiptKind(StrEnum):
    """The two letters that SdI puts into the receipt's file name."""

    DELIVERED = "RC"
    REJECTED = "NS"
    UNDELIVERED = "MC"
    """SdI could not deliver. To a private buyer the invoice is in its tax drawer and counts as issued."""
    BUYER_OUTCOME = "NE"
    """A public body has accepted or refused."""
    METADATA = "MT"
    DEADLINE_PASSED = "DT"
    """A public body said nothing within 15 days, and can no longer refuse through SdI."""
    TRANSMISSION_ATTESTED = "AT"
    """SdI could not deliver to a public body at all, and attests that it tried."""
    BUYER_ANSWER = "EC"
    BUYER_ANSWER_REJECTED = "SE"


_ROOTS: Final = {
    "RicevutaConsegna": ReceiptKind.DELIVERED,
    "NotificaScarto": ReceiptKind.REJECTED,
    "RicevutaScarto": ReceiptKind.REJECTED,
    "NotificaMancataConsegna": ReceiptKind.UNDELIVERED,
    "RicevutaImpossibilitaRecapito": ReceiptKind.UNDELIVERED,
    "NotificaEsito": ReceiptKind.BUYER_OUTCOME,
    "NotificaEsitoCommittente": ReceiptKind.BUYER_ANSWER,
    "ScartoEsitoCommittente": ReceiptKind.BUYER_ANSWER_REJECTED,
    "NotificaDecorrenzaTermini": ReceiptKind.DEADLINE_PASSED,
    "AttestazioneTrasmissioneFattura": ReceiptKind.TRANSMISSION_ATTESTED,
    "MetadatiInvioFile": ReceiptKind.METADATA,
    "FileMetadati": ReceiptKind.METADATA,
}

ACCEPTED: Final = "EC01"
REFUSED: Final = "EC02"


@dataclass(frozen=True, slots=True)
class SdiError:
    """A control that the file did not pass: SdI's code such as 00423, its words and its advice."""

    code: str
    description: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer of SdI. Texts that it does not have are empty.

    ``identifier`` is SdI's own number of the file, the one thing that all its messages share.
    ``outcome`` is EC01 (accepted) or EC02 (refused) of a public body, about the invoice with
    ``invoice_number`` and ``invoice_year``, or about the whole file if they are missing.
    """

    kind: ReceiptKind
    identifier: str
    file_name: str
    message_id: str = ""
    received_at: datetime | None = None
    delivered_at: datetime | None = None
    made_available_at: datetime | None = None
    recipient_code: str = ""
    recipient_name: str = ""
    description: str = ""
    note: str = ""
    outcome: str = ""
    outcome_description: str = ""
    invoice_number: str = ""
    invoice_year: int | None = None
    file_hash: str = ""
    errors: tuple[SdiError, ...] = ()


def read_receipt(data: bytes) -> Receipt:
    """The receipt or notice that ``data`` holds, also within a .p7m envelope.

    Raises FormatError: ``not_a_receipt``, ``missing_element``, ``invalid_date``, and those of parsing
    XML and of opening an envelope.
    """
    root = parse_xml(unwrap(data))
    kind = _ROOTS.get(local_name(root))
    if kind is None:
        raise FormatError(
            f"{local_name(root)} is no message of SdI; expected are {', '.join(_ROOTS)}.",
            code="not_a_receipt",
            path=path_of(root),
        )
    answer = child(root, "EsitoCommittente")
    about = root if answer is None else answer
    return Receipt(
        kind=kind,
        identifier=required_text(root, "IdentificativoSdI", term="SdI's identifier"),
        file_name=text(root, "NomeFile"),
        message_id=text(root, "MessageId"),
        received_at=_instant(root, "DataOraRicezione"),
        delivered_at=_instant(root, "DataOraConsegna"),
        made_available_at=_instant(root, "DataMessaADisposizione"),
        recipient_code=text(root, "Destinatario", "Codice") or text(root, "CodiceDestinatario"),
        recipient_name=text(root, "Destinatario", "Descrizione"),
        description=text(root, "Descrizione"),
        note=text(root, "Note"),
        outcome=text(about, "Esito"),
        outcome_description=text(answer, "Descrizione"),
        invoice_number=text(about, "RiferimentoFattura", "NumeroFattura"),
        invoice_year=_year(about),
        file_hash=text(root, "Hash") or text(root, "HashFileOriginale"),
        errors=tuple(
            SdiError(
                code=text(error, "Codice"),
                description=text(error, "Descrizione"),
                suggestion=text(error, "Suggerimento"),
            )
            for error in children(root, "ListaErrori", "Errore")
        ),
    )


def _instant(root: etree._Element, name: str) -> datetime | None:
    """A date and time as written, with its offset if it has one; midnight for a bare date."""
    found = child(root, name)
    if found is None or not text(found):
        return None
    try:
        return datetime.fromisoformat(text(found))
    except ValueError:
        raise invalid(
            found, "a date and time such as 2026-04-30T17:00:00+02:00", code="invalid_date"
        ) from None


def _year(about: etree._Element) -> int | None:
    year = text(about, "RiferimentoFattura", "AnnoFattura")
    return int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
