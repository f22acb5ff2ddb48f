"""Every open FatturaPA of the corpus: what is read, what SdI would say, and that it is written the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest
from lxml import etree

from tests.corpus.locations import corpora, documents, schema
from usance.formats import fatturapa, ubl
from usance.formats.einvoice.profiles import EN16931
from usance.formats.errors import FormatError
from usance.formats.fatturapa import FatturaFile, Transmission
from usance.formats.fatturapa.checks import REGISTER_CONTROLS
from usance.formats.validation import RuleBook, validate

# TipoDocumento, number, lines, allowances and charges, without VAT, VAT, payable
Row = tuple[str, str, int, int, str, str, str]

# A file with several invoices has a row for each.
TABLE = """
fe.net__Samples__IT01234567890_FPA02.xml | FPA12 | TD01 | 123 | 4 | 0 | 36.08 | 7.94 | 36.08
fe.net__Samples__IT01234567890_FPR02.xml | FPR12 | TD01 | 123 | 4 | 0 | 36.08 | 7.94 | 36.08
fe.net__Samples__IT02182030391_31.Base64.xml.p7m | FPR12 | TD01 | 2 | 1 | 0 | 100.00 | 22.00 | 100.00
fe.net__Samples__IT02182030391_31.xml.p7m | FPR12 | TD01 | 2 | 1 | 0 | 100.00 | 22.00 | 100.00
fe.net__Samples__IT02182030391_32.windows-1252.xml | FPR12 | TD06 | 3 | 2 | 1 | 143.28 | 31.52 | 119.86
 |  | TD06 | 4 | 2 | 1 | 143.28 | 31.52 | 119.86
fe.net__Samples__IT02182030391_32.xml | FPR12 | TD06 | 3 | 2 | 1 | 143.28 | 31.52 | 119.86
 |  | TD06 | 4 | 2 | 1 | 143.28 | 31.52 | 119.86
