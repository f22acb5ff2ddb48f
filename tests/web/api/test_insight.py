"""Reports over HTTP: what pages show, for programs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.web.api.conftest import Shop

EUR = {"amount": 12_200, "currency": "EUR"}


@pytest.fixture
def invoice(shop: Shop) -> Any:
    """An open invoice of EUR 122.00."""
    id_ = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": EUR | {"amount": 50_000}})
    order = shop.ask("POST", "/orders", {"buyer": id_, "amount": EUR}, status=201)["id"]
    return shop.ask("POST", f"/orders/{order}/invoices", status=201)


def test_reports_for_programs(shop: Shop, invoice: Any) -> None:
    owed = invoice["outstanding"]
    issued = date.fromisoformat(invoice["issued_on"])
    aging = shop.ask("GET", "/reports/aging?by=country")
    assert [(row["label"], row["total"]) for row in aging["data"]] == [("DE", owed)]
    assert aging["ledger"] == [{"currency": owed["currency"], "receivable": owed, "agrees": True}]
    assert shop.ask("GET", f"/reports/aging?on={issued - timedelta(days=1)}")["ledger"] == []
    (row,) = shop.ask("GET", "/reports/collection?days=30")["data"]
    assert (row["receivable"], row["simple"], row["best"]) == (owed, "30.0", "30.0")
    assert row["delinquent"] == "0.0"
    (row,) = shop.ask("GET", "/reports/concentration")["data"]
    assert (row["index"], row["top"][0]["outstanding"]) == (10_000, owed)
    rows = shop.ask("GET", f"/reports/cohorts?currency={owed['currency']}")["data"]
    assert rows[0]["invoiced"] == invoice["amount"]
    assert rows[0]["paid"][-1] == {"days": 120, "paid": None, "share": None}
    (row,) = shop.ask("GET", "/reports/credit-use")["data"]
    assert row["exposure"]["amount"] >= owed["amount"]
    # Of an evening before the invoice there was nothing to expect.
    assert shop.ask("GET", "/reports/cash-forecast")["data"] == []
    assert shop.ask("GET", "/reports/cash-forecast?on=2020-01-01")["data"] == []


def test_what_reports_rest_on(shop: Shop) -> None:
    usual = shop.ask("GET", "/report-rules")
    assert (usual["capital_rate"], usual["person_key"]) == (None, "sales_person")
    said = {"capital_rate": "6.25", "segment_key": "branch", "person_key": "agent"}
    assert shop.ask("PUT", "/report-rules", said) == {"object": "report_rules"} | said
    assert shop.ask("GET", "/report-rules")["segment_key"] == "branch"
    refused = shop.ask("PUT", "/report-rules", said | {"capital_rate": "101"}, status=422)
    assert refused["errors"][0]["pointer"] == "#/capital_rate"
