"""Invoices to buyers that pay the VAT to the treasury themselves (art. 17-ter DPR 633/1972).

The buyer owes the net, in the books and on every document; the tax is stated and nobody's here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import pytest
from lxml import etree

from tests.flows import books
from tests.flows.countries import CASES, Case, content, findings, goods, placed, read, sold
from tests.flows.delivered import ITALIAN
from tests.flows.trading import Trade
from tests.formats.printed_pages import text_of
from usance.flows import (
    billing,
    billing_profiles,
    corrections,
    credit_lines,
    fulfilment,
    onboarding,
)
from usance.flows.documents import FormatUnavailable
from usance.flows.refusals import WrongFields
from usance.formats import fatturapa
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.parties.models import Seller
from usance.rules.invoicing.crediting import CreditedLine
from usance.rules.orders import Line, TaxContradicted
from usance.rules.terms import read_terms

MINISTRY: Final = replace(
    ITALIAN,
    legal_name="Comune di Lodi",
    channels=("portal",),
    tax_treatment="split_payment",
    national={"codice_destinatario": "UFABC1"},
)
SPLIT: Final[Case] = replace(CASES["IT"], buyer=MINISTRY)


@pytest.fixture
def trade(at: datetime, seller: Seller) -> Iterator[Trade]:
    made = placed(seller, at, SPLIT)
    yield made
    assert books.broken(made.seller) == []


def owed(trade: Trade) -> dict[str, int]:
    """What the ledger has of the buyer."""
    found = books.balances(trade.seller, trade.buyer.id)
    return {account: amount for account, amount in found.items() if amount}


def amounts(row: Invoice | CreditNote) -> tuple[int, int, int]:
    return row.amount, row.tax_amount, row.split_tax


def test_the_buyer_owes_the_net(trade: Trade) -> None:
    invoice = sold(trade, SPLIT, goods(Decimal(22), net=12_345), goods(Decimal(22), net=6_789))
    assert amounts(invoice) == (19_134, 0, 4_210)
    assert owed(trade) == {"receivable": 19_134, "revenue": -19_134}
    trade.pay(invoice)
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert "receivable" not in owed(trade)


def test_every_format_asks_for_the_net_by_its_rules(trade: Trade) -> None:
    invoice = sold(trade, SPLIT, goods(Decimal(22), net=12_345), goods(Decimal(22), net=6_789))
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=5_000, **trade.act)
    for kind, row in (("invoice", invoice), ("credit_note", note)):
        for format_ in ("ubl", "fatturapa"):
            data = content(trade, kind, row.id, format_)
            assert findings(data) == [], (kind, format_)
            document = read(data, format_)
            assert int(document.totals.payable * 100) == row.amount, (kind, format_)
            assert [entry.category for entry in document.vat] == ["B"]
            assert int((document.totals.prepaid or 0) * 100) == row.split_tax, (kind, format_)
        for format_ in ("cii", "facturx"):  # Factur-X does not know the category
            with pytest.raises(FormatUnavailable, match="CategoryCode"):
                content(trade, kind, row.id, format_)
        data = content(trade, kind, row.id, "fatturapa")
        assert fatturapa.broken_controls(data) == ()
        root = etree.fromstring(data)
        assert root.findtext(".//FormatoTrasmissione") == "FPA12"
        assert root.findtext(".//EsigibilitaIVA") == "S"
        if kind == "invoice":
            assert root.findtext(".//ImportoPagamento") == "191.34"
            assert root.findtext(".//ImportoTotaleDocumento") == "233.44"
        text = " ".join(text_of(content(trade, kind, row.id, "pdf")).split())
        assert "17-ter DPR 633/1972" in text
        assert f"{row.amount // 100}" in text


def test_what_is_credited_is_net_and_takes_the_stated_tax_back(trade: Trade) -> None:
    invoice = sold(trade, SPLIT, goods(Decimal(22), net=12_345), goods(Decimal(22), net=6_789))
    first = billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, lines=[CreditedLine("1", amount=3_000)], **trade.act
    )
    assert amounts(first) == (3_000, 0, 660)
    second = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=101, **trade.act)
    assert amounts(second) == (101, 0, 22)
    rest = billing.credit_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert amounts(rest) == (16_033, 0, 4_210 - 660 - 22)
    for note in (first, second, rest):
        assert findings(content(trade, "credit_note", note.id, "fatturapa")) == []
    assert owed(trade) == {}


def test_what_is_credited_whole_is_the_invoice(trade: Trade) -> None:
    invoice = sold(trade, SPLIT, goods(Decimal(22), net=12_345))
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert amounts(note) == amounts(invoice)
    assert owed(trade) == {}


def test_a_buyer_that_turns_out_to_pay_so_is_corrected(trade: Trade) -> None:
    """Issued with tax before anybody said so; the payment of the net then pays all that is owed."""
    ordinary = replace(MINISTRY, tax_treatment="auto")
    billing_profiles.set_billing_profile(
        trade.seller, buyer_id=trade.buyer.id, fields=ordinary, **trade.act
    )
    invoice = sold(trade, SPLIT, goods(Decimal(22), net=10_000))
    assert amounts(invoice) == (12_200, 2_200, 0)
    billing_profiles.set_billing_profile(
        trade.seller, buyer_id=trade.buyer.id, fields=MINISTRY, **trade.act
    )
    made = corrections.correct_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert amounts(made.invoice) == (10_000, 0, 2_200)
    assert owed(trade) == {"receivable": 10_000, "revenue": -10_000}


def test_instalments_and_discounts_are_of_the_net(trade: Trade) -> None:
    credit_lines.set_credit_line(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        limit=10**6,
        terms=[read_terms("2/10 net 30")],
        **trade.act,
    )
    order = trade.order(12_200, 2_200, lines=[goods(Decimal(22), net=10_000)])
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    assert [part["amount"] for part in invoice.schedule] == [10_000]
    assert [tier["amount"] for tier in invoice.discounts] == [200]


def test_without_lines_the_tax_is_the_orders(trade: Trade) -> None:
    order = trade.order(12_200, 2_200)
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    assert amounts(invoice) == (10_000, 0, 2_200)


def test_only_italian_buyers_of_italian_sellers_pay_so(at: datetime, seller: Seller) -> None:
    trade = placed(seller, at, CASES["IT"])
    abroad = onboarding.create_buyer(trade.seller, name="Nord", country="DE", **trade.act)
    with pytest.raises(WrongFields, match="from IT to DE"):
        billing_profiles.set_billing_profile(
            trade.seller,
            buyer_id=abroad.id,
            fields=replace(MINISTRY, country="DE", vat_id="", national={}),
            **trade.act,
        )


def test_a_line_cannot_pay_so_by_itself(trade: Trade) -> None:
    with pytest.raises(TaxContradicted, match="billing profile"):
        trade.order(12_200, 2_200, lines=[Line("Viti", 12_200, 2_200, tax_category="B")])