fephp__fixtures__ESEMPIO TD24.xml | FPR12 | TD24 | 90 | 6 | 0 | 3086.14 | 128.15 | 3214.29
fephp__fixtures__IT01234567890_11001_entity.xml | FPR12 | TD01 | 20/20/21G | 1 | 0 | 5.00 | 1.10 | 6.10
fephp__fixtures__IT01234567890_11001_multi_ritenute.xml | FPR12 | TD01 | 123 | 1 | 0 | 5.00 | 1.10 | 6.10
fephp__fixtures__IT01234567890_11001_spazi.xml | FPR12 | TD01 | 123 | 1 | 0 | 5.00 | 1.10 | 6.10
fephp__fixtures__IT01234567890_21101.xml | FPR12 | TD01 | 123 | 1 | 0 | 5.00 | 1.10 | 6.10
fephp__fixtures__IT01234567890_Attachment.xml | FPR12 | TD01 | 123 | 2 | 0 | 25.00 | 5.50 | 30.50
fephp__semplificata__ESEMPIO FT SEMPL 2.xml | FSM10 | TD07 | AAA123456789 | 1 | 0 | 1.46 | 0.32 | 1.78
fephp__semplificata__ESEMPIO FT SEMPL.xml | FSM10 | TD07 | 02 | 1 | 0 | 98.36 | 21.64 | 120.00
fephp__semplificata__ESEMPIO NDC SEMPL.xml | FSM10 | TD08 | 987354321 | 1 | 0 | 0.00 | 63.90 | 63.90
gobl__fatturapa.gobl__invoice-credit-note.xml | FPR12 | TD04 | CN-001 | 2 | 0 | 1720.00 | 356.40 | 1388.40
gobl__fatturapa.gobl__invoice-despatch.xml | FPR12 | TD24 | SAMPLE-002 | 2 | 0 | 800.00 | 176.00 | 976.00
gobl__fatturapa.gobl__invoice-fund-contribution-mixed-retention.xml | FPR12 | TD06 | SAMPLE-003 | 1 | 3 | 1696.00 | 373.12 | 1728.08
gobl__fatturapa.gobl__invoice-hotel-complex.xml | FPR12 | TD01 | INV4-000008 | 5 | 0 | 228.27 | 20.31 | 248.58
gobl__fatturapa.gobl__invoice-hotel.xml | FPR12 | TD01 | SAMPLE-002 | 2 | 0 | 219.18 | 21.82 | 241.00
gobl__fatturapa.gobl__invoice-irpef.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 1720.00 | 356.40 | 1044.40
gobl__fatturapa.gobl__invoice-reverse-charge.xml | FPR12 | TD01 | SAMPLE-010 | 2 | 0 | 2300.00 | 0.00 | 2300.00
gobl__fatturapa.gobl__invoice-services-period.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 2300.00 | 506.00 | 2806.00
gobl__fatturapa.gobl__invoice-simple-iban.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 1720.00 | 356.40 | 1388.40
gobl__fatturapa.gobl__invoice-simple-rounding.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 1720.00 | 356.40 | 1388.41
gobl__fatturapa.gobl__invoice-simple-with-pec.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 1720.00 | 356.40 | 1388.40
gobl__fatturapa.gobl__invoice-zero-price.xml | FPR12 | TD01 | SAMPLE-002 | 2 | 0 | 100.00 | 22.00 | 122.00
gobl__out__invoice-fund-contribution-mixed-retention.xml | FPR12 | TD06 | MIXED-001 | 1 | 2 | 2650.00 | 583.00 | 2713.00
gobl__out__invoice-hotel-complex.xml | FPR12 | TD01 | INV4-000008 | 5 | 0 | 228.27 | 20.31 | 248.58
gobl__out__invoice-hotel.xml | FPR12 | TD01 | SAMPLE-002 | 2 | 0 | 219.18 | 21.82 | 241.00
gobl__out__invoice-reverse-charge.xml | FPR12 | TD01 | SAMPLE-010 | 2 | 0 | 2300.00 | 0.00 | 2300.00
gobl__out__invoice-services-period.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 2300.00 | 506.00 | 2806.00
gobl__out__invoice-simple-rounding.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 1720.00 | 356.40 | 1388.41
gobl__out__invoice-simple-with-credits.xml | FPR12 | TD06 | SAMPLE-001 | 2 | 0 | 1458.00 | 320.76 | 1090.76
zfcorpus__valid__A4-Subscription.xml | FPA12 | TD01 | TOSL108 | 2 | 0 | 900.00 | 225.00 | 1125.00
zfcorpus__valid__IT01234567890_FPA02.xml | FPA12 | TD01 | 123 | 1 | 0 | 5.00 | 1.10 | 6.10
zfcorpus__valid__IT01234567890_FPA02~872bef.xml | FPA12 | TD01 | 123 | 2 | 0 | 25.00 | 5.50 | 30.50
zfcorpus__valid__IT01234567890_FPA03.xml | FPA12 | TD01 | 12 | 2 | 0 | 25.00 | 5.50 | 30.50
 |  | TD01 | 456 | 1 | 0 | 2000.00 | 440.00 | 2440.00
zfcorpus__valid__IT01234567890_FPR02.xml | FPR12 | TD01 | 123 | 2 | 0 | 27.00 | 5.95 | 32.95
zfcorpus__valid__IT01234567890_FPR03.xml | FPR12 | TD01 | 123 | 2 | 0 | 27.00 | 5.95 | 32.95
 |  | TD01 | 456 | 1 | 0 | 2000.00 | 440.00 | 2440.00
