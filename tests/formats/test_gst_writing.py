"""What an Indian bookkeeper looks for in a GST e-invoice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.formats.indian_invoices import (
    DUBAI,
    MUMBAI,
    NEIGHBOUR,
    SELLER,
    abroad,
    invoice,
    line,
    written,
)
from tests.formats.sample_invoices import SAMPLES, indian
from usance.formats import gst_india
from usance.formats.errors import FormatError
from usance.formats.gst_india import Export, GstDetails, GstLine, Place
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Delivery,
    DocumentReference,
    InvoiceDocument,
    Note,
    Party,
    Period,
    TaxComponent,
)

D = Decimal

# 12,000.00 at 18 %: to whom, the type of supply -> IGST, CGST, SGST, place of supply
SUPPLIES: list[tuple[str, Party, GstDetails, tuple[str, str, str, str]]] = [
    ("within Karnataka", NEIGHBOUR, GstDetails(), ("0", "1080.00", "1080.00", "29")),
    ("to Maharashtra", MUMBAI, GstDetails(), ("2160.00", "0", "0", "27")),
    (
        "shipped to Kerala for a buyer next door",
        NEIGHBOUR,
        GstDetails(place_of_supply="32"),
        ("2160.00", "0", "0", "32"),
    ),
    (
        "to a zone within Karnataka",
        NEIGHBOUR,
        GstDetails(supply_type="SEZWP"),
        ("2160.00", "0", "0", "29"),
    ),
    (
        "IGST although within Karnataka",
        NEIGHBOUR,
        GstDetails(igst_on_intra=True),
        ("2160.00", "0", "0", "29"),
    ),
    ("exported with payment of tax", DUBAI, GstDetails(), ("2160.00", "0", "0", "96")),
]


@pytest.mark.parametrize(("what", "buyer", "details", "expected"), SUPPLIES)
def test_which_tax_is_due(
    what: str, buyer: Party, details: GstDetails, expected: tuple[str, str, str, str]
) -> None:
    found = written(invoice(buyer=buyer), details)
    values = found["ValDtls"]
    taxes = tuple(values[name] for name in ("IgstVal", "CgstVal", "SgstVal"))
    assert taxes == tuple(D(each) for each in expected[:3])
    assert found["BuyerDtls"]["Pos"] == expected[3]
    (item,) = found["ItemList"]
    assert (item["GstRt"], item["AssAmt"], item["TotItemVal"]) == (18, 12000, 14160)
    assert (values["AssVal"], values["TotInvVal"]) == (12000, 14160)


# (what, category, rate, buyer, details) -> SupTyp
KINDS = [
    (NEIGHBOUR, GstDetails(), "18", "B2B"),
    (DUBAI, GstDetails(), "18", "EXPWP"),
    (DUBAI, GstDetails(), "0", "EXPWOP"),
    (MUMBAI, GstDetails(supply_type="SEZWOP"), "0", "SEZWOP"),
    (MUMBAI, GstDetails(supply_type="DEXP"), "18", "DEXP"),
]


@pytest.mark.parametrize(("buyer", "details", "rate", "kind"), KINDS)
def test_the_type_of_supply(buyer: Party, details: GstDetails, rate: str, kind: str) -> None:
    category = "S" if rate != "0" else "Z"
    found = written(invoice(line(rate=rate, category=category), buyer=buyer), details)
    assert found["TranDtls"]["SupTyp"] == kind


def test_an_export_in_dollars() -> None:
    """100.00 USD at 88 rupees: 8,800.00 INR without tax."""
    export = Export(shipping_bill="4821", shipped_on=date(2026, 11, 5), port="INBLR4")
    document = abroad(invoice(line("4", "25.00", rate="0", category="G")))
    found = written(document, GstDetails(export=export))
    assert found["BuyerDtls"]["Gstin"] == "URP"
    assert (found["BuyerDtls"]["Pin"], found["BuyerDtls"]["Stcd"]) == (999999, "96")
    assert found["ValDtls"]["TotInvVal"] == 8800
    assert found["ValDtls"]["TotInvValFc"] == 100
    assert found["ExpDtls"] == {
        "ShipBNo": "4821",
        "ShipBDt": "05/11/2026",
        "Port": "INBLR4",
        "ForCur": "USD",
        "CntCode": "AE",
    }
    with pytest.raises(FormatError) as raised:
        written(replace(document, tax_exchange_rate=None))
    assert raised.value.code == "rupees_needed"


def test_reverse_charge() -> None:
    found = written(invoice(line(rate="0", category="AE")))
    assert found["TranDtls"]["RegRev"] == "Y"


@pytest.mark.parametrize(
    ("type_code", "kind"), [("380", "INV"), ("381", "CRN"), ("383", "DBN"), ("386", "INV")]
)
def test_the_kind_of_document(type_code: str, kind: str) -> None:
    document = replace(
        invoice(),
        type_code=type_code,
        preceding=(DocumentReference("DT/26-27/0001", date(2026, 4, 30)),),
    )
    found = written(document)
    assert found["DocDtls"] == {"Typ": kind, "No": "DT/26-27/0043", "Dt": "02/11/2026"}
    assert found["RefDtls"]["PrecDocDtls"] == [{"InvNo": "DT/26-27/0001", "InvDt": "30/04/2026"}]


@pytest.mark.parametrize(
    "number",
    ["0042", "/42", "-42", "DT/2026-27/000042", "DT 42", "DT_42", "", "DT/42\n"],
)
def test_numbers_that_the_portal_does_not_take(number: str) -> None:
    with pytest.raises(FormatError) as raised:
        written(replace(invoice(), number=number))
    assert raised.value.code == "document_number"


@pytest.mark.parametrize("number", ["1", "A", "DT/2026-27/00042", "1-2/3"])
def test_numbers_that_it_takes(number: str) -> None:
    assert written(replace(invoice(), number=number))["DocDtls"]["No"] == number


def test_the_tax_of_a_group_is_shared_out_to_the_paisa() -> None:
    """Three lines of 33.33 at 5 %: the group's CGST of 2.50 is 0.83 + 0.83 + 0.84."""
    document = invoice(*(line("1", "33.33", rate="5", number=str(n)) for n in (1, 2, 3)))
    group = document.vat[0]
    assert (group.taxable, group.tax) == (D("99.99"), D("5.00"))
    found = written(document)
    shares = [item["CgstAmt"] for item in found["ItemList"]]
    assert sorted(shares) == [D("0.83"), D("0.83"), D("0.84")]
    assert found["ValDtls"]["CgstVal"] == sum(shares)
    assert found["ValDtls"]["TotInvVal"] == document.totals.with_vat


