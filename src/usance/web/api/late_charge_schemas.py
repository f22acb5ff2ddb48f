"""What the API takes and shows of late interest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field

from usance.flows.late_charges import LateCharges
from usance.flows.late_interest_terms import TermsFields
from usance.records.collections.models import LateCharge, LateChargeWaiver
from usance.records.identity import public_id
from usance.rules.interest import LAWS, RateTable
from usance.rules.interest.claim_document import steps_as_json
from usance.web.api import answers, objects
from usance.web.api.values import (
    BuyerId,
    CreditNoteId,
    Currency,
    Day,
    ExternalId,
    InvoiceId,
    Metadata,
    Money,
    PositiveMoney,
    PublicId,
    ShortText,
    Value,
)

LateChargeId = Annotated[UUID, PublicId("late_charge")]
LawCode = Literal[
    "contract", "EU", "IT", "FR", "NL", "ES", "BE", "FI", "IE", "DE", "AT", "RO", "PL", "CZ", "HU",
    "SE", "DK", "GB", "IN",
]  # fmt: skip
TableCode = Literal[
    "ecb", "de_base", "boe", "bnr", "rbi", "nbp", "at_base", "cnb", "mnb", "riksbank", "dn"
]
DayCountName = Literal["act/365", "act/360", "30e/360", "act/act"]
YearlyRate = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
MOST_RATES: Final = 1000


class StepShown(answers.Shown):
    """Interest of days on which nothing changed: base x rate x days, rounded once."""

    due_on: date
    first: date
    last: date = Field(description="Both days bear interest.")
    days: int
    day_count: DayCountName
    base: int = Field(description="Minor units that bore interest.")
    compounded: int = Field(description="The earlier interest in the base.")
    rate: str = Field(description="Per cent a year.")
    reference_rate: str | None
    reference_on: date | None = Field(description="The day whose reference rate counts.")
    amount: int
    clause: str


class LateChargeShown(answers.Described):
    """What was claimed for an invoice that is paid late. `claim` is the debit note by which it is owed,
    null where all of it had been waived."""

    id: LateChargeId
    object: Literal["late_charge"]
    buyer: BuyerId
    invoice: InvoiceId
    claim: InvoiceId | None
    claim_number: str
    law: str
    since_on: date
    until_on: date
    interest: Money
    compensation: Money
    costs: Money
    compensation_clause: str = Field(
        description="What both rest on, and which costs were named and left out."
    )
    waived: Money
    amount: Money
    steps: list[StepShown]


class WaiverShown(answers.Shown):
    """What was given up, and why."""

    object: Literal["late_charge_waiver"]
    invoice: InvoiceId
    late_charge: LateChargeId | None
    credit_note: CreditNoteId | None
    amount: Money
    reason: str
    author: str
    waived_on: date
    created_at: datetime


class AccruedShown(answers.Shown):
    """What one invoice has cost its buyer by being paid late and is not claimed yet.

    ``waived`` is what the next claim will be less by, ``amount`` what could be claimed. Nothing of days
    from ``held_from`` on is claimed while part of the invoice is disputed. Where ``rate_missing`` is not
    null, a reference rate is not known, and interest ends the day before. ``costs_left_out`` is what was
    asked about and is not owed, or cannot be said. The fixed sum is left out while one of the
    ``exchange_rates_missing`` of the day ``exchange_rate_on`` (null: of the claim) is not stored.
    """

    object: Literal["late_charges"]
    invoice: InvoiceId
    number: str
    on: date
    law: str
    law_name: str
    steps: list[StepShown]
    interest: Money
    compensation: Money = Field(description="The fixed sum, and the costs beyond it.")
    compensation_clause: str
    costs: Money = Field(description="The costs of recovery in it.")
    costs_left_out: Money
    exchange_rates_missing: list[Currency]
    exchange_rate_on: date | None
    waived: Money
    amount: Money
    warnings: list[str]
    held_from: date | None
    rate_missing: str | None
    claimed: list[LateChargeShown]
    waivers: list[WaiverShown]


class BuyerLateCharges(answers.Shown):
    """All of a buyer's invoices that were or are paid late; sums by currency."""

    object: Literal["buyer_late_charges"]
    buyer: BuyerId
    on: date
    totals: list[Money]
    invoices: list[AccruedShown]


class NewClaim(Value):
    """Until which day to claim (null: today), and what recovering the invoice has cost so far."""

    until: Day | None = None
    costs: PositiveMoney | None = None
    reason: ShortText = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class NewWaiver(Value):
    """How much to give up (null: all), and why."""

    amount: PositiveMoney | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class TermsValue(Value):
    """By which law and contract late interest is computed. ``law`` null: that of the country of
    ``country_of``. ``rate`` and ``cap`` are per cent a year."""

    law: LawCode | None = None
    country_of: Literal["seller", "buyer"] = "seller"
    rate: YearlyRate | None = None
    cap: YearlyRate | None = None
    day_count: DayCountName = "act/365"
    claims_compensation: bool = True
    is_small_supplier: bool = False
    charging: Literal["never", "at_notice"] = "never"
    prefix: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9/-]{0,11}$")] = "INT"


