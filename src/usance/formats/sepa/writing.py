"""Collections and transfers to the bytes of pain.008 and pain.001."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from lxml import etree

from usance.formats.sepa.characters import id_of, name_of, text_of
from usance.formats.sepa.checks import (
    amount_text,
    bic_text,
    country_text,
    creditor_identifier_text,
    each_once,
    iban_text,
    purpose_text,
    refuse,
    sum_text,
)
from usance.formats.sepa.elements import Elements, Part, document
from usance.formats.sepa.mandate_writing import mandate
from usance.formats.sepa.model import (
    Collection,
    CollectionGroup,
    CreditTransferFile,
    CreditTransferVersion,
    DirectDebitFile,
    DirectDebitVersion,
    Transfer,
    TransferGroup,
)
from usance.rules.banking_days import TARGET
from usance.rules.debits.mandates import SEQUENCES

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
NOT_PROVIDED: Final = "NOTPROVIDED"
_SCHEMES: Final = ("CORE", "B2B")


def render_direct_debits(
    file: DirectDebitFile, *, version: DirectDebitVersion = "pain.008.001.08"
) -> bytes:
    """Write ``file`` as pain.008, valid by its schema and by the EPC's guidelines.

    Names and texts are transliterated to the characters that every bank takes, names cut to 70 of
    them; ids must be of those already. Raises FormatError, with ``path`` naming the field:
    ``missing_value``, ``value_too_long``, ``invalid_character``, ``invalid_amount``,
    ``unsupported_currency``, ``invalid_iban``, ``invalid_bic``, ``invalid_creditor_identifier``,
    ``invalid_date``, ``invalid_scheme``, ``invalid_purpose``, ``invalid_country``, ``duplicate_id``.
    """
    build = Elements(NAMESPACE + version)
    bank = "BIC" if version == "pain.008.001.02" else "BICFI"
    groups = [_collections(build, group, bank=bank) for group in file.groups]
    header = _header(
        build,
        message_id=file.message_id,
        created_at=file.created_at,
        initiator=file.initiator,
        group_ids=[group.id for group in file.groups],
        amounts=[each.amount for group in file.groups for each in group.collections],
    )
    return document(build, build.node("CstmrDrctDbtInitn", header, *groups))


def render_credit_transfers(
    file: CreditTransferFile, *, version: CreditTransferVersion = "pain.001.001.09"
) -> bytes:
    """Write ``file`` as pain.001: SEPA credit transfers, valid by its schema.

    Names and texts as in :func:`render_direct_debits`. Raises FormatError as that does.
    """
    build = Elements(NAMESPACE + version)
    bank = "BIC" if version == "pain.001.001.03" else "BICFI"
    groups = [_transfers(build, group, bank=bank) for group in file.groups]
    header = _header(
        build,
        message_id=file.message_id,
        created_at=file.created_at,
        initiator=file.initiator,
        group_ids=[group.id for group in file.groups],
        amounts=[each.amount for group in file.groups for each in group.transfers],
    )
    return document(build, build.node("CstmrCdtTrfInitn", header, *groups))


def _header(
    build: Elements,
    *,
    message_id: str,
    created_at: datetime,
    initiator: str,
    group_ids: Iterable[str],
    amounts: list[int],
) -> etree._Element:
    each_once(group_ids, field="PmtInfId")
    if not amounts:
        raise refuse("missing_value", "GrpHdr", "A message has at least one payment.")
    return build.node(
        "GrpHdr",
        build.leaf("MsgId", id_of(message_id, field="MsgId")),
        build.leaf("CreDtTm", created_at.isoformat(timespec="seconds")),
        *_control(build, amounts),
        build.within("InitgPty/Nm", name_of(initiator, field="InitgPty")),
    )


def _control(build: Elements, amounts: list[int]) -> tuple[etree._Element, etree._Element]:
    return build.leaf("NbOfTxs", str(len(amounts))), build.leaf("CtrlSum", sum_text(sum(amounts)))


def _collections(build: Elements, group: CollectionGroup, *, bank: str) -> etree._Element:
    if group.scheme not in _SCHEMES or group.sequence not in SEQUENCES:
        raise refuse(
            "invalid_scheme",
            "PmtTpInf",
            f"{group.scheme} {group.sequence} is none: CORE or B2B, and FRST, RCUR, OOFF or FNAL.",
        )
    if not TARGET.is_working_day(group.collect_on):
        raise refuse(
            "invalid_date",
            "ReqdColltnDt",
            f"Nothing is collected on {group.collect_on}, on which TARGET is closed; take the next"
            " banking day.",
        )
    if not group.collections:
        raise refuse("missing_value", "DrctDbtTxInf", f"The group {group.id} is empty.")
    creditor = group.creditor
    return build.node(
        "PmtInf",
        build.leaf("PmtInfId", id_of(group.id, field="PmtInfId")),
        build.leaf("PmtMtd", "DD"),
        _batch_booking(build, group.batch_booking),
        *_control(build, [each.amount for each in group.collections]),
        build.node(
            "PmtTpInf",
            build.within("SvcLvl/Cd", "SEPA"),
            build.within("LclInstrm/Cd", group.scheme),
            build.leaf("SeqTp", group.sequence),
        ),
        build.leaf("ReqdColltnDt", group.collect_on.isoformat()),
        build.node(
            "Cdtr",
            build.leaf("Nm", name_of(creditor.name, field="Cdtr")),
            _address(build, country=creditor.country, town=creditor.town, lines=(), party="Cdtr"),
        ),
        build.within("CdtrAcct/Id/IBAN", iban_text(creditor.iban, field="CdtrAcct")),
        _agent(build, "CdtrAgt", creditor.bic, bank=bank),
        build.leaf("ChrgBr", "SLEV"),
        build.inside(
            "CdtrSchmeId/Id/PrvtId",
            build.node(
                "Othr",
                build.leaf(
                    "Id", creditor_identifier_text(creditor.identifier, field="CdtrSchmeId")
                ),
                build.within("SchmeNm/Prtry", "SEPA"),
            ),
        ),
        *(_collection(build, each, bank=bank) for each in group.collections),
    )


def _collection(build: Elements, each: Collection, *, bank: str) -> etree._Element:
    amount = amount_text(each.amount, currency=each.currency, field="InstdAmt")
    ultimate = each.ultimate_debtor
    return build.node(
        "DrctDbtTxInf",
        _payment_id(build, each),
        build.leaf("InstdAmt", amount, Ccy=each.currency),
        build.node("DrctDbtTx", mandate(build, each)),
        _agent(build, "DbtrAgt", each.debtor_bic, bank=bank),
        build.node(
            "Dbtr",
            build.leaf("Nm", name_of(each.debtor_name, field="Dbtr")),
            _address(
                build,
                country=each.debtor_country,
                town=each.debtor_town,
                lines=each.debtor_address_lines,
                party="Dbtr",
            ),
        ),
        build.within("DbtrAcct/Id/IBAN", iban_text(each.debtor_iban, field="DbtrAcct")),
        build.within("UltmtDbtr/Nm", name_of(ultimate, field="UltmtDbtr")) if ultimate else None,
        build.inside("Purp", build.maybe("Cd", purpose_text(each.purpose, field="Purp"))),
        _remittance(build, each.remittance_text, each.creditor_reference),
    )


def _transfers(build: Elements, group: TransferGroup, *, bank: str) -> etree._Element:
    if not group.transfers:
        raise refuse("missing_value", "CdtTrfTxInf", f"The group {group.id} is empty.")
    if group.instrument not in (None, "INST"):
        raise refuse("invalid_scheme", "LclInstrm", f"{group.instrument!r} is not INST.")
    day = group.execute_on.isoformat()
    return build.node(
        "PmtInf",
        build.leaf("PmtInfId", id_of(group.id, field="PmtInfId")),
        build.leaf("PmtMtd", "TRF"),
        _batch_booking(build, group.batch_booking),
        *_control(build, [each.amount for each in group.transfers]),
        build.node(
            "PmtTpInf",
            build.within("SvcLvl/Cd", "SEPA"),
            build.within("LclInstrm/Cd", group.instrument) if group.instrument else None,
        ),
        build.leaf("ReqdExctnDt", day) if bank == "BIC" else build.within("ReqdExctnDt/Dt", day),
        build.within("Dbtr/Nm", name_of(group.debtor_name, field="Dbtr")),
        build.within("DbtrAcct/Id/IBAN", iban_text(group.debtor_account, field="DbtrAcct")),
        _agent(build, "DbtrAgt", group.debtor_bic, bank=bank),
        build.leaf("ChrgBr", "SLEV"),
        *(_transfer(build, each, bank=bank) for each in group.transfers),
    )


def _transfer(build: Elements, each: Transfer, *, bank: str) -> etree._Element:
    amount = amount_text(each.amount, currency=each.currency, field="InstdAmt")
    return build.node(
        "CdtTrfTxInf",
        _payment_id(build, each),
        build.node("Amt", build.leaf("InstdAmt", amount, Ccy=each.currency)),
        _agent(build, "CdtrAgt", each.creditor_bic, bank=bank) if each.creditor_bic else None,
        build.within("Cdtr/Nm", name_of(each.creditor_name, field="Cdtr")),
        build.within("CdtrAcct/Id/IBAN", iban_text(each.creditor_account, field="CdtrAcct")),
        build.inside("Purp", build.maybe("Cd", purpose_text(each.purpose, field="Purp"))),
        _remittance(build, each.remittance_text, each.creditor_reference),
    )


def _payment_id(build: Elements, each: Collection | Transfer) -> etree._Element:
    instruction = each.instruction_id
    return build.node(
        "PmtId",
        build.leaf("InstrId", id_of(instruction, field="InstrId")) if instruction else None,
        build.leaf("EndToEndId", id_of(each.end_to_end_id, field="EndToEndId")),
    )


def _batch_booking(build: Elements, wanted: bool | None) -> Part:
    return None if wanted is None else build.leaf("BtchBookg", "true" if wanted else "false")


def _agent(build: Elements, name: str, bic: str | None, *, bank: str) -> etree._Element:
    known = bic_text(bic, field=name)
    if known is None:
        return build.within(f"{name}/FinInstnId/Othr/Id", NOT_PROVIDED)
    return build.within(f"{name}/FinInstnId/{bank}", known)


def _address(
    build: Elements, *, country: str | None, town: str | None, lines: tuple[str, ...], party: str
) -> Part:
    """An address with town and country apart; without both, none: banks refuse it since 2026."""
    if country is None and town is None and not lines:
        return None
    path = f"{party}/PstlAdr"
    if not country or not town:
        raise refuse(
            "missing_value", path, "An address has a town and a country; give both or none."
        )
    if len(lines) > 2:
        raise refuse("value_too_long", path, "An address has at most two lines beside its town.")
    return build.node(
        "PstlAdr",
        build.leaf("TwnNm", text_of(town, field=path, limit=35)),
        build.maybe("Ctry", country_text(country, field=path)),
        *(build.leaf("AdrLine", text_of(line, field=path, limit=70)) for line in lines if line),
    )


def _remittance(build: Elements, text: str, reference: str | None) -> Part:
    if reference:
        if text:
            raise refuse(
                "value_too_long", "RmtInf", "A payment carries a reference or a text, not both."
            )
        kind = build.node("Tp", build.within("CdOrPrtry/Cd", "SCOR"), build.leaf("Issr", "ISO"))
        return build.inside(
            "RmtInf/Strd",
            build.node("CdtrRefInf", kind, build.leaf("Ref", id_of(reference, field="RmtInf"))),
        )
    return build.inside("RmtInf", build.maybe("Ustrd", text_of(text, field="RmtInf", limit=140)))
