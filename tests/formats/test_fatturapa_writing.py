"""What an Italian bookkeeper looks for in a FatturaPA."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from tests.formats.italian_invoices import (
    BERLIN,
    BUYER,
    COUNCIL,
    SELLER,
    SENDER,
    ZURICH,
    invoice,
    line,
    needs_schema,
    said,
    transmission,
    written,
)
from tests.formats.sample_invoices import SAMPLES, reverse_charge
from usance.formats import fatturapa
from usance.formats.errors import FormatError
from usance.formats.fatturapa import Fattura, FatturaDetails, TaxId
from usance.formats.fatturapa.fattura import (
    Adjustment,
    DeliveryNote,
    LineDetails,
    PensionFund,
    PersonName,
    Rea,
    RelatedDocument,
    Stamp,
    Withholding,
)
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Attachment,
    Delivery,
    DocumentReference,
    DueAmount,
    EarlyDiscount,
    InvoiceDocument,
    Note,
    Party,
    Price,
)
from usance.rules.invoicing.national import ItalianBuyer, ItalianSeller

D = Decimal

pytestmark = needs_schema


# category, buyer, exemption code, regime -> Natura, words of the law
NATURES = [
    ("K", BERLIN, "VATEX-EU-IC", "RF01", "N3.2", "art. 41 DL 331/1993"),
    ("G", ZURICH, "VATEX-EU-G", "RF01", "N3.1", "art. 8 c.1 lett. a) DPR 633/1972"),
    ("AE", BERLIN, "VATEX-EU-AE", "RF01", "N2.1", "artt. da 7 a 7-septies DPR 633/1972"),
    ("AE", BUYER, "VATEX-EU-AE", "RF01", "N6.9", "art. 17 DPR 633/1972"),
    ("E", BUYER, "", "RF01", "N4", "art. 10 DPR 633/1972"),
    ("E", BUYER, "VATEX-EU-79-C", "RF01", "N1", "art. 15 DPR 633/1972"),
    ("E", BUYER, "VATEX-EU-132-1I", "RF01", "N4", "art. 10 DPR 633/1972"),
    ("E", BUYER, "VATEX-EU-F", "RF01", "N5", "art. 36 DL 41/1995"),
    ("E", BUYER, "", "RF19", "N2.2", "Art. 1 c.54-89 L. 190/2014"),
    ("O", ZURICH, "VATEX-EU-O", "RF01", "N2.1", "artt. da 7 a 7-septies DPR 633/1972"),
    ("O", BUYER, "VATEX-EU-O", "RF01", "N2.2", "Non soggetto IVA"),
    ("Z", BUYER, "", "RF01", "N3.6", "non concorre al plafond"),
]


@pytest.mark.parametrize(("category", "buyer", "code", "regime", "natura", "law"), NATURES)
def test_why_there_is_no_vat(
    category: str, buyer: Party, code: str, regime: str, natura: str, law: str
) -> None:
    rate = None if category == "O" else "0"
    document = invoice(line(rate=rate, category=category), buyer=buyer, exemption_code=code)
    root = written(document, FatturaDetails(regime=regime))
    assert said(root, "Natura") == [natura, natura]
    assert said(root, "AliquotaIVA") == ["0.00", "0.00"]
    assert law in said(root, "RiferimentoNormativo")[0]
    assert said(root, "EsigibilitaIVA") == []


def test_the_document_own_reason_is_the_legal_reference() -> None:
    document = invoice(line(rate="0", category="E"), exemption_reason="Art. 10 n. 20 DPR 633/1972")
    assert said(written(document), "RiferimentoNormativo") == ["Art. 10 n. 20 DPR 633/1972"]
    document = invoice(line(rate="0", category="E"), exemption_reason="Formazione")
    assert said(written(document), "RiferimentoNormativo") == [
        "Esente art. 10 DPR 633/1972 - Formazione"
    ]


def test_the_seller_says_which_reverse_charge_it_is() -> None:
    document = invoice(line(rate="0", category="AE"))
    root = written(document, FatturaDetails(lines=(LineDetails("1", natura="N6.3"),)))
    assert said(root, "Natura") == ["N6.3", "N6.3"]


def test_a_category_that_italy_does_not_have() -> None:
    document = invoice(line(rate="7", category="L"))
    with pytest.raises(FormatError) as raised:
        written(document)
    assert raised.value.code == "no_natura"


def test_split_payment_leaves_the_vat_to_the_council() -> None:
    """Art. 17-ter: the council pays 100.00 to the seller and 22.00 to the treasury."""
    document = invoice(line("8", category="B"), buyer=COUNCIL)
    root = written(document)
    assert root.get("versione") == "FPA12"
    assert said(root, "CodiceDestinatario") == ["UFE1AB"]
    assert said(root, "EsigibilitaIVA") == ["S"]
    assert said(root, "ImportoTotaleDocumento") == ["122.00"]
    assert said(root, "ImportoPagamento") == ["100.00"]
    stated = replace(
        document, totals=replace(document.totals, prepaid=D("22.00"), payable=D("100.00"))
    )
    assert said(written(stated), "ImportoPagamento") == ["100.00"]


def test_split_payment_in_instalments() -> None:
    document = replace(
        invoice(line("8", category="B"), buyer=COUNCIL),
        instalments=(
            DueAmount(date(2026, 12, 2), D("61.00")),
            DueAmount(date(2027, 1, 2), D("61.00")),
        ),
    )
    root = written(document)
    assert said(root, "ImportoPagamento") == ["50.00", "50.00"]
    assert said(root, "CondizioniPagamento") == ["TP01"]


@pytest.mark.parametrize(
    ("type_code", "details", "kind"),
    [
        ("380", FatturaDetails(), "TD01"),
        ("381", FatturaDetails(), "TD04"),
        ("383", FatturaDetails(), "TD05"),
        ("386", FatturaDetails(), "TD02"),
        ("380", FatturaDetails(document_type="TD26"), "TD26"),
        (
            "380",
            FatturaDetails(delivery_notes=(DeliveryNote("87", date(2026, 10, 17)),)),
            "TD24",
        ),
        (
            "380",
            FatturaDetails(delivery_notes=(DeliveryNote("87", date(2026, 11, 2)),)),
            "TD01",
        ),
        (
            "380",
            FatturaDetails(
                document_type="TD25", delivery_notes=(DeliveryNote("87", date(2026, 10, 17)),)
            ),
            "TD25",
        ),
    ],
)
def test_the_kind_of_document(type_code: str, details: FatturaDetails, kind: str) -> None:
    document = replace(invoice(), type_code=type_code)
    assert said(written(document, details), "TipoDocumento") == [kind]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(FormatError) as raised:
        written(replace(invoice(), type_code="935"))
    assert raised.value.code == "unknown_document_type"


def test_a_deferred_invoice_of_a_month_names_its_delivery_notes() -> None:
    document = invoice(
        line(number="10"), line("3", "4.10", number="20"), line("1", "7.00", number="30")
    )
    notes = (
        DeliveryNote("87", date(2026, 10, 17), lines=(10, 20)),
        DeliveryNote("91", date(2026, 10, 29), lines=(30,)),
    )
    root = written(document, FatturaDetails(delivery_notes=notes))
    assert said(root, "TipoDocumento") == ["TD24"]
    assert said(root, "NumeroDDT") == ["87", "91"]
    assert said(root, "DataDDT") == ["2026-10-17", "2026-10-29"]
    assert said(root, "RiferimentoNumeroLinea") == ["10", "20", "30"]
    assert said(root, "NumeroLinea") == ["10", "20", "30"]
    file = fatturapa.read(etree.tostring(root))
    assert file.invoices[0].details.delivery_notes == notes
    assert file.invoices[0].document.delivery == Delivery(delivered_on=date(2026, 10, 29))


def test_one_despatch_of_the_model_is_a_delivery_note() -> None:
    document = replace(
        invoice(),
        despatch_advice="DDT 4",
        delivery=Delivery(delivered_on=date(2026, 10, 30), address=BUYER.address),
    )
    root = written(document)
    assert said(root, "NumeroDDT") == ["DDT 4"]
    assert said(root, "TipoDocumento") == ["TD24"]
    assert [e.findtext("Comune") for e in root.iter("IndirizzoResa")] == ["Torino"]


def test_instalments_of_a_riba() -> None:
    document = replace(
        invoice(line("80")),
        instalments=(
            DueAmount(date(2026, 12, 31), D("610.00")),
            DueAmount(date(2027, 1, 31), D("610.00")),
        ),
    )
    root = written(document, FatturaDetails(payment_method="MP12", buyer_bank=("02008", "01000")))
    assert said(root, "CondizioniPagamento") == ["TP01"]
    assert said(root, "ModalitaPagamento") == ["MP12", "MP12"]
    assert said(root, "DataScadenzaPagamento") == ["2026-12-31", "2027-01-31"]
    assert said(root, "ImportoPagamento") == ["610.00", "610.00"]
    assert said(root, "ABI") == ["02008", "02008"]


def test_a_discount_for_paying_early() -> None:
    early = EarlyDiscount(date(2026, 11, 12), D("2.00"), amount=D("3.05"), base=D("152.50"))
    root = written(replace(invoice(), early_discounts=(early,)))
    assert said(root, "ScontoPagamentoAnticipato") == ["3.05"]
    assert said(root, "DataLimitePagamentoAnticipato") == ["2026-11-12"]
    assert said(root, "Causale") == []
    read = fatturapa.read(etree.tostring(root)).invoices[0].document
    assert read.early_discounts == (early,)


def test_two_tiers_of_discount_are_told_in_words_too() -> None:
    tiers = (
        EarlyDiscount(date(2026, 11, 12), D("2.00"), amount=D("3.05"), base=D("152.50")),
        EarlyDiscount(date(2026, 11, 22), D("1.00"), amount=D("1.53"), base=D("152.50")),
    )
    root = written(replace(invoice(), early_discounts=tiers))
    assert said(root, "ScontoPagamentoAnticipato") == ["3.05"]
    assert said(root, "Causale") == [
        "Sconto 2,00 % (EUR 3,05) per pagamento entro il 12/11/2026",
        "Sconto 1,00 % (EUR 1,53) per pagamento entro il 22/11/2026",
    ]


def test_withheld_tax_is_not_asked_for() -> None:
    """A fee of 1000.00 + 4 % pension fund 40.00 + VAT 228.80, less 20 % of 1000.00 withheld."""
    fund = PensionFund("TC01", D("4.00"), D("40.00"), D("22.00"), base=D("1000.00"))
    charge = AllowanceCharge(
        is_charge=True,
        amount=D("40.00"),
        base=D("1000.00"),
        percent=D("4.00"),
        reason="Contributo cassa previdenziale TC01",
        vat_category="S",
        vat_rate=D("22.00"),
    )
    document = invoice(line("1", "1000.00"), allowances=(charge,))
    details = FatturaDetails(
        document_type="TD06",
        withholdings=(Withholding("RT01", D("200.00"), D("20.00"), "A"),),
        pension_funds=(fund,),
        lines=(LineDetails("1", withheld=True),),
        seller_person=PersonName("Paola", "Ricci"),
    )
    root = written(document, details)
    assert said(root, "NumeroLinea") == ["1"]
    assert said(root, "ImponibileImporto") == ["1040.00"]
    assert said(root, "ImportoTotaleDocumento") == ["1268.80"]
    assert said(root, "ImportoPagamento") == ["1068.80"]
    assert said(root, "Cognome") == ["Ricci"]
    with pytest.raises(FormatError) as raised:
        written(document, replace(details, withholdings=()))
    assert raised.value.code == "sdi_00411"


def test_what_only_italy_says() -> None:
    details = FatturaDetails(
        rea=Rea("MI", "2049871", capital=D("50000"), sole_member="SM"),
        stamp=Stamp(D("2.00")),
        related=(RelatedDocument("order", "PO-7781", cig="Z1A2B3C4D5", cup="J51B21004490001"),),
        stages=(3,),
        issuer="TZ",
        adjustments=(Adjustment(is_charge=False, amount=D("0.50")),),
        article_73=True,
    )
    root = written(replace(invoice(), notes=(Note("Merce resa franco fabbrica."),)), details)
    for name, value in {
        "NumeroREA": "2049871",
        "CapitaleSociale": "50000.00",
        "SocioUnico": "SM",
        "StatoLiquidazione": "LN",
        "ImportoBollo": "2.00",
        "CodiceCIG": "Z1A2B3C4D5",
        "CodiceCUP": "J51B21004490001",
        "RiferimentoFase": "3",
        "SoggettoEmittente": "TZ",
        "Art73": "SI",
        "ImportoTotaleDocumento": "152.00",
        "Causale": "Merce resa franco fabbrica.",
    }.items():
        assert said(root, name) == [value], name


def test_references_of_the_model() -> None:
    document = replace(
        invoice(replace(line(), order_line="3"), line(number="2")),
        purchase_order="PO-7781",
        contract="C-5",
        tender="Z1A2B3C4D5",
        project="J51B21004490001",
        receiving_advice="WE-3",
        preceding=(DocumentReference("FT-2026-1", date(2026, 1, 30)),),
    )
    root = written(document)
    order = next(root.iter("DatiOrdineAcquisto"))
    assert [(e.tag, e.text) for e in order] == [
        ("RiferimentoNumeroLinea", "1"),
        ("IdDocumento", "PO-7781"),
        ("NumItem", "3"),
        ("CodiceCUP", "J51B21004490001"),
        ("CodiceCIG", "Z1A2B3C4D5"),
    ]
    assert said(root, "IdDocumento") == ["PO-7781", "C-5", "WE-3", "FT-2026-1"]


def test_a_reference_that_is_too_long_is_told_whole() -> None:
    root = written(replace(invoice(), purchase_order="PO/2026/REGION-NORD/000123"))
    assert said(root, "IdDocumento") == []
    assert said(root, "Causale") == ["Ordine: PO/2026/REGION-NORD/000123"]


def test_allowances_become_lines_or_discounts() -> None:
    line_allowance = AllowanceCharge(is_charge=False, amount=D("12.50"), percent=D("10"))
    whole = (
        AllowanceCharge(
            is_charge=False, amount=D("5.00"), reason="Premio", vat_category="S", vat_rate=D("22")
        ),
        AllowanceCharge(is_charge=True, amount=D("7.50"), vat_category="S", vat_rate=D("22")),
    )
    document = invoice(line(allowances=(line_allowance,)), allowances=whole)
    root = written(document)
    assert said(root, "TipoCessionePrestazione") == ["SC", "AC"]
    assert said(root, "Descrizione")[1:] == ["Premio", "Spese accessorie"]
    assert said(root, "PrezzoTotale") == ["112.50", "-5.00", "7.50"]
    assert said(root, "Importo") == ["1.25"]
    read = fatturapa.read(etree.tostring(root)).invoices[0].document
    assert [each.amount for each in read.allowances_charges] == [D("5.00"), D("7.50")]
    assert read.totals.without_vat == document.totals.without_vat


@pytest.mark.parametrize(
    ("quantity", "price", "net", "figures"),
    [
        # 3 for 10.00 a hundred, so 0.30: the price of one is written.
        ("3", Price(D("10.00"), base_quantity=D("100")), "0.30", ["3.00", "0.10"]),
        ("-2", Price(D("12.50")), "-25.00", ["2.00", "-12.50"]),
        # A third has no end in decimals, but eight of them are enough for so few.
        ("3", Price(D("10.00"), base_quantity=D("3")), "10.00", ["3.00", "3.33333333"]),
        # Here they are not: the line is written as one.
        ("30000000", Price(D("1"), base_quantity=D("3")), "10000000.00", ["10000000.00"]),
    ],
)
def test_prices_multiply_as_sdi_wants(
    quantity: str, price: Price, net: str, figures: list[str]
) -> None:
    sold = replace(line(), quantity=D(quantity), price=price, net=D(net))
    other = line("10000000", "2", number="2")
    root = written(invoice(sold, other))
    first = next(root.iter("DettaglioLinee"))
    found = [first.findtext("Quantita"), first.findtext("PrezzoUnitario")]
    assert [each for each in found if each is not None] == figures
    assert first.findtext("PrezzoTotale") == net


def test_a_line_that_does_not_multiply_is_not_sent() -> None:
    document = invoice(replace(line(), net=D("130.00")))
    with pytest.raises(FormatError) as raised:
        written(document)
    assert raised.value.code == "sdi_00423"
    assert "DettaglioLinee" in (raised.value.path or "")


def test_letters_that_sdi_knows() -> None:
    document = replace(
        invoice(line(name="Tubo Ø 40 – “inox” 10 €")),
        buyer=replace(BUYER, name="Škoda Łódź œuvre S.r.l."),
    )
    root = written(document)
    assert said(root, "Descrizione") == ['Tubo Ø 40 - "inox" 10 EUR']
    assert said(root, "Denominazione")[1] == "Skoda Lódz oeuvre S.r.l."
    with pytest.raises(FormatError) as raised:
        written(replace(document, buyer=replace(BUYER, name="Αθήνα ΑΕ")))
    assert raised.value.code == "unwritable_text"


def test_what_is_too_long() -> None:
    root = written(invoice(line(name="molto lungo " * 200)))
    description = said(root, "Descrizione")[0]
    assert len(description) <= 1000
    assert description.endswith("lungo...")
    root = written(replace(invoice(), notes=(Note("parola " * 100),)))
    assert [len(each) <= 200 for each in said(root, "Causale")] == [True] * 4
    with pytest.raises(FormatError) as raised:
        written(replace(invoice(), number="FT-2026-000000000000018"))
    assert raised.value.code == "value_too_long"
    with pytest.raises(FormatError) as raised:
        written(replace(invoice(), number="SENZA"))
    assert raised.value.code == "sdi_00425"


def test_attachments() -> None:
    document = replace(
        invoice(),
        attachments=(
            Attachment(
                "Bolla",
                description="DDT firmato",
                content=b"%PDF-1.7",
                media_type="application/pdf",
                filename="bolla.pdf",
            ),
            Attachment("Ore", location="https://officine.example/ore"),
        ),
    )
    root = written(document)
    assert said(root, "FormatoAttachment") == ["PDF"]
    assert said(root, "Causale") == ["Allegato Ore: https://officine.example/ore"]
    read = fatturapa.read(etree.tostring(root)).invoices[0].document
    assert [(a.filename, a.content) for a in read.attachments] == [("bolla.pdf", b"%PDF-1.7")]
    heavy = replace(document.attachments[0], content=b"0" * 4_000_000)
    with pytest.raises(FormatError) as raised:
        written(replace(document, attachments=(heavy,)))
    assert raised.value.code == "too_large"


# profile of the buyer -> code, PEC, format
ADDRESSES = [
    (BUYER, ItalianBuyer(codice_destinatario="M5UXCR1"), ("M5UXCR1", "", "FPR12")),
    (BUYER, ItalianBuyer(codice_destinatario="UFABCD"), ("UFABCD", "", "FPA12")),
    (BUYER, ItalianBuyer(pec="rossi@pec.example"), ("0000000", "rossi@pec.example", "FPR12")),
    (
        BUYER,
        ItalianBuyer(codice_destinatario="0000000", pec="rossi@pec.example"),
        ("0000000", "rossi@pec.example", "FPR12"),
    ),
    (
        BUYER,
        ItalianBuyer(codice_destinatario="M5UXCR1", pec="rossi@pec.example"),
        ("M5UXCR1", "", "FPR12"),
    ),
    (BUYER, None, ("ABC1234", "", "FPR12")),
    (COUNCIL, None, ("UFE1AB", "", "FPA12")),
    (replace(BUYER, endpoint=None), None, ("0000000", "", "FPR12")),
    (BERLIN, None, ("XXXXXXX", "", "FPR12")),
]


@pytest.mark.parametrize(("buyer", "profile", "expected"), ADDRESSES)
def test_where_sdi_delivers(
    buyer: Party, profile: ItalianBuyer | None, expected: tuple[str, str, str]
) -> None:
    document = invoice(buyer=buyer)
    sent = fatturapa.addressed(document, sender=SENDER, progressive="7", buyer=profile)
    assert (sent.recipient_code, sent.recipient_pec, sent.format) == expected
    assert fatturapa.render(document, transmission=sent)


def test_the_profile_of_a_seller() -> None:
    seller = ItalianSeller(
        codice_fiscale="00743110157",
        rea_office="MI",
        rea_number="2049871",
        share_capital="50000.00",
        sole_shareholder="SU",
        liquidation="LN",
    )
    buyer = ItalianBuyer(codice_fiscale="12345670017")
    root = written(invoice(), fatturapa.details_from_profiles(seller=seller, buyer=buyer))
    assert said(root, "CodiceFiscale") == ["00743110157", "12345670017"]
    assert said(root, "CapitaleSociale") == ["50000.00"]
    assert said(root, "SocioUnico") == ["SU"]


def test_buyers_abroad() -> None:
    root = written(invoice(line(rate="0", category="G"), buyer=ZURICH, exemption_code="VATEX-EU-G"))
    assert said(root, "IdCodice")[2] == "OO99999999999"
    assert (said(root, "CAP")[1], said(root, "Comune")[1]) == ("00000", "8001 Zürich")
    person = replace(BERLIN, vat_id="")
    assert said(written(invoice(buyer=person)), "IdCodice")[2] == "0000000"
    greek = replace(BERLIN, vat_id="EL094259216", address=replace(_address(BERLIN), country="GR"))
    assert said(written(invoice(buyer=greek)), "IdPaese")[2] == "GR"


def _address(party: Party) -> Address:
    assert party.address is not None
    return party.address


WRONG: list[tuple[str, InvoiceDocument]] = [
    ("missing_value", replace(invoice(), buyer=replace(BUYER, vat_id=""))),
    ("missing_value", replace(invoice(), seller=replace(SELLER, vat_id=""))),
    ("missing_value", replace(invoice(), buyer=replace(BUYER, address=None))),
    (
        "invalid_post_code",
        replace(invoice(), buyer=replace(BUYER, address=replace(_address(BUYER), post_code="101"))),
    ),
    ("vat_in_euro", replace(invoice(), currency="USD")),
    ("duplicate_line", replace(invoice(), lines=(line(), line()))),
    ("no_vat_group", replace(invoice(), vat=())),
    ("invalid_rate", invoice(line(rate="101"))),
    ("invalid_amount", replace(invoice(), totals=replace(invoice().totals, with_vat=D("1.001")))),
]


@pytest.mark.parametrize(("code", "document"), WRONG)
def test_what_is_not_written(code: str, document: InvoiceDocument) -> None:
    with pytest.raises(FormatError) as raised:
        written(document)
    assert raised.value.code == code


def test_vat_in_euro_beside_another_currency() -> None:
    document = replace(
        invoice(),
        currency="USD",
        tax_currency="EUR",
        tax_exchange_rate=D("0.92"),
        totals=replace(invoice().totals, vat_in_tax_currency=D("25.30")),
    )
    root = written(document)
    assert said(root, "Divisa") == ["USD"]
    assert said(root, "Causale") == ["IVA in EUR: 25,30 (cambio 0,92)"]


def test_several_invoices_in_a_file() -> None:
    first, second = invoice(), replace(invoice(), number="FT-2026-19")
    data = fatturapa.render_all([Fattura(first), Fattura(second)], transmission=transmission(first))
    numbers = [each.document.number for each in fatturapa.read(data).invoices]
    assert numbers == ["FT-2026-18", "FT-2026-19"]
    other = replace(second, buyer=COUNCIL)
    with pytest.raises(FormatError) as raised:
        fatturapa.render_all([Fattura(first), Fattura(other)], transmission=transmission(first))
    assert raised.value.code == "different_parties"


EURO_SAMPLES = sorted(set(SAMPLES) - {"romanian", "indian"})


@pytest.mark.parametrize("name", EURO_SAMPLES)
def test_every_sample_of_an_italian_seller(name: str) -> None:
    """The sample invoices, sold in Italy to an Italian buyer: valid, and read back with all amounts."""
    document = replace(SAMPLES[name](), seller=SELLER, buyer=BUYER)
    root = written(document)
    read = fatturapa.read(etree.tostring(root)).invoices[0].document
    assert [each.net for each in read.lines] == [each.net for each in document.lines]
    assert [(g.taxable, g.tax) for g in read.vat] == [(g.taxable, g.tax) for g in document.vat]
    assert read.totals.with_vat == document.totals.with_vat
    assert (read.number, read.issued_on, read.type_code) == (
        document.number,
        document.issued_on,
        document.type_code,
    )


def test_the_italian_sample_as_it_is() -> None:
    root = written(reverse_charge())
    assert said(root, "Natura") == ["N2.1"] * len(said(root, "Natura"))
    assert said(root, "CodiceDestinatario") == ["XXXXXXX"]
    assert said(root, "NumeroREA") == ["2049871"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "00000"), (35, "0000Z"), (36, "00010"), (60_466_175, "ZZZZZ")],
)
def test_the_progressive_number(number: int, text: str) -> None:
    assert fatturapa.progressive(number) == text


def test_the_name_of_the_file() -> None:
    sent = transmission(invoice())
    assert fatturapa.file_name(sent) == "IT00743110157_00A1F.xml"
    assert fatturapa.file_name(replace(sent, progressive="2026000A1F")) == "IT00743110157_00A1F.xml"
    for wrong in (replace(sent, progressive="../x"), replace(sent, sender=TaxId("IT", "a/b"))):
        with pytest.raises(FormatError) as raised:
            fatturapa.file_name(wrong)
        assert raised.value.code == "invalid_progressive"
    with pytest.raises(FormatError):
        fatturapa.progressive(60_466_176)
