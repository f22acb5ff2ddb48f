"""Notices of Stripe: what they are about, and that nobody else wrote them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.gateways.stripe_adapter import AT, SECRET, adapter
from usance.gateways.errors import Malformed
from usance.gateways.psp import Forged
from usance.gateways.psp.stripe import Stripe


def notice(body: dict[str, Any] | bytes, *, at: datetime = AT, secret: str = SECRET) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = str(int(at.timestamp()))
    signature = hmac.new(secret.encode(), f"{moment}.".encode() + data, hashlib.sha256).hexdigest()
    return data, {"Stripe-Signature": f"t={moment},v1={'0' * 64},v1={signature}"}


def event(type_: str, about: dict[str, Any]) -> dict[str, Any]:
    created = int(AT.timestamp())
    return {"id": "evt_1", "type": type_, "created": created, "data": {"object": about}}


@pytest.mark.parametrize(
    ("type_", "about", "kind", "reference"),
    [
        ("checkout.session.completed", {"id": "cs_1"}, "session", "cs_1"),
        ("setup_intent.succeeded", {"id": "seti_1"}, "session", "seti_1"),
        ("payment_intent.canceled", {"id": "pi_1"}, "authorization", "pi_1"),
        ("charge.refunded", {"id": "ch_1", "payment_intent": "pi_1"}, "authorization", "pi_1"),
        ("charge.refunded", {"id": "ch_1", "payment_intent": None}, "other", ""),
        ("customer.created", {"id": "cus_1"}, "other", ""),
        (
            "charge.dispute.created",
            {"id": "dp_1", "status": "warning_needs_response", "amount": 1, "currency": "eur"},
            "other", "",
        ),
    ],
)  # fmt: skip
def test_what_a_notice_is_about(
    type_: str, about: dict[str, Any], kind: str, reference: str
) -> None:
    body, headers = notice(event(type_, about))
    found = adapter("http://x").read_notice(body, headers, at=AT)
    assert (found.id, found.kind, found.reference) == ("evt_1", kind, reference)


def test_a_dispute_says_what_was_taken_and_what_it_costs(shared: Path) -> None:
    samples = json.loads((shared / "contracts/stripe/fixtures3.json").read_text())["resources"]
    about = samples["dispute"] | {
        "status": "needs_response",
        "payment_intent": "pi_1",
        "balance_transactions": [{"amount": -1000, "fee": 1500, "currency": "usd"}],
    }
    body, headers = notice(event("charge.dispute.created", about))
    dispute = adapter("http://x").read_notice(body, headers, at=AT).dispute
    assert dispute
    assert (dispute.authorization, dispute.state, dispute.amount, dispute.currency) == (
        "pi_1", "open", 1_000, "USD",
    )  # fmt: skip
    assert dispute.fee == 1_500


@pytest.mark.parametrize("late", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_recorded_notice_is_not_taken_again(late: timedelta) -> None:
    body, headers = notice(event("payment_intent.canceled", {"id": "pi_1"}), at=AT + late)
    with pytest.raises(Forged):
        adapter("http://x").read_notice(body, headers, at=AT)


@pytest.mark.parametrize(
    "header",
    ["", "t=1,v1=ab", "v1=ab", "t=x,v1=ab", "t=1,t=2,v1=ab", "t=99999999999999999999,v1=é"],
)
def test_a_notice_of_somebody_else_is_not_taken(header: str) -> None:
    body, _ = notice(event("payment_intent.canceled", {"id": "pi_1"}))
    with pytest.raises(Forged):
        adapter("http://x").read_notice(body, {"stripe-signature": header}, at=AT)
    body, headers = notice(b"{}", secret="another")
    with pytest.raises(Forged):
        adapter("http://x").read_notice(body, headers, at=AT)


def test_without_a_secret_nothing_is_believed() -> None:
    body, headers = notice(b"{}", secret="")
    with pytest.raises(Forged):
        Stripe(secret_key="k").read_notice(body, headers, at=AT)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"id": 1}', b"[" * 200_000])
def test_a_signed_notice_that_is_none(body: bytes) -> None:
    data, headers = notice(body)
    with pytest.raises(Malformed):
        adapter("http://x").read_notice(data, headers, at=AT)
