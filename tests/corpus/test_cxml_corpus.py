"""Invoices in cXML that others wrote, each with what exactly is read of it; other documents are refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.corpus.locations import documents
from usance.formats import cxml
from usance.formats.errors import FormatError

D = Decimal
INVOICES = {
    "officeluv__fixtures__invoice_taxes_at_total.xml": (
        "3492",
        date(2009, 5, 1),
        ("USD", "supplierid", "buyerid", "123", ""),
        [("1", "EA", D(1), D(365), D(365), "S", D("8.25"))],
        [("Special handling", D(5)), ("Shipping", D(30))],
        [("S", D("8.25"), D(365), D(8))],
        (D(365), D(400), D(408), D(408)),
    ),
    "officeluv__fixtures__invoice_taxes_at_line.xml": (
        "3495",
        date(2009, 5, 1),
        ("USD", "supplierid", "buyerid", "123", ""),
        [("1", "EA", D(1), D(365), D(365), "S", D("8.25"))],
        [("Special handling", D(5)), ("Shipping", D(30))],
        [("S", D("8.25"), D(400), D(8))],
        (D(365), D(400), D(408), D(408)),
    ),
    # Its sums contradict each other; they are read as they stand.
    "officeluv__fixtures__invoice_backed_and_unbacked_by_pos.xml": (
        "INVOICENUMBER",
        date(2010, 12, 16),
        ("USD", "supplier-test", "buyer-test", "E14994", "l"),
        [
            ("1", "EA", D(3), D(100), D(200), "O", None),
            ("2", "EA", D(2), D(10), D(20), "O", None),
        ],
        [],
        [("O", None, D(220), D(0))],
        (D(220), D(220), D(0), D(0)),
    ),
}


@pytest.mark.parametrize("name", INVOICES)
def test_an_invoice_of_others_is_read_exactly(name: str) -> None:
    number, issued_on, who, lines, entries, vat, totals = INVOICES[name]
    read = cxml.read(documents("cxml", "*.xml")[name])
    assert (read.number, read.issued_on, read.type_code) == (number, issued_on, "380")
    assert (
        read.currency,
        read.seller.name,
        read.buyer.name,
        read.purchase_order,
        read.contract,
    ) == who
    assert [
        (one.id, one.unit, one.quantity, one.price.net, one.net, one.vat_category, one.vat_rate)
        for one in read.lines
    ] == lines
    assert [(one.reason, one.amount) for one in read.allowances_charges] == entries
    assert [(one.category, one.rate, one.taxable, one.tax) for one in read.vat] == vat
    told = read.totals
    assert (told.lines, told.without_vat, told.with_vat, told.payable) == totals
    assert read.due_on is not None
    assert (read.due_on - read.issued_on).days == 30


@pytest.mark.parametrize("name", INVOICES)
def test_what_was_read_is_written_without_changing_an_amount(name: str) -> None:
    read = cxml.read(documents("cxml", "*.xml")[name])
    again = cxml.read(cxml.render(read))
    assert (again.lines, again.totals, again.vat) == (read.lines, read.totals, read.vat)


def test_every_other_document_is_refused_as_no_invoice() -> None:
    others = {n: data for n, data in documents("cxml", "*.xml").items() if n not in INVOICES}
    assert len(others) == 20
    for name, data in others.items():
        with pytest.raises(FormatError) as refused:
            cxml.read(data)
        assert refused.value.code in ("not_an_invoice", "malformed_xml"), name
