"""The account statement that every bank format is read into and written from.

Amounts are whole minor units, seen from the account's owner: money in is positive, money out
negative. Dates are the bank's own business days, as written, without conversion between zones.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from usance.rules.money import Money

StatementKind = Literal["statement", "report", "notification", "export"]
"""What the bank meant to send.

``statement``: the account's books for a closed period (camt.053, MT940). ``report``: the day so
far (camt.052, MT942). ``notification``: single bookings, often the details of a batch that the
statement shows as one line (camt.054). ``export``: a table somebody saved from the bank's website.
"""

CopyDuplicate = Literal["COPY", "DUPL", "CODU"]
"""ISO 20022 CopyDuplicate1Code: a copy for another party, a repetition, or both."""

NO_REFERENCE: Final = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "UNKNOWN"})
"""What banks write where a reference is mandatory and there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One booking on an account, or one payment of a booking that the bank made for a batch."""

    ordinal: int
    """Place within its statement, from 1, in the order of the file."""
    amount: int
    """Minor units of ``currency``; positive is money in."""
    currency: str
    booked_on: date
    value_on: date | None = None
    bank_reference: str | None = None
    """The bank's own reference of the booking. Payments of one batch may share it."""
    end_to_end_id: str | None = None
    """What the payer's order was called, carried unchanged through all banks."""
    structured_reference: str | None = None
    """The creditor's reference (ISO 11649 or national: QRR, KID, OGM, viitenumero, ...)."""
    further_references: tuple[str, ...] = ()
    """Other creditor references and numbers of documents that the payer named in structured form,
    in order."""
    remittance_text: str = ""
    """What the payer wrote, on one line."""
    counterparty_name: str | None = None
    """The other side: who paid when money came in, who was paid when it went out. In a return, the
    other side of the payment that came back."""
    counterparty_account: str | None = None
    """Its IBAN without spaces, or its number at its bank where there is no IBAN."""
    ultimate_counterparty_name: str | None = None
    """Whom the counterparty acts for, such as the buyer behind a payment factory."""
    instructed: Money | None = None
    """What the payer ordered where it differs from ``amount``: another currency, or charges taken
    on the way. Same sign as ``amount``."""
    returned: bool = False
    """A payment coming back: a reversal, a returned transfer, an unpaid direct debit."""
    return_reason: str | None = None
    """ISO 20022 external return reason code (AC04, AM04, MD06, ...) or the bank's own."""
    bank_transaction_code: str | None = None
    """ISO 20022 ``domain/family/subfamily`` (PMNT/RCDT/ESCT) or the bank's own code."""
    additional_info: str = ""
    """What the bank, not the payer, wrote about the booking, on one line."""
    entry: int | None = None
    """Number of the booking in its statement that this payment is part of, where the bank booked a
    batch as one; the amounts of one entry add up to it. None: the booking itself."""
    entry_reference: str | None = None
    """The bank's own reference of that booking, the same in its notification and its statement."""
    payments: int | None = None
    """How many payments the bank says this booking holds, where it does not name each."""
    told_apart_by: str | None = None
    """Of a table, the reference that tells it from others of its day and amount, whoever gave it; empty:
    its texts do. None: the bank's reference does. Only for :func:`fingerprint`."""
    batch_ids: tuple[str, ...] = ()
    """What the orders that it books are called by whoever sent them: the part of the file, the file
    (ISO 20022 ``PmtInfId``, ``MsgId``)."""


NoticeCode = Literal[
    "encoding_assumed",
    "unreadable_characters",
    "total_differs",
    "count_differs",
    "closing_balance_missing",
    "balance_unreadable",
    "date_unreadable",
    "marked_as_copy",
    "marked_as_correction",
    "not_booked",
]
"""What a reader notices and can read past.

``encoding_assumed``: the file does not tell its encoding; ``encoding`` names what fits.
``unreadable_characters``: ``count`` characters were lost before the file came here.
``total_differs``, ``count_differs``: the bank states ``stated`` and the file holds ``found``.
``closing_balance_missing``, ``balance_unreadable``, ``date_unreadable``: the bookings are sound.
``marked_as_copy``, ``marked_as_correction``: the bank says it sent this before.
``not_booked``: ``count`` entries of ``status`` book nothing yet.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something about a file that a person should know, and that costs no booking."""

    code: NoticeCode
    data: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The bookings of one account over one period."""

    kind: StatementKind = "statement"
    id: str | None = None
    sequence: int | None = None
    """The bank's running number of its statements for this account."""
    account: str | None = None
    """The IBAN without spaces, or the bank's own number of the account; None if not in the file."""
    currency: str | None = None
    """The account's currency; None only in a statement without any amount."""
    opening: int | None = None
    """Booked balance before the first transaction, minor units of ``currency``; None if unknown."""
    closing: int | None = None
    """Booked balance after the last transaction, minor units of ``currency``; None if unknown."""
    period_from: date | None = None
    period_to: date | None = None
    transactions: tuple[Transaction, ...] = ()
    copy_duplicate: CopyDuplicate | None = None
    partial: bool = False
    """One page of several: the balances are not expected to add up."""
    not_booked: tuple[tuple[str, int], ...] = ()
    """Entries that are no bookings (pending, for information, ...): status and count, by status."""
    notices: tuple[Notice, ...] = ()
    """What the reader noticed in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceDoesNotAddUp:
    """The opening balance and the transactions do not give the closing balance (minor units)."""

    opening: int
    movements: int
    closing: int
    currency: str
    code: str = "balance_does_not_add_up"

    @property
    def difference(self) -> int:
        """Closing balance stated less closing balance computed, in minor units."""
        return self.closing - self.opening - self.movements


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionInAnotherCurrency:
    """A transaction is not in the account's currency, so the balances cannot be checked."""

    ordinal: int
    currency: str
    expected: str
    code: str = "transaction_in_another_currency"


