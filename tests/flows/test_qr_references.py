"""Swiss invoices are paid to the QR-IBAN with a reference that finds them again. Amounts are rappen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.flows import books
from tests.flows.bank_files import Booking, table
from tests.flows.countries import CASES, Case, content, findings, goods, placed, read, sold
from tests.flows.trading import Trade
from tests.formats.printed_pages import text_of
from usance.flows import bank_statements, cash_application, documents
from usance.formats.invoice_pdf.payment_box import swiss_bill
from usance.formats.payment_codes import grouped, is_qr_reference
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.records.payments.models import Allocation
from usance.rules.invoicing.document import InvoiceDocument

SWISS = CASES["CH"]
QR_IBAN = "CH4431999123000889012"
IBAN = "CH9300762011623852957"


@pytest.fixture
def trade(at: datetime, seller: Seller) -> Iterator[Trade]:
    made = placed(seller, at, SWISS)
    yield made
    assert books.broken(made.seller) == []


def issued(trade: Trade, case: Case = SWISS) -> tuple[Invoice, InvoiceDocument]:
    invoice = sold(trade, case, goods(case.rate, net=12_345))
    it = documents.issued(trade.seller, kind="invoice", subject_id=invoice.id)
    return invoice, it.document


def test_the_qr_bill_has_the_qr_iban_and_its_reference(trade: Trade) -> None:
    invoice, document = issued(trade)
    bill = swiss_bill(document)
    reference = invoice.payment_reference
    assert is_qr_reference(reference)
    assert reference.lstrip("0")[:-1] == "".join(c for c in invoice.number if c.isdigit())
    lines = bill.payload().split("\n")
    assert (lines[3], lines[27:30]) == (QR_IBAN, ["QRR", reference, invoice.number])
    text = " ".join(text_of(content(trade, "invoice", invoice.id, "pdf")).split())
    assert grouped(reference) in text
    assert IBAN[:4] not in text
    for format_ in ("ubl", "cii", "facturx"):
        data = content(trade, "invoice", invoice.id, format_)
        assert findings(data) == []
        payment = read(data, format_).payment
        assert payment is not None
        assert (payment.remittance, [one.account for one in payment.transfers]) == (
            reference,
            [QR_IBAN],
        )


def test_a_bank_line_with_the_reference_pays_the_invoice(trade: Trade) -> None:
    first, _ = issued(trade)
    second, _ = issued(trade)
    data = table(Booking(second.amount, text=second.payment_reference, payer="Nobody we know"))
    bank_statements.take_statement(trade.seller, data, account=IBAN, **trade.act)
    settled = cash_application.settle_all(trade.seller, **trade.act)
    [paid] = Allocation.objects.filter(seller_id=trade.seller.id)
    assert (paid.invoice_id, paid.amount) == (second.id, second.amount), settled
    first.refresh_from_db()
    assert first.state == "open"


def test_a_payer_abroad_and_another_currency_get_the_ordinary_iban(
    at: datetime, seller: Seller
) -> None:
    abroad = replace(SWISS, buyer=replace(SWISS.buyer, country="AT", city="Wien", post_code="1010"))
    in_euro = replace(SWISS, order_currency="EUR")
    for name, case in (("abroad", abroad), ("euro", in_euro)):
        trade = placed(replace_handle(seller, name), at, case)
        invoice, document = issued(trade, case)
        assert document.payment is not None
        assert [one.account for one in document.payment.transfers] == [IBAN]
        assert invoice.payment_reference.startswith("RF")
        assert swiss_bill(document).reference_type == "SCOR"


def replace_handle(seller: Seller, name: str) -> Seller:
    """Another name to derive a seller's from."""
    return Seller(id=seller.id, handle=f"{seller.handle}-{name}")
