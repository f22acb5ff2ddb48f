"""Whole invoices of many kinds of trade, whose figures satisfy EN 16931's arithmetic.

Every figure is written out, so that a reader can check it by hand. ``SAMPLES`` has them all by name.
The German ones carry what XRechnung demands, the Romanian ones what CIUS-RO demands, and all within
Europe what Peppol demands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from usance.rules.invoicing.document import (
    CREDIT_NOTE,
    INVOICE,
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    DocumentReference,
    DueAmount,
    EarlyDiscount,
    Identifier,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Note,
    Party,
    PaymentInstructions,
    Period,
    Price,
    TaxComponent,
    Totals,
    VatBreakdown,
)

D = Decimal

GERMAN_SELLER: Final = Party(
    name="Nordlicht Werkzeuge GmbH",
    trading_name="Nordlicht",
    address=Address("DE", line_1="Hafenstraße 12", city="Hamburg", post_code="20457"),
    registration=Identifier("HRB 123456"),
    vat_id="DE136695976",
    tax_registration="27/123/45678",
    legal_information="Geschäftsführerin: Anna Behrens, Amtsgericht Hamburg",
    endpoint=Identifier("DE136695976", "9930"),
    contact=Contact("Jonas Petersen", "+49 40 5550123", "jonas.petersen@nordlicht.example"),
)
GERMAN_BUYER: Final = Party(
    name="Hansen Bau AG",
    address=Address("DE", line_1="Werftallee 4", city="Kiel", post_code="24103"),
    identifiers=(Identifier("K-10042"),),
    vat_id="DE811907980",
    endpoint=Identifier("DE811907980", "9930"),
    contact=Contact("Mara Lindner", "+49 431 555044", "mara.lindner@hansen-bau.example"),
)
ITALIAN_SELLER: Final = Party(
    name="Officine Lombarde S.r.l.",
    address=Address(
        "IT", line_1="Via Torino 8", city="Milano", post_code="20123", subdivision="MI"
    ),
    registration=Identifier("MI-2049871"),
    vat_id="IT00743110157",
    legal_information="Società a responsabilità limitata, capitale sociale EUR 50.000 i.v.",
    endpoint=Identifier("IT00743110157", "0211"),
    contact=Contact("Paola Ricci", "+39 02 5550111", "fatture@officine.example"),
)
FRENCH_BUYER: Final = Party(
    name="Ateliers du Rhône SAS",
    address=Address("FR", line_1="18 rue de la Barre", city="Lyon", post_code="69002"),
    registration=Identifier("732829320", "0002"),
    vat_id="FR44732829320",
    endpoint=Identifier("73282932000074", "0009"),
)
AMERICAN_BUYER: Final = Party(
    name="Great Lakes Supply Inc.",
    address=Address(
        "US", line_1="200 W Madison St", city="Chicago", post_code="60606", subdivision="IL"
    ),
)
ROMANIAN_SELLER: Final = Party(
    name="Carpatica Unelte S.R.L.",
    address=Address(
        "RO",
        line_1="Strada Lipscani 25",
        city="SECTOR3",
        post_code="030031",
        subdivision="RO-B",
    ),
    registration=Identifier("J40/1234/2015"),
    vat_id="RO18547290",
    legal_information="Capital social 45.000 lei",
    endpoint=Identifier("RO18547290", "9947"),
    contact=Contact("Ioana Popa", "+40 21 5550100", "facturi@carpatica.example"),
)
ROMANIAN_BUYER: Final = Party(
    name="Transilvania Construct S.A.",
    address=Address(
        "RO",
        line_1="Bulevardul Eroilor 7",
        city="Cluj-Napoca",
        post_code="400129",
        subdivision="RO-CJ",
    ),
    registration=Identifier("J12/987/2003"),
    vat_id="RO15234689",
    endpoint=Identifier("RO15234689", "9947"),
)
INDIAN_SELLER: Final = Party(
    name="Deccan Tools Private Limited",
    address=Address(
        "IN", line_1="14 MG Road", city="Bengaluru", post_code="560001", subdivision="29"
    ),
    registration=Identifier("U29309KA2005PTC036123"),
    tax_registration="29AAGCB7383J1Z4",
    contact=Contact("Lakshmi Rao", "+91 80 55501234", "accounts@deccan.example"),
)
INDIAN_BUYER: Final = Party(
    name="Mysore Engineering Works LLP",
    address=Address(
        "IN", line_1="7 Sayyaji Rao Road", city="Mysuru", post_code="570001", subdivision="29"
    ),
    tax_registration="29AABCT1332L1ZA",
)

GERMAN_PAYMENT: Final = PaymentInstructions(
    code="58",
    text="SEPA-Überweisung",
    remittance="RF18539007547034",
    transfers=(
        CreditTransfer("DE89370400440532013000", "Nordlicht Werkzeuge GmbH", "COBADEFFXXX"),
    ),
)


def domestic() -> InvoiceDocument:
    """A German seller's invoice to a German buyer, one rate: 365.00 + 19 % 69.35 = 434.35 EUR."""
    return InvoiceDocument(
        number="R-2026-0001",
        issued_on=date(2026, 11, 2),
        type_code=INVOICE,
        currency="EUR",
        seller=GERMAN_SELLER,
        buyer=GERMAN_BUYER,
        lines=(
            InvoiceLine(
                id="1",
                item=Item("Akkuschrauber-Bits, Satz", seller_id="BIT-32"),
                quantity=D("10"),
                unit="H87",
                net=D("125.00"),
                price=Price(net=D("12.50")),
                vat_category="S",
                vat_rate=D("19"),
            ),
            InvoiceLine(
                id="2",
                item=Item("Montage vor Ort", description="Aufbau der Werkbänke, Halle 2"),
                quantity=D("3"),
                unit="HUR",
                net=D("240.00"),
                price=Price(net=D("80.00")),
                vat_category="S",
                vat_rate=D("19"),
            ),
        ),
        totals=Totals(
            lines=D("365.00"),
            without_vat=D("365.00"),
            vat=D("69.35"),
            with_vat=D("434.35"),
            payable=D("434.35"),
        ),
        vat=(VatBreakdown("S", taxable=D("365.00"), tax=D("69.35"), rate=D("19")),),
        due_on=date(2026, 12, 2),
        buyer_reference="04011000-12345-34",
        purchase_order="PO-7781",
        payment_terms="Zahlbar innerhalb von 30 Tagen ohne Abzug.",
        delivery=Delivery(delivered_on=date(2026, 10, 30)),
        payment=GERMAN_PAYMENT,
    )


