"""Stripe by its HTTP interface, in the version of 16 August 2023.

Cards are typed on Stripe's page (Checkout), or in its own fields where a shop embeds them (a setup
intent). What is held or taken is a payment intent; whoever asks twice sends the same idempotency key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, Final
from urllib.parse import quote

from usance.gateways.errors import Malformed, MaybeTaken, RateLimited, Refused, Unavailable
from usance.gateways.exchange import Exchange, Patience, Reply
from usance.gateways.json_answers import Document, read_document
from usance.gateways.psp import stripe_answers, stripe_notices, stripe_payouts
from usance.gateways.psp.provider import (
    Authorization,
    CannotIncrease,
    CardToken,
    Notice,
    Page,
    PageWanted,
    PaymentRefund,
    Payout,
)
from usance.gateways.psp.stripe_amounts import to_stripe
from usance.gateways.psp.stripe_answers import OWN_REFERENCE
from usance.gateways.psp.stripe_form import form

ADDRESS: Final = "https://api.stripe.com"
VERSION: Final = "2023-08-16"
_NEVER_SENT: Final = frozenset({"ConnectTimeout", "ConnectError", "gaierror", "address"})
"""What is said of a connection that never came to be: nothing can have been taken."""
_PAGES_SEARCHED: Final = 5
_MOST_PAGES: Final = 1_000
"""Pages of a hundred that a list is read to; a payout of a hundred thousand payments is no whole one."""
_WITH_CHARGE: Final = ["latest_charge", "payment_method"]
_WITH_INTENTS: Final = [
    "setup_intent.payment_method",
    "payment_intent.latest_charge",
    "payment_intent.payment_method",
]
_LANGUAGES: Final = {"hi": "en"}
"""Languages of ours that Stripe's page does not speak."""


