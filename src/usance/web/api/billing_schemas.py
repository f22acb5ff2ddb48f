"""What requests about shipments, invoices and their notes look like."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from usance.rules.invoicing.crediting import CreditedLine
from usance.web.api.line_schemas import MOST_LINES, AllowancesCharges, NewLine, optional_units
from usance.web.api.paging import Cursor
from usance.web.api.schemas import ShipTo
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Day,
    ExternalId,
    LongText,
    Metadata,
    Part,
    PositiveMoney,
    ShortText,
    Value,
)

LineNumber = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=NO_NUL)]


_OF_SHIPMENT = (
    "Those of this shipment. They come on top of the amount, and the order grows by them; those of the"
    " order that nothing bears yet are in the amount, after its lines."
)


class NewInvoice(Value):
    """What ships now. Without an amount, all that remains of the order."""

    amount: PositiveMoney | None = None
    tax_amount: Part | None = Field(default=None, description="null: the share of the order's tax.")
    lines: list[NewLine] = Field(default=[], max_length=MOST_LINES)
    allowances_charges: AllowancesCharges = Field(default=[], description=_OF_SHIPMENT)
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class NewShipment(Value):
    """What leaves now. Without an amount, all that remains of the order."""

    amount: PositiveMoney | None = None
    tax_amount: Part | None = Field(default=None, description="null: the share of the order's tax.")
    lines: list[NewLine] = Field(default=[], max_length=MOST_LINES)
    allowances_charges: AllowancesCharges = Field(default=[], description=_OF_SHIPMENT)
    shipped_on: Day | None = Field(default=None, description="null: today.")
    delivered_on: Day | None = None
    carrier: ShortText = ""
    tracking: ShortText = ""
    ship_to: ShipTo | None = Field(default=None, description="null: where the order goes.")
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class Arrival(Value):
    """When a shipment arrived."""

    delivered_on: Day | None = Field(default=None, description="null: today.")


class LineToCredit(Value):
    """A line of the invoice's document to take back: all that is left, a quantity, or an amount."""

    line: LineNumber = Field(
        description="Its number on the invoice; C1, C2 ... for its allowances and charges."
    )
    quantity: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)] | None = None
    amount: Part | None = Field(default=None, description="With its tax.")


def lines_to_credit(lines: Sequence[LineToCredit], *, currency: str) -> list[CreditedLine]:
    """The same as the rules take it. Raises InvalidRequest for an amount that fits no ``currency``."""
    return [
        CreditedLine(
            one.line,
            one.quantity,
            optional_units(one.amount, currency=currency, pointer=f"#/lines/{n}/amount"),
        )
        for n, one in enumerate(lines)
    ]


class NewCreditNote(Value):
    """What is taken back of an invoice: named lines, or an amount. Without either, all of it."""

    amount: PositiveMoney | None = None
    lines: list[LineToCredit] = Field(default=[], max_length=MOST_LINES)
    reason: LongText = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class NewCorrection(Value):
    """What is right. Without lines, what was billed stays, and the parties are as they are today."""

    reason: LongText = ""
    lines: list[NewLine] = Field(default=[], max_length=MOST_LINES)
    allowances_charges: AllowancesCharges | None = Field(
        default=None, description="null: those that were billed stay."
    )
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class WriteOff(Value):
    """Why the rest of an invoice is given up."""

    reason: LongText = ""


class NewBillingRun(Value):
    """Which cut-off to bill, and whom."""

    cut_off_on: Day | None = Field(default=None, description="null: yesterday.")
    buyer: BuyerId | None = Field(default=None, description="null: all buyers.")


class BillingPreviewAsked(NewBillingRun):
    """Which cut-off to look at, of whom, and from which draft on."""

    after: Cursor | None = None
