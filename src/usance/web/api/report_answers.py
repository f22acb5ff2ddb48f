"""What reports and statements look like: the schemas of figures read at one moment."""

from __future__ import annotations

from datetime import date
from typing import Generic, Literal, TypeVar

from pydantic import Field

from usance.web.api.answers import Shown
from usance.web.api.values import BuyerId, Currency, InvoiceId, Money

Item = TypeVar("Item")


class OpenItem(Shown):
    """An invoice, or an instalment of one, that is not paid in full."""

    invoice: InvoiceId
    number: str
    instalment: int | None = Field(
        description="Its place among the instalments, from 1; null where the invoice has none."
    )
    external_id: str | None
    issued_on: date
    due_on: date
    days_overdue: int
    amount: Money
    outstanding: Money


class Standing(Shown):
    """What a buyer owed in one currency at the end of a day."""

    currency: Currency
    owed: Money
    overdue: Money
    disputed: Money = Field(description="What of it the buyer does not agree to owe.")
    unapplied_cash: Money
    balance: Money = Field(description="owed - unapplied cash")
    open_items: list[OpenItem]


class Statement(Shown):
    """A statement of account."""

    object: Literal["statement"]
    buyer: BuyerId
    on: date
    balances: list[Standing]


class AgingRow(Shown):
    """What is outstanding in one currency, by days past the due date."""

    buyer: BuyerId | None
    buyer_name: str
    currency: Currency
    invoices: int
    not_due: Money
    days_1_30: Money
    days_31_60: Money
    days_61_90: Money
    days_over_90: Money
    overdue: Money
    total: Money
    disputed: Money = Field(description="What of it buyers do not agree to owe.")


class DsoRow(Shown):
    """Days sales outstanding in one currency."""

    currency: Currency
    receivable: Money
    sales: Money
    days: int
    simple: str | None
    countback: str | None


class ExposureRow(Shown):
    """All credit lines in one currency."""

    currency: Currency
    lines: int
    limit: Money
    exposure: Money
    commitments: Money
    receivable: Money
    external: Money
    unapplied_cash: Money
    available: Money
    overdrawn: int
    held: int


class Report(Shown, Generic[Item]):
    """A report, one row a currency or a buyer."""

    object: Literal["report"]
    on: date
    data: list[Item]
