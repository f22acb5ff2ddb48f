"""Late interest over HTTP: what has accrued, terms, rates, claims and waivers."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from usance.rules.interest import LAWS, SHIPPED
from usance.web.api.late_charges import LawCode, TableCode

from .conftest import Shop

EUR = {"amount": 1_000_000, "currency": "EUR"}


@pytest.fixture
def invoice(shop: Shop) -> Any:
    """An open invoice of EUR 10,000.00, due in April 2026."""
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
    assert shop.ask("GET", path)["steps"] == []
    found = shop.ask("GET", f"{path}?on=2026-06-30")
    [step] = found["steps"]
    assert (step["last"], step["rate"], step["reference_rate"]) == ("2026-06-30", "10.15", "2.15")
    assert step["amount"] == round(10_000_00 * step["days"] * 1015 / 365 / 10_000)
    assert found["compensation"]["amount"] == 4000
    assert found["amount"]["amount"] == step["amount"] + 4000
    assert found["rate_missing"] is None
    assert "not known" in shop.ask("GET", f"{path}?on=2026-08-31")["rate_missing"]
    rates = {"rates": [{"table": "ecb", "valid_from": "2026-07-01", "rate": "2.00"}]}
    assert shop.ask("POST", "/reference-rates", rates, status=201)["created"] == 1
    assert shop.ask("POST", "/reference-rates", rates, status=201)["known"] == 1
    later = shop.ask("GET", f"{path}?on=2026-08-31")
    assert [one["rate"] for one in later["steps"]] == ["10.15", "10"]
    of_buyer = shop.ask("GET", f"/buyers/{invoice['buyer']}/late-charges?on=2026-06-30")
    assert of_buyer["totals"] == [{"amount": found["amount"]["amount"], "currency": "EUR"}]
    table = next(it for it in shop.ask("GET", "/reference-rates")["data"] if it["table"] == "ecb")
    assert table["known_until"] == "2026-07-01"


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
    found = shop.ask("GET", f"{path}?on=2026-06-30")
    assert (found["law"], found["steps"][0]["rate"]) == ("contract", "16")
    missing = f"/late-charges/lch_{'0' * 32}/waive"
    assert shop.ask("POST", missing, waive, status=404)["code"] == "not_found"
    shop.ask("PUT", "/late-interest-terms", {"law": "XX"}, status=422)
    wrong = {"rates": [{"table": "ecb", "valid_from": "2026-07-01", "rate": "200"}]}
    shop.ask("POST", "/reference-rates", wrong, status=422)