"""  # noqa: E501


def rows_by_file() -> dict[str, tuple[str, list[Row]]]:
    found: dict[str, tuple[str, list[Row]]] = {}
    name = ""
    for line in TABLE.strip().splitlines():
        first, form, kind, number, lines, charges, net, vat, due = line.split(" | ")
        name = first or name
        row = (kind, number, int(lines), int(charges), net, vat, due)
        found.setdefault(name, (form, []))[1].append(row)
    return found


INVOICES = rows_by_file()

REFUSED = {
    # One byte was put into its content, so that the lengths of its pieces are wrong.
    "fe.net__Samples__IT02182030391_31_tampered.xml.p7m": "invalid_envelope",
}

SCHEMA_INVALID = {
    "fe.net__Samples__IT01234567890_FPA02.xml",  # a percentage with one decimal
    "fe.net__Samples__IT01234567890_FPR02.xml",  # the same
    "fe.net__Samples__IT02182030391_32.windows-1252.xml",  # elements out of order
    "fe.net__Samples__IT02182030391_32.xml",  # the same
    "fephp__fixtures__IT01234567890_11001_entity.xml",  # version 1.1
    "fephp__fixtures__IT01234567890_11001_multi_ritenute.xml",  # version 1.1
    "fephp__fixtures__IT01234567890_11001_spazi.xml",  # version 1.1
    "fephp__fixtures__IT01234567890_21101.xml",  # version 1.1
    "gobl__fatturapa.gobl__invoice-fund-contribution-mixed-retention.xml",  # bank behind IBAN
    "zfcorpus__valid__IT01234567890_FPR02.xml",  # contacts behind PEC
}

# What SdI would reject, but for numbers that its registers would not find.
BROKEN = {
    "fe.net__Samples__IT01234567890_FPA02.xml": ["00423"],
    "fe.net__Samples__IT01234567890_FPR02.xml": ["00423"],
    "fe.net__Samples__IT02182030391_32.windows-1252.xml": ["00426"]
    + 2 * ["00423", "00419", "00422"],
    "fe.net__Samples__IT02182030391_32.xml": ["00426"] + 2 * ["00423", "00419", "00422"],
    "fephp__fixtures__IT01234567890_11001_entity.xml": ["00427", "00428"],
    "fephp__fixtures__IT01234567890_11001_multi_ritenute.xml": ["00427", "00428"],
    "fephp__fixtures__IT01234567890_11001_spazi.xml": ["00427", "00428"],
    "fephp__fixtures__IT01234567890_21101.xml": ["00427", "00428"],
    "gobl__fatturapa.gobl__invoice-fund-contribution-mixed-retention.xml": ["00422"],
    "gobl__out__invoice-simple-with-credits.xml": ["00423"],
    "zfcorpus__valid__A4-Subscription.xml": ["00476"],
    "zfcorpus__valid__IT01234567890_FPR02.xml": ["00422"],
    "zfcorpus__valid__IT01234567890_FPR03.xml": ["00422"],
}

AMOUNTS = frozenset(
    [
        "PrezzoUnitario",
        "PrezzoTotale",
        "Quantita",
        "AliquotaIVA",
        "Importo",
        "Percentuale",
        "ImponibileImporto",
        "Imposta",
        "ImportoTotaleDocumento",
        "Arrotondamento",
        "ImportoPagamento",
        "ImportoRitenuta",
        "AliquotaRitenuta",
        "ImportoBollo",
        "ImportoContributoCassa",
        "AlCassa",
        "ImponibileCassa",
        "CapitaleSociale",
        "SpeseAccessorie",
        "PesoLordo",
        "PesoNetto",
        "ScontoPagamentoAnticipato",
        "PenalitaPagamentiRitardati",
        "RiferimentoNumero",
    ]
)


@cache
def corpus() -> dict[str, bytes]:
    return documents("fatturapa", "*")


@cache
def compiled(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(schema("fatturapa", f"v1.2.3/{name}")))


def ordinary() -> list[str]:
    return [name for name, (kind, _) in INVOICES.items() if kind != "FSM10"]


def rewritable(file: FatturaFile) -> Transmission:
    """The file's own transmission; those of version 1.1 named a format that did not fit their code."""
    code = file.transmission.recipient_code
    pec = file.transmission.recipient_pec if code == "0000000" else ""
    form = "FPA12" if len(code) == 6 else "FPR12"
    return replace(file.transmission, format=form, recipient_pec=pec)