Finding = BalanceDoesNotAddUp | TransactionInAnotherCurrency


def notices_of(statement: Statement) -> tuple[Notice, ...]:
    """All that a reader noticed in ``statement``, what its fields tell included."""
    told = list(statement.notices)
    if statement.copy_duplicate is not None:
        told.append(Notice(code="marked_as_copy", data={"mark": statement.copy_duplicate}))
    told += [
        Notice(code="not_booked", data={"status": status, "count": count})
        for status, count in statement.not_booked
    ]
    return tuple(told)


def check_balances(statement: Statement) -> list[Finding]:
    """What is wrong with the figures of ``statement``: opening + transactions = closing.

    Empty when all is well, when a balance is unknown, or when the statement is one page of
    several. Never raises: a bank's mistake is for a person to look at, not a reason to lose the
    bookings.
    """
    currency = statement.currency
    if statement.opening is None or statement.closing is None or currency is None:
        return []
    if statement.partial:
        return []
    foreign: list[Finding] = [
        TransactionInAnotherCurrency(ordinal=t.ordinal, currency=t.currency, expected=currency)
        for t in statement.transactions
        if t.currency != currency
    ]
    if foreign:
        return foreign
    movements = sum(t.amount for t in statement.transactions)
    if statement.opening + movements == statement.closing:
        return []
    return [
        BalanceDoesNotAddUp(
            opening=statement.opening,
            movements=movements,
            closing=statement.closing,
            currency=currency,
        )
    ]


def fingerprint(transaction: Transaction, *, account: str, occurrence: int = 1) -> str:
    """The same for one booking in whichever file it arrives: 64 hexadecimal digits.

    With a bank reference the texts are left out, since banks enrich them between the report of
    the day and the statement. Amount and day stay in even so: banks repeat a reference over the
    payments of a batch, and some columns called "reference" hold the payer's words. ``occurrence``
    counts, from 1, the transactions that are alike in all of this within one statement.
    """
    facts = (*_likeness(transaction, account=account), str(occurrence))
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def fingerprints(statement: Statement, *, account: str | None = None) -> tuple[str, ...]:
    """The fingerprint of each transaction, in order, equal ones told apart by their occurrence.

    ``account`` stands in where the file does not name its account.
    """
    owner = statement.account or account or ""
    seen: Counter[tuple[str, ...]] = Counter()
    result = []
    for transaction in statement.transactions:
        likeness = _likeness(transaction, account=owner)
        seen[likeness] += 1
        result.append(fingerprint(transaction, account=owner, occurrence=seen[likeness]))
    return tuple(result)


def _likeness(transaction: Transaction, *, account: str) -> tuple[str, ...]:
    booking = (
        compact(account),
        transaction.booked_on.isoformat(),
        str(transaction.amount),
        transaction.currency,
    )
    reference = transaction.told_apart_by
    if reference is None:
        reference = transaction.bank_reference
    if reference:
        return ("reference", *booking, compact(reference))
    texts = (
        transaction.end_to_end_id or "",
        transaction.structured_reference or "",
        transaction.remittance_text,
        transaction.counterparty_name or "",
        transaction.counterparty_account or "",
        transaction.additional_info,
    )
    return ("texts", *booking, *(compact(text) for text in texts))


def compact(text: str) -> str:
    """``text`` without white space and in capitals, as account numbers are compared."""
    return "".join(text.split()).upper()


_GERMAN: Final = re.compile(r"([0-9]{8})/0*([0-9]{1,12})")


def account_keys(account: str) -> frozenset[str]:
    """The names under which ``account`` may stand in files of other formats.

    Two names are of one account if they share a key. MT940 often has a German account as bank code
    and number and a Dutch one as its number alone, where camt has the IBAN.
    """
    name = compact(account)
    keys = {name} - {""}
    if match := _GERMAN.fullmatch(name):
        keys.add(f"DE/{match[1]}/{match[2]}")
    elif is_iban(name) and name.startswith("DE"):
        keys.add(f"DE/{name[4:12]}/{name[12:].lstrip('0')}")
    elif is_iban(name) and name.startswith("NL"):
        keys.add(f"NL/{name[8:].lstrip('0')}")
    elif (digits := name.replace(".", "")).isdigit() and 5 <= len(digits) <= 10:
        keys.add(f"NL/{digits.lstrip('0')}")
    return frozenset(keys)


def one_line(text: str | None) -> str:
    """``text`` with every run of white space made one space and none at the ends."""
    return " ".join(text.split()) if text else ""


def reference_or_none(text: str | None) -> str | None:
    """``text`` on one line; None if empty or one of the words banks write for "none"."""
    line = one_line(text)
    return None if not line or line.upper().replace(" ", "") in NO_REFERENCE else line


def join_texts(texts: Iterable[str]) -> str:
    """The non-empty ``texts``, each once, one space between them."""
    return " ".join(dict.fromkeys(filter(None, texts)))


_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")


def is_iban(text: str) -> bool:
    """Whether ``text`` (capitals, no spaces) has the form and the check digits of an IBAN.

    Source: ISO 13616 and ISO/IEC 7064 MOD 97-10. Lengths per country are not checked.
    """
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
