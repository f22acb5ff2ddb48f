"""A funding partner in memory, for tests: held to what a real one is held to."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar, cast

from usance.gateways.errors import MaybeTaken, Refused
from usance.gateways.funding import notices
from usance.gateways.funding.partner import Funded, InvoiceFacts, Notice, Offer, Remittance
from usance.rules.money import proportion

SECRET: Final = "whsec_" + base64.b64encode(b"a partner's secret").decode()
T = TypeVar("T")


@dataclass
class MemoryPartner:
    """Keeps offers, advances and remittances. ``rate`` and ``fee`` are basis points; ``pays_at_once``
    pays out as it is asked; ``lose_answers`` is how many of the next writing calls are done without
    their answer arriving; ``unwanted`` are numbers of invoices that no offer is made for."""

    source = "memory"
    rate: int = 8_000
    fee: int = 200
    interest: int = 0
    on: date = date(2026, 3, 2)
    pays_at_once: bool = False
    lose_answers: int = 0
    unwanted: set[str] = field(default_factory=set)
    advances: dict[str, Funded] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    remittances: list[tuple[str, Remittance]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _done: dict[str, object] = field(default_factory=dict)
    _next: int = 0

    def offer(self, facts: InvoiceFacts) -> Offer | None:
        """A share of the amount, not more than is wanted."""
        self.calls.append("offer")
        if facts.number in self.unwanted:
            return None
        advanced = min(facts.amount * self.rate // 10_000, facts.wanted)
        made = Offer(
            reference=self._new("offer"),
            currency=facts.currency,
            advanced=advanced,
            fee=proportion(advanced, part=self.fee, whole=10_000),
            interest=self.interest,
        )
        self.offers[made.reference] = made
        return made

    def request(self, facts: InvoiceFacts, *, offer: Offer, key: str) -> Funded:
        """Asked for; paid out at once where it is said to."""

        def make() -> Funded:
            if offer.reference not in self.offers:
                raise _unknown(offer.reference)
            made = Funded(
                reference=self._new("adv"),
                own_reference=facts.own_reference,
                state="requested",
                currency=facts.currency,
                advanced=offer.advanced,
                fee=offer.fee,
            )
            self.advances[made.reference] = made
            return self.pay_out(made.reference) if self.pays_at_once else made

        return self._once("request", key, make)

    def fetch(self, reference: str) -> Funded:
        """As it stands."""
        self.calls.append("fetch")
        if reference not in self.advances:
            raise _unknown(reference)
        return self.advances[reference]

    def cancel(self, reference: str, *, key: str) -> Funded:
        """Withdrawn, unless it is paid out."""

        def make() -> Funded:
            now = self._known(reference)
            return self.change(reference, state="canceled") if now.state == "requested" else now

        return self._once("cancel", key, make)

    def remit(self, reference: str, remittance: Remittance, *, key: str) -> Funded:
        """Counted."""

        def make() -> Funded:
            now = self._known(reference)
            sign = -1 if remittance.kind == "reclaim" else 1
            remitted = now.remitted + sign * remittance.amount
            if now.state != "paid_out" or not 0 <= remitted <= now.advanced:
                raise Refused("More than was advanced.", counterpart="Memory", detail=str(remitted))
            self.remittances.append((reference, remittance))
            return self.change(reference, remitted=remitted)

        return self._once("remit", key, make)

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Signed with ``SECRET``."""
        return notices.read(body, headers, secret=SECRET, at=at)

    def try_out(self) -> None:
        """Nothing to ask."""

    def pay_out(self, reference: str) -> Funded:
        """What a partner does when it sends the money."""
        return self.change(
            reference, state="paid_out", paid_out_on=self.on, payout_reference=f"PAYOUT {reference}"
        )

    def change(self, reference: str, **fields: Any) -> Funded:
        """What else a partner does with an advance: declines it, collects, asks its money back."""
        self.advances[reference] = replace(self._known(reference), **fields)
        return self.advances[reference]

    def notice(self, reference: str, type_: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        """A notice as it is sent: body and headers."""
        now = self._known(reference)
        about = {"id": reference, "own_reference": now.own_reference}
        body = json.dumps({"type": type_, "data": about}).encode()
        return body, notices.sign(body, id_=self._new("evt"), at=at, secret=SECRET)

    def _known(self, reference: str) -> Funded:
        if reference not in self.advances:
            raise _unknown(reference)
        return self.advances[reference]

    def _new(self, kind: str) -> str:
        self._next += 1
        return f"{kind}_{self._next}"

    def _once(self, name: str, key: str, make: Callable[[], T]) -> T:
        self.calls.append(name)
        if key not in self._done:
            self._done[key] = make()
            if self.lose_answers:
                self.lose_answers -= 1
                raise MaybeTaken("No answer came.", counterpart="Memory", detail="timeout")
        return cast(T, self._done[key])


def _unknown(reference: str) -> Refused:
    return Refused("It is not known.", counterpart="Memory", detail=reference)
