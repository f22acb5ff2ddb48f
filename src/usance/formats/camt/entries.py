"""From an entry (``Ntry``) of a camt message to the transactions it books.

Source: ISO 20022 message definition report, Bank-to-Customer Cash Management, ReportEntry and
EntryTransaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Final

from lxml import etree

from usance.formats.camt.elements import (
    day,
    is_credit,
    is_true,
    money,
    required,
    text,
)
from usance.formats.camt.parties import counterparty
from usance.formats.errors import FormatError
from usance.formats.statement import Transaction, join_texts, reference_or_none
from usance.formats.xml_elements import child, children, line_of
from usance.rules.money import Money

BOOKED: Final = "BOOK"
_MOST_BATCH_IDS: Final = 50  # more is no batch of one sender's, and would be searched for nothing
_MOST_PAYMENTS: Final = 10_000_000  # a larger count is a mistake, and no table's column

# External bank transaction sub-family codes of payments that come back: returned and cancelled
# transfers (RRTN, RPCR), unpaid, reversed and cancelled direct debits (UPDD, PRDD, RCDD), unpaid
# cheques (UPCQ).
_RETURN_CODES: Final = frozenset({"RRTN", "RPCR", "UPDD", "PRDD", "RCDD", "UPCQ"})

# Where the amount of one payment of a batch may stand. Version 02 has no Amt of its own there.
_DETAIL_AMOUNTS: Final = (
    ("Amt",),
    ("AmtDtls", "TxAmt", "Amt"),
    ("AmtDtls", "CntrValAmt", "Amt"),
    ("AmtDtls", "InstdAmt", "Amt"),
)


def status_of(entry: etree._Element, *, default: str | None) -> str:
    """The status of ``entry``: BOOK, PDNG, INFO, FUTR or the bank's own.

    Until version 06 it is the text of ``Sts``, since then a code or proprietary text inside.
    Raises FormatError ``missing_element`` where it is missing and there is no ``default``.
    """
    if default is not None and child(entry, "Sts") is None:
        return default
    element = required(entry, "Sts")
    status = text(element, "Cd") or text(element, "Prtry") or text(element)
    if status is None:
        raise FormatError(
            "Sts is empty; ask the bank for a complete file.",
            code="missing_element",
            line=line_of(element),
        )
    return status


def transactions_of(
    entry: etree._Element, *, own_account: str | None, otherwise_on: date | None, ordinal: int
) -> list[Transaction]:
    """The transactions booked by ``entry``, numbered from ``ordinal``.

    A batch is split into its payments when their amounts are given in the entry's currency and
    add up to the entry; otherwise the entry stays one transaction that keeps all references and
    texts of its payments, so that nothing of the booked total is lost or invented.
    ``otherwise_on`` is the day for an entry with neither booking nor value date, which the
    standard allows. Raises FormatError.
    """
    credit = is_credit(entry)
    total = _signed(money(required(entry, "Amt")), credit=credit)
    value_on = day(child(entry, "ValDt"))
    booked_on = day(child(entry, "BookgDt")) or value_on or otherwise_on
    if booked_on is None:
        raise FormatError(
            "The entry has no booking date and the statement no date to stand in for it; "
            "ask the bank for a complete file.",
            code="missing_element",
            line=line_of(entry),
        )
    elements = list(_details(entry))
    amounts = _split(elements, total=total, credit=credit) if len(elements) > 1 else None
    if amounts is not None:
        parts = [
            _facts(detail, entry=entry, amount=amount, own_account=own_account)
            for detail, amount in zip(elements, amounts, strict=True)
        ]
    else:
        facts = [
            _facts(detail, entry=entry, amount=total, own_account=own_account)
            for detail in (elements or (None,))
        ]
        parts = [facts[0] if len(facts) == 1 else _merged(facts)]
    if len(elements) <= 1 or amounts is None:
        parts = [replace(parts[0], batch_ids=_batch_ids(entry, elements))]
    payments = _payments(entry, elements) if len(parts) == 1 else None
    is_batch = len(parts) > 1 or payments is not None
    booking = _Booking(
        booked_on=booked_on,
        value_on=value_on,
        entry=ordinal if len(parts) > 1 else None,
        reference=reference_or_none(text(entry, "AcctSvcrRef")) if is_batch else None,
        payments=payments,
    )
    return [part.booked(ordinal=number, by=booking) for number, part in enumerate(parts, ordinal)]


def _batch_ids(entry: etree._Element, details: Iterable[etree._Element]) -> tuple[str, ...]:
    """What the sender called the orders that are booked as one, each once."""
    named = (
        reference_or_none(text(element, *path, name))
        for element, path in chain(
            ((batch, ("Btch",)) for batch in children(entry, "NtryDtls")),
            ((detail, ("Refs",)) for detail in details),
        )
        for name in ("PmtInfId", "MsgId")
    )
    distinct = dict.fromkeys(name for name in named if name)
    return tuple(distinct) if len(distinct) <= _MOST_BATCH_IDS else ()


def _payments(entry: etree._Element, details: list[etree._Element]) -> int | None:
    """How many payments a booking holds that stays one, where those are more than one."""
    stated = sum(
        int(count)
        for batch in children(entry, "NtryDtls")
        if (count := text(batch, "Btch", "NbOfTxs")) and re.fullmatch("[0-9]{1,15}", count)
    )
    payments = max(stated, len(details))
    return payments if 1 < payments <= _MOST_PAYMENTS else None


def _details(entry: etree._Element) -> Iterator[etree._Element]:
    # Version 01 has TxDtls directly in the entry.
    return chain(
        children(entry, "TxDtls"),
        chain.from_iterable(children(details, "TxDtls") for details in children(entry, "NtryDtls")),
    )


def _signed(amount: Money, *, credit: bool) -> Money:
    return amount if credit else -amount


def _split(details: list[etree._Element], *, total: Money, credit: bool) -> list[Money] | None:
    """The signed amounts of ``details`` if one way of reading them gives exactly ``total``."""
    signs = [
        is_credit(detail) if child(detail, "CdtDbtInd") is not None else credit
        for detail in details
    ]
    candidates = [
        [_amount_at(d, path, total.currency) for d in details] for path in _DETAIL_AMOUNTS
    ]
    # Last resort: the first amount in the entry's currency that each payment gives.
    candidates.append([next(filter(None, ways), None) for ways in zip(*candidates, strict=True)])
    for amounts in candidates:
        known = [amount for amount in amounts if amount is not None]
        if len(known) != len(details):
            continue
        signed = [_signed(a, credit=s) for a, s in zip(known, signs, strict=True)]
        movement = sum(a.amount for a in signed)
        if movement == total.amount:
            return signed
        if movement == -total.amount:
            # Some banks give the indicators of the payments from the other side.
            return [-a for a in signed]
    return None


def _amount_at(detail: etree._Element, path: tuple[str, ...], currency: str) -> Money | None:
    element = child(detail, *path)
    if element is None or element.get("Ccy") != currency:
        return None
    return money(element)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booking:
    """What all payments of one entry share."""

    booked_on: date
    value_on: date | None
    entry: int | None
    reference: str | None
    payments: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What one payment, or an entry without payments, tells."""

    amount: Money
    bank_reference: str | None
    end_to_end_id: str | None
    references: tuple[str, ...]
    documents: tuple[str, ...]
    remittance_text: str
    counterparty_name: str | None
    counterparty_account: str | None
    ultimate_counterparty_name: str | None
    instructed: Money | None
    returned: bool
    return_reason: str | None
    bank_transaction_code: str | None
    additional_info: str
    batch_ids: tuple[str, ...] = ()

    def booked(self, *, ordinal: int, by: _Booking) -> Transaction:
        return Transaction(
            ordinal=ordinal,
            amount=self.amount.amount,
            currency=self.amount.currency,
            booked_on=by.booked_on,
            value_on=by.value_on,
            bank_reference=self.bank_reference,
            end_to_end_id=self.end_to_end_id,
            structured_reference=self.references[0] if self.references else None,
            further_references=tuple(dict.fromkeys((*self.references[1:], *self.documents))),
            remittance_text=self.remittance_text,
            counterparty_name=self.counterparty_name,
            counterparty_account=self.counterparty_account,
            ultimate_counterparty_name=self.ultimate_counterparty_name,
            instructed=self.instructed,
            returned=self.returned,
            return_reason=self.return_reason,
            bank_transaction_code=self.bank_transaction_code,
            additional_info=self.additional_info,
            entry=by.entry,
            entry_reference=by.reference,
            payments=by.payments,
            batch_ids=self.batch_ids,
        )


