"""The schema and the portal's rules: each is broken once; nothing but a FormatError for what is bent."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from tests.formats.indian_invoices import MUMBAI, NEIGHBOUR, invoice, line, written
from usance.formats import gst_india
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import AllowanceCharge, InvoiceLine

D = Decimal
Change = Callable[[dict[str, Any]], None]


def example() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gst_india.render(invoice()))
    return found


def setting(path: str, value: object) -> Change:
    def change(document: dict[str, Any]) -> None:
        at: Any = document
        *steps, last = path.split(".")
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        at[last] = value

    return change


def without(path: str) -> Change:
    def change(document: dict[str, Any]) -> None:
        at: Any = document
        *steps, last = path.split(".")
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        del at[last]

    return change


def both(*changes: Change) -> Change:
    def change(document: dict[str, Any]) -> None:
        for each in changes:
            each(document)

    return change


ITEM = "ItemList.0."
RULES: list[tuple[str, str, Change]] = [
    ("gstin_check_digit", "SellerDtls.Gstin", setting("SellerDtls.Gstin", "29AAGCB7383J1Z5")),
    ("state_differs", "BuyerDtls.Stcd", setting("BuyerDtls.Stcd", "27")),
    ("same_gstin", "BuyerDtls.Gstin", setting("BuyerDtls.Gstin", "29AAGCB7383J1Z4")),
    (
        "unknown_state",
        "BuyerDtls.Pos",
        both(
            setting("BuyerDtls.Pos", "28"),
            setting(ITEM + "IgstAmt", 2160),
            setting(ITEM + "CgstAmt", 0),
            setting(ITEM + "SgstAmt", 0),
            setting("ValDtls.IgstVal", 2160),
            setting("ValDtls.CgstVal", 0),
            setting("ValDtls.SgstVal", 0),
        ),
    ),
    ("unregistered_buyer", "BuyerDtls.Gstin", setting("BuyerDtls.Gstin", "URP")),
    ("unknown_rate", "ItemList[0].GstRt", setting(ITEM + "GstRt", 18.1)),
    ("item_gross", "ItemList[0].TotAmt", setting(ITEM + "Qty", 5)),
    ("item_taxable", "ItemList[0].AssAmt", setting(ITEM + "Discount", 2)),
    ("item_total", "ItemList[0].TotItemVal", setting(ITEM + "TotItemVal", 14162)),
    ("total_taxable", "ValDtls.AssVal", both(setting("ValDtls.AssVal", 12002))),
    ("total_value", "ValDtls.TotInvVal", setting("ValDtls.TotInvVal", 14162)),
    (
        "duplicate_item",
        "ItemList",
        lambda d: d.update(
            ItemList=[
                {**d["ItemList"][0], **{k: v / 2 for k, v in figures(d).items()}} for _ in (1, 2)
            ]
        ),
    ),
]


def figures(document: dict[str, Any]) -> dict[str, Any]:
    """The figures of the first item that depend on its quantity."""
    names = ("Qty", "TotAmt", "AssAmt", "CgstAmt", "SgstAmt", "TotItemVal")
    return {name: document["ItemList"][0][name] for name in names}


def codes(document: dict[str, Any]) -> dict[str, str]:
    return {r.code: r.place for r in gst_india.broken_rules(json.dumps(document).encode())}


@pytest.mark.parametrize(("code", "place", "change"), RULES, ids=[r[0] for r in RULES])
def test_each_rule(code: str, place: str, change: Change) -> None:
    document = example()
    assert codes(document) == {}
    change(document)
    found = codes(document)
    assert found[code] == place
    assert set(found) <= {code, "total_value", "item_cgst", "item_sgst"}


def test_taxes_in_the_wrong_state() -> None:
    document = example()
    both(
        setting(ITEM + "IgstAmt", 2160), setting(ITEM + "CgstAmt", 0), setting(ITEM + "SgstAmt", 0)
    )(document)
    assert {"intra_state_igst", "item_cgst", "total_igst"} <= set(codes(document))
    document = json.loads(gst_india.render(invoice(buyer=MUMBAI)))
    setting(ITEM + "CgstAmt", 5)(document)
    assert {"inter_state_cgst", "total_cgst", "item_total"} <= set(codes(document))
    document = json.loads(gst_india.render(invoice(buyer=MUMBAI)))
    setting("TranDtls.SupTyp", "EXPWP")(document)
    assert set(codes(document)) == {"export_buyer"}


def test_a_null_is_as_good_as_nothing() -> None:
    document = example()
    both(
        setting("TranDtls.EcmGstin", None), setting(ITEM + "BchDtls", {"Nm": "LOT", "ExpDt": None})
    )(document)
    document["EwbDtls"] = None
    assert codes(document) == {}


def test_a_rupee_is_let_pass() -> None:
    document = example()
    both(
        setting(ITEM + "TotItemVal", 14161),
        setting("ValDtls.AssVal", 12001),
        setting("ValDtls.TotInvVal", 14160.5),
    )(document)
    assert codes(document) == {}


# What the schema refuses, and where.
SCHEMA: list[tuple[str, Change]] = [
    ("(whole)", without("ValDtls")),
    ("Version", setting("Version", "1.0")),
    ("TranDtls.SupTyp", setting("TranDtls.SupTyp", "B2C")),
    ("DocDtls.No", setting("DocDtls.No", "0042")),
    ("DocDtls.No", setting("DocDtls.No", "A" * 17)),
    ("DocDtls.Dt", setting("DocDtls.Dt", "2026-11-02")),
    ("SellerDtls.Gstin", setting("SellerDtls.Gstin", "29aagcb7383j1z4")),
    ("SellerDtls.LglNm", setting("SellerDtls.LglNm", 'A "quoted" name')),
    ("SellerDtls.Pin", setting("SellerDtls.Pin", "560001")),
    ("BuyerDtls.Stcd", setting("BuyerDtls.Stcd", "00")),
    ("ItemList", setting("ItemList", [])),
    ("ItemList[0].HsnCd", setting(ITEM + "HsnCd", "82041")),
    ("ItemList[0].AssAmt", setting(ITEM + "AssAmt", -1)),
    ("ItemList[0].IsServc", setting(ITEM + "IsServc", "X")),
    ("ItemList[0]", setting(ITEM + "Colour", "red")),
    ("ValDtls.RndOffAmt", setting("ValDtls.RndOffAmt", 100)),
]


@pytest.mark.parametrize(("place", "change"), SCHEMA)
def test_the_schema(place: str, change: Change) -> None:
    document = example()
    change(document)
    found = gst_india.broken_rules(json.dumps(document).encode())
    assert place in {each.place for each in found}
    assert {each.code for each in found} == {"schema"}


def test_the_schema_is_one_and_a_copy() -> None:
    Draft7Validator.check_schema(gst_india.schema())
    gst_india.schema()["properties"].clear()
    assert gst_india.schema()["properties"]["Version"] == {"enum": ["1.1"]}


paise = st.decimals(min_value=0, max_value=500, places=2)


@st.composite
def lines(draw: st.DrawFn, number: int) -> InvoiceLine:
    quantity = draw(st.decimals(min_value="0.001", max_value=5000, places=3))
    price = draw(st.decimals(min_value=0, max_value=100_000, places=2))
    rate = draw(st.sampled_from(["0", "0.25", "3", "5", "12", "18", "28", "40"]))
    net = (quantity * price).quantize(D("0.01"), ROUND_HALF_UP)
    off = draw(paise)
    entries = []
    if off <= net and draw(st.booleans()):
        entries.append(AllowanceCharge(is_charge=False, amount=off))
        net -= off
    if draw(st.booleans()):
        on = draw(paise)
        entries.append(AllowanceCharge(is_charge=True, amount=on))
        net += on
    sold = line(rate=rate, category="S" if rate != "0" else "Z", number=str(number))
    return replace(
        sold,
        quantity=quantity,
        price=replace(sold.price, net=price),
        net=net,
        allowances_charges=tuple(entries),
    )


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(min_value=1, max_value=8), st.sampled_from([NEIGHBOUR, MUMBAI]))
def test_items_add_up_to_the_invoice(data: st.DataObject, many: int, buyer: Any) -> None:
    """Items and values agree to the paisa with the document, and no rule of the portal is broken."""
    sold = tuple(data.draw(lines(number)) for number in range(1, many + 1))
    first = sold[0]
    whole = []
    if first.net and data.draw(st.booleans()):
        part = (first.net / 3).quantize(D("0.01"), ROUND_HALF_UP)
        whole.append(
            AllowanceCharge(
                is_charge=data.draw(st.booleans()),
                amount=part,
                vat_category=first.vat_category,
                vat_rate=first.vat_rate,
            )
        )
    document = invoice(*sold, buyer=buyer, allowances=whole)
    found = written(document)
    items, values = found["ItemList"], found["ValDtls"]
    assert sum(item["AssAmt"] for item in items) == values["AssVal"] == document.totals.without_vat
    taxes = [sum(item[n] for item in items) for n in ("IgstAmt", "CgstAmt", "SgstAmt")]
    assert taxes == [values[name] for name in ("IgstVal", "CgstVal", "SgstVal")]
    assert sum(taxes) == (document.totals.vat or 0)
    assert sum(item["TotItemVal"] for item in items) == values["TotInvVal"]
    assert values["TotInvVal"] == document.totals.with_vat
    (read,) = gst_india.read(gst_india.render(document))
    assert read.document.totals.with_vat == document.totals.with_vat


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"DocDtls": NaN}', "malformed_json"),
        (b'{"DocDtls": 1e999999999}', "malformed_json"),
        (b'{"DocDtls": ' + b"9" * 5000 + b"}", "malformed_json"),
        (b"[]", "not_a_gst_invoice"),
        (b"3", "not_a_gst_invoice"),
        (b'{"a": 1}', "not_a_gst_invoice"),
        (b'{"DocDtls": 3}', "invalid_value"),
        (b'{"DocDtls": {"Typ": "INV"}}', "missing_value"),
        (b'{"DocDtls": {"Typ": "XXX"}}', "unknown_document_type"),
        (b'{"DocDtls": {"Typ": "INV"}, "ItemList": {}}', "invalid_value"),
        (b'{"DocDtls": {"Typ": "INV"}, "ItemList": [1]}', "invalid_value"),
        (b" " * (101 * 1024 * 1024), "too_large"),
    ],
)
def test_what_cannot_be_read(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as raised:
        gst_india.read(data)
    assert raised.value.code == code


def test_wrong_dates_and_numbers_have_their_place() -> None:
    for path, value, code, place in (
        ("DocDtls.Dt", "31/02/2026", "invalid_date", "DocDtls.Dt"),
        (ITEM + "AssAmt", "12000", "invalid_value", "ItemList[0].AssAmt"),
        ("SellerDtls.LglNm", [], "invalid_value", "SellerDtls.LglNm"),
    ):
        document = example()
        setting(path, value)(document)
        with pytest.raises(FormatError) as raised:
            gst_india.read(json.dumps(document).encode())
        assert (raised.value.code, raised.value.path) == (code, place)


def test_any_cut_or_flipped_byte() -> None:
    data = gst_india.render(invoice())
    dice = random.Random(20261102)
    outcomes = set()
    for _ in range(400):
        bent = bytearray(data)
        for _ in range(dice.randint(1, 3)):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        if dice.random() < 0.2:
            del bent[dice.randrange(len(bent)) :]
        for read in (gst_india.read, gst_india.broken_rules):
            try:
                read(bytes(bent))
                outcomes.add("read")
            except FormatError:
                outcomes.add("refused")
    assert outcomes == {"read", "refused"}