def two_rates() -> InvoiceDocument:
    """Two rates, allowances and charges of lines and document, a price per ten, part paid before.

    A: 20 x 9.95 = 199.00, less 10 % 19.90 = 179.10 at 19 %. B: 12 x 42.00 / 10 = 50.40, plus 2.00 of
    packing = 52.40 at 7 %. Lines 231.50, less 5.00, plus 7.50 of freight = 234.00. Tax: 19 % of
    179.10 - 5.00 + 7.50 = 181.60 is 34.50; 7 % of 52.40 is 3.67; together 38.17. 272.17, of which
    72.17 was paid.
    """
    return replace(
        domestic(),
        number="R-2026-0002",
        lines=(
            InvoiceLine(
                id="1",
                item=Item("Holzdübel, Beutel", standard_id=Identifier("4012345678901", "0160")),
                quantity=D("20"),
                unit="H87",
                net=D("179.10"),
                price=Price(net=D("9.95"), discount=D("1.00"), gross=D("10.95")),
                vat_category="S",
                vat_rate=D("19"),
                allowances_charges=(
                    AllowanceCharge(
                        is_charge=False,
                        amount=D("19.90"),
                        base=D("199.00"),
                        percent=D("10"),
                        reason="Mengenrabatt",
                        reason_code="95",
                    ),
                ),
            ),
            InvoiceLine(
                id="2",
                item=Item("Fachbuch Holzbau"),
                quantity=D("12"),
                unit="H87",
                net=D("52.40"),
                price=Price(net=D("42.00"), base_quantity=D("10"), base_unit="H87"),
                vat_category="S",
                vat_rate=D("7"),
                allowances_charges=(
                    AllowanceCharge(
                        is_charge=True, amount=D("2.00"), reason="Verpackung", reason_code="PC"
                    ),
                ),
            ),
        ),
        allowances_charges=(
            AllowanceCharge(
                is_charge=False,
                amount=D("5.00"),
                reason="Treuerabatt",
                reason_code="95",
                vat_category="S",
                vat_rate=D("19"),
            ),
            AllowanceCharge(
                is_charge=True,
                amount=D("7.50"),
                reason="Fracht",
                reason_code="FC",
                vat_category="S",
                vat_rate=D("19"),
            ),
        ),
        vat=(
            VatBreakdown("S", taxable=D("52.40"), tax=D("3.67"), rate=D("7")),
            VatBreakdown("S", taxable=D("181.60"), tax=D("34.50"), rate=D("19")),
        ),
        totals=Totals(
            lines=D("231.50"),
            allowances=D("5.00"),
            charges=D("7.50"),
            without_vat=D("234.00"),
            vat=D("38.17"),
            with_vat=D("272.17"),
            prepaid=D("72.17"),
            payable=D("200.00"),
        ),
    )


