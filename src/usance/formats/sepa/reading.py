"""pain.008 and pain.001 back to what was ordered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from usance.formats.camt.elements import day, instant, is_true, money, required, text
from usance.formats.camt.parties import account_number
from usance.formats.einvoice.parsing import parse_xml
from usance.formats.errors import FormatError
from usance.formats.sepa.model import (
    SAME_MANDATE_NEW_ACCOUNT,
    Amendment,
    Collection,
    CollectionGroup,
    Creditor,
    CreditTransferFile,
    DirectDebitFile,
    Transfer,
    TransferGroup,
)
from usance.formats.xml_elements import child, children, line_of, local_name, namespace_of
from usance.rules.money import Money


def parse_direct_debits(data: bytes) -> DirectDebitFile:
    """Read a pain.008 of any version, a bank's own variant of one too.

    Raises FormatError: those of ``parse_xml``, ``unsupported_message``, ``missing_element``,
    ``invalid_amount``, ``unknown_currency``, ``invalid_date``.
    """
    body = body_of(data, kind="pain.008")
    message_id, created_at, initiator = _header(body)
    return DirectDebitFile(
        message_id=message_id,
        created_at=created_at,
        initiator=initiator,
        groups=tuple(_collections(group) for group in children(body, "PmtInf")),
    )


def parse_credit_transfers(data: bytes) -> CreditTransferFile:
    """Read a pain.001 of any version. Raises FormatError as :func:`parse_direct_debits`."""
    body = body_of(data, kind="pain.001")
    message_id, created_at, initiator = _header(body)
    return CreditTransferFile(
        message_id=message_id,
        created_at=created_at,
        initiator=initiator,
        groups=tuple(_transfers(group) for group in children(body, "PmtInf")),
    )


def body_of(data: bytes, *, kind: str) -> etree._Element:
    """The element within ``Document`` of a message of ``kind``, such as ``pain.002``.

    Raises FormatError ``unsupported_message`` and those of ``parse_xml``.
    """
    root = parse_xml(data)
    body = next(root.iterchildren(), None)
    if kind not in namespace_of(root) or local_name(root) != "Document" or body is None:
        shown = namespace_of(root) or local_name(root)
        raise FormatError(
            f"This is {shown[:80]!r}, not a {kind} message; send the file that the bank or the"
            " program wrote as such.",
            code="unsupported_message",
            line=line_of(root),
        )
    return body


def _header(body: etree._Element) -> tuple[str, datetime, str]:
    header = required(body, "GrpHdr")
    created = required(header, "CreDtTm")
    created_at = instant(created)
    assert created_at is not None
    return (
        text(required(header, "MsgId")) or "",
        created_at,
        text(header, "InitgPty", "Nm") or "",
    )


def _collections(group: etree._Element) -> CollectionGroup:
    inside = tuple(children(group, "DrctDbtTxInf"))
    places = (group, *inside)
    identifier = _first(places, "CdtrSchmeId") or _first(places, "DrctDbtTx", "CdtrSchmeId")
    collect_on = day(required(group, "ReqdColltnDt"))
    assert collect_on is not None
    address = child(group, "Cdtr", "PstlAdr")
    return CollectionGroup(
        id=text(group, "PmtInfId") or "",
        creditor=Creditor(
            name=text(group, "Cdtr", "Nm") or "",
            iban=account_number(child(group, "CdtrAcct")) or "",
            identifier=identifier or "",
            bic=_bic(child(group, "CdtrAgt")),
            country=text(address, "Ctry"),
            town=text(address, "TwnNm"),
        ),
        scheme=_kind(places, "LclInstrm") or "",
        sequence=next(filter(None, (text(each, "PmtTpInf", "SeqTp") for each in places)), ""),
        collect_on=collect_on,
        collections=tuple(_collection(each) for each in inside),
        batch_booking=_batch_booking(group),
    )


def _first(places: tuple[etree._Element, ...], *path: str) -> str | None:
    """The first identification of a creditor down ``path``; it may stand in the group or within."""
    found = (text(each, *path, "Id", "PrvtId", "Othr", "Id") for each in places)
    # Until version 01 of pain.008: OthrId.
    older = (text(each, *path, "Id", "PrvtId", "OthrId", "Id") for each in places)
    return next(filter(None, (*found, *older)), None)


def _kind(places: tuple[etree._Element, ...], name: str) -> str | None:
    ways = ((place, choice) for place in places for choice in ("Cd", "Prtry"))
    return next(
        filter(None, (text(place, "PmtTpInf", name, choice) for place, choice in ways)), None
    )


def _collection(each: etree._Element) -> Collection:
    amount = money(required(each, "InstdAmt"))
    signed = child(each, "DrctDbtTx", "MndtRltdInf")
    address = child(each, "Dbtr", "PstlAdr")
    return Collection(
        end_to_end_id=text(each, "PmtId", "EndToEndId") or "",
        amount=amount.amount,
        currency=amount.currency,
        mandate_id=text(signed, "MndtId") or "",
        signed_on=day(child(signed, "DtOfSgntr")),
        debtor_name=text(each, "Dbtr", "Nm") or "",
        debtor_iban=account_number(child(each, "DbtrAcct")) or "",
        debtor_bic=_bic(child(each, "DbtrAgt")),
        debtor_country=text(address, "Ctry"),
        debtor_town=text(address, "TwnNm"),
        debtor_address_lines=tuple(
            filter(None, (text(line) for line in children(address, "AdrLine")))
        ),
        instruction_id=text(each, "PmtId", "InstrId"),
        amendment=_amendment(child(signed, "AmdmntInfDtls")),
        ultimate_debtor=text(each, "UltmtDbtr", "Nm"),
        remittance_text=_remittance(each),
        creditor_reference=_reference(each),
        purpose=text(each, "Purp", "Cd"),
    )


def _amendment(changed: etree._Element | None) -> Amendment | None:
    if changed is None:
        return None
    creditor = child(changed, "OrgnlCdtrSchmeId")
    account = account_number(child(changed, "OrgnlDbtrAcct"))
    # Where SMNDA stands has moved from the bank to the account between the guidelines.
    bank = text(changed, "OrgnlDbtrAgt", "FinInstnId", "Othr", "Id")
    moved = SAME_MANDATE_NEW_ACCOUNT in (account, bank)
    return Amendment(
        original_mandate_id=text(changed, "OrgnlMndtId"),
        original_creditor_identifier=text(creditor, "Id", "PrvtId", "Othr", "Id"),
        original_creditor_name=text(creditor, "Nm"),
        original_debtor_iban=None if moved else account,
        new_debtor_account=moved,
    )


def _transfers(group: etree._Element) -> TransferGroup:
    inside = tuple(children(group, "CdtTrfTxInf"))
    execute_on = day(required(group, "ReqdExctnDt"))
    assert execute_on is not None
    return TransferGroup(
        id=text(group, "PmtInfId") or "",
        debtor_name=text(group, "Dbtr", "Nm") or "",
        debtor_account=account_number(child(group, "DbtrAcct")) or "",
        debtor_bic=_bic(child(group, "DbtrAgt")),
        execute_on=execute_on,
        transfers=tuple(_transfer(each) for each in inside),
        batch_booking=_batch_booking(group),
        instrument=_kind((group, *inside), "LclInstrm"),
    )


def _transfer(each: etree._Element) -> Transfer:
    amount = _ordered(each)
    return Transfer(
        end_to_end_id=text(each, "PmtId", "EndToEndId") or "",
        amount=amount.amount,
        currency=amount.currency,
        creditor_name=text(each, "Cdtr", "Nm") or "",
        creditor_account=account_number(child(each, "CdtrAcct")) or "",
        creditor_bic=_bic(child(each, "CdtrAgt")),
        instruction_id=text(each, "PmtId", "InstrId"),
        remittance_text=_remittance(each),
        creditor_reference=_reference(each),
        purpose=text(each, "Purp", "Cd"),
    )


def _ordered(each: etree._Element) -> Money:
    """The amount in the currency that is paid out, or the one it is the equivalent of."""
    equivalent = child(each, "Amt", "EqvtAmt", "Amt")
    return money(equivalent if equivalent is not None else required(each, "Amt", "InstdAmt"))


def _batch_booking(group: etree._Element) -> bool | None:
    wanted = child(group, "BtchBookg")
    return None if wanted is None else is_true(wanted)


def _bic(agent: etree._Element | None) -> str | None:
    bank = child(agent, "FinInstnId")
    return text(bank, "BICFI") or text(bank, "BIC")


def _remittance(each: etree._Element) -> str:
    lines: Iterator[str | None] = (text(line) for line in children(each, "RmtInf", "Ustrd"))
    return " ".join(line for line in lines if line)


def _reference(each: etree._Element) -> str | None:
    for structured in children(each, "RmtInf", "Strd"):
        found = text(structured, "CdtrRefInf", "Ref") or text(structured, "CdtrRefInf", "CdtrRef")
        if found:
            return found
    return None
