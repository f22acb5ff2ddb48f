"""What a checkout is asked, and the ways it can answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.parties.models import Seller
from usance.rules.credit.decide import Decision
from usance.rules.orders import Line
from usance.rules.terms import Terms


class CheckoutRefused(Exception):
    """An order that could not be decided at all; nothing was written."""

    code = "checkout_refused"

    def __init__(self, text: str = "") -> None:
        # What the refusal tells the person: the first paragraph of its description.
        super().__init__(text or " ".join((self.__doc__ or "").split()))


class UnknownBuyer(CheckoutRefused):
    """The seller has no such buyer. Create the buyer, or send its id or external_id."""

    code = "unknown_buyer"


class NoPolicy(CheckoutRefused):
    """The seller has no credit policy yet."""

    code = "no_policy"


class ExternalIdTaken(CheckoutRefused):
    """Another order of the seller's has this external_id."""

    code = "external_id_taken"


class KeyReused(CheckoutRefused):
    """The idempotency key was used with another request. Send a new key."""

    code = "idempotency_key_reused"


class KeyInFlight(CheckoutRefused):
    """A request with this idempotency key is running. Try again in a moment."""

    code = "idempotency_key_in_flight"


class LineBusy(CheckoutRefused):
    """The buyer's credit changed at every attempt. Try again in a moment."""

    code = "credit_line_busy"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order on account, asked for by a shop. Amounts are minor units, the amount with tax.

    The buyer is named by ``buyer_id`` or by ``buyer_external_id``, the member of it who orders by
    ``member``: its id, e-mail address or the seller's own number. With ``idempotency_key`` the
    answer is remembered beside the order and given again to the same request.
    """

    seller: Seller
    amount: int
    currency: str
    buyer_id: UUID | None = None
    buyer_external_id: str | None = None
    tax_amount: int = 0
    terms: Terms | None = None
    lines: Sequence[Line] = ()
    po_number: str = ""
    member: UUID | str | None = None
    cost_centre: str = ""
    ship_to: dict[str, str] | None = None
    external_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    by: str = ""
    idempotency_key: str | None = None
    request_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A decided and recorded order."""

    order_id: UUID
    buyer_id: UUID
    decision_id: UUID
    policy_id: UUID
    state: str
    decision: Decision
    request: OrderRequest
    at: datetime
    member_id: UUID | None = None
    alternatives: tuple[dict[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """The first answer to a request that was answered before."""

    status: int
    body: str


Outcome = Authorization | Replay | CheckoutRefused