def amounts(data: bytes) -> Counter[tuple[str, Decimal]]:
    """How often each amount stands under each name."""
    found: Counter[tuple[str, Decimal]] = Counter()
    for element in etree.fromstring(data).iter("{*}*"):
        name = etree.QName(element).localname
        if name in AMOUNTS and (element.text or "").strip():
            found[name, Decimal((element.text or "").strip())] += 1
    return found


def test_the_corpus_is_all_there() -> None:
    assert set(corpus()) == {*INVOICES, *REFUSED}
    assert (len(INVOICES), len(REFUSED), len(ordinary())) == (40, 1, 37)
    assert sum(len(rows) for _, rows in INVOICES.values()) == 44


@pytest.mark.parametrize("name", INVOICES)
def test_each_document_is_read(name: str) -> None:
    file = fatturapa.read(corpus()[name])
    rows = [
        (
            invoice.details.document_type,
            invoice.document.number,
            len(invoice.document.lines),
            len(invoice.document.allowances_charges),
            str(invoice.document.totals.without_vat),
            str(invoice.document.totals.vat),
            str(invoice.document.totals.payable),
        )
        for invoice in file.invoices
    ]
    assert (file.format, rows) == INVOICES[name]
    assert file.enveloped == name.endswith(".p7m")
    for invoice in file.invoices:
        totals = invoice.document.totals
        added = totals.with_vat - (totals.prepaid or 0) + (totals.rounding or 0)
        assert added == totals.payable  # BR-CO-16
        assert totals.without_vat + (totals.vat or 0) == totals.with_vat  # BR-CO-15


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_what_cannot_be_read_is_refused(name: str, code: str) -> None:
    with pytest.raises(FormatError) as raised:
        fatturapa.read(corpus()[name])
    assert raised.value.code == code


def test_the_schema_knows_which_are_valid() -> None:
    invalid = set()
    for name in INVOICES:
        if name.endswith(".p7m"):
            continue
        root = etree.fromstring(corpus()[name])
        simplified = etree.QName(root).localname == "FatturaElettronicaSemplificata"
        file = "semplificata_1.0.xsd" if simplified else "pa_1.2.xsd"
        if not compiled(file).validate(root):
            invalid.add(name)
    assert invalid == SCHEMA_INVALID


def test_the_controls_of_sdi() -> None:
    found = {}
    for name in INVOICES:
        broken = [b.code for b in fatturapa.broken_controls(corpus()[name])]
        codes = [code for code in broken if code not in REGISTER_CONTROLS]
        if codes:
            found[name] = codes
    assert found == BROKEN


@pytest.mark.parametrize("name", ordinary())
def test_each_is_written_the_same_and_valid(name: str) -> None:
    """Read, written and read again nothing has changed, and the schema 1.2.3 holds for all of them."""
    file = fatturapa.read(corpus()[name])
    transmission = rewritable(file)
    written = fatturapa.render_all(file.invoices, transmission=transmission, keep_controls=False)
    xsd = compiled("pa_1.2.xsd")
    assert xsd.validate(etree.fromstring(written)), xsd.error_log
    again = fatturapa.read(written)
    assert again.transmission == transmission
    assert len(again.invoices) == len(file.invoices)
    for one, other in zip(file.invoices, again.invoices, strict=True):
        if len(transmission.recipient_code) == len(file.transmission.recipient_code):
            assert replace(one.document, buyer=other.document.buyer) == other.document
        total = one.details.total
        computed = other.details.total
        assert replace(one.details, total=computed) == other.details
        assert total in (None, computed)
        assert one.document.buyer.vat_id == other.document.buyer.vat_id
    if not name.endswith(".p7m"):
        before, after = amounts(corpus()[name]), amounts(written)
        assert before - after == Counter()
        assert {key for key, _ in after - before} <= {"ImportoTotaleDocumento"}