def test_parts_that_the_document_says() -> None:
    parts = (
        TaxComponent("CGST", D("9"), D("1080.00")),
        TaxComponent("UTGST", D("9"), D("1080.00")),
        TaxComponent("CESS", D("12"), D("1440.00")),
    )
    document = invoice()
    group = replace(document.vat[0], tax=D("3600.00"), components=parts)
    totals = replace(document.totals, with_vat=D("15600.00"), payable=D("15600.00"))
    found = written(replace(document, vat=(group,), totals=totals))
    (item,) = found["ItemList"]
    assert (item["SgstAmt"], item["CesRt"], item["CesAmt"]) == (1080, 12, 1440)
    assert (found["ValDtls"]["CesVal"], found["ValDtls"]["TotInvVal"]) == (1440, 15600)
    wrong = replace(group, components=(TaxComponent("VAT", D("9"), D("1080.00")),))
    with pytest.raises(FormatError) as raised:
        written(replace(document, vat=(wrong,)))
    assert raised.value.code == "unknown_tax"


def test_parts_that_do_not_fit_the_place_of_supply() -> None:
    document = invoice()
    group = replace(document.vat[0], components=(TaxComponent("IGST", D("18"), D("2160.00")),))
    with pytest.raises(FormatError) as raised:
        written(replace(document, vat=(group,)))
    assert raised.value.code == "gst_intra_state_igst"


def test_discounts_and_charges() -> None:
    """A line's own discount, one on the whole, and freight, which goes with the goods (s. 8)."""
    own = AllowanceCharge(is_charge=False, amount=D("600.00"))
    whole = (
        AllowanceCharge(is_charge=False, amount=D("100.00"), vat_category="S", vat_rate=D("18")),
        AllowanceCharge(
            is_charge=True,
            amount=D("250.00"),
            reason="Freight",
            vat_category="S",
            vat_rate=D("18"),
        ),
    )
    document = invoice(line(allowances=(own,)), line("1", "300.00", number="2"), allowances=whole)
    found = written(document)
    first, second, freight = found["ItemList"]
    assert (first["TotAmt"], first["Discount"], first["AssAmt"]) == (
        12000,
        D("697.44"),
        D("11302.56"),
    )
    assert (second["TotAmt"], second["Discount"], second["AssAmt"]) == (
        300,
        D("2.56"),
        D("297.44"),
    )
    assert (freight["PrdDesc"], freight["HsnCd"], freight["AssAmt"]) == (
        "Freight",
        "82041120",
        250,
    )
    assert found["ValDtls"]["AssVal"] == document.totals.without_vat
    assert found["ValDtls"]["TotInvVal"] == document.totals.with_vat