def _facts(
    detail: etree._Element | None, *, entry: etree._Element, amount: Money, own_account: str | None
) -> _Facts:
    code = _code(child(detail, "BkTxCd")) or _code(child(entry, "BkTxCd"))
    return_info = child(detail, "RtrInf")
    returned = (
        is_true(child(entry, "RvslInd"))
        or return_info is not None
        or (code is not None and code.rpartition("/")[2] in _RETURN_CODES)
    )
    references, documents, remittance_text = _remittance(child(detail, "RmtInf"))
    # A returned payment keeps the parties of the original, in which the money went the other way.
    debtor_is_other = (amount.amount >= 0) != returned
    name, account, ultimate = counterparty(
        child(detail, "RltdPties"),
        debtor_is_other=debtor_is_other,
        returned=returned,
        own_account=own_account,
    )
    return _Facts(
        amount=amount,
        bank_reference=reference_or_none(text(detail, "Refs", "AcctSvcrRef"))
        or reference_or_none(text(entry, "AcctSvcrRef")),
        end_to_end_id=reference_or_none(text(detail, "Refs", "EndToEndId")),
        references=references,
        documents=documents,
        remittance_text=remittance_text,
        counterparty_name=name,
        counterparty_account=account,
        ultimate_counterparty_name=ultimate,
        instructed=_instructed(detail, booked=amount),
        returned=returned,
        return_reason=text(return_info, "Rsn", "Cd") or text(return_info, "Rsn", "Prtry"),
        bank_transaction_code=code,
        additional_info=join_texts(
            line for line in (text(detail, "AddtlTxInf"), text(entry, "AddtlNtryInf")) if line
        ),
    )


