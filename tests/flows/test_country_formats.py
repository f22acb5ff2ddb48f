"""Invoices as sellers of each country issue them, in each format, by the rules of its publisher.

Every document goes all the way: the seller's details, the buyer's profile, an order, its invoice and a
credit note on it, each written by the flow that delivers it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.flows.billing import invoices, on, run, ship
from tests.flows.countries import CASES, content, findings, goods, placed, read, rules, sold
from tests.flows.delivered import ITALIAN, ship_to
from tests.formats.printed_pages import text_of
from usance.flows import billing, documents
from usance.flows.documents import FormatUnavailable
from usance.formats import cii, fatturapa
from usance.formats.fatturapa.fattura import DeliveryNote, Stamp
from usance.records.orders.models import Shipment
from usance.records.parties.models import Seller
from usance.rules.orders import Line


@pytest.mark.parametrize("name", CASES)
def test_what_is_issued_is_valid_in_each_format(at: datetime, seller: Seller, name: str) -> None:
    rules()
    case = CASES[name]
    trade = placed(seller, at, case)
    lines = [goods(case.rate, net=12_345), goods(case.rate, net=6_789, name="Angle bars")]
    invoice = sold(trade, case, *lines)
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=5_000, **trade.act)
    for kind, row in (("invoice", invoice), ("credit_note", note)):
        for format_ in case.formats:
            data = content(trade, kind, row.id, format_)
            if format_ != "pdf":
                assert findings(data) == [], (kind, format_)
            if format_ == "gst":
                assert json.loads(data)["ValDtls"]["TotInvVal"] == row.amount / 100
            elif format_ == "pdf":
                text = text_of(data)
                assert row.number in text
                if kind == "invoice":
                    assert [words for words in case.printed if words not in text] == []
            else:
                totals = read(data, format_).totals
                assert int(totals.payable * 100) == row.amount, (kind, format_)


def test_two_deliveries_of_a_month_are_one_deferred_invoice(at: datetime, seller: Seller) -> None:
    """Art. 21 c.4 a) DPR 633/1972: TD24 with the delivery notes of the month and the CIG of its orders."""
    case = replace(
        CASES["IT"],
        buyer=replace(
            ITALIAN, channels=("portal",), schedule="monthly:last", contract_reference="AQ 12/2026"
        ),
    )
    first = placed(seller, at, case)
    second = on(first, at.date() + timedelta(days=1))
    for trade, name, net in ((first, "DDT 87/2026", 12_345), (second, "DDT 91/2026", 6_789)):
        line = goods(case.rate, net=net)
        order = trade.order(
            line.amount,
            line.tax_amount,
            lines=[line],
            ship_to=ship_to(case.buyer),
            metadata={"cig": "Z1A2B3C4D5"},
        )
        ship(trade, order, external_id=name, shipped_on=trade.at.date())
    billed = on(first, at.date() + timedelta(days=40))
    run(billed)
    [invoice] = invoices(billed)
    data = content(billed, "invoice", invoice.id, "fatturapa")
    assert (findings(data), fatturapa.broken_controls(data)) == ([], ())
    [made] = fatturapa.read(data).invoices
    assert made.details.document_type == "TD24"
    assert made.details.delivery_notes == (
        DeliveryNote("DDT 87/2026", at.date(), (1,)),
        DeliveryNote("DDT 91/2026", at.date() + timedelta(days=1), (2,)),
    )
    assert (made.document.tender, made.document.contract) == ("Z1A2B3C4D5", "AQ 12/2026")
    assert int(made.document.totals.payable * 100) == invoice.amount
    # Whenever it is written: the same, though somebody has said since when the goods came.
    Shipment.objects.filter(seller_id=billed.seller.id).update(delivered_on=billed.at.date())
    later = content(on(billed, billed.at.date() + timedelta(days=9)), "invoice", invoice.id, "cii")
    assert cii.read(later).tender == "Z1A2B3C4D5"
    it = documents.issued(billed.seller, kind="invoice", subject_id=invoice.id)
    assert [line.despatch.number for line in it.document.lines if line.despatch] == [
        "DDT 87/2026",
        "DDT 91/2026",
    ]


def test_an_exempt_invoice_bears_the_stamp(at: datetime, seller: Seller) -> None:
    buyer = replace(
        ITALIAN,
        channels=("portal",),
        tax_treatment="exempt",
        exemption_reason="Esente art. 10 DPR 633/1972",
    )
    case = replace(CASES["IT"], buyer=buyer)
    trade = placed(seller, at, case)
    invoice = sold(trade, case, Line("Corso", 20_000))
    [made] = fatturapa.read(content(trade, "invoice", invoice.id, "fatturapa")).invoices
    assert made.details.stamp == Stamp(Decimal("2.00"))
    assert int(made.document.totals.payable * 100) == invoice.amount


def test_goods_without_a_code_are_named_before_a_gst_invoice(at: datetime, seller: Seller) -> None:
    case = CASES["IN in a state"]
    trade = placed(seller, at, case)
    bare = replace(goods(case.rate, net=6_789, name="Angle bars"), classification="")
    invoice = sold(trade, case, goods(case.rate, net=12_345), bare)
    with pytest.raises(FormatUnavailable, match="'Angle bars'") as refused:
        content(trade, "invoice", invoice.id, "gst")
    assert [(one.field, one.where) for one in refused.value.missing] == [
        ("lines.2.classification", "order")
    ]
