"""A statement of account: it begins with what was owed, says what moved, and ends with what is owed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import billing, settlement, statements
from usance.flows.refusals import NotFound
from usance.records.identity import new_id
from usance.records.invoices import receivables, statement_queries


def written(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(BytesIO(content))
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


def pdf(trade: Trade, **asked: object) -> bytes:
    on = trade.at.date()
    given = {"buyer_id": trade.buyer.id, "currency": "EUR", "on": on, "today": on, "at": trade.at}
    return statements.statement_pdf(trade.seller, **given | asked)  # type: ignore[arg-type]


def test_it_ends_with_what_is_owed(trade: Trade) -> None:
    first = trade.invoice(122_000, 22_000)
    later = trade.days_later(40)
    second = later.invoice(50_000)
    billing.credit_invoice(trade.seller, invoice_id=first.id, amount=2_000, **later.act)
    payment = later.payment(70_000, reference="Part of it")
    later.allocate(payment, first, 60_000)
    billing.write_off_invoice(trade.seller, invoice_id=second.id, **later.act)
    said = written(pdf(later))
    assert "1,220.00" in said  # the first invoice is before the period: the opening balance
    assert second.number in said
    assert "CN-2026-000001" in said
    assert "Part of it" in said
    # 1,220.00 - 20.00 - 700.00, of which 600.00 are still open and 100.00 paid in advance
    assert "500.00" in said
    account = {"seller_id": trade.seller.id, "buyer_id": trade.buyer.id, "currency": "EUR"}
    on = later.at.date()
    moved = statement_queries.movements(**account, since=on - timedelta(days=29), until=on)
    assert [(one.kind, one.amount) for one in moved] == [
        ("invoice_opened", 50_000),
        ("credit_note", -2_000),
        ("payment_received", -70_000),
        ("write_off", -50_000),
    ]
    opening = statement_queries.owed_before(**account, on=on - timedelta(days=29))
    open_items = receivables.open_items(seller_id=trade.seller.id, buyer_id=trade.buyer.id, on=on)
    closing = opening + sum(one.amount for one in moved)
    assert (opening, closing) == (122_000, 50_000)
    assert closing == sum(item.outstanding for item in open_items) - 10_000


def test_a_payer_who_becomes_known_pays_on_that_day(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.payment(10_000, buyer_id=None, payer="Who?")
    account = {"seller_id": trade.seller.id, "buyer_id": trade.buyer.id, "currency": "EUR"}
    on = trade.at.date()
    later = trade.days_later(3)
    settlement.allocate(trade.seller, payment_id=payment.id, invoice_id=invoice.id, **later.act)
    assert statement_queries.owed_before(**account, on=on + timedelta(days=1)) == 10_000
    assert statement_queries.owed_before(**account, on=on + timedelta(days=4)) == 0


@pytest.mark.parametrize("language", ["en", "it", "ro", "hi"])
def test_it_is_there_in_every_language(trade: Trade, language: str) -> None:
    trade.invoice(10_000)
    assert pdf(trade, language=language).startswith(b"%PDF")


def test_what_cannot_be_stated_is_refused(trade: Trade) -> None:
    on = trade.at.date()
    for asked, refusal in (
        ({"on": on + timedelta(days=1)}, statements.InvalidPeriod),
        ({"since": on + timedelta(days=1)}, statements.InvalidPeriod),
        ({"since": on - timedelta(days=4000)}, statements.InvalidPeriod),
        ({"buyer_id": new_id()}, NotFound),
    ):
        with books.refused(trade.seller, refusal):
            pdf(trade, **asked)
