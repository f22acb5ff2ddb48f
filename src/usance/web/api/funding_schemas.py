"""What programs send and get about early money."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.flows.funding.programs import MOST_DAYS, ProgramTerms
from usance.records.funding.models import Advance, FundingProgram
from usance.records.identity import public_id
from usance.rules.funding.terms import BASIS
from usance.rules.money import LARGEST_AMOUNT
from usance.web.api import answers, objects
from usance.web.api.connections import ConnectionId
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    Currency,
    ExternalId,
    InvoiceId,
    Metadata,
    Money,
    Name,
    PositiveMoney,
    PublicId,
    ShortText,
    Value,
)

ProgramId = Annotated[UUID, PublicId("funding_program")]
AdvanceId = Annotated[UUID, PublicId("advance")]
Kind = Literal["own_book", "with_recourse", "without_recourse", "insured"]
ProgramState = Literal["active", "paused", "closed"]
AdvanceState = Literal[
    "eligible",
    "requested",
    "paid_out",
    "repaid",
    "recoursed",
    "absorbed",
    "declined",
    "canceled",
]
Share = Annotated[
    int, Field(strict=True, ge=0, le=BASIS, description="Basis points: 10000 are the whole.")
]
Days = Annotated[int, Field(strict=True, ge=0, le=MOST_DAYS)]
Units = Annotated[
    int,
    Field(strict=True, ge=0, le=LARGEST_AMOUNT, description="Minor units of the `currency`."),
]
Condition = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]


class ProgramFields(Value):
    """On what conditions invoices are funded, and by whom.

    Programmes are asked in the order of `place`; the first whose `condition` holds (in the language of
    credit policies, over `invoice.amount`, `invoice.terms_days`, `buyer.country`, `buyer.group`,
    `buyer.overdue`, `score.late_probability`, `score.days_late`, `score.band` and `bureau.score`) and
    whose limits bear the invoice takes it. A programme of the kind `own_book` keeps it from those
    after it.
    """

    name: Name
    kind: Kind
    currency: Currency
    connection: ConnectionId | None = None
    place: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    condition: Condition = ""
    rate: Share = 0
    flat_fee: Share = 0
    period_fee: Share = Field(default=0, description="For each 30 days begun, in basis points.")
    interest: Share = Field(default=0, description="A year, act/360, in basis points.")
    minimum_fee: Units = 0
    recourse_days: Days = 60
    total_limit: Units | None = None
    buyer_limit: Units | None = None
    concentration: Share | None = None
    smallest: Units | None = None
    oldest_days: Days | None = None
    longest_days: Days | None = None
    insurer: ShortText = ""
    insured_share: Share = 0
    premium: Share = 0
    claim_days: Days = 0

    def terms(self) -> ProgramTerms:
        """The same as the flow takes it."""
        fields = self.model_dump(exclude={"connection", "external_id", "metadata", "state"})
        return ProgramTerms(connection_id=self.connection, **fields)


class NewProgram(ProgramFields):
    """A programme to set up."""

    external_id: ExternalId | None = None
    metadata: Metadata = {}


class ChangedProgram(ProgramFields):
    """A programme as it is to be from now on. Advances that were made stay as they are."""

    state: ProgramState = "active"


class ProgramShown(answers.Described):
    """A programme. Rates are basis points, amounts minor units of its currency."""

    id: ProgramId
    object: Literal["funding_program"]
    name: str
    kind: Kind
    state: ProgramState
    currency: Currency
    connection: ConnectionId | None
    place: int
    condition: str
    rate: int
    flat_fee: int
    period_fee: int
    interest: int
    minimum_fee: int
    recourse_days: int
    total_limit: int | None
    buyer_limit: int | None
    concentration: int | None
    smallest: int | None
    oldest_days: int | None
    longest_days: int | None
    insurer: str
    insured_share: int
    premium: int
    claim_days: int


class NewAdvance(Value):
    """Ask for money on an invoice now; without a `program` the first takes it that wants it."""

    program: ProgramId | None = None
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class Compensation(Value):
    """What an insurer has paid."""

    amount: PositiveMoney


class AdvanceShown(answers.Described):
    """Money on an invoice before its buyer pays.

    `advanced` less `fee` is paid out. `annual_rate` is what it costs in a year, in per cent: expected
    while it is out, true when it has ended. `cost` is fee, premium and interest so far.
    """

    id: AdvanceId
    object: Literal["advance"]
    program: ProgramId
    invoice: InvoiceId
    buyer: BuyerId
    kind: Kind
    state: AdvanceState
    currency: Currency
    amount: Money
    advanced: Money
    reserve: Money
    fee: Money
    premium: Money
    interest: Money
    cost: Money
    still_out: Money
    repaid: Money
    diluted: Money
    recoursed: Money
    absorbed: Money
    reserve_released: Money
    claimed: Money
    compensated: Money
    annual_rate: str | None
    expected_on: date
    recourse_on: date
    requested_at: datetime | None
    paid_out_on: date | None
    ended_on: date | None
    reason_code: str
    reason: str


_PLAIN = tuple(
    name
    for name in ProgramShown.model_fields
    if name not in answers.Described.model_fields and name not in ("id", "object", "connection")
)
_MONEY = (
    "advanced",
    "reserve",
    "fee",
    "premium",
    "interest",
    "still_out",
    "repaid",
    "diluted",
    "recoursed",
    "absorbed",
    "reserve_released",
    "claimed",
    "compensated",
)


def program(it: FundingProgram) -> dict[str, Any]:
    """A programme as it is shown."""
    return (
        objects.described("funding_program", it)
        | {name: getattr(it, name) for name in _PLAIN}
        | {"connection": objects.optional_id("connection", it.connection_id)}
    )


def advance(it: Advance) -> dict[str, Any]:
    """An advance as it is shown."""
    return (
        objects.described("advance", it)
        | {
            "program": public_id("funding_program", it.program_id),
            "invoice": public_id("invoice", it.invoice_id),
            "buyer": public_id("buyer", it.buyer_id),
            "kind": it.kind,
            "state": it.state,
            "currency": it.currency,
            "amount": objects.money(it.base, it.currency),
            "cost": objects.money(it.fee + it.premium + it.interest, it.currency),
            "annual_rate": None if it.annual_rate is None else str(it.annual_rate),
            "expected_on": it.expected_on,
            "recourse_on": it.recourse_on,
            "requested_at": it.requested_at,
            "paid_out_on": it.paid_out_on,
            "ended_on": it.ended_on,
            "reason_code": it.reason_code,
            "reason": it.reason,
        }
        | {name: objects.money(getattr(it, name), it.currency) for name in _MONEY}
    )
