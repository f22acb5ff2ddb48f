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
    disputed: Money | None = Field(
        description="What of it buyers do not agree to owe; null where the rows are of neither all nor"
        " one buyer."
    )
    label: str = Field(description="What the buyers of the row have in common; empty if not said.")


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


class LedgerRow(Shown):
    """The ledger's receivables of one currency at the end of the day of the report."""

    currency: Currency
    receivable: Money
    agrees: bool = Field(description="Whether the report's rows sum to it, to the minor unit.")


class AgingReport(Report[AgingRow]):
    """An aging, held against the ledger."""

    ledger: list[LedgerRow]


class CollectionRow(Shown):
    """How well a period was collected, in one currency; days have one decimal, ratios four."""

    currency: Currency
    days: int
    receivable: Money
    not_due: Money
    beginning: Money
    sales: Money
    simple: str | None
    countback: str | None
    best: str | None = Field(description="Days sales outstanding if nothing were overdue.")
    delinquent: str | None = Field(description="simple - best")
    effectiveness: str | None = Field(description="The collection effectiveness index; 1 at best.")
    days_late: str | None = Field(description="Of invoices paid in the period, by amount.")
    disputed: Money
    dispute_rate: str | None
    promised: Money
    kept: Money
    kept_rate: str | None
    bad_debt: Money
    bad_debt_rate: str | None


class Debtor(Shown):
    """A buyer among the largest."""

    buyer: BuyerId
    buyer_name: str
    outstanding: Money
    overdue: Money


class ConcentrationRow(Shown):
    """How the receivables of one currency are spread over buyers."""

    currency: Currency
    total: Money
    buyers: int
    top_share: str | None
    index: int | None = Field(description="Herfindahl-Hirschman, up to 10000.")
    top: list[Debtor]


class CohortShare(Shown):
    """What was paid of a month's invoices by some days after the due date."""

    days: int
    paid: Money | None = Field(description="Null while not all invoices of the month are that old.")
    share: str | None


class CohortRow(Shown):
    """The invoices of one month."""

    month: str
    invoiced: Money
    paid: list[CohortShare]


class TermsRow(Shown):
    """What terms cost and earned in one currency."""

    currency: Currency
    days: int
    sales: Money
    capital: Money | None = Field(description="Null while the seller has not said its rate.")
    discounts: Money
    fees: Money
    differences: Money
    bad_debt: Money
    cost: Money
    interest: Money
    net: Money
    of_sales: str | None = Field(description="The net cost as a share of sales.")


class LineUseRow(Shown):
    """One credit line and what is in use of it."""

    buyer: BuyerId
    buyer_name: str
    currency: Currency
    state: str
    limit: Money
    tolerance: Money
    exposure: Money
    use: str | None


class ForecastWeek(Shown):
    """Seven days. Of ten such weeks nine bring more than ``low``, five more than ``middle``, and one more
    than ``high``; ``expected`` is what they bring on average."""

    begins_on: date
    ends_on: date
    expected: Money
    low: Money
    middle: Money
    high: Money
    came: Money | None = Field(description="What came of the same invoices; null until it is over.")
    within: bool | None


class ForecastRow(Shown):
    """A forecast of one currency, as of the evening of ``made_of``."""

    currency: Currency
    made_of: date
    kept: bool = Field(
        description="Whether it is the one that was kept, or was made for this answer."
    )
    model: str
    items: int
    outstanding: Money
    disputed: Money
    beyond: Money
    weeks: list[ForecastWeek]


class ReportRulesShown(Shown):
    """What reports rest on beside the books."""

    object: Literal["report_rules"]
    capital_rate: str | None
    segment_key: str
    person_key: str
