"""Late interest over HTTP: what has accrued, terms, rates, claims and waivers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

import pytest

from usance.flows import late_charge_claims
from usance.records.identity import parse_public_id
from usance.rules.interest import LAWS, SHIPPED
from usance.web.api.late_charge_schemas import LawCode, TableCode

from .conftest import Shop

EUR = {"amount": 1_000_000, "currency": "EUR"}


@pytest.fixture
def invoice(shop: Shop) -> Any:
    """An open invoice of EUR 10,000.00."""
    buyer = {"name": "Nordwind", "country": "DE"}
    id_ = shop.ask("POST", "/buyers", buyer, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": EUR | {"amount": 5_000_000}})
    order = shop.ask("POST", "/orders", {"buyer": id_, "amount": EUR}, status=201)["id"]
    return shop.ask("POST", f"/orders/{order}/invoices", status=201)


def test_the_schemas_name_every_law_and_table() -> None:
    assert set(get_args(LawCode)) == set(LAWS)
    assert set(get_args(TableCode)) == set(SHIPPED)


def test_what_has_accrued_is_shown_step_by_step(shop: Shop, invoice: Any) -> None:
    path = f"/invoices/{invoice['id']}/late-charges"
    due = date.fromisoformat(invoice["due_on"])
    on = due + timedelta(days=20)
    assert shop.ask("GET", path)["steps"] == []
    # Beyond what comes with the program: said, not guessed.
    far = shop.ask("GET", f"{path}?on={due.year + 30}-12-31")
    assert "is not known" in far["rate_missing"]
    days = [f"{year}-{month}-01" for year in (due.year, due.year + 1) for month in ("01", "07")]
    rates = {"rates": [{"table": "ecb", "valid_from": day, "rate": "2.00"} for day in days]}
    assert shop.ask("POST", "/reference-rates", rates, status=201)["created"] == 4
    assert shop.ask("POST", "/reference-rates", rates, status=201)["known"] == 4
    tables = shop.ask("GET", "/reference-rates")["data"]
    ecb = next(it for it in tables if it["table"] == "ecb")
    assert ecb["known_until"] == days[-1]
    assert ecb["gaps"][-1]["first"] == days[-2][:-1] + "2"
    found = shop.ask("GET", f"{path}?on={on}")
    assert found["rate_missing"] is None
    steps = found["steps"]
    assert sum(step["days"] for step in steps) == 20
    assert steps[-1]["last"] == str(on)
    for step in steps:
        assert (step["rate"], step["reference_rate"], step["base"]) == ("10", "2", 1_000_000)
        # 10,000.00 x 10 % x days / 365, halves up.
        assert step["amount"] == (2 * 100_000 * step["days"] + 365) // 730
    assert found["interest"]["amount"] == sum(step["amount"] for step in steps)
    assert found["amount"]["amount"] == found["interest"]["amount"] + 4000
    of_buyer = shop.ask("GET", f"/buyers/{invoice['buyer']}/late-charges?on={on}")
    assert of_buyer["totals"] == [found["amount"]]


def test_terms_claims_and_waivers(shop: Shop, invoice: Any) -> None:
    path = f"/invoices/{invoice['id']}/late-charges"
    assert shop.ask("POST", path, {}, status=409)["code"] == "nothing_to_claim"
    waive = {"reason": "Goodwill"}
    assert shop.ask("POST", f"{path}/waive", waive, status=409)["code"] == "nothing_to_claim"
    shop.ask("POST", f"{path}/waive", {"reason": ""}, status=422)
    assert shop.ask("GET", "/late-charges")["data"] == []
    assert shop.ask("GET", "/late-interest-terms")["own"] is False
    fields = {"law": "contract", "rate": "18", "cap": "16"}
    shown = shop.ask("PUT", f"/late-interest-terms?buyer={invoice['buyer']}", fields)
    assert (shown["own"], shown["rate"], shown["cap"]) == (True, "18", "16")
    on = date.fromisoformat(invoice["due_on"]) + timedelta(days=10)
    found = shop.ask("GET", f"{path}?on={on}")
    assert (found["law"], found["steps"][0]["rate"]) == ("contract", "16")
    # A contract alone gives no costs: the preview says so.
    asked = shop.ask("GET", f"{path}?on={on}&costs=12500")
    assert (asked["costs"]["amount"], asked["costs_left_out"]["amount"]) == (0, 12_500)
    assert asked["warnings"] == ["costs_left_out"]
    missing = f"/late-charges/lch_{'0' * 32}/waive"
    assert shop.ask("POST", missing, waive, status=404)["code"] == "not_found"
    shop.ask("PUT", "/late-interest-terms", {"law": "XX"}, status=422)
    wrong = {"rates": [{"table": "ecb", "valid_from": "2026-07-01", "rate": "200"}]}
    shop.ask("POST", "/reference-rates", wrong, status=422)


def test_a_claim_is_an_invoice_of_its_own_kind(shop: Shop, invoice: Any) -> None:
    assert invoice["kind"] == "sale"
    terms = {"law": "contract", "rate": "12"}
    shop.ask("PUT", "/late-interest-terms", terms)
    due = date.fromisoformat(invoice["due_on"])
    noon = datetime.combine(due + timedelta(days=73), time(12), UTC)
    made = late_charge_claims.claim(
        shop.seller,
        invoice_id=parse_public_id("invoice", invoice["id"]),
        at=noon,
        by="test",
    )
    # 10,000.00 x 12 % x 73 / 365; a contract alone gives no fixed sum.
    assert made.amount == 24_000
    [shown] = shop.ask("GET", f"/late-charges?buyer={invoice['buyer']}")["data"]
    assert (shown["amount"]["amount"], shown["invoice"]) == (24_000, invoice["id"])
    claim = shop.ask("GET", f"/invoices/{shown['claim']}")
    assert (claim["kind"], claim["order"], claim["outstanding"]["amount"]) == (
        "late_charge",
        None,
        24_000,
    )
    assert [line["amount"]["amount"] for line in claim["lines"]] == [24_000]
    given = shop.ask(
        "POST",
        f"/late-charges/{shown['id']}/waive",
        {"reason": "Goodwill", "amount": {"amount": 4_000, "currency": "EUR"}},
        status=201,
    )
    assert given["credit_note"] is not None
    assert shop.ask("GET", f"/invoices/{shown['claim']}")["outstanding"]["amount"] == 20_000
    found = shop.ask("GET", f"/invoices/{invoice['id']}/late-charges?on={due + timedelta(days=73)}")
    assert (found["steps"], found["amount"]["amount"]) == ([], 0)
    assert [one["id"] for one in found["claimed"]] == [shown["id"]]
    assert [one["reason"] for one in found["waivers"]] == ["Goodwill"]