def test_a_charge_at_a_rate_at_which_nothing_is_sold() -> None:
    charge = AllowanceCharge(is_charge=True, amount=D("250.00"), vat_category="S", vat_rate=D("5"))
    with pytest.raises(FormatError) as raised:
        written(invoice(allowances=(charge,)))
    assert raised.value.code == "charge_without_goods"


def test_rounding_off_and_what_was_paid_before() -> None:
    document = invoice(line("1", "999.45"))
    totals = document.totals
    document = replace(
        document,
        totals=replace(totals, rounding=D("-0.35"), prepaid=D("179.00"), payable=D("1000.00")),
    )
    assert totals.with_vat == D("1179.35")
    found = written(document)
    assert (found["ValDtls"]["RndOffAmt"], found["ValDtls"]["TotInvVal"]) == (D("-0.35"), 1179)
    assert (found["PayDtls"]["PaidAmt"], found["PayDtls"]["PaymtDue"]) == (179, 1000)
    assert found["PayDtls"]["CrDay"] == 30


# HSN, unit -> IsServc, Unit
GOODS = [
    ("8204", "C62", "N", "NOS"),
    ("820411", "KGM", "N", "KGS"),
    ("82041120", "TNE", "N", "MTS"),
    ("82041120", "ZZ", "N", "OTH"),
    ("998314", "HUR", "Y", None),
]


@pytest.mark.parametrize(("hsn", "unit", "service", "uqc"), GOODS)
def test_goods_and_services(hsn: str, unit: str, service: str, uqc: str | None) -> None:
    (item,) = written(invoice(line(hsn=hsn, unit=unit)))["ItemList"]
    assert (item["HsnCd"], item["IsServc"], item.get("Unit")) == (hsn, service, uqc)


def test_what_only_india_says_of_a_line() -> None:
    said = GstLine(
        "1",
        hsn="8205",
        unit="SET",
        barcode="890123",
        serial_number="SN-1",
        batch="LOT-7",
        batch_expires_on=date(2027, 10, 31),
        cess_fixed=D("10.00"),
        other_charges=D("5.00"),
    )
    document = invoice(
        replace(line(), item=replace(line().item, attributes=(Attribute("Size", "M"),)))
    )
    totals = replace(document.totals, with_vat=document.totals.with_vat + 15)
    (item,) = written(replace(document, totals=totals), GstDetails(lines=(said,)))["ItemList"]
    assert (item["HsnCd"], item["Unit"], item["Barcde"]) == ("8205", "SET", "890123")
    assert item["BchDtls"] == {"Nm": "LOT-7", "ExpDt": "31/10/2027"}
    assert item["AttribDtls"] == [{"Nm": "Size", "Val": "M"}]
    assert item["TotItemVal"] == 14175


def test_places_and_references() -> None:
    depot = Address(
        "IN", line_1="Plot 9", city="Hosur", post_code="635109", subdivision="Tamil Nadu"
    )
    document = replace(
        invoice(),
        purchase_order="PO/2026/REGION-SOUTH/000123",
        contract="C-5",
        notes=(Note('Handle with "care"'),),
        period=Period(date(2026, 10, 1), date(2026, 10, 31)),
        delivery=Delivery(name="Hosur depot", address=depot),
        attachments=(Attachment("Test report", location="https://deccan.example/t/1"),),
    )
    found = written(document, GstDetails(dispatched_from=Place("Works 2", depot)))
    assert (found["DispDtls"]["Nm"], found["DispDtls"]["Stcd"]) == ("Works 2", "33")
    assert (found["ShipDtls"]["LglNm"], found["ShipDtls"]["Pin"]) == ("Hosur depot", 635109)
    assert found["RefDtls"]["InvRm"] == "Handle with 'care'"
    assert found["RefDtls"]["ContrDtls"] == [{"ContrRefr": "C-5"}]
    assert found["RefDtls"]["DocPerdDtls"] == {"InvStDt": "01/10/2026", "InvEndDt": "31/10/2026"}
    assert found["AddlDocDtls"] == [
        {"Url": "https://deccan.example/t/1", "Info": "Test report"},
        {"Info": "Purchase order: PO/2026/REGION-SOUTH/000123"},
    ]


