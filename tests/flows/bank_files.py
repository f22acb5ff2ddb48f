"""Bank files as tests write them: an Italian table of bookings, and camt.053."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from usance.formats import camt
from usance.formats.statement import Statement, Transaction

ACCOUNT = "IT60X0542811101000000123456"
NORDWIND = "DE89370400440532013000"
DAY = date(2026, 3, 9)


@dataclass(frozen=True)
class Booking:
    """One line of a bank file; ``amount`` in cents, money in is positive."""

    amount: int
    text: str = ""
    payer: str = ""
    account: str = ""
    reference: str | None = None
    on: date = DAY


def table(*bookings: Booking) -> bytes:
    """The bookings as a semicolon table with decimal commas."""
    rows = ["Date;Amount;Description;Counterparty;Counterparty IBAN;Bank reference"]
    for b in bookings:
        amount = f"{Decimal(b.amount) / 100:.2f}".replace(".", ",")
        cells = (f"{b.on:%d.%m.%Y}", amount, b.text, b.payer, b.account, b.reference or "")
        rows.append(";".join(cells))
    return "\n".join(rows).encode() + b"\n"


def camt_053(*bookings: Booking, opening: int = 0, number: str = "S1") -> bytes:
    """The bookings as a camt.053 message whose balances add up."""
    return camt.render([statement(bookings, opening=opening, number=number)], **_HEADER)


_HEADER = {"message_id": "M1", "created_at": datetime(2026, 3, 10, 6, tzinfo=UTC)}


def statement(bookings: Sequence[Booking], *, opening: int = 0, number: str = "S1") -> Statement:
    """The bookings as a statement of the seller's account."""
    return Statement(
        id=number,
        account=ACCOUNT,
        currency="EUR",
        opening=opening,
        closing=opening + sum(b.amount for b in bookings),
        transactions=tuple(
            Transaction(
                ordinal=n,
                amount=b.amount,
                currency="EUR",
                booked_on=b.on,
                value_on=b.on,
                bank_reference=b.reference,
                remittance_text=b.text,
                counterparty_name=b.payer or None,
                counterparty_account=b.account or None,
            )
            for n, b in enumerate(bookings, 1)
        ),
    )
