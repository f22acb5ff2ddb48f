"""Freight, packaging and rebates: in the order, billed once, taken back whole. Amounts are cents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.billing import document, invoices, on, parts, run, scheduled, ship
from tests.flows.delivered import ship_to
from tests.flows.test_country_formats import CASES, content, findings, goods, placed, read, rules
from tests.flows.trading import Trade
from tests.formats.printed_pages import text_of
from usance.flows import billing, corrections, fulfilment, order_totals
from usance.flows.refusals import AmountTooLarge, LimitExceeded
from usance.records.orders.models import Order, Shipment
from usance.records.parties.models import Seller
from usance.rules.allowances import InvalidCharge, allowance_or_charge, given_back, still_open
from usance.rules.invoicing.crediting import CreditedLine
from usance.rules.invoicing.document import AllowanceCharge
from usance.rules.orders import InvalidOrder, Line, LinesDoNotAddUp, TaxContradicted, charges_of

BOLTS = Line("Bolts", 12_200, 2_200, tax_rate=Decimal(22))
NUTS = Line("Nuts", 6_100, 1_100, tax_rate=Decimal(22))


def charge(net: int, reason: str = "Freight", kind: Any = "charge", **fields: Any) -> Any:
    given = {"tax_rate": Decimal(22)} | fields
    return allowance_or_charge(kind=kind, net=net, reason=reason, **given)


FREIGHT = charge(1_000, reason_code="FC")
REBATE = charge(500, "Rebate", "allowance", reason_code="95")


def charged_order(trade: Trade, *lines: Line, **fields: Any) -> Order:
    return trade.order(
        sum(line.amount for line in lines),
        sum(line.tax_amount for line in lines),
        lines=list(lines),
        **fields,
    )


def said(invoice: Any) -> list[tuple[bool, str, Decimal]]:
    """The allowances and charges on the document of an invoice or note."""
    return [(one.is_charge, one.reason, one.amount) for one in document(invoice).allowances_charges]


def test_they_are_in_the_order_and_on_its_invoice(trade: Trade) -> None:
    order = charged_order(trade, BOLTS, NUTS, FREIGHT, REBATE)
    assert (order.amount, order.tax_amount) == (18_910, 3_410)
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    made = document(invoice)
    assert [line.item.name for line in made.lines] == ["Bolts", "Nuts"]
    assert made.allowances_charges == (
        AllowanceCharge(True, Decimal("10.00"), None, None, "Freight", "FC", "S", Decimal(22)),
        AllowanceCharge(False, Decimal("5.00"), None, None, "Rebate", "95", "S", Decimal(22)),
    )
    totals = made.totals
    assert (totals.lines, totals.charges, totals.allowances) == (150, 10, 5)
    assert (totals.without_vat, totals.vat, totals.payable) == (
        155,
        Decimal("34.10"),
        Decimal("189.10"),
    )
    assert (invoice.amount, invoice.tax_amount) == (18_910, 3_410)
    assert books.broken(trade.seller) == []


def test_the_first_shipment_bears_those_of_the_order_each_shipment_its_own(trade: Trade) -> None:
    order = charged_order(trade, BOLTS, NUTS, FREIGHT)
    pallet = charge(300, "Pallet", reason_code="PC")
    first = ship(trade, order, BOLTS.amount + FREIGHT.amount, lines=[BOLTS]).invoice
    second = ship(trade, order, NUTS.amount, lines=[NUTS], charges=[pallet]).invoice
    assert said(first) == [(True, "Freight", 10)]
    assert said(second) == [(True, "Pallet", 3)]
    assert first is not None
    assert second is not None
    assert (first.amount, second.amount) == (13_420, 6_466)
    kept = trade.stored(Order, order.id)
    assert kept.amount == kept.invoiced_amount == 13_420 + 6_466
    assert kept.state == "invoiced"
    assert [one.taken for one in charges_of(order_totals.lines_of(kept))] == [True, True]
    assert books.broken(trade.seller) == []


def test_parts_without_lines_have_the_tax_of_goods_and_freight(trade: Trade) -> None:
    book = Line("Book", 5_200, 200, tax_rate=Decimal(4))
    order = charged_order(trade, BOLTS, book, FREIGHT)
    first = ship(trade, order, 9_920).invoice
    rest = ship(trade, order).invoice
    assert first is not None
    assert rest is not None
    assert first.amount + rest.amount == order.amount
    assert first.tax_amount + rest.tax_amount == order.tax_amount
    assert said(first) == [(True, "Freight", 10)]
    assert said(rest) == []
    # Of 87.00 of goods half is of each rate, as in the order.
    assert [(one.rate, one.taxable) for one in document(first).vat] == [
        (Decimal(4), Decimal("25.00")),
        (Decimal(22), Decimal("60.00")),
    ]
    assert books.broken(trade.seller) == []


def test_one_of_several_orders_says_whose_each_is(trade: Trade) -> None:
    daily = scheduled(trade, "monthly:last")
    first = charged_order(daily, BOLTS, FREIGHT, external_id="S-1")
    second = charged_order(daily, NUTS, REBATE, external_id="S-2")
    for order in (first, second):
        ship(daily, order)
    run(on(daily, daily.at.date() + timedelta(days=40)))
    [invoice] = invoices(daily)
    assert said(invoice) == [(True, "Freight (S-1)", 10), (False, "Rebate (S-2)", 5)]
    assert invoice.amount == first.amount + second.amount
    assert len(parts(invoice)) == 2
    assert books.broken(trade.seller) == []


def test_a_shipments_own_charges_need_room_and_a_rebate_frees_it(trade: Trade) -> None:
    order = charged_order(trade, BOLTS)
    with pytest.raises(LimitExceeded):
        ship(trade, order, charges=[charge(10**8)])
    assert not invoices(trade)
    invoice = ship(trade, order, charges=[REBATE]).invoice
    assert invoice is not None
    assert (invoice.amount, invoice.tax_amount) == (11_590, 2_090)
    assert books.broken(trade.seller) == []


def test_the_whole_note_and_one_on_the_freight_alone(trade: Trade) -> None:
    invoice = ship(trade, charged_order(trade, BOLTS, FREIGHT)).invoice
    assert invoice is not None
    note = billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, lines=[CreditedLine("C1")], **trade.act
    )
    assert (note.amount, note.tax_amount) == (1_220, 220)
    assert [line.item.name for line in document(note).lines] == ["Freight"]
    rest = billing.credit_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert rest.amount == 12_200
    other = ship(trade, charged_order(trade, NUTS, FREIGHT, REBATE)).invoice
    assert other is not None
    whole = billing.credit_invoice(trade.seller, invoice_id=other.id, **trade.act)
    assert (said(whole), whole.amount) == (said(other), other.amount)
    assert books.broken(trade.seller) == []


def test_a_correction_keeps_them_or_says_others(trade: Trade) -> None:
    invoice = ship(trade, charged_order(trade, BOLTS, FREIGHT)).invoice
    assert invoice is not None
    first = corrections.correct_invoice(
        trade.seller, invoice_id=invoice.id, lines=[NUTS], **trade.act
    ).invoice
    assert (said(first), first.amount) == ([(True, "Freight", 10)], 7_320)
    second = corrections.correct_invoice(
        trade.seller, invoice_id=first.id, charges=[REBATE], **trade.act
    ).invoice
    assert (said(second), second.amount) == ([(False, "Rebate", 5)], 5_490)
    assert books.broken(trade.seller) == []


def test_those_of_an_order_change_until_a_shipment_bears_them(trade: Trade) -> None:
    order = charged_order(trade, BOLTS, NUTS, FREIGHT)
    changed = order_totals.charge_order(
        trade.seller, order_id=order.id, charges=[REBATE], **trade.act
    )
    assert changed.amount == BOLTS.amount + NUTS.amount + REBATE.amount
    adjusted = fulfilment.adjust_order(
        trade.seller,
        order_id=order.id,
        amount=BOLTS.amount + REBATE.amount,
        tax_amount=BOLTS.tax_amount + REBATE.tax_amount,
        lines=[BOLTS],
        **trade.act,
    )
    assert still_open(order_totals.lines_of(adjusted)) == (REBATE,)
    ship(trade, order, 6_100, tax_amount=1_100)
    again = order_totals.charge_order(
        trade.seller, order_id=order.id, charges=[FREIGHT], **trade.act
    )
    kept = charges_of(order_totals.lines_of(again))
    assert [(one.description, one.taken) for one in kept] == [("Rebate", True), ("Freight", False)]
    invoice = ship(trade, order).invoice
    assert said(invoice) == [(True, "Freight", 10)]
    assert books.broken(trade.seller) == []


def test_one_may_stand_beside_those_that_another_person_put_on_meanwhile(trade: Trade) -> None:
    order = charged_order(trade, BOLTS, NUTS, FREIGHT)
    changed = order_totals.charge_order(
        trade.seller, order_id=order.id, charges=[REBATE], beside=True, **trade.act
    )
    assert still_open(order_totals.lines_of(changed)) == (FREIGHT, REBATE)
    assert changed.amount == sum(one.amount for one in (BOLTS, NUTS, FREIGHT, REBATE))
    assert books.broken(trade.seller) == []


def test_a_shipment_that_is_taken_back_gives_them_back() -> None:
    pallet = replace(charge(300, "Pallet"), added=True)
    order = (BOLTS, replace(FREIGHT, taken=True), replace(pallet, taken=True))
    assert given_back(order, shipped=(BOLTS, FREIGHT, pallet)) == (BOLTS, FREIGHT)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reason": " "}, "what the charge"),
        ({"reason_code": "95"}, "UNTDID 7161"),
        ({"kind": "allowance", "reason_code": "FC"}, "UNTDID 5189"),
        ({"tax_rate": None}, "Send the tax"),
        ({"tax_amount": 1_001}, "from 0 to its 1000"),
        ({"net": 0}, "must be positive"),
    ],
)
def test_what_cannot_stand_on_an_invoice(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidCharge, match=why):
        charge(**({"net": 1_000} | fields))


def test_an_order_that_contradicts_itself_is_refused(trade: Trade) -> None:
    for amount, tax, lines, error in (
        (18_300, 3_300, [BOLTS, NUTS, FREIGHT], LinesDoNotAddUp),
        (1_220, 220, [FREIGHT], InvalidOrder),
        (1_220 + 100, 220 + 200, [FREIGHT], InvalidOrder),
        (13_420, 2_420, [BOLTS, replace(FREIGHT, tax_rate=Decimal(4))], TaxContradicted),
    ):
        with pytest.raises(error):
            trade.order(amount, tax, lines=lines)
    order = charged_order(trade, BOLTS, FREIGHT)
    with pytest.raises(InvalidOrder, match="leave"):
        ship(trade, order, 1_000)  # less than the freight it bears
    with pytest.raises(AmountTooLarge):
        ship(trade, order, order.amount + 1)
    assert not Shipment.objects.filter(seller_id=trade.seller.id).exists()


@pytest.mark.parametrize("name", CASES)
def test_every_format_says_them_by_its_rules(at: datetime, seller: Seller, name: str) -> None:
    rules()
    case = CASES[name]
    trade = placed(seller, at, case)
    with_tax = {"tax_rate": case.rate}
    lines = [
        goods(case.rate, net=12_345),
        goods(case.rate, net=6_789, name="Angle bars"),
        charge(1_234, reason_code="FC", **with_tax),
        charge(321, "Rebate", "allowance", reason_code="95", **with_tax),
        charge(99, "Pallet", **with_tax),
    ]
    order = charged_order(trade, *lines, currency=case.sold_in, ship_to=ship_to(case.buyer))
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    assert invoice.amount == order.amount
    freight = billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, lines=[CreditedLine("C1")], **trade.act
    )
    rest = billing.credit_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    for kind, row in (("invoice", invoice), ("credit_note", freight), ("credit_note", rest)):
        for format_ in case.formats:
            data = content(trade, kind, row.id, format_)
            if format_ != "pdf":
                assert findings(data) == [], (kind, format_)
            if format_ == "gst":
                assert json.loads(data)["ValDtls"]["TotInvVal"] == row.amount / 100
            elif format_ == "pdf":
                if kind == "invoice":
                    assert [
                        w for w in ("Freight", "Rebate", "Pallet") if w not in text_of(data)
                    ] == []
            else:
                made = read(data, format_)
                assert int(made.totals.payable * 100) == row.amount, (kind, format_)
    assert books.broken(trade.seller) == []