def _moved(party: Party, **changes: Any) -> Party:
    assert party.address is not None
    return replace(party, address=replace(party.address, **changes))


WRONG: list[tuple[str, InvoiceDocument]] = [
    ("missing_hsn", invoice(line(hsn=""))),
    ("missing_hsn", invoice(line(hsn="82041"))),
    ("missing_hsn", invoice(line(hsn="0000"))),
    ("buyer_gstin", invoice(buyer=replace(NEIGHBOUR, tax_registration=""))),
    ("buyer_gstin", invoice(buyer=replace(NEIGHBOUR, tax_registration="29AABCT1332L1ZB"))),
    ("invalid_gstin", replace(invoice(), seller=replace(SELLER, tax_registration=""))),
    ("gst_same_gstin", replace(invoice(), buyer=SELLER)),
    ("invalid_post_code", invoice(buyer=_moved(NEIGHBOUR, post_code="5700"))),
    ("missing_value", invoice(buyer=_moved(NEIGHBOUR, city="X"))),
    ("missing_value", invoice(buyer=replace(NEIGHBOUR, address=None))),
    ("missing_value", invoice(buyer=replace(NEIGHBOUR, name="AB"))),
    ("invalid_amount", invoice(line("-1"), line(number="2"))),
    ("gst_unknown_rate", invoice(line(rate="19"))),
    ("gst_total_value", replace(invoice(), totals=replace(invoice().totals, with_vat=D("14000")))),
]


@pytest.mark.parametrize(("code", "document"), WRONG)
def test_what_is_not_written(code: str, document: InvoiceDocument) -> None:
    with pytest.raises(FormatError) as raised:
        written(document)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("unknown_supply_type", GstDetails(supply_type="B2C")),
        ("invalid_gstin", GstDetails(seller_gstin="29AAGCB7383J1Z5")),
        ("unknown_state", GstDetails(seller_state="28")),
        ("gst_unknown_state", GstDetails(place_of_supply="28")),
        ("gst_schema", GstDetails(ecommerce_gstin="29")),
    ],
)
def test_details_that_are_wrong(code: str, details: GstDetails) -> None:
    with pytest.raises(FormatError) as raised:
        written(invoice(), details)
    assert raised.value.code == code


def test_the_sample_is_written_and_read_the_same() -> None:
    data = gst_india.render(indian())
    (found,) = gst_india.read(data)
    assert gst_india.render(found.document, details=found.details) == data
    given, read = indian(), found.document
    assert read.totals == replace(given.totals, vat=given.totals.vat)
    assert read.vat == given.vat
    assert (read.number, read.issued_on, read.due_on) == (
        given.number,
        given.issued_on,
        given.due_on,
    )
    assert (read.seller.name, read.buyer.tax_registration) == (
        given.seller.name,
        given.buyer.tax_registration,
    )
    assert SAMPLES["indian"]() == given


@pytest.mark.parametrize(
    ("document", "details"),
    [
        (invoice(buyer=MUMBAI), GstDetails()),
        (invoice(line(), line("2", "99.99", rate="5", number="2")), GstDetails()),
        (invoice(line(rate="0", category="AE")), GstDetails()),
        (invoice(buyer=MUMBAI), GstDetails(supply_type="SEZWP")),
        (
            abroad(invoice(line("4", "25.00", rate="0", category="G"))),
            GstDetails(export=Export(refund_claimed=True, port="INBLR4")),
        ),
        (
            invoice(),
            GstDetails(
                shipped_to=Place(
                    "Hosur depot",
                    Address("IN", line_1="Plot 9", city="Hosur", post_code="635109"),
                    state="33",
                    gstin="URP",
                )
            ),
        ),
    ],
)
def test_others_are_written_and_read_the_same(
    document: InvoiceDocument, details: GstDetails
) -> None:
    data = gst_india.render(document, details=details)
    (found,) = gst_india.read(data)
    again = gst_india.render(found.document, details=found.details)
    assert json.loads(again) == json.loads(data)


def test_a_bulk_upload_is_a_list() -> None:
    one, two = (gst_india.render(replace(invoice(), number=n)) for n in ("A1", "A2"))
    found = gst_india.read(b"[" + one + b"," + two + b"]")
    assert [each.document.number for each in found] == ["A1", "A2"]