def untaxed(
    document: InvoiceDocument, *, category: str, reason: str, code: str = ""
) -> InvoiceDocument:
    """``document`` with its lines in ``category``, which bears no tax."""
    net = document.totals.lines
    return replace(
        document,
        lines=tuple(
            replace(line, vat_category=category, vat_rate=D("0")) for line in document.lines
        ),
        vat=(
            VatBreakdown(
                category,
                taxable=net,
                tax=D("0.00"),
                rate=D("0"),
                exemption_reason=reason,
                exemption_code=code,
            ),
        ),
        totals=Totals(lines=net, without_vat=net, vat=D("0.00"), with_vat=net, payable=net),
    )


def reverse_charge() -> InvoiceDocument:
    """A service of an Italian seller to a German buyer, who owes the tax: 365.00 EUR."""
    return replace(
        untaxed(domestic(), category="AE", reason="Reverse charge", code="VATEX-EU-AE"),
        number="FT-2026-17",
        seller=ITALIAN_SELLER,
        payment_terms="30 giorni data fattura",
        payment=PaymentInstructions(
            code="30", transfers=(CreditTransfer("IT60X0542811101000000123456"),)
        ),
    )


def intra_community() -> InvoiceDocument:
    """Goods of a German seller to a French buyer, delivered there: 365.00 EUR free of tax."""
    return replace(
        untaxed(domestic(), category="K", reason="Intra-community supply", code="VATEX-EU-IC"),
        number="R-2026-0003",
        buyer=FRENCH_BUYER,
        buyer_reference="ACH-2026-55",
        delivery=Delivery(
            delivered_on=date(2026, 10, 30),
            address=Address("FR", line_1="ZI Nord", city="Lyon", post_code="69009"),
        ),
    )


def export() -> InvoiceDocument:
    """Goods of a German seller to a buyer in the United States: 365.00 EUR free of tax."""
    return replace(
        untaxed(domestic(), category="G", reason="Export outside the EU", code="VATEX-EU-G"),
        number="R-2026-0004",
        buyer=AMERICAN_BUYER,
        buyer_reference="GLS-4477",
        delivery=Delivery(delivered_on=date(2026, 10, 30), address=AMERICAN_BUYER.address),
    )


def exempt() -> InvoiceDocument:
    """Training that German law frees of tax: 365.00 EUR."""
    return replace(
        untaxed(domestic(), category="E", reason="Umsatzsteuerfrei nach § 4 Nr. 21 UStG"),
        number="R-2026-0005",
    )


def romanian() -> InvoiceDocument:
    """A seller in Bucharest to a buyer in Cluj, in lei: 1200.00 + 21 % 252.00 = 1452.00 RON."""
    return replace(
        domestic(),
        number="CRP-2026-101",
        currency="RON",
        seller=ROMANIAN_SELLER,
        buyer=ROMANIAN_BUYER,
        lines=(
            InvoiceLine(
                id="1",
                item=Item("Set de chei tubulare", seller_id="CH-24"),
                quantity=D("8"),
                unit="H87",
                net=D("1200.00"),
                price=Price(net=D("150.00")),
                vat_category="S",
                vat_rate=D("21"),
            ),
        ),
        vat=(VatBreakdown("S", taxable=D("1200.00"), tax=D("252.00"), rate=D("21")),),
        totals=Totals(
            lines=D("1200.00"),
            without_vat=D("1200.00"),
            vat=D("252.00"),
            with_vat=D("1452.00"),
            payable=D("1452.00"),
        ),
        buyer_reference="",
        purchase_order="CMD-5512",
        payment_terms="Plata în 30 de zile de la data facturii",
        payment=PaymentInstructions(
            code="42", transfers=(CreditTransfer("RO49AAAA1B31007593840000"),)
        ),
    )


