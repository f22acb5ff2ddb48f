"""cXML's InvoiceDetailRequest: written, read back, and checked where cXML.dtd says what is right.

InvoiceDetail.dtd is not at hand. The elements that invoices share with other documents are checked
against cXML.dtd; the order of the others is a table here, after the cXML Reference Guide.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from lxml import etree

from tests.corpus.locations import schema
from tests.formats.sample_invoices import SAMPLES, credit_note, domestic, every_term, two_rates
from usance.formats import cxml
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import InvoiceDocument, InvoiceLine

ORDERED = {
    "InvoiceDetailRequest": "InvoiceDetailRequestHeader InvoiceDetailOrder InvoiceDetailSummary",
    "InvoiceDetailRequestHeader": (
        "InvoiceDetailHeaderIndicator InvoiceDetailLineIndicator InvoicePartner DocumentReference"
        " InvoiceIDInfo InvoiceDetailShipping ShipNoticeIDInfo PaymentTerm Period Comments Extrinsic"
    ),
    "InvoicePartner": "Contact IdReference",
    "InvoiceDetailShipping": "Contact CarrierIdentifier ShipmentIdentifier",
    "InvoiceDetailOrder": "InvoiceDetailOrderInfo InvoiceDetailItem",
    "InvoiceDetailOrderInfo": "OrderIDInfo MasterAgreementIDInfo SupplierOrderInfo",
    "InvoiceDetailItem": (
        "UnitOfMeasure UnitPrice PriceBasisQuantity InvoiceDetailItemReference SubtotalAmount Tax"
        " GrossAmount InvoiceDetailDiscount InvoiceItemModifications TotalCharges TotalAllowances"
        " TotalAmountWithoutTax NetAmount Distribution Comments Extrinsic"
    ),
    "InvoiceDetailItemReference": "ItemID Description",
    "InvoiceDetailSummary": (
        "SubtotalAmount Tax SpecialHandlingAmount ShippingAmount GrossAmount InvoiceDetailDiscount"
        " InvoiceHeaderModifications TotalCharges TotalAllowances TotalAmountWithoutTax NetAmount"
        " DepositAmount DueAmount"
    ),
}
NEEDED = {
    "InvoiceDetailRequestHeader": "InvoiceDetailHeaderIndicator InvoiceDetailLineIndicator",
    "InvoiceDetailItem": "UnitOfMeasure UnitPrice InvoiceDetailItemReference",
    "InvoiceDetailSummary": "SubtotalAmount Tax NetAmount",
}
ONLY_IN_INVOICES = {
    *ORDERED,
    "InvoiceDetailHeaderIndicator",
    "InvoiceDetailLineIndicator",
    "InvoiceItemModifications",
    "InvoiceHeaderModifications",
}
samples = pytest.mark.parametrize("name", SAMPLES)


def tree(document: InvoiceDocument) -> etree._Element:
    """What is written, without its type declaration."""
    data = cxml.render(document)
    assert b'SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/InvoiceDetail.dtd">' in data[:300]
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
    return etree.parse(io.BytesIO(data), parser).getroot()


@cache
def dtd() -> etree.DTD:
    return etree.DTD(schema("cxml", "dtd/1.2.063/cXML.dtd"))


def carried(document: InvoiceDocument) -> InvoiceDocument:
    """What of a document cXML has a place for, with what is derived left as the reader derives it."""
    return replace(
        document,
        lines=tuple(map(_line, document.lines)),
        notes=(),
        preceding=(),
        payee=None,
        tax_representative=None,
        delivery=None,
        period=None,
        payment=None,
        attachments=(),
        instalments=(),
        early_discounts=(),
        third_party_payments=(),
        tax_exchange_rate=None,
        tax_point_code="",
        receiving_advice="",
        despatch_advice="",
        tender="",
        object=None,
        accounting="",
        process="",
        specification="",
        seller=_party(document.seller),
        buyer=_party(document.buyer),
        vat=tuple(replace(one, components=()) for one in document.vat),
        allowances_charges=tuple(
            replace(one, base=None, percent=None) for one in document.allowances_charges
        ),
    )


def _line(line: InvoiceLine) -> InvoiceLine:
    base = line.price.base_quantity if line.price.base_quantity not in (None, Decimal(1)) else None
    return replace(
        line,
        object=None,
        order_line="",
        accounting="",
        period=None,
        despatch=None,
        exemption_reason="",
        group="",
        item=replace(line.item, standard_id=None, classifications=(), origin="", attributes=()),
        price=replace(line.price, discount=None, gross=None, base_quantity=base, base_unit=""),
        allowances_charges=tuple(
            replace(one, base=None, percent=None) for one in line.allowances_charges
        ),
    )


def _party(party):  # type: ignore[no-untyped-def]
    return replace(
        party,
        trading_name="",
        legal_information="",
        identifiers=(),
        endpoint=None,
        contact=None,
        registration=replace(party.registration, scheme="") if party.registration else None,
    )


@samples
def test_what_is_written_is_read_back(name: str) -> None:
    document = SAMPLES[name]()
    assert carried(cxml.read(cxml.render(document))) == carried(document)


@samples
def test_the_same_document_is_the_same_bytes(name: str) -> None:
    document = SAMPLES[name]()
    assert cxml.render(document) == cxml.render(document)
    assert tree(document).get("payloadID") == cxml.payload_id(document)


def test_no_two_documents_have_one_payload_id() -> None:
    made = [build() for build in SAMPLES.values()]
    made += [replace(domestic(), number="R-1"), replace(domestic(), type_code="384")]
    assert len({cxml.payload_id(one) for one in made}) == len(made)


@samples
def test_what_cxml_dtd_knows_is_valid(name: str) -> None:
    checked = 0
    for element in _shared(tree(SAMPLES[name]())):
        valid = dtd().validate(element)
        assert valid, (etree.tostring(element), dtd().error_log.filter_from_errors())
        checked += 1
    assert checked > 10


def _shared(element: etree._Element) -> Iterator[etree._Element]:
    """The largest parts of a document in which no element is of invoices alone."""
    if element.tag == "Extrinsic":
        return  # may hold anything
    names = {str(one.tag) for one in element.iter()}
    if not names & (ONLY_IN_INVOICES | {"Request"}):
        yield etree.fromstring(etree.tostring(element, with_tail=False))  # a document of its own
        return
    for one in element:
        yield from _shared(one)


def test_a_fault_in_what_cxml_dtd_knows_is_found() -> None:
    [tax] = [one for one in _shared(tree(domestic())) if one.tag == "Tax"]
    assert dtd().validate(tax)
    tax.remove(tax[0])
    assert not dtd().validate(tax)


@samples
def test_elements_of_invoices_stand_in_their_order(name: str) -> None:
    root = tree(SAMPLES[name]())
    for parent, order in ORDERED.items():
        places = order.split()
        for element in root.iter(parent):
            found = [places.index(str(one.tag)) for one in element]
            assert found == sorted(found), (parent, [one.tag for one in element])
            there = {str(one.tag) for one in element}
            assert there >= set(NEEDED.get(parent, "").split())


def test_a_credit_note_is_a_credit_memo_below_zero() -> None:
    document = credit_note()
    root = tree(document)
    head = root.find(".//InvoiceDetailRequestHeader")
    assert head is not None
    assert (head.get("purpose"), head.get("invoiceID")) == ("creditMemo", document.number)
    assert head.find("InvoiceIDInfo").get("invoiceID") == document.preceding[0].number  # type: ignore[union-attr]
    assert {item.get("quantity") for item in root.iter("InvoiceDetailItem")} == {
        str(-line.quantity) for line in document.lines
    }
    for place in ("NetAmount", "DueAmount", "SubtotalAmount"):
        told = root.findtext(f".//InvoiceDetailSummary/{place}/Money")
        assert told is not None
        assert Decimal(told) < 0
    assert root.findtext(".//InvoiceDetailSummary/DueAmount/Money") == str(-document.totals.payable)
    assert all(Decimal(one.text or "") > 0 for one in root.iterfind(".//UnitPrice/Money"))


def test_amounts_are_the_documents_own() -> None:
    document = two_rates()
    root = tree(document)
    told = {
        (
            one.get("percentageRate"),
            one.findtext("TaxableAmount/Money"),
            one.findtext("TaxAmount/Money"),
        )
        for one in root.iter("TaxDetail")
    }
    assert told == {(str(one.rate), str(one.taxable), str(one.tax)) for one in document.vat}
    assert root.findtext(".//InvoiceDetailSummary/DueAmount/Money") == str(document.totals.payable)


def test_whom_and_where_to_pay_is_told() -> None:
    document = domestic()
    assert document.payment is not None
    [partner] = tree(document).xpath(".//InvoicePartner[Contact/@role='remitTo']")  # type: ignore[misc]
    told = {one.get("domain"): one.get("identifier") for one in partner.iterfind("IdReference")}
    [transfer] = document.payment.transfers
    assert told["ibanID"] == transfer.account
    read = cxml.read(cxml.render(document)).payment
    assert read is not None
    assert (read.remittance, read.transfers[0].account) == (
        document.payment.remittance,
        transfer.account,
    )


def test_what_else_cxml_carries() -> None:
    document = every_term()
    read = cxml.read(cxml.render(document))
    assert [one.number for one in read.preceding] == ["R-2025-0999", "X-1"]
    assert read.preceding[0].issued_on == document.preceding[0].issued_on
    assert (read.delivery.delivered_on, read.delivery.name) == (  # type: ignore[union-attr]
        document.delivery.delivered_on,  # type: ignore[union-attr]
        "Lager Bremen",
    )
    assert (read.period, read.payee.name) == (document.period, "Factoring Nord AG")  # type: ignore[union-attr]
    assert read.notes[0].text == "\n".join(note.text for note in document.notes)
    assert read.seller.contact == document.seller.contact or read.seller.contact is not None


def test_control_characters_are_refused() -> None:
    with pytest.raises(FormatError) as refused:
        cxml.render(replace(domestic(), number="R\x01"))
    assert refused.value.code == "invalid_text"


HOSTILE = {
    "an internal subset": (
        b'<!DOCTYPE cXML SYSTEM "x.dtd" [<!ENTITY a "b">]><cXML>&a;</cXML>',
        "doctype_refused",
    ),
    "a bomb": (
        b'<!DOCTYPE cXML [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><cXML>&b;</cXML>',
        "doctype_refused",
    ),
    "a file": (
        b'<!DOCTYPE cXML [<!ENTITY f SYSTEM "file:///etc/passwd">]><cXML>&f;</cXML>',
        "doctype_refused",
    ),
    "two declarations": (
        b'<!DOCTYPE cXML SYSTEM "a"><!DOCTYPE cXML SYSTEM "b"><cXML/>',
        "doctype_refused",
    ),
    "another document": (b"<cXML><Request><OrderRequest/></Request></cXML>", "not_an_invoice"),
    "no cXML": (b"<Invoice/>", "not_an_invoice"),
    "nothing": (b"", "malformed_xml"),
    "deep": (b"<cXML>" + b"<a>" * 200 + b"</a>" * 200 + b"</cXML>", "too_deep"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused(name: str) -> None:
    data, code = HOSTILE[name]
    with pytest.raises(FormatError) as refused:
        cxml.read(data)
    assert refused.value.code == code


def test_a_damaged_document_is_refused_with_its_place() -> None:
    data = cxml.render(domestic())
    for cut in range(0, len(data) - 8, 997):
        with pytest.raises(FormatError):
            cxml.read(data[:cut])
    wrong = data.replace(b'percentageRate="', b'percentageRate="x')
    with pytest.raises(FormatError) as refused:
        cxml.read(wrong)
    assert refused.value.code == "invalid_number"
    assert (refused.value.path or "").endswith("TaxDetail")
    foreign = data.replace(b'<Money currency="EUR">', b'<Money currency="USD">', 1)
    with pytest.raises(FormatError) as refused:
        cxml.read(foreign)
    assert refused.value.code == "currency_mismatch"
    with pytest.raises(FormatError, match="asks to delete"):
        cxml.read(data.replace(b'operation="new"', b'operation="delete"'))
