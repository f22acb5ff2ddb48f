"""pain.002: what the bank says of a message that it was given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lxml import etree

from usance.formats.camt.elements import day, instant, money, required, text
from usance.formats.errors import FormatError
from usance.formats.sepa.model import (
    VERDICTS,
    GroupStatus,
    Outcome,
    Reason,
    StatusReport,
    TransactionStatus,
    Verdict,
)
from usance.formats.sepa.reading import body_of
from usance.formats.xml_elements import child, children, namespace_of

_VERSION: Final = re.compile(r"pain\.002\.[0-9]{3}\.[0-9]{2}")


def parse_status_report(data: bytes) -> StatusReport:
    """Read a pain.002 of any version, a bank's own variant of one too.

    Raises FormatError: those of ``parse_xml``, ``unsupported_message``, ``missing_element``,
    ``invalid_amount``, ``unknown_currency``, ``invalid_date``.
    """
    body = body_of(data, kind="pain.002")
    header = required(body, "GrpHdr")
    original = child(body, "OrgnlGrpInfAndSts")
    version = _VERSION.search(namespace_of(body))
    return StatusReport(
        message_id=text(required(header, "MsgId")) or "",
        created_at=instant(child(header, "CreDtTm")),
        version=version[0] if version else "pain.002",
        original_message_id=text(original, "OrgnlMsgId"),
        original_message_name=text(original, "OrgnlMsgNmId"),
        status=text(original, "GrpSts"),
        reasons=_reasons(original),
        groups=tuple(_groups(body)),
    )


def _groups(body: etree._Element) -> Iterable[GroupStatus]:
    for group in children(body, "OrgnlPmtInfAndSts"):
        yield GroupStatus(
            id=text(group, "OrgnlPmtInfId"),
            status=text(group, "PmtInfSts"),
            reasons=_reasons(group),
            transactions=tuple(_transaction(each) for each in children(group, "TxInfAndSts")),
        )
    # Until version 02 each payment stood by itself and named its group.
    alone: dict[str | None, list[etree._Element]] = {}
    for each in children(body, "TxInfAndSts"):
        alone.setdefault(text(each, "OrgnlPmtInfId"), []).append(each)
    for name, found in alone.items():
        yield GroupStatus(id=name, transactions=tuple(_transaction(each) for each in found))


def _transaction(each: etree._Element) -> TransactionStatus:
    original = child(each, "OrgnlTxRef")
    amount = child(original, "Amt", "InstdAmt")
    if amount is None:
        amount = child(original, "IntrBkSttlmAmt")
    ordered = money(amount) if amount is not None else None
    return TransactionStatus(
        status=text(each, "TxSts"),
        end_to_end_id=text(each, "OrgnlEndToEndId"),
        instruction_id=text(each, "OrgnlInstrId"),
        reasons=_reasons(each),
        amount=ordered.amount if ordered else None,
        currency=ordered.currency if ordered else None,
        collect_on=day(child(original, "ReqdColltnDt")),
        mandate_id=text(original, "MndtRltdInf", "MndtId")
        or text(original, "MndtRltdInf", "DrctDbtMndt", "MndtId"),
    )


def _reasons(within: etree._Element | None) -> tuple[Reason, ...]:
    found = []
    for each in children(within, "StsRsnInf"):
        lines = (text(line) for line in children(each, "AddtlInf"))
        found.append(
            Reason(
                code=text(each, "Rsn", "Cd") or text(each, "Rsn", "Prtry"),
                text=" ".join(line for line in lines if line),
                originator=text(each, "Orgtr", "Id", "OrgId", "AnyBIC")
                or text(each, "Orgtr", "Id", "OrgId", "BICOrBEI")
                or text(each, "Orgtr", "Nm"),
            )
        )
    return tuple(found)


def outcome_of(report: StatusReport, *, group_id: str, end_to_end_id: str) -> Outcome:
    """What ``report`` says of one payment: its own status, else its group's, else the message's.

    A group or a message that was taken in part says nothing of a payment that it does not name as
    rejected, so that one is accepted. Raises FormatError ``unknown_status``.
    """
    groups = [group for group in report.groups if group.id == group_id]
    # Some answer before they have looked into the groups, and name none.
    groups = groups or [group for group in report.groups if group.id in (None, "NOTPROVIDED")]
    for group in groups:
        for each in group.transactions:
            if each.end_to_end_id == end_to_end_id and each.status is not None:
                return Outcome(
                    verdict=_verdict(each.status),
                    status=each.status,
                    reasons=each.reasons,
                    level="transaction",
                )
            if each.end_to_end_id == end_to_end_id:
                # Banks name a payment without a status where its group is rejected as a whole.
                within = group.status or report.status
                return Outcome(
                    verdict="pending" if within is None else _verdict(within),
                    status=within,
                    reasons=each.reasons or group.reasons or report.reasons,
                    level="transaction",
                )
    for group in groups:
        if group.status is not None:
            return _outcome_within(group.status, group.reasons, level="group")
    if report.status is not None:
        return _outcome_within(report.status, report.reasons, level="message")
    return Outcome(verdict="pending", status=None)


def _outcome_within(status: str, reasons: tuple[Reason, ...], *, level: str) -> Outcome:
    verdict = _verdict(status)
    return Outcome(
        verdict="accepted" if verdict == "partly" else verdict,
        status=status,
        reasons=reasons if verdict == "rejected" else (),
        level="group" if level == "group" else "message",
    )


def _verdict(status: str) -> Verdict:
    known = VERDICTS.get(status)
    if known is None:
        raise FormatError(
            f"{status!r} is no payment status that is known here; ask the bank what it means.",
            code="unknown_status",
        )
    return known
