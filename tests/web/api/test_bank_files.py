"""Bank files over HTTP: what they say of each account, and tables whose columns are explained once."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from usance.records.payments.models import BankStatement

from .conftest import Shop

MT940 = (
    ":20:S{n}\r\n:25:DE89370400440532013000\r\n:28C:{n}/1\r\n:60F:C260331EUR{before}\r\n"
    ":61:2604300430C5,00NTRFNONREF//B{n}\r\n:86:166?20SVWZ+Danke?32NORDWIND\r\n"
    ":62F:C260430EUR{after}\r\n-\r\n"
)
TABLE = b"Tag;Wer;Wieviel\n17.03.2026;Nordwind;1.234,50\n"


def mt940(n: int, *, before: str, after: str) -> bytes:
    return MT940.format(n=n, before=before, after=after).encode()


def send(shop: Shop, raw: bytes, **said: str) -> object:
    query = f"?{urlencode(said)}" if said else ""
    return shop.send(
        "POST", f"/bank-statements{query}", raw=raw, content_type="application/octet-stream"
    )


def test_a_statement_says_what_it_is_and_what_is_missing_before_it(shop: Shop) -> None:
    first = send(shop, mt940(11, before="0,00", after="5,00")).json()
    assert (first["format"], first["transactions"], first["findings"]) == ("mt940", 1, [])
    [account] = first["accounts"]
    assert account["account"] == "DE89370400440532013000"
    assert (account["kind"], account["sequence"]) == ("statement", 11)
    assert account["closing"] == {"amount": 500, "currency": "EUR"}
    later = MT940.replace("260331", "260430").replace("2604300430", "2605310531")
    later = later.replace("C260430EUR{after}", "C260531EUR{after}")
    third = send(shop, later.format(n=13, before="9,00", after="14,00").encode()).json()
    [gap] = third["findings"]
    assert (gap["code"], gap["data"]) == ("sequence_gap", {"first": 12, "last": 12})
    again = shop.ask("GET", f"/bank-statements/{third['id']}")
    assert [one["code"] for one in again["findings"]] == ["sequence_gap"]
    listed = shop.ask("GET", "/bank-statements")["data"]
    assert [one["id"] for one in listed] == [third["id"], first["id"]]


def test_a_mapping_is_said_once(shop: Shop) -> None:
    refused = send(shop, TABLE)
    assert refused.status_code == 422
    assert refused.json()["code"] == "unknown_table"
    mapping = {
        "columns": {"booked_on": "Tag", "counterparty_name": "Wer", "amount": "Wieviel"},
        "decimal_mark": ",",
    }
    taken = send(shop, TABLE, mapping=json.dumps(mapping), account="IT1", currency="EUR")
    assert taken.status_code == 201, taken.content
    assert taken.json()["transactions"] == 1
    [line] = shop.ask("GET", f"/bank-transactions?statement={taken.json()['id']}")["data"]
    assert line["amount"] == {"amount": 123_450, "currency": "EUR"}
    assert (line["returned"], line["batch"], line["info"]) == (False, None, "")
    by_itself = send(shop, TABLE.replace(b"17.03", b"18.03"))
    assert by_itself.status_code == 201
    assert by_itself.json()["account"] == "IT1"


def test_a_mapping_that_cannot_be_is_refused(shop: Shop) -> None:
    before = BankStatement.objects.count()
    for said in ("{", "[]", '{"columns": {"colour": "Tag"}}', '{"date_order": "dym"}', "[" * 3000):
        response = send(shop, TABLE, mapping=said)
        assert response.status_code == 422, said
        assert response.json()["code"] == "invalid_mapping"
    assert BankStatement.objects.count() == before