class Stripe:
    """Takes cards for one Stripe account."""

    source = "stripe"

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str = "",
        base_url: str = ADDRESS,
        private_network: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._exchange = Exchange(
            counterpart="Stripe",
            base_url=base_url,
            headers={
                "authorization": f"Bearer {secret_key}",
                "stripe-version": VERSION,
                "accept": "application/json",
            },
            private_network=private_network,
            patience=patience or Patience(read=25.0, total=40.0),
        )

    def register_payer(self, *, name: str, email: str, own_reference: str, key: str) -> str:
        """A customer."""
        fields = {"name": name, "email": email, "metadata": {OWN_REFERENCE: own_reference}}
        return self._write("/v1/customers", fields, key=key).required_text("id")

    def open_page(self, wanted: PageWanted, *, key: str) -> Page:
        """A session of Checkout, or a setup intent for who embeds Stripe's fields."""
        own = {OWN_REFERENCE: wanted.own_reference}
        if not wanted.return_url:
            fields: dict[str, Any] = {
                "customer": wanted.payer,
                "usage": "off_session",
                "payment_method_types": ["card"],
                "metadata": own,
            }
            return stripe_answers.setup_intent(self._write("/v1/setup_intents", fields, key=key))
        fields = {
            "mode": "setup" if wanted.kind == "store" else "payment",
            "customer": wanted.payer,
            "success_url": wanted.return_url,
            "cancel_url": wanted.cancel_url or wanted.return_url,
            "payment_method_types": ["card"],
            "client_reference_id": wanted.own_reference,
            "locale": _LANGUAGES.get(wanted.language, wanted.language),
            "metadata": own,
        }
        if wanted.payable_until is not None:
            fields["expires_at"] = int(wanted.payable_until.timestamp())
        if wanted.kind == "store":
            fields["setup_intent_data"] = {"metadata": own}
        else:
            fields |= self._payment(wanted, own)
        made = self._write("/v1/checkout/sessions", fields, key=key)
        return stripe_answers.checkout_session(made)

    def _payment(self, wanted: PageWanted, own: dict[str, str]) -> dict[str, Any]:
        amount = to_stripe(wanted.amount, currency=wanted.currency)
        price = {
            "currency": wanted.currency.lower(),
            "unit_amount": amount,
            "product_data": {"name": wanted.words or wanted.own_reference},
        }
        return {
            "line_items": [{"price_data": price, "quantity": 1}],
            "payment_intent_data": {
                "metadata": own,
                "capture_method": "manual" if wanted.kind == "authorize" else "automatic",
                "setup_future_usage": "off_session" if wanted.keep_card else None,
            },
        }

    def page(self, reference: str) -> Page:
        """A session or a setup intent as it stands."""
        if reference.startswith("seti_"):
            found = self._read(f"/v1/setup_intents/{_part(reference)}", expand=["payment_method"])
            return stripe_answers.setup_intent(found)
        found = self._read(f"/v1/checkout/sessions/{_part(reference)}", expand=_WITH_INTENTS)
        return stripe_answers.checkout_session(found)

    def close_page(self, reference: str, *, key: str) -> Page:
        """Let a session expire, or cancel a setup intent."""
        is_setup = reference.startswith("seti_")
        path = f"/v1/setup_intents/{_part(reference)}/cancel"
        if not is_setup:
            path = f"/v1/checkout/sessions/{_part(reference)}/expire"
        reply = self._send(path, {}, key=key)
        if reply.status == 400:  # completed, or closed before: how it stands is asked
            return self.page(reference)
        made = _taken(reply)
        return (
            stripe_answers.setup_intent(made) if is_setup else stripe_answers.checkout_session(made)
        )

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
        """A payment intent that is confirmed at once."""
        fields: dict[str, Any] = {
            "amount": to_stripe(amount, currency=currency),
            "currency": currency.lower(),
            "customer": card.payer,
            "payment_method": card.reference,
            "payment_method_types": ["card"],
            "capture_method": "automatic" if capture else "manual",
            "confirm": True,
            "off_session": True,
            "metadata": {OWN_REFERENCE: own_reference},
            "expand": _WITH_CHARGE,
        }
        if not capture:
            wish = {"request_incremental_authorization": "if_available"}
            fields["payment_method_options"] = {"card": wish}
        reply = self._send("/v1/payment_intents", fields, key=key)
        if reply.status == 402:
            return stripe_answers.declined(reply, currency=currency, amount=amount)
        return stripe_answers.payment_intent(_taken(reply))

    def increase(self, reference: str, *, amount: int, currency: str, key: str) -> Authorization:
        """Raise the amount of a payment intent that waits to be captured."""
        fields = {"amount": to_stripe(amount, currency=currency), "expand": _WITH_CHARGE}
        path = f"/v1/payment_intents/{_part(reference)}/increment_authorization"
        reply = self._send(path, fields, key=key)
        if reply.status in (400, 402, 404, 405):
            error = _error(reply)
            raise CannotIncrease(
                "The network does not raise this authorization; authorize the difference beside it.",
                counterpart="Stripe",
                detail=_said(error) or f"HTTP {reply.status}",
            )
        return stripe_answers.payment_intent(_taken(reply))

    def capture(self, reference: str, *, amount: int, currency: str, key: str) -> Authorization:
        """Take part or all; what is not taken is released by Stripe."""
        fields = {
            "amount_to_capture": to_stripe(amount, currency=currency),
            "expand": _WITH_CHARGE,
        }
        path = f"/v1/payment_intents/{_part(reference)}/capture"
        return stripe_answers.payment_intent(self._write(path, fields, key=key))

    def void(self, reference: str, *, key: str) -> Authorization:
        """Cancel a payment intent."""
        path = f"/v1/payment_intents/{_part(reference)}/cancel"
        return stripe_answers.payment_intent(self._write(path, {"expand": _WITH_CHARGE}, key=key))

    def refund(self, reference: str, *, amount: int, currency: str, key: str) -> PaymentRefund:
        """Give part or all back."""
        fields = {
            "payment_intent": reference,
            "amount": to_stripe(amount, currency=currency),
            "metadata": {OWN_REFERENCE: key},
        }
        return stripe_answers.refund(self._write("/v1/refunds", fields, key=key))

    def fetch(self, reference: str) -> Authorization:
        """A payment intent as it stands. What was given back is told by its refunds: of one that failed
        the charge does not say whether it counts."""
        path = f"/v1/payment_intents/{_part(reference)}"
        found = stripe_answers.payment_intent(self._read(path, expand=_WITH_CHARGE))
        if found.state != "captured":
            return found
        given = [
            stripe_answers.refund(one)
            for one in self._listed("/v1/refunds", payment_intent=reference)
        ]
        return replace(
            found,
            refunded=max(found.refunded, sum(one.amount for one in given)),
            refund_failed=sum(one.amount for one in given if one.state == "failed"),
        )

    def find(self, *, payer: str, own_reference: str) -> Authorization | None:
        """Among the latest payment intents of the customer."""
        after: dict[str, Any] = {}
        for _ in range(_PAGES_SEARCHED):
            answer = self._read("/v1/payment_intents", customer=payer, limit=100, **after)
            rows = answer.children("data") or []
            for row in rows:
                if row.child("metadata").text(OWN_REFERENCE) == own_reference:
                    return self.fetch(row.required_text("id"))
            if not rows or not answer.flag("has_more"):
                return None
            after = {"starting_after": rows[-1].required_text("id")}
        return None

    def payout(self, reference: str) -> Payout:
        """A payout with its balance transactions. One that somebody made by hand names none."""
        found = self._read(f"/v1/payouts/{_part(reference)}")
        moved: list[Document] = []
        if found.flag("automatic") is not False:
            moved = list(
                self._listed("/v1/balance_transactions", expand=["data.source"], payout=reference)
            )
        return stripe_payouts.payout(found, moved)

    def payouts(self, *, since: date) -> Sequence[str]:
        """Those that arrive from the day ``since`` on, the latest first."""
        start = int(datetime.combine(since, time(), tzinfo=UTC).timestamp())
        params: dict[str, str | int] = {"arrival_date[gte]": start}
        found = self._listed("/v1/payouts", expand=(), **params)
        return [one.required_text("id") for one in found]

    def forget_card(self, card: CardToken, *, key: str) -> None:
        """Detach a payment method from its customer."""
        reply = self._send(f"/v1/payment_methods/{_part(card.reference)}/detach", {}, key=key)
        if reply.status not in (400, 404):  # unknown, or detached before
            _taken(reply)

    def read_notice(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """An event, signed with the secret of the webhook endpoint."""
        return stripe_notices.read(body, headers, secret=self._webhook_secret, at=at)

    def try_out(self) -> None:
        """The balance, which every key may read."""
        self._read("/v1/balance")

    def _write(self, path: str, fields: Mapping[str, Any], *, key: str) -> Document:
        return _taken(self._send(path, fields, key=key))

    def _send(self, path: str, fields: Mapping[str, Any], *, key: str) -> Reply:
        try:
            reply = self._exchange.ask(
                "POST",
                path,
                content=form(fields),
                headers={
                    "content-type": "application/x-www-form-urlencoded",
                    "idempotency-key": key,
                },
            )
        except Unavailable as error:
            if isinstance(error, RateLimited) or error.detail in _NEVER_SENT:
                raise
            raise _maybe(error.detail or "") from None
        if reply.status >= 500:
            raise _maybe(f"HTTP {reply.status}")
        if reply.status == 409:  # the first with this key is still running
            raise _maybe("HTTP 409")
        return reply

    def _listed(
        self, path: str, *, expand: Sequence[str] = (), **params: str | int
    ) -> Iterator[Document]:
        """Every object of a list, page by page."""
        after: dict[str, Any] = {}
        for _ in range(_MOST_PAGES):
            answer = self._read(path, expand=expand, limit=100, **params, **after)
            rows = answer.children("data") or []
            yield from rows
            if not rows or not answer.flag("has_more"):
                return
            after = {"starting_after": rows[-1].required_text("id")}
        raise Malformed("Stripe lists more than can be read.", counterpart="Stripe", detail=path)

    def _read(self, path: str, *, expand: Sequence[str] = (), **params: str | int) -> Document:
        fields = {f"expand[{n}]": name for n, name in enumerate(expand)}
        return _taken(self._exchange.ask("GET", path, params={**params, **fields}))


def _taken(reply: Reply) -> Document:
    """The object of a good answer. Raises Refused with Stripe's own words for another."""
    if 400 <= reply.status < 500 and reply.status not in (401, 403, 408, 425, 429):
        raise Refused(
            "Stripe does not take what was asked.",
            counterpart="Stripe",
            detail=_said(_error(reply)) or f"HTTP {reply.status}",
        )
    reply.raise_for_failure()
    return read_document(reply)


def _error(reply: Reply) -> Document:
    try:
        return read_document(reply).child("error")
    except Malformed:  # a body that is no object says nothing more than its status
        return Document({}, counterpart="Stripe")


def _said(error: Document) -> str:
    words = (error.text("code"), error.text("message"))
    return ": ".join(word for word in words if word)[:500]


def _maybe(detail: str) -> MaybeTaken:
    return MaybeTaken(
        "Stripe was asked and did not answer; what became of it is asked before it is done again.",
        counterpart="Stripe",
        detail=detail,
    )


def _part(reference: str) -> str:
    return quote(reference, safe="")
