"""A buyer's statement of account as a typeset document or a table, for any day past or present."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from usance.flows.document_writers import About, language_of
from usance.flows.refusals import NotFound, Refused
from usance.formats.errors import FormatError
from usance.formats.invoice_pdf import (
    Language,
    Movement,
    MovementKind,
    OpenItem,
    Statement,
    render_statement,
)
from usance.formats.statement_csv import render as render_table
from usance.records.credit import queries as credit
from usance.records.invoices import receivables, statement_queries
from usance.records.parties import queries as parties
from usance.records.parties.models import Seller
from usance.rules.invoicing.document import Period
from usance.rules.money import Money

USUAL_DAYS: Final = 30
"""Days of movements that a statement shows where nobody asks for another beginning."""
LONGEST_DAYS: Final = 3660

_KINDS: Final[dict[str, MovementKind]] = {
    "invoice_opened": "invoice",
    "credit_note": "credit_note",
    "late_charge": "interest",
    "write_off": "write_off",
    "payment_received": "payment",
    "payment_identified": "payment",
    "payment_unidentified": "payment",
}


class InvalidPeriod(Refused):
    """A statement runs from a day to the same day or a later one, not to one to come, within ten years."""

    code = "invalid_period"


class CannotWriteStatement(Refused):
    """The statement cannot be typeset; the text says why."""

    code = "statement_unavailable"


def currencies_of(seller: Seller, *, buyer_id: UUID) -> Sequence[str]:
    """The currencies in which the buyer has an account, by their codes."""
    lines = credit.lines(seller_id=seller.id, buyer_id=buyer_id)
    return sorted({line.currency for line in lines})


def statement_pdf(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    on: date,
    today: date,
    at: datetime,
    since: date | None = None,
    language: str = "",
) -> bytes:
    """The account in ``currency`` at the end of the day ``on``: what moved from ``since`` (30 days
    before), what is open and how old it is. In ``language``, or the buyer's.

    Raises NotFound, InvalidPeriod, UnknownCurrency or CannotWriteStatement.
    """
    about = _checked(seller, buyer_id=buyer_id, on=on, since=since, today=today, at=at)
    statement = statement_of(about, currency=currency, on=on, since=since)
    return typeset(statement, about=about, language=language)


def statement_csv(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    on: date,
    today: date,
    at: datetime,
    since: date | None = None,
) -> bytes:
    """The same as a table, see ``formats.statement_csv``. Raises NotFound, InvalidPeriod or
    UnknownCurrency."""
    about = _checked(seller, buyer_id=buyer_id, on=on, since=since, today=today, at=at)
    return render_table(statement_of(about, currency=currency, on=on, since=since))


def typeset(statement: Statement, *, about: About, language: str = "") -> bytes:
    """The statement as PDF, in ``language`` or the buyer's. Raises CannotWriteStatement."""
    words = cast("Language", language_of(language or about.profile.language))
    try:
        return render_statement(statement, language=words, brand=about.brand)
    except FormatError as error:
        raise CannotWriteStatement(str(error)) from error


def _checked(
    seller: Seller,
    *,
    buyer_id: UUID,
    on: date,
    since: date | None,
    today: date,
    at: datetime,
) -> About:
    since = since or usual_beginning(on)
    if not since <= on <= today or (on - since).days > LONGEST_DAYS:
        raise InvalidPeriod(" ".join((InvalidPeriod.__doc__ or "").split()))
    if parties.buyer(seller_id=seller.id, buyer_id=buyer_id) is None:
        raise NotFound("There is no such buyer.")
    return About(seller, buyer_id, at=at)


def usual_beginning(on: date) -> date:
    """The first day that a statement at the end of the day ``on`` shows where nobody asks for another."""
    return date.fromordinal(max(on.toordinal() - USUAL_DAYS + 1, 1))


def statement_of(
    about: About, *, currency: str, on: date, since: date | None = None, pay_link: str = ""
) -> Statement:
    """The account as it stood at the end of the day ``on``, and what moved from ``since`` (30 days
    before). ``pay_link`` is printed where something is open."""
    since = since or usual_beginning(on)
    account: Any = {
        "seller_id": about.seller.id,
        "buyer_id": about.buyer_id,
        "currency": currency,
    }

    def major(amount: int) -> Decimal:
        return Money(amount, currency).decimal()

    moved = statement_queries.movements(**account, since=since, until=on)
    items = receivables.open_items(**account, on=on)
    return Statement(
        seller=about.details.party(),
        buyer=about.profile.party(),
        currency=currency,
        issued_on=on,
        period=Period(since, on),
        opening=major(statement_queries.owed_before(**account, on=since)),
        movements=tuple(
            Movement(
                on=one.on,
                kind=_KINDS.get(one.kind, "adjustment"),
                number=one.number,
                due_on=one.due_on,
                debit=major(max(one.amount, 0)),
                credit=major(max(-one.amount, 0)),
            )
            for one in moved
        ),
        open_items=tuple(
            OpenItem(
                kind="invoice",
                number=item.number,
                issued_on=item.issued_on,
                due_on=item.due_on,
                amount=major(item.amount),
                open=major(item.outstanding),
            )
            for item in items
        ),
        transfers=tuple(one.transfer for one in about.details.accounts_in(currency)),
        pay_link=pay_link,
    )