@pytest.mark.parametrize("name", sorted(set(ordinary()) & set(BROKEN)))
def test_what_sdi_would_reject_is_not_emitted(name: str) -> None:
    file = fatturapa.read(corpus()[name])
    codes = [code for code in BROKEN[name] if code not in ("00426", "00427", "00428")]
    if not codes:
        with pytest.raises(FormatError) as raised:
            fatturapa.render_all(file.invoices, transmission=file.transmission)
        assert raised.value.code == "recipient_code"
        return
    with pytest.raises(FormatError) as raised:
        fatturapa.render_all(file.invoices, transmission=rewritable(file))
    assert raised.value.code == f"sdi_{codes[0]}"


@pytest.mark.parametrize("name", sorted(set(ordinary()) - set(BROKEN)))
def test_the_rest_is_emitted_with_all_controls(name: str) -> None:
    file = fatturapa.read(corpus()[name])
    written = fatturapa.render_all(file.invoices, transmission=file.transmission)
    codes = {broken.code for broken in fatturapa.broken_controls(written)}
    assert codes <= REGISTER_CONTROLS


def test_a_simplified_invoice_is_not_written() -> None:
    file = fatturapa.read(corpus()["fephp__semplificata__ESEMPIO FT SEMPL.xml"])
    with pytest.raises(FormatError) as raised:
        fatturapa.render_all(file.invoices, transmission=file.transmission)
    assert raised.value.code == "unknown_format"
    with pytest.raises(FormatError) as raised:
        fatturapa.render_all(file.invoices, transmission=replace(file.transmission, format="FPR12"))
    assert raised.value.code == "unknown_document_type"


# Written as UBL, what EN 16931 does not allow: their own figures, or what Italy does not demand.
NOT_EUROPEAN = {
    # Lines of four decimals, which EN 16931 does not have.
    "gobl__fatturapa.gobl__invoice-hotel-complex.xml": {"BR-DEC-23", "BR-CO-10", "UBL-DT-01"},
    "gobl__fatturapa.gobl__invoice-hotel.xml": {"BR-DEC-23", "BR-CO-10", "UBL-DT-01"},
    "gobl__out__invoice-hotel-complex.xml": {"BR-DEC-23", "BR-CO-10", "UBL-DT-01"},
    "gobl__out__invoice-hotel.xml": {"BR-DEC-23", "BR-CO-10", "UBL-DT-01"},
    # Figures that do not add up (00422), and lines without their group (00419).
    "fe.net__Samples__IT02182030391_32.windows-1252.xml": {"BR-CO-13", "BR-B-02", "BR-S-01"},
    "fe.net__Samples__IT02182030391_32.xml": {"BR-CO-13", "BR-B-02", "BR-S-01"},
    "gobl__fatturapa.gobl__invoice-fund-contribution-mixed-retention.xml": {"BR-CO-13", "BR-S-08"},
    "zfcorpus__valid__IT01234567890_FPR02.xml": {"BR-CO-13", "BR-S-08"},
    "zfcorpus__valid__IT01234567890_FPR03.xml": {"BR-CO-13", "BR-S-08"},
    # Simplified: a buyer without a name, and a correction of the tax alone.
    "fephp__semplificata__ESEMPIO FT SEMPL 2.xml": {"BR-07", "BR-10"},
    "fephp__semplificata__ESEMPIO NDC SEMPL.xml": {"BR-48", "BR-CO-17", "BR-S-05", "BR-S-09"},
}


def test_italian_invoices_are_european_ones() -> None:
    """Read from FatturaPA and written as UBL, they keep the rules of EN 16931 but for those named."""
    rules = RuleBook.scanned(corpora() / "en16931" / "schema")
    found: dict[str, set[str]] = {}
    for name in INVOICES:
        for invoice in fatturapa.read(corpus()[name]).invoices:
            report = validate(ubl.render(invoice.document, profile=EN16931), rules=rules)
            assert report.ran
            broken = {each.rule for each in report.fatals}
            if broken:
                found.setdefault(name, set()).update(broken)
    assert set(found) == set(NOT_EUROPEAN)
    assert {name: rules_ >= NOT_EUROPEAN[name] for name, rules_ in found.items()} == dict.fromkeys(
        NOT_EUROPEAN, True
    )
    assert len(INVOICES) - len(found) == 29
