"""A funding partner that speaks the contract of ours: ``docs/funding-partner.openapi.json``.

JSON over https, a bearer token, amounts in minor units, ``Idempotency-Key`` on all that is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from usance.gateways.errors import Malformed, MaybeTaken, RateLimited, Refused, Unavailable
from usance.gateways.exchange import Exchange, Patience, Reply
from usance.gateways.funding import notices
from usance.gateways.funding.partner import (
    AdvanceState,
    Funded,
    InvoiceFacts,
    Notice,
    Offer,
    Remittance,
)
from usance.gateways.json_answers import Document, read_document
from usance.rules.money import LARGEST_AMOUNT

NAME: Final = "Funding partner"
_NEVER_SENT: Final = frozenset({"ConnectTimeout", "ConnectError", "gaierror", "address"})
"""What is said of a connection that never came to be: nothing can have been taken."""
_STATES: Final[Mapping[str, AdvanceState]] = {
    "requested": "requested",
    "paid_out": "paid_out",
    "declined": "declined",
    "canceled": "canceled",
}


class HttpPartner:
    """Speaks to one partner at ``base_url``."""

    source = "funding_partner"

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        webhook_secret: str = "",
        private_network: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._exchange = Exchange(
            counterpart=NAME,
            base_url=base_url,
            headers={"authorization": f"Bearer {api_key}", "accept": "application/json"},
            private_network=private_network,
            patience=patience or Patience(read=20.0, total=30.0),
        )

    def offer(self, facts: InvoiceFacts) -> Offer | None:
        """``POST /offers``; 422 says that the invoice is not wanted."""
        reply = self._exchange.ask("POST", "/offers", json=_facts(facts))
        if reply.status == 422:
            return None
        return _offer(_taken(reply), currency=facts.currency)

    def request(self, facts: InvoiceFacts, *, offer: Offer, key: str) -> Funded:
        """``POST /advances``."""
        body = {"offer": offer.reference, "invoice": _facts(facts)}
        made = _funded(self._write("/advances", body, key=key))
        if made.own_reference != facts.own_reference:
            raise _strange("own_reference", "answered about another advance")
        return made

    def fetch(self, reference: str) -> Funded:
        """``GET /advances/{id}``."""
        return _funded(_taken(self._exchange.ask("GET", f"/advances/{_part(reference)}")))

    def cancel(self, reference: str, *, key: str) -> Funded:
        """``POST /advances/{id}/cancel``."""
        return _funded(self._write(f"/advances/{_part(reference)}/cancel", {}, key=key))

    def remit(self, reference: str, remittance: Remittance, *, key: str) -> Funded:
        """``POST /advances/{id}/remittances``."""
        body = {
            "kind": remittance.kind,
            "amount": remittance.amount,
            "interest": remittance.interest,
            "currency": remittance.currency,
            "on": remittance.on.isoformat(),
        }
        return _funded(self._write(f"/advances/{_part(reference)}/remittances", body, key=key))

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """An event, signed by Standard Webhooks."""
        return notices.read(body, headers, secret=self._webhook_secret, at=at)

    def try_out(self) -> None:
        """``GET /account``."""
        _taken(self._exchange.ask("GET", "/account"))

    def _write(self, path: str, body: Mapping[str, Any], *, key: str) -> Document:
        try:
            reply = self._exchange.ask("POST", path, json=body, headers={"idempotency-key": key})
        except Unavailable as error:
            if isinstance(error, RateLimited) or error.detail in _NEVER_SENT:
                raise
            raise _maybe(error.detail or "") from None
        if reply.status >= 500 or reply.status in (408, 409):
            raise _maybe(f"HTTP {reply.status}")
        return _taken(reply)


def _facts(facts: InvoiceFacts) -> dict[str, Any]:
    return {
        "own_reference": facts.own_reference,
        "number": facts.number,
        "currency": facts.currency,
        "amount": facts.amount,
        "wanted": facts.wanted,
        "issued_on": facts.issued_on.isoformat(),
        "due_on": facts.due_on.isoformat(),
        "buyer": {
            "name": facts.buyer_name,
            "country": facts.buyer_country,
            "tax_id": facts.buyer_tax_id,
        },
        "with_recourse": facts.with_recourse,
    }


def _offer(answer: Document, *, currency: str) -> Offer:
    if answer.required_text("currency") != currency:
        raise _strange("currency", "offered another currency")
    return Offer(
        reference=answer.required_text("id"),
        currency=currency,
        advanced=_units(answer, "advanced"),
        fee=_units(answer, "fee"),
        interest=_units(answer, "interest"),
    )


def _funded(answer: Document) -> Funded:
    state = _STATES.get(answer.required_text("state"))
    if state is None:
        raise _strange("state", "told a state that its contract does not have")
    return Funded(
        reference=answer.required_text("id"),
        own_reference=answer.required_text("own_reference"),
        state=state,
        currency=answer.required_text("currency"),
        advanced=_units(answer, "advanced"),
        fee=_units(answer, "fee"),
        paid_out_on=answer.day("paid_out_on"),
        payout_reference=(answer.text("payout_reference") or "")[:140],
        collected=_units(answer, "collected"),
        remitted=_units(answer, "remitted"),
        recourse=answer.flag("recourse") or False,
        reason=(answer.text("reason") or "")[:500],
    )


def _units(answer: Document, name: str) -> int:
    """Minor units; nothing where the member is missing."""
    value = answer.number(name)
    if value is None:
        return 0
    if value != value.to_integral_value() or not 0 <= value <= LARGEST_AMOUNT:
        raise _strange(name, "told an amount that is not in whole minor units")
    return int(value)


def _taken(reply: Reply) -> Document:
    if 400 <= reply.status < 500 and reply.status not in (401, 403, 408, 425, 429):
        raise Refused(
            "The funding partner does not take what was asked.",
            counterpart=NAME,
            detail=_said(reply) or f"HTTP {reply.status}",
        )
    reply.raise_for_failure()
    return read_document(reply)


def _said(reply: Reply) -> str:
    try:
        answer = read_document(reply)
        return ": ".join(filter(None, (answer.text("code"), answer.text("detail"))))[:500]
    except Malformed:
        return ""  # a body that is no object says nothing more than its status


def _maybe(detail: str) -> MaybeTaken:
    return MaybeTaken(
        "The funding partner was asked and did not answer; it is asked again with the same key.",
        counterpart=NAME,
        detail=detail,
    )


def _strange(name: str, what: str) -> Malformed:
    return Malformed(f"The funding partner {what}.", counterpart=NAME, detail=name)


def _part(reference: str) -> str:
    return quote(reference, safe="")
