"""What a funding partner promises, in words that no one partner owns.

A partner advances money on an invoice before the buyer pays it. Amounts are minor units of ISO 4217.
Every writing call takes ``key``: the same key means the same act, however often it is sent, so a call
that was sent and not answered (MaybeTaken) is sent again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from usance.gateways.errors import Refused

AdvanceState = Literal["requested", "paid_out", "declined", "canceled"]
RemittanceKind = Literal["dilution", "repayment", "recourse", "reclaim"]


class Forged(Refused):
    """A notice whose signature is not the partner's, or that is too old to be believed."""

    code = "notice_forged"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """What a partner is told of an invoice: no more than it needs to decide.

    ``amount`` is what is outstanding, ``wanted`` the advance that is hoped for. ``own_reference`` is
    our name of the advance.
    """

    own_reference: str
    number: str
    currency: str
    amount: int
    wanted: int
    issued_on: date
    due_on: date
    buyer_name: str
    buyer_country: str
    buyer_tax_id: str = ""
    with_recourse: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a partner would pay: ``advanced`` less ``fee``; ``interest`` in basis points a year, act/360,
    on top. ``reference`` is quoted when the advance is asked for."""

    reference: str
    currency: str
    advanced: int
    fee: int
    interest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """An advance as its partner sees it.

    ``collected`` is what the buyer has paid to the partner's own account in all, ``remitted`` what we
    have paid back in all, less what was asked back. ``recourse`` says that the partner asks for its
    money back.
    """

    reference: str
    own_reference: str
    state: AdvanceState
    currency: str
    advanced: int = 0
    fee: int = 0
    paid_out_on: date | None = None
    payout_reference: str = ""
    collected: int = 0
    remitted: int = 0
    recourse: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """Money between us and the partner for one advance: ``amount`` of the advance and ``interest``.
    A ``reclaim`` asks ``amount`` back, since the payment that it came from was returned."""

    kind: RemittanceKind
    amount: int
    interest: int
    currency: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One event as the partner told it. What it is about is asked for, not believed.

    ``reference`` and ``own_reference`` name the advance; both are empty where it is about nothing that
    we follow.
    """

    id: str
    type: str
    reference: str
    own_reference: str
    sent_at: datetime


class FundingPartner(Protocol):
    """Advances money on invoices. ``source`` names the way.

    Every call raises Unavailable where trying again may help, MaybeTaken where it was sent and not
    answered, Refused where it will not be taken, Malformed for an answer nobody understands. An
    advance that is declined is an answer, not an error.
    """

    source: str

    def offer(self, facts: InvoiceFacts) -> Offer | None:
        """What the partner would pay for the invoice; None where it would not. Binds nobody."""
        ...

    def request(self, facts: InvoiceFacts, *, offer: Offer, key: str) -> Funded:
        """Ask for the advance that was offered."""
        ...

    def fetch(self, reference: str) -> Funded:
        """The advance as it stands now."""
        ...

    def cancel(self, reference: str, *, key: str) -> Funded:
        """Withdraw what was asked for; one that is paid out stays so."""
        ...

    def remit(self, reference: str, remittance: Remittance, *, key: str) -> Funded:
        """Tell of money that goes to the partner, or is asked back from it."""
        ...

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """The event that ``body`` tells. Raises Forged, or Malformed."""
        ...

    def try_out(self) -> None:
        """Ask something harmless."""
        ...