class TermsShown(answers.Shown):
    """The terms as they are set; ``own`` is whether a buyer has its own."""

    object: Literal["late_interest_terms"]
    own: bool
    law: LawCode | None
    country_of: Literal["seller", "buyer"]
    rate: str | None
    cap: str | None
    day_count: DayCountName
    claims_compensation: bool
    is_small_supplier: bool
    charging: Literal["never", "at_notice"]
    prefix: str


class NewReferenceRate(Value):
    """From a day on the reference rate of a table is so many per cent a year."""

    table: TableCode
    valid_from: Day
    rate: Annotated[Decimal, Field(ge=-20, le=100, max_digits=7, decimal_places=4)]
    known_until: Day | None = None
    source: ShortText = ""


class NewReferenceRates(Value):
    """Rates to store together."""

    rates: Annotated[list[NewReferenceRate], Field(min_length=1, max_length=MOST_RATES)]


class RateChangeShown(answers.Shown):
    """A rate and the day from which it is in force."""

    valid_from: date
    rate: str


class RateGapShown(answers.Shown):
    """A time within a table of which nothing is known; both days belong to it."""

    first: date
    last: date


class RateTableShown(answers.Shown):
    """A reference rate with all that is known of it."""

    object: Literal["reference_rate_table"]
    table: TableCode
    name: str
    source: str
    known_until: date | None
    gaps: list[RateGapShown] = Field(description="No claim is computed with a day in one of these.")
    rates: list[RateChangeShown]


class RateTables(answers.Shown):
    """Every table."""

    object: Literal["list"]
    data: list[RateTableShown]


class LoadedShown(answers.Shown):
    """How many rates were new, took the place of another, and were known."""

    object: Literal["reference_rates_loaded"]
    created: int
    changed: int
    known: int


def terms(fields: TermsFields, *, own: bool) -> dict[str, Any]:
    """The terms of late interest as the API shows them."""
    return {
        "object": "late_interest_terms",
        "own": own,
        "law": fields.law or None,
        "country_of": fields.country_of,
        "rate": _rate(fields.rate),
        "cap": _rate(fields.cap),
        "day_count": fields.day_count,
        "claims_compensation": fields.claims_compensation,
        "is_small_supplier": fields.is_small_supplier,
        "charging": fields.charging,
        "prefix": fields.prefix,
    }


def _rate(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate.normalize():f}"


def rate_table(table: RateTable) -> dict[str, Any]:
    """A reference rate with all that is known of it."""
    return {
        "object": "reference_rate_table",
        "table": table.code,
        "name": table.name,
        "source": table.source,
        "known_until": table.known_until if table.changes else None,
        "gaps": [{"first": first, "last": last} for first, last in table.gaps],
        "rates": [{"valid_from": day, "rate": _rate(rate)} for day, rate in table.changes],
    }


def accrued(it: LateCharges) -> dict[str, Any]:
    """What has accrued on one invoice, as the API shows it."""
    invoice, accrual = it.invoice, it.accrual
    currency = invoice.currency
    return {
        "object": "late_charges",
        "invoice": public_id("invoice", invoice.id),
        "number": invoice.number,
        "on": it.on,
        "law": accrual.law,
        "law_name": LAWS[accrual.law].name,
        "steps": steps_as_json(accrual.steps),
        "interest": objects.money(accrual.interest, currency),
        "compensation": objects.money(it.compensation.amount, currency),
        "compensation_clause": it.compensation.clause if it.compensation.amount else "",
        "costs": objects.money(it.compensation.costs, currency),
        "costs_left_out": objects.money(it.compensation.left_out, currency),
        "exchange_rates_missing": list(it.compensation.missing),
        "exchange_rate_on": it.compensation.rate_on,
        "waived": objects.money(it.waived, currency),
        "amount": objects.money(it.open_amount, currency),
        "warnings": list(accrual.warnings),
        "held_from": it.held_from,
        "rate_missing": str(it.unknown) if it.unknown else None,
        "claimed": [shown(charge) for charge in it.claimed],
        "waivers": [waiver(one) for one in it.waivers],
    }


def shown(it: LateCharge) -> dict[str, Any]:
    """A late charge as the API shows it."""
    return objects.described("late_charge", it) | {
        "buyer": public_id("buyer", it.buyer_id),
        "invoice": public_id("invoice", it.invoice_id),
        "claim": objects.optional_id("invoice", it.claim_id),
        "claim_number": it.claim.number if it.claim else "",
        "law": it.law,
        "since_on": it.since_on,
        "until_on": it.until_on,
        "interest": objects.money(it.interest, it.currency),
        "compensation": objects.money(it.compensation, it.currency),
        "costs": objects.money(it.costs, it.currency),
        "compensation_clause": it.clause,
        "waived": objects.money(it.waived, it.currency),
        "amount": objects.money(it.amount, it.currency),
        "steps": it.steps,
    }


def waiver(it: LateChargeWaiver) -> dict[str, Any]:
    """A waiver as the API shows it."""
    return {
        "object": "late_charge_waiver",
        "invoice": public_id("invoice", it.invoice_id),
        "late_charge": objects.optional_id("late_charge", it.charge_id),
        "credit_note": objects.optional_id("credit_note", it.credit_note_id),
        "amount": objects.money(it.amount, it.currency),
        "reason": it.reason,
        "author": it.author,
        "waived_on": it.waived_on,
        "created_at": it.created_at,
    }
