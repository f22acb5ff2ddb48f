"""Invoices as people send them, to be set in type: one a situation of the trade."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from usance.formats.invoice_pdf import Movement, OpenItem, Statement
from usance.formats.payment_codes import creditor_reference, qr_reference
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Classification,
    Contact,
    CreditTransfer,
    Delivery,
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

CENT = Decimal("0.01")
ISSUED = date(2026, 3, 2)

NORDWIND = Party(
    name="Nordwind Werkzeug GmbH",
    address=Address(country="DE", line_1="Speicherstraße 12", city="Hamburg", post_code="20457"),
    registration=Identifier("HRB 123456"),
    vat_id="DE123456789",
    legal_information="Managing director: Anna Lund\nAmtsgericht Hamburg",
    contact=Contact(
        name="Jonas Petersen", telephone="+49 40 555 0100", email="billing@nordwind.example"
    ),
)
HEDGEROW = Party(
    name="Hedgerow Joinery Ltd",
    address=Address(country="IE", line_1="Unit 7, Mill Lane", city="Cork", post_code="T12 X8N6"),
    vat_id="IE6388047V",
    identifiers=(Identifier("C-10482"),),
    contact=Contact(name="Accounts payable"),
)
FALEGNAMERIA = Party(
    name="Falegnameria Bianchi & Figli S.r.l.",
    address=Address(
        country="IT",
        line_1="Via dell'Artigianato 25",
        city="Bergamo",
        post_code="24122",
        subdivision="BG",
    ),
    vat_id="IT01234567890",
    identifiers=(Identifier("C-20117"),),
)
FERRAMENTA = Party(
    name="Ferramenta Lombarda S.p.A.",
    address=Address(
        country="IT", line_1="Corso Sempione 88", city="Milano", post_code="20154", subdivision="MI"
    ),
    vat_id="IT09876543217",
    registration=Identifier("REA MI-1234567"),
    legal_information="Cap. soc. € 500.000 i.v.",
    contact=Contact(telephone="+39 02 5550 100", email="fatture@ferramenta.example"),
)
UNELTE = Party(
    name="Unelte și Șuruburi S.R.L.",
    address=Address(
        country="RO",
        line_1="Strada Lipscani 40",
        city="București",
        post_code="030037",
        subdivision="Sector 3",
    ),
    vat_id="RO18547290",
    registration=Identifier("J40/1234/2006"),
    legal_information="Capital social: 200 lei",
    contact=Contact(telephone="+40 21 555 0100", email="facturi@unelte.example"),
)
TAMPLARIE = Party(
    name="Tâmplăria Țăranu S.A.",
    address=Address(
        country="RO",
        line_1="Bd. Eroilor 7",
        city="Cluj-Napoca",
        post_code="400129",
        subdivision="Cluj",
    ),
    vat_id="RO14399840",
    registration=Identifier("J12/777/2001"),
)
HELVETIC = Party(
    name="Helvetia Feinmechanik AG",
    address=Address(country="CH", line_1="Uetlibergstrasse 132", city="Zürich", post_code="8045"),
    vat_id="CHE-123.456.788 MWST",
    contact=Contact(telephone="+41 44 555 01 00", email="rechnung@helvetia-fm.example"),
)
OROLOGERIA = Party(
    name="Orologeria Ticinese SA",
    address=Address(country="CH", line_1="Via Nassa 15", city="Lugano", post_code="6900"),
    identifiers=(Identifier("7001"),),
)
BHARAT = Party(
    name="भारत औज़ार प्राइवेट लिमिटेड",
    trading_name="Bharat Tools",
    address=Address(
        country="IN",
        line_1="42, एम.जी. रोड",
        city="पुणे",
        post_code="411001",
        subdivision="महाराष्ट्र (27)",
    ),
    vat_id="27AAPFU0939F1ZV",
    legal_information="CIN U28939PN2010PTC123456",
    contact=Contact(telephone="+91 20 5550 0100", email="billing@bharat.example"),
)
KASHI = Party(
    name="काशी काष्ठ उद्योग",
    address=Address(
        country="IN",
        line_1="18, स्टेशन रोड",
        city="मुंबई",
        post_code="400001",
        subdivision="महाराष्ट्र (27)",
    ),
    vat_id="27AABCU9603R1ZM",
    identifiers=(Identifier("G-311"),),
)

TOOLS = (
    (
        "Cordless drill 18 V, 2 batteries 4.0 Ah",
        "NW-1804",
        "Brushless, with case and quick charger",
        "189.90",
    ),
    ("Bench chisel set, 6 pieces", "NW-2206", "Chrome vanadium steel, 6 to 32 mm", "74.50"),
    ("Parallel clamp 600 mm", "NW-3160", "", "38.25"),
    ("Wood screws 4.0 × 40 mm, TX20", "NW-4040", "Box of 1,000, zinc plated", "14.80"),
    ("Random orbital sander 150 mm", "NW-1507", "350 W, with dust bag", "129.00"),
    ("Respirator mask FFP2 with valve, folded, individually packed", "NW-5002", "", "1.95"),
    ("Sanding discs 150 mm, grit 120", "NW-1512", "Pack of 50, 15 holes", "21.40"),
    ("Measuring tape 8 m", "NW-6008", "", "11.90"),
)


def line(
    place: int, *, quantity: str, category: str = "S", rate: str = "19", group: str = ""
) -> InvoiceLine:
    """The ``place``-th tool of the catalogue, again from the start when it ends."""
    name, number, description, price = TOOLS[(place - 1) % len(TOOLS)]
    net = (Decimal(quantity) * Decimal(price)).quantize(CENT)
    return InvoiceLine(
        id=str(place),
        item=Item(name=name, description=description, seller_id=number),
        quantity=Decimal(quantity),
        unit="H87",
        net=net,
        price=Price(net=Decimal(price)),
        vat_category=category,
        vat_rate=Decimal(rate) if category == "S" else Decimal(0),
        group=group,
    )


def summed(document: InvoiceDocument) -> InvoiceDocument:
    """``document`` with the totals and the tax of its lines and allowances."""
    lines = sum((one.net for one in document.lines), Decimal(0))
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for one in document.lines:
        key = (one.vat_category, one.vat_rate or Decimal(0))
        bases[key] = bases.get(key, Decimal(0)) + one.net
    signed = {True: Decimal(0), False: Decimal(0)}
    for allowance in document.allowances_charges:
        signed[allowance.is_charge] += allowance.amount
        key = (allowance.vat_category, allowance.vat_rate or Decimal(0))
        bases[key] = bases.get(key, Decimal(0)) + (
            allowance.amount if allowance.is_charge else -allowance.amount
        )
    vat = tuple(
        VatBreakdown(
            category=category,
            taxable=base,
            tax=(base * rate / 100).quantize(CENT),
            rate=rate,
            exemption_reason="Reverse charge" if category == "AE" else "",
        )
        for (category, rate), base in sorted(bases.items(), reverse=True)
    )
    tax = sum((entry.tax for entry in vat), Decimal(0))
    without = sum(bases.values(), Decimal(0))
    return replace(
        document,
        vat=vat,
        totals=Totals(
            lines=lines,
            allowances=signed[False] or None,
            charges=signed[True] or None,
            without_vat=without,
            vat=tax,
            with_vat=without + tax,
            payable=without + tax,
        ),
    )


NOTHING = Totals(lines=Decimal(0), without_vat=Decimal(0), with_vat=Decimal(0), payable=Decimal(0))


def english(count: int = 4) -> InvoiceDocument:
    """A domestic sale in euro, with a discount for paying early and a freight charge."""
    number = "2026-0042"
    document = summed(
        InvoiceDocument(
            number=number,
            issued_on=ISSUED,
            type_code="380",
            currency="EUR",
            seller=NORDWIND,
            buyer=HEDGEROW,
            lines=tuple(
                line(place, quantity=str(place % 7 * 3 + 1)) for place in range(1, count + 1)
            ),
            totals=NOTHING,
            vat=(),
            due_on=date(2026, 4, 1),
            purchase_order="PO-77120",
            buyer_reference="Workshop 2",
            despatch_advice="DN-55310",
            delivery=Delivery(
                name="Hedgerow Joinery, Workshop 2",
                delivered_on=date(2026, 2, 26),
                address=Address(
                    country="IE", line_1="Dock Road 3", city="Limerick", post_code="V94 T28R"
                ),
            ),
            payment=PaymentInstructions(
                code="58",
                remittance=creditor_reference(number),
                transfers=(
                    CreditTransfer(
                        "DE89370400440532013000", "Nordwind Werkzeug GmbH", "COBADEFFXXX"
                    ),
                ),
            ),
            payment_terms="2/10, net 30",
            allowances_charges=(
                AllowanceCharge(
                    is_charge=True,
                    amount=Decimal("24.00"),
                    reason="Freight",
                    vat_category="S",
                    vat_rate=Decimal(19),
                ),
            ),
            notes=(
                Note("Thank you for your order. Goods remain our property until paid in full."),
            ),
        )
    )
    payable = document.totals.payable
    discount = (payable * Decimal("0.02")).quantize(CENT)
    return replace(
        document,
        early_discounts=(EarlyDiscount(date(2026, 3, 12), Decimal(2), discount, payable),),
    )


def consolidated() -> InvoiceDocument:
    """A month of orders of three cost centres on one invoice."""
    groups = (
        "Cost centre 4100 Workshop",
        "Cost centre 4200 Site Limerick",
        "Cost centre 4300 Office",
    )
    lines = []
    for place in range(1, 37):
        group = groups[(place - 1) // 12]
        one = line(place, quantity=str(place % 5 + 1), group=group)
        lines.append(replace(one, id=str(place), order_line=f"PO-{77000 + place // 4}"))
    base = english()
    return replace(
        summed(
            replace(
                base,
                number="2026-0107",
                lines=tuple(lines),
                allowances_charges=(),
                delivery=None,
                purchase_order="",
                despatch_advice="",
                period=Period(date(2026, 2, 1), date(2026, 2, 28)),
                payment=PaymentInstructions(
                    code="58",
                    remittance=creditor_reference("2026-0107"),
                    transfers=(
                        CreditTransfer("DE89370400440532013000", NORDWIND.name, "COBADEFFXXX"),
                    ),
                ),
                notes=(),
            )
        ),
        early_discounts=(),
    )


def italian() -> InvoiceDocument:
    """Two VAT rates, a line discount and three instalments ("Ri.Ba. 30/60/90")."""
    names = (
        (
            "Trapano avvitatore 18 V con 2 batterie",
            "FL-1804",
            "Motore brushless, valigetta e caricatore",
            "189.90",
        ),
        ("Serie scalpelli da falegname, 6 pezzi", "FL-2206", "Acciaio al cromo vanadio", "74.50"),
        ("Levigatrice rotorbitale 150 mm", "FL-1507", "", "129.00"),
        ("Viti per legno 4,0 × 40 mm", "FL-4040", "Scatola da 1.000 pezzi, zincate", "14.80"),
    )
    lines = []
    for place, (name, number, description, price) in enumerate(names, 1):
        quantity = Decimal(place * 3)
        gross = (quantity * Decimal(price)).quantize(CENT)
        taken = (gross / 10).quantize(CENT) if place == 2 else Decimal(0)
        lines.append(
            InvoiceLine(
                id=str(place),
                item=Item(name=name, description=description, seller_id=number),
                quantity=quantity,
                unit="H87" if place < 4 else "BX",
                net=gross - taken,
                price=Price(net=Decimal(price)),
                vat_category="S",
                vat_rate=Decimal(10 if place == 3 else 22),
                allowances_charges=(
                    AllowanceCharge(is_charge=False, amount=taken, base=gross, percent=Decimal(10)),
                )
                if taken
                else (),
            )
        )
    document = summed(
        InvoiceDocument(
            number="118/2026",
            issued_on=ISSUED,
            type_code="380",
            currency="EUR",
            seller=FERRAMENTA,
            buyer=FALEGNAMERIA,
            lines=tuple(lines),
            totals=NOTHING,
            vat=(),
            due_on=date(2026, 5, 31),
            purchase_order="ODA 2026/311",
            contract="CQ-2025-18",
            despatch_advice="DDT 442 del 26/02/2026",
            payment=PaymentInstructions(
                code="30",
                remittance="Fattura 118/2026",
                transfers=(CreditTransfer("IT60X0542811101000000123456", FERRAMENTA.name),),
            ),
            notes=(Note("Contributo CONAI assolto ove dovuto."),),
        )
    )
    payable = document.totals.payable
    third = (payable / 3).quantize(CENT)
    return replace(
        document,
        instalments=(
            DueAmount(date(2026, 3, 31), third),
            DueAmount(date(2026, 4, 30), third),
            DueAmount(date(2026, 5, 31), payable - 2 * third),
        ),
    )


def romanian() -> InvoiceDocument:
    """A sale in euro to a Romanian buyer, with the tax in lei."""
    names = (
        (
            "Mașină de găurit 18 V, 2 acumulatori",
            "US-1804",
            "Motor fără perii, cu valiză",
            "189.90",
            "5",
        ),
        ("Set dălți pentru lemn, 6 bucăți", "US-2206", "Oțel crom-vanadiu", "74.50", "12"),
        (
            "Șuruburi pentru lemn 4,0 × 40 mm",
            "US-4040",
            "Cutie de 1.000 bucăți, zincate",
            "14.80",
            "120",
        ),
    )
    document = summed(
        InvoiceDocument(
            number="UNE 000815",
            issued_on=ISSUED,
            type_code="380",
            currency="EUR",
            tax_currency="RON",
            tax_exchange_rate=Decimal("4.9765"),
            seller=UNELTE,
            buyer=TAMPLARIE,
            lines=tuple(
                InvoiceLine(
                    id=str(place),
                    item=Item(name=name, description=description, seller_id=number),
                    quantity=Decimal(quantity),
                    unit="H87" if place < 3 else "BX",
                    net=(Decimal(price) * Decimal(quantity)).quantize(CENT),
                    price=Price(net=Decimal(price)),
                    vat_category="S",
                    vat_rate=Decimal(21),
                )
                for place, (name, number, description, price, quantity) in enumerate(names, 1)
            ),
            totals=NOTHING,
            vat=(),
            due_on=date(2026, 4, 1),
            purchase_order="C-2026-119",
            delivery=Delivery(delivered_on=date(2026, 2, 27), address=TAMPLARIE.address),
            payment=PaymentInstructions(
                code="30",
                remittance="UNE 000815",
                transfers=(CreditTransfer("RO49AAAA1B31007593840000", UNELTE.name, "AAAAROBU"),),
            ),
        )
    )
    assert document.totals.vat is not None
    in_lei = (document.totals.vat * Decimal("4.9765")).quantize(CENT)
    return replace(document, totals=replace(document.totals, vat_in_tax_currency=in_lei))


def indian() -> InvoiceDocument:
    """A supply within a state: CGST and SGST, HSN codes, lakhs and crores."""
    names = (
        (
            "बेतार ड्रिल मशीन 18 V",
            "BT-1804",
            "ब्रशलेस मोटर, दो बैटरियों और चार्जर सहित",
            "8467",
            "14990",
            "60",
            "18",
        ),
        ("छेनी सेट, 6 नग", "BT-2206", "क्रोम वैनेडियम इस्पात", "8205", "4250.50", "80", "18"),
        ("लकड़ी के पेंच 4.0 × 40 मि.मी.", "BT-4040", "1,000 नग का डिब्बा", "7318", "612", "120", "12"),
    )
    lines = tuple(
        InvoiceLine(
            id=str(place),
            item=Item(
                name=name,
                description=description,
                seller_id=number,
                classifications=(Classification(hsn, "HS"),),
            ),
            quantity=Decimal(quantity),
            unit="H87" if place < 3 else "BX",
            net=(Decimal(price) * Decimal(quantity)).quantize(CENT),
            price=Price(net=Decimal(price)),
            vat_category="S",
            vat_rate=Decimal(rate),
        )
        for place, (name, number, description, hsn, price, quantity, rate) in enumerate(names, 1)
    )
    document = summed(
        InvoiceDocument(
            number="BT/26-27/0042",
            issued_on=date(2026, 4, 6),
            type_code="380",
            currency="INR",
            seller=BHARAT,
            buyer=KASHI,
            lines=lines,
            totals=NOTHING,
            vat=(),
            due_on=date(2026, 5, 6),
            purchase_order="KKU/118",
            payment=PaymentInstructions(
                code="30",
                remittance="BT/26-27/0042",
                transfers=(
                    CreditTransfer("50200012345678", "Bharat Auzaar Pvt. Ltd.", "HDFC0000123"),
                ),
            ),
        )
    )
    return replace(
        document,
        vat=tuple(
            replace(
                entry,
                components=(
                    TaxComponent("CGST", (entry.rate or Decimal(0)) / 2, entry.tax / 2),
                    TaxComponent("SGST", (entry.rate or Decimal(0)) / 2, entry.tax / 2),
                ),
            )
            for entry in document.vat
        ),
    )


def swiss() -> InvoiceDocument:
    """Francs, to a QR-IBAN with its QR reference."""
    names = (
        ("Präzisions-Schraubendreher, 8-teilig", "HF-88", "", "48.60", "40"),
        ("Messschieber digital 150 mm", "HF-150", "IP67, Auflösung 0.01 mm", "129.00", "6"),
    )
    return summed(
        InvoiceDocument(
            number="26-00313",
            issued_on=ISSUED,
            type_code="380",
            currency="CHF",
            seller=HELVETIC,
            buyer=OROLOGERIA,
            lines=tuple(
                InvoiceLine(
                    id=str(place),
                    item=Item(name=name, description=description, seller_id=number),
                    quantity=Decimal(quantity),
                    unit="H87",
                    net=(Decimal(price) * Decimal(quantity)).quantize(CENT),
                    price=Price(net=Decimal(price)),
                    vat_category="S",
                    vat_rate=Decimal("8.1"),
                )
                for place, (name, number, description, price, quantity) in enumerate(names, 1)
            ),
            totals=NOTHING,
            vat=(),
            due_on=date(2026, 4, 1),
            payment=PaymentInstructions(
                code="30",
                remittance=qr_reference("2600313"),
                transfers=(CreditTransfer("CH4431999123000889012", HELVETIC.name),),
            ),
        )
    )


def credit_note() -> InvoiceDocument:
    """Two drills of the English invoice come back."""
    base = english()
    drill = replace(line(1, quantity="2"), note="Returned on 9 March, reason: wrong voltage")
    return replace(
        summed(replace(base, lines=(drill,), allowances_charges=())),
        number="CN-2026-0007",
        issued_on=date(2026, 3, 11),
        type_code="381",
        due_on=None,
        preceding=(DocumentReference("2026-0042", ISSUED),),
        delivery=None,
        early_discounts=(),
        payment_terms="",
        notes=(),
    )


def reverse_charge() -> InvoiceDocument:
    """A service to a business in another member state: no tax, and the sentence that says why."""
    base = english()
    hours = InvoiceLine(
        id="1",
        item=Item(
            name="Calibration of torque wrenches", description="On site in Cork, including travel"
        ),
        quantity=Decimal("6.5"),
        unit="HUR",
        net=Decimal("617.50"),
        price=Price(net=Decimal(95)),
        vat_category="AE",
        vat_rate=Decimal(0),
    )
    return replace(
        summed(replace(base, lines=(hours,), allowances_charges=())),
        number="2026-0043",
        early_discounts=(),
        delivery=None,
        notes=(),
    )


def yen() -> InvoiceDocument:
    """A currency without decimals."""
    base = english(2)
    lines = tuple(
        replace(one, net=Decimal(12300), price=Price(net=Decimal(4100)), quantity=Decimal(3))
        for one in base.lines
    )
    return replace(
        summed(replace(base, lines=lines, allowances_charges=(), currency="JPY")),
        early_discounts=(),
    )


def statement(movements: int = 9) -> Statement:
    """A quarter of an account, with items not due, overdue and long overdue."""
    entries = []
    for place in range(1, movements + 1):
        on = date(2026, 1, 5) + timedelta(days=place * 7)
        if place % 4 == 0:
            entries.append(
                Movement(
                    on=on,
                    kind="payment",
                    number=f"R-{place:04d}",
                    credit=Decimal("3087.05" if place == 4 else "6735.85"),
                )
            )
        elif place % 7 == 0:
            entries.append(
                Movement(
                    on=on,
                    kind="credit_note",
                    number=f"CN-2026-{place:04d}",
                    credit=Decimal("88.40"),
                )
            )
        else:
            entries.append(
                Movement(
                    on=on,
                    kind="invoice",
                    number=f"2026-{place:04d}",
                    due_on=on + timedelta(days=30),
                    debit=Decimal("612.35") * place,
                )
            )
    return Statement(
        seller=NORDWIND,
        buyer=HEDGEROW,
        currency="EUR",
        issued_on=date(2026, 3, 31),
        period=Period(date(2026, 1, 1), date(2026, 3, 31)),
        opening=Decimal("1840.00"),
        movements=tuple(entries),
        open_items=(
            OpenItem(
                kind="invoice", number="2025-0991", issued_on=date(2025, 11, 12),
                due_on=date(2025, 12, 12), amount=Decimal("1840.00"), open=Decimal("590.00"),
            ),
            OpenItem(
                kind="invoice", number="2026-0003", issued_on=date(2026, 1, 26),
                due_on=date(2026, 2, 25), amount=Decimal("1837.05"), open=Decimal("1837.05"),
            ),
            OpenItem(
                kind="credit_note", number="CN-2026-0007", issued_on=date(2026, 2, 23),
                due_on=date(2026, 2, 23), amount=Decimal("-88.40"), open=Decimal("-88.40"),
            ),
            OpenItem(
                kind="invoice", number="2026-0009", issued_on=date(2026, 3, 9),
                due_on=date(2026, 4, 8), amount=Decimal("5511.15"), open=Decimal("5511.15"),
            ),
        ),
        transfers=(CreditTransfer("DE89370400440532013000", NORDWIND.name, "COBADEFFXXX"),),
        reference="C-10482",
        pay_link="https://pay.nordwind.example/s/7Kq2",
    )  # fmt: skip
