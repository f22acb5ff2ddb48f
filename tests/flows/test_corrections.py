"""Taking back by line, and correcting an invoice by another. Amounts are cents.

The fixture ``trade`` checks the books after each test.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.billing import days_after, document, invoices, on, parts, run, scheduled, sell
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import billing, billing_profiles, corrections, credit_notes, fulfilment
from usance.flows.corrections import Corrected
from usance.flows.refusals import AmountTooLarge, Duplicate, NotFound, Refused, WrongState
from usance.records.identity import new_id
from usance.records.invoices import queries
from usance.records.invoices.models import CreditNote, Invoice, InvoicePart
from usance.records.orders.models import Order
from usance.records.payments.models import Payment
from usance.records.statements import execute
from usance.rules.invoicing.crediting import CannotCredit, CreditedLine
from usance.rules.invoicing.profiles import ProfileFields
from usance.rules.orders import InvalidOrder, Line

LINES = [
    Line("Bolts", 12_200, 2_200, Decimal(100), Decimal("1.00"), tax_rate=Decimal(22)),
    Line("Book", 5_200, 200, Decimal(2), Decimal("25.00"), tax_rate=Decimal(4)),
    Line("Training", 3_000, tax_category="E", exemption_reason="Art. 10 DPR 633/72"),
]


def billed(trade: Trade) -> Invoice:
    """An invoice of EUR 204.00 with EUR 24.00 of tax at three rates."""
    invoice = sell(trade, 20_400, 2_400, lines=LINES).invoice
    assert invoice is not None
    return invoice


def credit(trade: Trade, invoice: Invoice, *lines: CreditedLine, **fields: Any) -> CreditNote:
    return billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, lines=lines, **trade.act, **fields
    )


def correct(trade: Trade, invoice: Invoice, **fields: Any) -> Corrected:
    return corrections.correct_invoice(trade.seller, invoice_id=invoice.id, **trade.act, **fields)


def taxes(note: Any) -> list[tuple[str, str, str, str]]:
    return [(e.category, f"{e.rate}", f"{e.taxable}", f"{e.tax}") for e in document(note).vat]


def test_a_line_is_taken_back_with_its_own_tax(trade: Trade) -> None:
    invoice = billed(trade)
    note = credit(trade, invoice, CreditedLine("2"), reason="Returned")
    assert (note.amount, note.tax_amount) == (5_200, 200)
    shown = document(note)
    assert (shown.type_code, shown.number) == ("381", "CN-2026-000001")
    assert [entry.number for entry in shown.preceding] == [invoice.number]
    assert taxes(note) == [("S", "4", "50.00", "2.00")]
    assert [line.item.name for line in shown.lines] == ["Book"]
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.credited, kept.credited_tax) == ("open", 5_200, 200)
    assert trade.balances() == {"receivable": 15_200, "revenue": -13_000, "tax": -2_200}


def test_quantities_and_amounts_of_lines(trade: Trade) -> None:
    invoice = billed(trade)
    note = credit(
        trade, invoice, CreditedLine("1", quantity=Decimal(30)), CreditedLine("3", amount=1_000)
    )
    assert (note.amount, note.tax_amount) == (4_660, 660)
    assert taxes(note) == [("E", "0", "10.00", "0.00"), ("S", "22", "30.00", "6.60")]
    assert document(note).vat[0].exemption_reason == "Art. 10 DPR 633/72"
    assert [f"{line.quantity}" for line in document(note).lines] == ["30", "0.333333"]
    with books.refused(trade.seller, CannotCredit, match="8540 minor units are left"):
        credit(trade, invoice, CreditedLine("1", quantity=Decimal(71)))
    credit(trade, invoice, CreditedLine("1", quantity=Decimal(70)))
    rest = billing.credit_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert (rest.amount, rest.tax_amount) == (7_200, 200)
    assert taxes(rest) == [("E", "0", "20.00", "0.00"), ("S", "4", "50.00", "2.00")]
    assert trade.stored(Invoice, invoice.id).state == "void"
    assert trade.balances() == {}


def test_an_amount_is_taken_back_at_every_rate(trade: Trade) -> None:
    invoice = billed(trade)
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=10_200, **trade.act)
    assert (note.amount, note.tax_amount) == (10_200, 1_200)
    assert taxes(note) == [
        ("E", "0", "15.00", "0.00"),
        ("S", "4", "25.00", "1.00"),
        ("S", "22", "50.00", "11.00"),
    ]


def test_all_of_an_invoice_is_taken_back_line_by_line(trade: Trade) -> None:
    invoice = billed(trade)
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert document(note).lines == document(invoice).lines
    assert document(note).totals == document(invoice).totals
    assert note.lines == []


@pytest.mark.parametrize(
    ("lines", "fields", "error"),
    [
        ([CreditedLine("4")], {}, CannotCredit),
        ([CreditedLine("1"), CreditedLine("1")], {}, CannotCredit),
        ([CreditedLine("1", quantity=Decimal(101))], {}, CannotCredit),
        ([CreditedLine("1", quantity=Decimal(0))], {}, CannotCredit),
        ([CreditedLine("1", amount=12_201)], {}, CannotCredit),
        ([CreditedLine("1", amount=0)], {}, CannotCredit),
        ([CreditedLine("1", quantity=Decimal(1), amount=1)], {}, CannotCredit),
        ([CreditedLine("1")], {"amount": 12_199}, InvalidOrder),
    ],
)
def test_lines_that_cannot_be_taken_back(
    trade: Trade, lines: list[CreditedLine], fields: dict[str, Any], error: type[Exception]
) -> None:
    invoice = billed(trade)
    with books.refused(trade.seller, error):
        credit(trade, invoice, *lines, **fields)


def test_a_line_after_an_amount_is_taken_back_only_while_its_tax_is_left(trade: Trade) -> None:
    invoice = billed(trade)
    billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=10_200, **trade.act)
    with books.refused(trade.seller, (CannotCredit, AmountTooLarge)):
        credit(trade, invoice, CreditedLine("1"))


def test_credit_notes_of_a_line_that_race_take_it_back_once(trade: Trade) -> None:
    invoice = billed(trade)
    act = unless(
        Exception, partial(credit, trade, invoice, CreditedLine("1", quantity=Decimal(60)))
    )
    made = at_once([act] * 4)
    assert sum(isinstance(one, CreditNote) for one in made) == 1
    assert trade.stored(Invoice, invoice.id).credited == 7_320


def test_a_credit_note_on_a_consolidated_invoice(trade: Trade) -> None:
    scheduled(trade, "monthly:last")
    sell(trade, 12_200, 2_200, lines=[LINES[0]])
    sell(trade, 5_200, 200, lines=[LINES[1]])
    run(on(trade, date(2026, 4, 1)))
    [invoice] = invoices(trade)
    note = credit(on(trade, date(2026, 4, 2)), invoice, CreditedLine("2", quantity=Decimal(1)))
    assert (note.amount, note.tax_amount) == (2_600, 100)
    assert document(note).period == document(invoice).period


def test_a_corrected_invoice_is_credited_and_issued_anew(trade: Trade) -> None:
    invoice = billed(trade)
    order = trade.stored(Order, parts(invoice)[0].order_id)
    later = days_after(trade, 3)
    billing_profiles.set_billing_profile(
        trade.seller,
        buyer_id=trade.buyer.id,
        fields=ProfileFields(legal_name="Nordwind Handels GmbH & Co. KG"),
        **later.act,
    )
    made = correct(later, invoice, reason="Wrong name", external_id="I-2")
    assert (made.credit_note.amount, made.credit_note.number) == (20_400, "CN-2026-000001")
    assert (made.invoice.number, made.invoice.amount) == ("INV-2026-000002", 20_400)
    assert made.invoice.replaces_id == invoice.id
    assert made.invoice.due_on == invoice.due_on, "it falls due as the first one did"
    assert trade.stored(Invoice, invoice.id).state == "void"
    assert document(trade.stored(Invoice, invoice.id)).buyer.name == "Nordwind Handels GmbH"
    shown = document(made.invoice)
    assert shown.buyer.name == "Nordwind Handels GmbH & Co. KG"
    assert [entry.number for entry in shown.preceding] == [invoice.number]
    assert shown.lines == document(invoice).lines
    assert trade.counters() == {"receivable": 20_400}
    assert trade.stored(Order, order.id).invoiced_amount == 20_400
    [part] = parts(made.invoice)
    assert (part.order_id, part.captured, part.shipment_id) == (order.id, False, None)
    found = queries.invoices(seller_id=trade.seller.id, order_id=order.id)
    assert {one.id for one in found} == {invoice.id, made.invoice.id}
    replacement = queries.replacement_of(seller_id=trade.seller.id, invoice_id=invoice.id)
    assert replacement is not None
    assert replacement.id == made.invoice.id


def test_however_often_it_is_corrected_it_falls_due_when_the_first_did(trade: Trade) -> None:
    first = billed(trade)
    second = correct(trade.days_later(10), first).invoice
    third = correct(trade.days_later(20), second).invoice
    assert (second.due_on, third.due_on) == (first.due_on, first.due_on)
    late = trade.days_later(50)
    assert correct(late, third).invoice.due_on == late.at.date()


def test_other_lines_make_another_amount(trade: Trade) -> None:
    invoice = billed(trade)
    made = correct(trade, invoice, lines=[Line("Bolts", 11_000, 1_000, tax_rate=Decimal(10))])
    assert (made.invoice.amount, made.invoice.tax_amount) == (11_000, 1_000)
    assert trade.balances() == {"receivable": 11_000, "revenue": -10_000, "tax": -1_000}
    again = correct(trade, made.invoice, reason="Once more")
    assert (again.invoice.amount, again.invoice.tax_amount) == (11_000, 1_000)
    assert again.invoice.replaces_id == made.invoice.id
    more = correct(trade, again.invoice, lines=[Line("Bolts", 40_000)])
    assert more.invoice.amount == 40_000
    assert trade.counters() == {"receivable": 40_000}


def test_what_was_paid_pays_the_invoice_in_its_place(trade: Trade) -> None:
    invoice = billed(trade)
    first, second = trade.pay(invoice, 8_000), trade.pay(invoice, 12_400)
    made = correct(trade, invoice, lines=[Line("Bolts", 10_000)])
    kept = trade.stored(Invoice, made.invoice.id)
    assert (kept.state, kept.allocated) == ("paid", 10_000)
    assert trade.stored(Payment, first.id).unapplied == 0
    assert trade.stored(Payment, second.id).unapplied == 10_400
    assert trade.counters() == {"unapplied_cash": 10_400}


def test_a_consolidated_invoice_is_corrected_whole(trade: Trade) -> None:
    scheduled(trade, "monthly:last")
    shipped = [sell(trade, 1_000), sell(trade, 2_000)]
    april = on(trade, date(2026, 4, 1))
    run(april)
    [invoice] = invoices(trade)
    with books.refused(trade.seller, InvalidOrder):
        correct(april, invoice, lines=[Line("Bolts", 3_000)])
    made = correct(april, invoice)
    assert [part.amount for part in parts(made.invoice)] == [1_000, 2_000]
    assert made.invoice.period_end == date(2026, 3, 31)
    assert len(shipped) == len(document(made.invoice).lines)


def test_what_cannot_be_corrected(trade: Trade) -> None:
    part, gone, lost = billed(trade), billed(trade), billed(trade)
    billing.credit_invoice(trade.seller, invoice_id=part.id, amount=1, **trade.act)
    correct(trade, gone, external_id="I-1")
    billing.write_off_invoice(trade.seller, invoice_id=lost.id, **trade.act)
    for invoice in (part, gone, lost):
        with books.refused(trade.seller, WrongState):
            correct(trade, invoice)
    with books.refused(trade.seller, NotFound):
        corrections.correct_invoice(trade.seller, invoice_id=new_id(), **trade.act)
    fresh = billed(trade)
    with books.refused(trade.seller, Duplicate):
        correct(trade, fresh, external_id="I-1")


def test_corrections_that_race_replace_an_invoice_once(trade: Trade) -> None:
    invoice = billed(trade)
    made = at_once([unless(Refused, partial(correct, trade, invoice))] * 4)
    assert sum(isinstance(one, Corrected) for one in made) == 1
    assert [one.sequence for one in invoices(trade)] == [1, 2]


def test_an_invoice_without_a_document_is_credited_by_its_orders(trade: Trade) -> None:
    """Those of the release before documents were kept."""
    invoice = billed(trade)
    Invoice.objects.filter(seller_id=trade.seller.id, id=invoice.id).update(document=None)
    note = credit(trade, invoice, CreditedLine("2"))
    assert taxes(note) == [("S", "4", "50.00", "2.00")]
    assert [entry.number for entry in document(note).preceding] == [invoice.number]


def test_an_invoice_of_an_older_process_has_no_parts_and_is_corrected_all_the_same(
    trade: Trade,
) -> None:
    """One that the release before has written while the tables were migrated already."""
    order = trade.order(20_400, 2_400, lines=LINES)
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    remade = without_parts(invoice)
    made = correct(trade, remade)
    assert (made.invoice.amount, made.invoice.tax_amount) == (20_400, 2_400)
    assert credit_notes.keep_missing_parts() == 1
    assert credit_notes.keep_missing_parts() == 0
    [part] = parts(remade)
    assert (part.order_id, part.amount, part.tax_amount) == (invoice.order_id, 20_400, 2_400)


def without_parts(invoice: Invoice) -> Invoice:
    """The invoice without its parts, which cannot be deleted while their guard stands."""
    execute("ALTER TABLE invoices_invoicepart DISABLE TRIGGER append_only", [])
    InvoicePart.objects.filter(seller_id=invoice.seller_id, invoice_id=invoice.id).delete()
    execute("ALTER TABLE invoices_invoicepart ENABLE TRIGGER append_only", [])
    return Invoice.objects.get(seller_id=invoice.seller_id, id=invoice.id)