def romanian_in_euro() -> InvoiceDocument:
    """The same in euro at 5.0876 lei: 252.00 EUR of tax are 1282.08 RON (BT-111)."""
    given = romanian()
    return replace(
        given,
        number="CRP-2026-102",
        currency="EUR",
        tax_currency="RON",
        totals=replace(given.totals, vat_in_tax_currency=D("1282.08")),
        tax_exchange_rate=D("5.0876"),
    )


def credit_note() -> InvoiceDocument:
    """Two of the ten sets of :func:`domestic` given back: 25.00 + 19 % 4.75 = 29.75 EUR."""
    given = domestic()
    return replace(
        given,
        number="G-2026-0001",
        issued_on=date(2026, 11, 20),
        type_code=CREDIT_NOTE,
        due_on=None,
        lines=(replace(given.lines[0], quantity=D("2"), net=D("25.00")),),
        vat=(VatBreakdown("S", taxable=D("25.00"), tax=D("4.75"), rate=D("19")),),
        totals=Totals(
            lines=D("25.00"),
            without_vat=D("25.00"),
            vat=D("4.75"),
            with_vat=D("29.75"),
            payable=D("29.75"),
        ),
        preceding=(DocumentReference("R-2026-0001", date(2026, 11, 2)),),
        payment_terms="Wird mit der nächsten Zahlung verrechnet.",
    )


def instalments() -> InvoiceDocument:
    """1000.00 + 19 % 190.00 = 1190.00 EUR in two parts, or 2 % less within ten days."""
    given = domestic()
    return replace(
        given,
        number="R-2026-0006",
        lines=(
            replace(
                given.lines[0], quantity=D("80"), net=D("1000.00"), price=Price(net=D("12.50"))
            ),
        ),
        vat=(VatBreakdown("S", taxable=D("1000.00"), tax=D("190.00"), rate=D("19")),),
        totals=Totals(
            lines=D("1000.00"),
            without_vat=D("1000.00"),
            vat=D("190.00"),
            with_vat=D("1190.00"),
            payable=D("1190.00"),
        ),
        payment_terms="Zwei Raten, oder 2 % Skonto bei Zahlung in 10 Tagen.",
        due_on=date(2026, 12, 2),
        instalments=(
            DueAmount(date(2026, 12, 2), D("590.00")),
            DueAmount(date(2027, 1, 2), D("600.00")),
        ),
        early_discounts=(
            EarlyDiscount(
                until=date(2026, 11, 12),
                percent=D("2.00"),
                amount=D("23.80"),
                base=D("1190.00"),
            ),
        ),
    )


def indian() -> InvoiceDocument:
    """A sale within Karnataka: 12,000.00 + CGST 9 % 1,080.00 + SGST 9 % 1,080.00 = 14,160.00 INR."""
    return InvoiceDocument(
        number="DT/26-27/0042",
        issued_on=date(2026, 11, 2),
        type_code=INVOICE,
        currency="INR",
        seller=INDIAN_SELLER,
        buyer=INDIAN_BUYER,
        lines=(
            InvoiceLine(
                id="1",
                item=Item(
                    "Torque wrench 40-200 Nm",
                    seller_id="TW-200",
                    classifications=(Classification("82041120", "HS"),),
                ),
                quantity=D("4"),
                unit="H87",
                net=D("12000.00"),
                price=Price(net=D("3000.00")),
                vat_category="S",
                vat_rate=D("18"),
            ),
        ),
        vat=(
            VatBreakdown(
                "S",
                taxable=D("12000.00"),
                tax=D("2160.00"),
                rate=D("18"),
                components=(
                    TaxComponent("CGST", D("9"), D("1080.00")),
                    TaxComponent("SGST", D("9"), D("1080.00")),
                ),
            ),
        ),
        totals=Totals(
            lines=D("12000.00"),
            without_vat=D("12000.00"),
            vat=D("2160.00"),
            with_vat=D("14160.00"),
            payable=D("14160.00"),
        ),
        due_on=date(2026, 12, 2),
        purchase_order="MEW/PO/881",
        payment=PaymentInstructions(code="30", transfers=(CreditTransfer("50200012345678"),)),
    )


