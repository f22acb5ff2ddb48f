"""A payment provider in memory, for tests: held to what the real ones are held to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar, cast

from usance.gateways.errors import MaybeTaken, Refused
from usance.gateways.psp.provider import (
    Authorization,
    CannotIncrease,
    CardToken,
    Decline,
    Dispute,
    Forged,
    Notice,
    Page,
    PageWanted,
    PaymentRefund,
    Payout,
)
from usance.rules.cards import DeclineReason

SIGNATURE: Final = "x-signature"
T = TypeVar("T")


@dataclass
class MemoryProvider:
    """Keeps payers, cards, pages and authorizations. ``declines`` says which cards are refused, and
    why; ``no_increase`` those whose network raises nothing; ``lose_answers`` how many of the next
    writing calls are done without their answer arriving."""

    source = "memory"
    declines: dict[str, DeclineReason] = field(default_factory=dict)
    no_increase: set[str] = field(default_factory=set)
    lose_answers: int = 0
    validity: timedelta = timedelta(days=7)
    at: datetime = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    payers: dict[str, str] = field(default_factory=dict)
    pages: dict[str, tuple[PageWanted, Page]] = field(default_factory=dict)
    held: dict[str, Authorization] = field(default_factory=dict)
    cards: dict[str, CardToken] = field(default_factory=dict)
    refunds: dict[str, PaymentRefund] = field(default_factory=dict)
    sent: dict[str, Payout] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _done: dict[str, object] = field(default_factory=dict)
    _next: int = 0

    def register_payer(self, *, name: str, email: str, own_reference: str, key: str) -> str:
        """A payer."""
        del email, own_reference
        reference = self._once(key, lambda: self._new("payer"))
        self.payers[reference] = name
        return reference

    def open_page(self, wanted: PageWanted, *, key: str) -> Page:
        """A page at an address that nobody opens."""

        def make() -> Page:
            reference = self._new("page")
            url = f"https://pay.example/{reference}" if wanted.return_url else ""
            secret = "" if url else f"{reference}_secret"
            page = Page(reference=reference, state="open", url=url, secret=secret)
            self.pages[reference] = wanted, page
            return page

        return self._once(key, make)

    def type_card(self, reference: str, *, brand: str = "visa", last4: str = "4242") -> Page:
        """What a payer does on a page: types a card, which is kept, and pays where it is asked to."""
        wanted, page = self.pages[reference]
        card = CardToken(
            reference=self._new("card"),
            payer=wanted.payer if wanted.kind == "store" or wanted.keep_card else "",
            brand=brand,
            last4=last4,
            expires_year=2029,
            expires_month=11,
        )
        self.cards[card.reference] = card
        made = None
        if wanted.kind != "store":
            made = self.authorize(
                card,
                amount=wanted.amount,
                currency=wanted.currency,
                own_reference=wanted.own_reference,
                key=f"{reference}:paid",
                capture=wanted.kind == "pay",
            )
        done = replace(page, state="completed", url="", secret="", card=card, authorization=made)
        self.pages[reference] = wanted, done
        return done

    def page(self, reference: str) -> Page:
        """A page, its authorization as it stands now."""
        if reference not in self.pages:
            raise _unknown(reference)
        page = self.pages[reference][1]
        made = page.authorization
        return replace(page, authorization=self.held[made.reference]) if made else page

    def close_page(self, reference: str, *, key: str) -> Page:
        """Closed, unless something was typed there."""

        def make() -> Page:
            page = self.page(reference)
            if page.state == "open":
                page = replace(page, state="expired", url="", secret="")
                self.pages[reference] = self.pages[reference][0], page
            return page

        return self._once(key, make)

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
        """Held, or declined where the card is said to be."""

        def make() -> Authorization:
            if card.reference not in self.cards:
                raise _unknown(card.reference)
            reason = self.declines.get(card.reference)
            made = Authorization(
                reference=self._new("auth"),
                state="declined" if reason else "captured" if capture else "authorized",
                currency=currency,
                authorized=amount,
                captured=amount if capture and not reason else 0,
                capturable=0 if capture or reason else amount,
                expires_at=None if reason else self.at + self.validity,
                can_increase=None if reason else card.reference not in self.no_increase,
                decline=Decline(reason=reason, network_code=reason) if reason else None,
                card=card,
                own_reference=own_reference,
            )
            self.held[made.reference] = made
            return made

        return self._once(key, make)

    def increase(self, reference: str, *, amount: int, currency: str, key: str) -> Authorization:
        """Raised, unless the network of the card does not."""
        del currency
        now = self.fetch(reference)
        if not now.can_increase or now.state != "authorized":
            raise CannotIncrease("It cannot be raised.", counterpart="Memory", detail=reference)
        return self._once(
            key, lambda: self._change(reference, authorized=amount, capturable=amount)
        )

    def capture(self, reference: str, *, amount: int, currency: str, key: str) -> Authorization:
        """Taken; the rest is released, as most providers do."""
        del currency

        def make() -> Authorization:
            if not 0 < amount <= self.fetch(reference).capturable:
                raise Refused("More than is held.", counterpart="Memory", detail=reference)
            return self._change(reference, state="captured", captured=amount, capturable=0)

        return self._once(key, make)

    def void(self, reference: str, *, key: str) -> Authorization:
        """Let go of."""

        def make() -> Authorization:
            if self.fetch(reference).state != "authorized":
                raise Refused("Nothing is held.", counterpart="Memory", detail=reference)
            return self._change(reference, state="voided", capturable=0)

        return self._once(key, make)

    def refund(self, reference: str, *, amount: int, currency: str, key: str) -> PaymentRefund:
        """Given back at once."""
        del currency

        def make() -> PaymentRefund:
            now = self.fetch(reference)
            if not 0 < amount <= now.captured - now.refunded + now.refund_failed:
                raise Refused("More than was taken.", counterpart="Memory", detail=reference)
            self._change(reference, refunded=now.refunded + amount)
            made = PaymentRefund(reference=self._new("refund"), state="succeeded", amount=amount)
            self.refunds[made.reference] = made
            return made

        return self._once(key, make)

    def fetch(self, reference: str) -> Authorization:
        """As it stands."""
        if reference not in self.held:
            raise _unknown(reference)
        return self.held[reference]

    def find(self, *, payer: str, own_reference: str) -> Authorization | None:
        """By our reference."""
        for one in self.held.values():
            if one.own_reference == own_reference and one.card and one.card.payer == payer:
                return one
        return None

    def payout(self, reference: str) -> Payout:
        """One that was put into ``sent``."""
        if reference not in self.sent:
            raise _unknown(reference)
        return self.sent[reference]

    def payouts(self, *, since: date) -> Sequence[str]:
        """What is in ``sent``."""
        return [one.reference for one in self.sent.values() if one.arrives_on >= since]

    def forget_card(self, card: CardToken, *, key: str) -> None:
        """Forgotten."""
        del key
        self.cards.pop(card.reference, None)

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """A notice made by ``notice``."""
        if headers.get(SIGNATURE) != "memory":
            raise Forged("It is not signed.", counterpart="Memory", detail=SIGNATURE)
        told = json.loads(body)
        dispute = Dispute(**told["dispute"]) if told.get("dispute") else None
        return Notice(
            id=told["id"],
            kind=told["kind"],
            type=told["kind"],
            reference=told["reference"],
            sent_at=at,
            dispute=dispute,
        )

    def try_out(self) -> None:
        """Always there."""

    def expire(self, reference: str) -> None:
        """What a network does when nobody captures."""
        self._change(reference, state="voided", capturable=0)

    def fail_refund(self, reference: str, *, amount: int) -> None:
        """What happens when the card's bank does not take what is given back."""
        self._change(reference, refund_failed=self.fetch(reference).refund_failed + amount)

    def _change(self, reference: str, **fields: object) -> Authorization:
        self.held[reference] = replace(self.fetch(reference), **fields)  # type: ignore[arg-type]
        return self.held[reference]

    def _new(self, kind: str) -> str:
        self._next += 1
        return f"{kind}_{self._next:06d}"

    def _once(self, key: str, make: Callable[[], T]) -> T:
        """What ``make`` makes, once for a key; its answer may be lost on the way."""
        self.calls.append(key)
        if key not in self._done:
            self._done[key] = make()
        if self.lose_answers:
            self.lose_answers -= 1
            raise MaybeTaken("No answer came.", counterpart="Memory", detail="timeout")
        return cast("T", self._done[key])


def _unknown(reference: str) -> Refused:
    return Refused("It is not known.", counterpart="Memory", detail=reference)
