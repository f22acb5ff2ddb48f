"""Files taken in on the command line: whole or not at all, and twice the same as once."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.child_processes import usance
from tests.flows.counterparts import LIST
from usance.flows import buyer_imports, onboarding, open_item_imports
from usance.records.credit.models import CreditLine, ExchangeRate, ExternalItem, Report
from usance.records.events.models import Event
from usance.records.parties.models import Buyer, Seller

BUYERS = (
    "external_id,name,country,tax_id,group,credit_limit,tolerance,terms\n"
    "C-1001,Nordwind Handels AG,DE,DE811234567,,5000,250,net_30; net_60\n"
    "C-2,Ferramenta Lodi,IT,,retail,,,\n"
    "C-3,Atelier Girard,FR,,,1200.50,,\n"
)


def answer(seller: Seller, *arguments: str) -> dict[str, Any]:
    done = usance("import", *arguments, "--seller", seller.handle, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def refusal(seller: Seller, *arguments: str, code: int = 1) -> str:
    done = usance("import", *arguments, "--seller", seller.handle)
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def keep(tmp_path: Path) -> Any:
    def keep(text: str, name: str = "file.csv") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return keep


def events(seller: Seller) -> int:
    return Event.objects.filter(seller_id=seller.id).count()


def test_buyers_are_added_changed_and_then_left_alone(
    seller: Seller, buyer: Buyer, keep: Any
) -> None:
    file = keep(BUYERS)
    assert answer(seller, "buyers", file) == {
        "created": 2,
        "changed": 1,
        "unchanged": 0,
        "limits_set": 2,
    }
    buyer.refresh_from_db()
    assert (buyer.name, buyer.tax_id) == ("Nordwind Handels AG", "DE811234567")
    line = CreditLine.objects.get(buyer_id=buyer.id)
    assert (line.limit, line.tolerance, line.terms) == (500_000, 25_000, ["net_30", "net_60"])
    lodi = Buyer.objects.get(seller_id=seller.id, external_id="C-2")
    assert (lodi.group, lodi.language) == ("retail", seller.language)
    assert not CreditLine.objects.filter(buyer_id=lodi.id).exists()
    before = events(seller)
    assert answer(seller, "buyers", file) == {
        "created": 0,
        "changed": 0,
        "unchanged": 3,
        "limits_set": 0,
    }
    assert events(seller) == before


def test_an_empty_cell_changes_nothing(seller: Seller, buyer: Buyer, keep: Any) -> None:
    answer(seller, "buyers", keep(BUYERS))
    done = answer(seller, "buyers", keep("external_id,credit_limit\nC-1001,7000\n"))
    assert (done["changed"], done["unchanged"], done["limits_set"]) == (0, 1, 1)
    line = CreditLine.objects.get(buyer_id=buyer.id)
    assert (line.limit, line.tolerance, line.terms) == (700_000, 25_000, ["net_30", "net_60"])


def test_one_bad_row_and_nothing_is_written(seller: Seller, buyer: Buyer, keep: Any) -> None:
    before = events(seller)
    told = refusal(seller, "buyers", keep(BUYERS + "C-4,Four,Italy,,,,,\nC-5,,IT,,,,,\n"))
    assert told.startswith("usance: line 5, column 3: country: 'Italy' is not a country code")
    told = refusal(seller, "buyers", keep(BUYERS + "C-5,,IT,,,,,\n"))
    assert "line 5, column 2: name: 'C-5' is not known yet; a new buyer needs a name." in told
    assert Buyer.objects.filter(seller_id=seller.id).count() == 1
    assert events(seller) == before


def test_an_interrupted_import_goes_on_when_it_is_run_again(
    seller: Seller, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buyer_imports, "BATCH", 10)
    rows = "".join(f"N-{n},Buyer {n},IT,{n + 1}\n" for n in range(35))
    data = f"external_id,name,country,credit_limit\n{rows}".encode()

    class Interrupted(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise Interrupted

    with pytest.raises(Interrupted):
        buyer_imports.import_buyers(seller, data, at=at, by="test", progress=stop)
    assert Buyer.objects.filter(seller_id=seller.id).count() == 20
    rest = buyer_imports.import_buyers(seller, data, at=at, by="test")
    assert (rest.created, rest.unchanged, rest.limits) == (15, 20, 15)


OPEN = (
    "buyer,number,amount,currency,due date\n"
    "C-1001,R-1,100.00,EUR,2026-03-31\n"
    "C-1001,R-2,-20.00,EUR,\n"
    "C-1001,U-1,50.00,USD,2026-03-31\n"
    "X-7,R-3,70.00,EUR,2026-03-31\n"
)


def test_open_items_use_the_limit_of_their_buyers(seller: Seller, buyer: Buyer, keep: Any) -> None:
    file = keep(OPEN)
    done = answer(seller, "open-items", file)
    assert (done["items"], done["accounts"], done["buyers_created"]) == (3, 2, 0)
    assert done["unknown_buyers"] == [{"external_id": "X-7", "line": 5}]
    lines = {line.currency: line.external for line in CreditLine.objects.filter(buyer=buyer)}
    assert lines == {"EUR": 8_000, "USD": 5_000}
    before = events(seller)
    answer(seller, "open-items", file)
    assert events(seller) == before
    assert ExternalItem.objects.filter(seller_id=seller.id).count() == 3


def test_buyers_that_are_not_known_are_named_or_added(seller: Seller, keep: Any) -> None:
    file = keep(OPEN)
    done = usance("import", "open-items", file, "--seller", seller.handle)
    assert "2 buyers are not known; add them, or run with --create-buyers:" in done.stdout
    assert "  X-7 (line 5)" in done.stdout
    assert not Buyer.objects.filter(seller_id=seller.id).exists()
    added = answer(seller, "open-items", file, "--create-buyers", "--country", "de")
    assert (added["buyers_created"], added["accounts"]) == (2, 3)
    assert {b.country for b in Buyer.objects.filter(seller_id=seller.id)} == {"DE"}


def test_who_is_not_in_the_table_keeps_its_items_unless_the_table_is_complete(
    seller: Seller, buyer: Buyer, keep: Any
) -> None:
    answer(seller, "open-items", keep(OPEN))
    less = keep("buyer,number,amount,currency\nC-1001,R-1,100.00,EUR\n")
    done = answer(seller, "open-items", less)
    assert (done["accounts_left"], done["accounts_cleared"]) == (1, 0)
    assert CreditLine.objects.get(buyer=buyer, currency="USD").external == 5_000
    done = answer(seller, "open-items", less, "--complete")
    assert (done["accounts_left"], done["accounts_cleared"]) == (0, 1)
    assert CreditLine.objects.get(buyer=buyer, currency="USD").external == 0
    assert CreditLine.objects.get(buyer=buyer, currency="EUR").external == 10_000


def test_erps_fill_numbers_up_with_zeros(seller: Seller, at: datetime) -> None:
    one = onboarding.create_buyer(
        seller, name="One", country="IT", external_id="4711", at=at, by="test"
    )
    data = b"kunnr,belnr,amount,currency\n0000004711,1,5.00,EUR\n"
    done = open_item_imports.import_open_items(seller, data, at=at, by="test")
    assert (done.items, done.unknown) == (1, {})
    assert CreditLine.objects.get(buyer=one).external == 500


def test_the_whole_export_of_an_erp(seller: Seller, at: datetime, shared: Path) -> None:
    data = (shared / "data" / "sap_open_items.csv").read_bytes()
    done = open_item_imports.import_open_items(
        seller, data, create_buyers=True, country="US", at=at, by="test"
    )
    # 402 customer numbers, of which 48 stand there both with their leading zeros and without.
    assert (done.items, done.created, done.unknown) == (4547, 354, {})
    lines = CreditLine.objects.filter(seller_id=seller.id)
    assert sum(line.external for line in lines if line.currency == "USD") == 14_199_488_954
    assert sum(line.external for line in lines if line.currency == "CAD") == 3_444_978_594
    before = events(seller)
    again = open_item_imports.import_open_items(seller, data, create_buyers=True, at=at, by="test")
    assert (again.items, again.created) == (4547, 0)
    assert events(seller) == before


def test_exchange_rates_are_stored_once(seller: Seller, keep: Any) -> None:
    file = keep("date,source,target,rate\n2026-03-02,USD,EUR,0.913\n2026-02-27,USD,EUR,0.9\n")
    assert answer(seller, "exchange-rates", file, "--origin", "ECB") == {"created": 2, "known": 0}
    assert answer(seller, "exchange-rates", file) == {"created": 0, "known": 2}
    first, second = ExchangeRate.objects.filter(seller_id=seller.id).order_by("on")
    assert (first.on, first.rate, first.origin) == (date(2026, 2, 27), Decimal("0.9"), "ECB")
    corrected = keep("date,source,target,rate\n2026-03-02,USD,EUR,0.92\n")
    assert answer(seller, "exchange-rates", corrected) == {"created": 1, "known": 0}
    assert ExchangeRate.objects.filter(seller_id=seller.id).count() == 3
    assert second.rate == Decimal("0.913")


def test_reference_rates_are_stored_once(seller: Seller, keep: Any) -> None:
    file = keep("table;from;rate;until\necb;2026-07-01;2,00;\nrbi;2026-02-06;5,25;2026-04-08\n")
    stored = {"created": 2, "changed": 0, "known": 0}
    assert answer(seller, "reference-rates", file) == stored
    assert answer(seller, "reference-rates", file) == {"created": 0, "changed": 0, "known": 2}


def test_scores_need_a_bureau_and_a_scale(seller: Seller, buyer: Buyer, keep: Any) -> None:
    file = keep("number,name,score,as of\nC-1001,Nordwind,71,2026-02-28\nZ-1,Nobody,5,2026-02-28\n")
    assert "Missing option '--bureau'" in refusal(seller, "bureau-scores", file, code=2)
    scored = ("bureau-scores", file, "--bureau", "crif")
    assert "Say the worst and the best score" in refusal(seller, *scored)
    assert "such as 0:100" in refusal(seller, *scored, "--scale", "good", code=2)
    done = answer(seller, *scored, "--scale", "0:100")
    assert (done["rows"], done["new"], done["unmatched"][0]["line"]) == (2, 1, 3)
    assert Report.objects.get(buyer_id=buyer.id).facts["score"] == "71"


def test_a_sanctions_list_is_loaded_and_everybody_searched_for(
    seller: Seller, buyer: Buyer, at: datetime, keep: Any
) -> None:
    onboarding.create_buyer(seller, name="Ferramenta Lodi", country="IT", at=at, by="test")
    file = keep(LIST, "targets.simple.csv")
    done = answer(seller, "sanctions-list", file, "--rescreen")
    assert (done["entries"], done["screened"], done["hits"]) == (1, 2, 1)
    report = Report.objects.get(buyer_id=buyer.id)
    assert (report.outcome, report.facts["hits"][0]["name"]) == ("hit", "Volga Shipping OOO")
    assert report.reference.startswith("targets.simple.csv")
    again = answer(seller, "sanctions-list", file, "--rescreen")
    assert again["screened"] == 0
    assert "empty_list" not in refusal(seller, "sanctions-list", keep("id,name\n"))
    assert Report.objects.filter(seller_id=seller.id).count() == 2


def test_insolvency_notices_are_compared_once(seller: Seller, buyer: Buyer, keep: Any) -> None:
    onboarding.update_buyer(
        seller, buyer_id=buyer.id, tax_id="DE811907980", at=buyer.created_at, by="test"
    )
    file = keep(
        "notice id,name,number,country,kind,date\n"
        "1,Nordwind Handelsges.,811907980,DE,Opening,2026-02-27\n"
        "2,Nordwind Handels GmbH,,DE,Opening,2026-02-27\n"
        "3,Nobody Known Ltd,,GB,Opening,2026-02-27\n"
    )
    done = answer(seller, "insolvency-notices", file)
    assert (done["notices"], done["reported"], done["suspected"]) == (3, 1, 1)
    assert [one["certain"] for one in done["reports"]] == [True, False]
    again = answer(seller, "insolvency-notices", file)
    assert (again["reported"], again["suspected"], again["known_before"]) == (0, 0, 2)
    assert Report.objects.filter(seller_id=seller.id, kind="insolvency").count() == 2
    wrong = keep("notice id,name,kind,date\n1,,Opening,2026-02-27\n")
    assert "line 2" in refusal(seller, "insolvency-notices", wrong)