def every_term() -> InvoiceDocument:
    """Every term of EN 16931 at once, on the figures of :func:`two_rates`, rounded to 200.10 EUR."""
    given = two_rates()
    address = Address(
        "DE",
        line_1="Lagerweg 1",
        line_2="Tor 3",
        line_3="Rampe B",
        city="Bremen",
        post_code="28195",
        subdivision="HB",
    )
    first, second = given.lines
    return replace(
        given,
        number="R-2026-0007",
        seller=replace(
            given.seller,
            address=replace(address, city="Hamburg"),
            identifiers=(Identifier("4000001123452", "0088"), Identifier("L-77")),
            registration=Identifier("5790000436057", "0088"),
        ),
        buyer=replace(
            given.buyer,
            trading_name="Hansen",
            address=address,
            identifiers=(Identifier("7300010000001", "0088"),),
            registration=Identifier("HRB 999"),
        ),
        lines=(
            replace(
                first,
                note="Nachlieferung",
                object=Identifier("Zähler 17", "AVE"),
                order_line="3",
                accounting="4711",
                period=Period(date(2026, 10, 1), date(2026, 10, 31)),
                item=Item(
                    "Holzdübel, Beutel",
                    description="Buche, 8 x 40 mm",
                    seller_id="HD-840",
                    buyer_id="B-99",
                    standard_id=Identifier("4012345678901", "0160"),
                    classifications=(
                        Classification("44219999", "HS", "2022"),
                        Classification("31162000", "STI"),
                    ),
                    origin="SE",
                    attributes=(Attribute("Holz", "Buche"), Attribute("Länge", "40 mm")),
                ),
            ),
            replace(second, period=Period(end=date(2026, 10, 31))),
        ),
        totals=replace(
            given.totals,
            vat_in_tax_currency=D("419.87"),
            rounding=D("0.10"),
            payable=D("200.10"),
        ),
        tax_currency="SEK",
        tax_exchange_rate=D("11"),
        tax_point_code="35",
        project="P-2026-9",
        contract="C-5",
        sales_order="SO-88",
        receiving_advice="WE-3",
        despatch_advice="LS-4",
        tender="Los 2",
        object=Identifier("Objekt 5", "AVE"),
        accounting="KST 400",
        notes=(Note("Es gelten unsere Lieferbedingungen.", "AAI"), Note("Vielen Dank.")),
        preceding=(DocumentReference("R-2025-0999", date(2025, 12, 30)), DocumentReference("X-1")),
        payee=Party(
            "Factoring Nord AG",
            identifiers=(Identifier("5790000436057", "0088"),),
            registration=Identifier("HRB 4"),
        ),
        tax_representative=Party(
            "Steuerkontor GmbH", address=replace(address, city="Köln"), vat_id="DE129273398"
        ),
        delivery=Delivery(
            name="Lager Bremen",
            location=Identifier("7300010000001", "0088"),
            delivered_on=date(2026, 10, 30),
            address=address,
        ),
        period=Period(date(2026, 10, 1), date(2026, 10, 31)),
        payment=PaymentInstructions(
            code="59",
            text="SEPA-Lastschrift",
            remittance="R-2026-0007",
            direct_debit=DirectDebit("M-1", "DE98ZZZ09999999999", "DE89370400440532013000"),
        ),
        attachments=(
            Attachment("Stundenzettel", "Oktober", location="https://nordlicht.example/st-10"),
            Attachment(
                "Aufmaß",
                content=b"%PDF-1.7\n",
                media_type="application/pdf",
                filename="aufmass.pdf",
            ),
        ),
    )


SAMPLES: Final[dict[str, Callable[[], InvoiceDocument]]] = {
    build.__name__: build
    for build in (
        domestic,
        two_rates,
        reverse_charge,
        intra_community,
        export,
        exempt,
        romanian,
        romanian_in_euro,
        credit_note,
        instalments,
        indian,
        every_term,
    )
}