def _merged(parts: list[_Facts]) -> _Facts:
    """The payments of a batch that cannot be told apart by amount, as one.

    Only what all of them share is stated as a fact; what they say one by one is kept as text and
    references to search in.
    """
    first = parts[0]
    same_references = len({part.references for part in parts}) == 1
    references = () if same_references else (r for part in parts for r in part.references)
    orders = {part.end_to_end_id for part in parts}
    documents = (
        *references,
        *(d for part in parts for d in part.documents),
        # Where the orders differ, each is a number by which what is booked can be found.
        *(part.end_to_end_id for part in parts if part.end_to_end_id and len(orders) > 1),
    )
    return replace(
        first,
        bank_reference=_shared(part.bank_reference for part in parts),
        end_to_end_id=_shared(part.end_to_end_id for part in parts),
        references=first.references if same_references else (),
        documents=documents,
        remittance_text=join_texts(part.remittance_text for part in parts),
        counterparty_name=_shared(part.counterparty_name for part in parts),
        counterparty_account=_shared(part.counterparty_account for part in parts),
        ultimate_counterparty_name=_shared(part.ultimate_counterparty_name for part in parts),
        instructed=None,
        returned=all(part.returned for part in parts),
        return_reason=_shared(part.return_reason for part in parts),
        bank_transaction_code=_shared(part.bank_transaction_code for part in parts),
        additional_info=join_texts(part.additional_info for part in parts),
    )


def _shared(values: Iterable[str | None]) -> str | None:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None


def _code(element: etree._Element | None) -> str | None:
    domain = child(element, "Domn")
    codes = (
        text(domain, "Cd"),
        text(domain, "Fmly", "Cd"),
        text(domain, "Fmly", "SubFmlyCd"),
    )
    known = [code for code in codes if code]
    return "/".join(known) if known else text(element, "Prtry", "Cd")


def _instructed(detail: etree._Element | None, *, booked: Money) -> Money | None:
    for path in (("AmtDtls", "InstdAmt", "Amt"), ("Amt",), ("AmtDtls", "TxAmt", "Amt")):
        element = child(detail, *path)
        if element is None:
            continue
        try:
            amount = money(element)
        except FormatError:
            # Only informative: an old or unusual currency must not cost the whole statement.
            continue
        # Amt and TxAmt in the account's own currency are figures of the booking, not of the order.
        ordered = path[1:2] == ("InstdAmt",) or amount.currency != booked.currency
        if ordered and amount:
            signed = -amount if booked.amount < 0 else amount
            return None if signed == booked else signed
    return None


def _remittance(
    information: etree._Element | None,
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Creditor references, numbers of documents, and text."""
    references: list[str] = []
    documents: list[str] = []
    lines = [text(line) for line in children(information, "Ustrd")]
    for structured in children(information, "Strd"):
        reference = reference_or_none(
            text(structured, "CdtrRefInf", "Ref")
            or text(structured, "CdtrRefInf", "CdtrRef")  # version 01
        )
        if reference:
            references.append(reference)
        for document in children(structured, "RfrdDocInf"):
            number = reference_or_none(text(document, "Nb") or text(document, "RfrdDocNb"))
            if number:
                documents.append(number)
        lines.extend(text(line) for line in children(structured, "AddtlRmtInf"))
    joined = " ".join(line for line in lines if line)
    return tuple(dict.fromkeys(references)), tuple(dict.fromkeys(documents)), joined
