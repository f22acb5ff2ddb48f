"""What a payment provider promises, in words that no one provider owns.

Card numbers are typed on the provider's own page and never reach us (PCI DSS, SAQ A): what we have of
a card is the provider's token. References of the provider's objects are opaque texts. Amounts are
minor units of ISO 4217; an adapter converts where its provider counts otherwise.

Every writing call takes ``key``: the same key means the same act, however often it is sent. A call
that was sent and not answered raises MaybeTaken; ``fetch`` and ``find`` tell what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from usance.gateways.errors import Refused
from usance.rules.cards import DeclineReason

AuthorizationState = Literal[
    "pending", "action_required", "authorized", "captured", "voided", "declined"
]
NoticeKind = Literal["session", "authorization", "dispute", "payout", "other"]
DisputeState = Literal["open", "lost", "won"]
PayoutState = Literal["announced", "failed"]
PayoutPartKind = Literal["charge", "refund", "dispute", "fee", "payout", "other"]


class Forged(Refused):
    """A notice whose signature is not the provider's, or that is too old to be believed."""

    code = "notice_forged"


class CannotIncrease(Refused):
    """This authorization cannot be raised; authorize the difference beside it."""

    code = "cannot_increase"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToken:
    """A card as the provider keeps it for a payer: its token, and what may be shown of it."""

    reference: str
    payer: str
    brand: str = ""
    last4: str = ""
    expires_year: int | None = None
    expires_month: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why the issuer said no: our reason, and the network's own word for it."""

    reason: DeclineReason
    network_code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """Money that an issuer holds for us, or what became of it. Amounts are minor units.

    ``capturable`` is what may still be captured: providers that release the rest at the first capture
    leave nothing. ``refunded`` is the sum of all that was ever given back, ``refund_failed`` what of it
    never arrived and is ours again; neither becomes less. ``can_increase`` says whether the network
    lets it be raised; None where the provider does not say before it is tried. ``own_reference`` is
    the name that we gave it.
    """

    reference: str
    state: AuthorizationState
    currency: str
    authorized: int
    captured: int = 0
    refunded: int = 0
    refund_failed: int = 0
    capturable: int = 0
    expires_at: datetime | None = None
    can_increase: bool | None = None
    decline: Decline | None = None
    card: CardToken | None = None
    own_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRefund:
    """Money given back; ``pending`` until the provider has sent it."""

    reference: str
    state: Literal["pending", "succeeded", "failed"]
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """What is to happen on the provider's page.

    ``store`` keeps a card without taking money, ``authorize`` holds ``amount``, ``pay`` takes it. With
    ``keep_card`` the card may be charged again without its holder. Without ``return_url`` no page is
    made: the caller embeds the provider's own fields with ``secret``. After ``payable_until`` nothing
    can be paid there any more; None: as long as the provider lets it.
    """

    kind: Literal["store", "authorize", "pay"]
    payer: str
    own_reference: str
    return_url: str = ""
    cancel_url: str = ""
    amount: int = 0
    currency: str = ""
    words: str = ""
    keep_card: bool = False
    language: str = "en"
    payable_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The provider's page, and what became of it. ``url`` is empty once it is done."""

    reference: str
    state: Literal["open", "completed", "expired"]
    url: str = ""
    secret: str = ""
    expires_at: datetime | None = None
    card: CardToken | None = None
    authorization: Authorization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A cardholder's bank takes money back. ``fee`` is what the provider charges for it."""

    reference: str
    authorization: str
    state: DisputeState
    amount: int
    currency: str
    reason: str = ""
    fee: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutPart:
    """One movement that a payout is made of; minor units of the payout's currency.

    ``amount`` is before the ``fee`` that the provider keeps of it: positive for what was taken from a
    card, negative for what went back. Where the card was charged in another currency ``own_amount`` and
    ``own_currency`` say what that was. ``authorization`` is empty where it is about none; ``dispute``
    names one that took money or gave it back, ``payout`` one that failed and is sent once more with this.
    """

    reference: str
    kind: PayoutPartKind
    amount: int
    fee: int = 0
    authorization: str = ""
    dispute: str = ""
    payout: str = ""
    own_amount: int | None = None
    own_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money that the provider sends to the seller's bank; negative, what it takes from there.

    ``marks`` are words by which the bank may show it beside the amount, ``names`` those that no other
    payout has: its reference, and the trace number that the banks gave it. ``parts`` are what it is made
    of, as far as the provider says.
    """

    reference: str
    state: PayoutState
    amount: int
    currency: str
    arrives_on: date
    names: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    parts: tuple[PayoutPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One event as the provider told it. What it is about is asked for, not believed, but for
    disputes, which say themselves what was taken."""

    id: str
    kind: NoticeKind
    type: str
    reference: str
    sent_at: datetime
    dispute: Dispute | None = None


class PaymentProvider(Protocol):
    """Takes cards for the seller. ``source`` names the way.

    Every call raises Unavailable where trying again may help, MaybeTaken where it was sent and not
    answered, Refused where it will not be taken, Malformed for an answer nobody understands. A card
    that is declined is an answer, not an error.
    """

    source: str

    def register_payer(self, *, name: str, email: str, own_reference: str, key: str) -> str:
        """A payer at the provider, for whom cards are kept; its reference."""
        ...

    def open_page(self, wanted: PageWanted, *, key: str) -> Page:
        """The provider's page on which the payer types its card."""
        ...

    def page(self, reference: str) -> Page:
        """What became of a page, with the card and the authorization that it brought."""
        ...

    def close_page(self, reference: str, *, key: str) -> Page:
        """Let nothing be typed on a page any more. One that was completed, or is closed already, stays
        as it is and is what is given."""
        ...

    def authorize(
        self,
        card: CardToken,
        *,
        amount: int,
        currency: str,
        own_reference: str,
        key: str,
        capture: bool = False,
    ) -> Authorization:
        """Hold ``amount`` on a stored card, its holder not being there; take it at once with
        ``capture``."""
        ...

    def increase(self, reference: str, *, amount: int, currency: str, key: str) -> Authorization:
        """Raise an authorization to ``amount`` in all. Raises CannotIncrease."""
        ...

    def capture(self, reference: str, *, amount: int, currency: str, key: str) -> Authorization:
        """Take ``amount`` of what is held."""
        ...

    def void(self, reference: str, *, key: str) -> Authorization:
        """Let go of what is held."""
        ...

    def refund(self, reference: str, *, amount: int, currency: str, key: str) -> PaymentRefund:
        """Give back ``amount`` of what was captured."""
        ...

    def fetch(self, reference: str) -> Authorization:
        """The authorization as it stands now."""
        ...

    def find(self, *, payer: str, own_reference: str) -> Authorization | None:
        """The authorization of ``payer`` that carries our reference; None if there is none."""
        ...

    def payout(self, reference: str) -> Payout:
        """A payout with all that it is made of."""
        ...

    def payouts(self, *, since: date) -> Sequence[str]:
        """The references of payouts that arrive, or should have, from the day ``since`` on."""
        ...

    def forget_card(self, card: CardToken, *, key: str) -> None:
        """Have the provider forget a card; one that it does not know is forgotten already."""
        ...

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """The event that ``body`` tells. Raises Forged, or Malformed."""
        ...

    def try_out(self) -> None:
        """Ask something harmless."""
        ...
