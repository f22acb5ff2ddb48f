"""Each of SdI's controls is broken once, and found with its code and place."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.formats.italian_invoices import invoice, line, needs_schema, transmission, written
from usance.formats import fatturapa
from usance.formats.fatturapa import BrokenControl, FatturaDetails
from usance.formats.fatturapa.fattura import Adjustment, LineDetails
from usance.rules.invoicing.document import AllowanceCharge, InvoiceLine, Price

D = Decimal


def example() -> etree._Element:
    """An invoice with a taxed and an exempt line, which breaks no control."""
    document = invoice(line(), line(number="2", rate="0", category="E"))
    return etree.fromstring(fatturapa.render(document, transmission=transmission(document)))


def found(root: etree._Element, path: str) -> list[etree._Element]:
    return cast("list[etree._Element]", root.xpath(path))


def setting(path: str, value: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        (element,) = found(root, path)
        element.text = value

    return change


def removing(path: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        for element in found(root, path):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    return change


def adding(path: str, xml: str) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        (element,) = found(root, path)
        for each in etree.fromstring(f"<x>{xml}</x>"):
            element.append(each)

    return change


def several(*changes: Callable[[etree._Element], None]) -> Callable[[etree._Element], None]:
    def change(root: etree._Element) -> None:
        for each in changes:
            each(root)

    return change


def kind(code: str) -> Callable[[etree._Element], None]:
    return setting("//TipoDocumento", code)


FIRST, SECOND = "(//DettaglioLinee)[1]", "(//DettaglioLinee)[2]"
TAXED, EXEMPT = "//DatiRiepilogo[AliquotaIVA='22.00']", "//DatiRiepilogo[AliquotaIVA='0.00']"
GENERAL = "//DatiGeneraliDocumento"
FUND = (
    "<DatiCassaPrevidenziale><TipoCassa>TC01</TipoCassa><AlCassa>4.00</AlCassa>"
    "<ImportoContributoCassa>0.00</ImportoContributoCassa><AliquotaIVA>{rate}</AliquotaIVA>"
    "{rest}</DatiCassaPrevidenziale>"
)
ITALIAN = "<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>00743110157</IdCodice></IdFiscaleIVA>"

# The control, what breaks it, and which it breaks besides.
CONTROLS: list[tuple[str, Callable[[etree._Element], None], set[str]]] = [
    ("00300", setting("//IdTrasmittente/IdCodice", "00743110158"), set()),
    ("00301", setting("//CedentePrestatore//IdCodice", "00743110158"), set()),
    (
        "00302",
        adding("//CedentePrestatore/DatiAnagrafici", "<CodiceFiscale>00743110158</CodiceFiscale>"),
        set(),
    ),
    ("00305", setting("//CessionarioCommittente//IdCodice", "12345670018"), set()),
    (
        "00306",
        adding(
            "//CessionarioCommittente/DatiAnagrafici",
            "<CodiceFiscale>RSSMRA80A01H501X</CodiceFiscale>",
        ),
        set(),
    ),
    ("00400", removing(f"{SECOND}/Natura"), {"00444"}),
    ("00401", adding(FIRST, "<Natura>N4</Natura>"), {"00444"}),
    ("00411", adding(FIRST, "<Ritenuta>SI</Ritenuta>"), set()),
    ("00413", adding(GENERAL, FUND.format(rate="0.00", rest="")), {"00444"}),
    (
        "00414",
        adding(GENERAL, FUND.format(rate="22.00", rest="<Natura>N4</Natura>")),
        {"00444"},
    ),
    ("00415", adding(GENERAL, FUND.format(rate="22.00", rest="<Ritenuta>SI</Ritenuta>")), set()),
    ("00417", removing("//CessionarioCommittente//IdFiscaleIVA"), set()),
    (
        "00418",
        several(
            kind("TD04"),
            adding(
                "//DatiGenerali",
                "<DatiFattureCollegate><IdDocumento>1</IdDocumento><Data>2027-01-01</Data>"
                "</DatiFattureCollegate>",
            ),
        ),
        set(),
    ),
    ("00419", setting(f"{FIRST}/AliquotaIVA", "10.00"), {"00443"}),
    (
        "00420",
        several(
            setting(f"{SECOND}/Natura", "N6.3"),
            setting(f"{EXEMPT}/Natura", "N6.3"),
            adding(EXEMPT, "<EsigibilitaIVA>S</EsigibilitaIVA>"),
        ),
        set(),
    ),
    ("00421", setting(f"{TAXED}/Imposta", "27.52"), set()),
    (
        "00422",
        several(
            setting(f"{TAXED}/ImponibileImporto", "126.01"), setting(f"{TAXED}/Imposta", "27.72")
        ),
        set(),
    ),
    ("00423", setting(f"{FIRST}/PrezzoTotale", "125.02"), set()),
    (
        "00424",
        several(
            setting(f"{FIRST}/AliquotaIVA", "0.22"),
            setting(f"{TAXED}/AliquotaIVA", "0.22"),
            setting("//DatiRiepilogo[AliquotaIVA='0.22']/Imposta", "0.28"),
        ),
        set(),
    ),
    ("00425", setting("//Numero", "UNO"), set()),
    ("00426", adding("//DatiTrasmissione", "<PECDestinatario>a@b.it</PECDestinatario>"), set()),
    ("00427", setting("//CodiceDestinatario", "ABC123"), set()),
    ("00428", lambda root: root.set("versione", "FPA12"), set()),
    ("00429", removing(f"{EXEMPT}/Natura"), {"00444"}),
    ("00430", adding(TAXED, "<Natura>N4</Natura>"), {"00444"}),
    (
        "00437",
        adding(GENERAL, "<ScontoMaggiorazione><Tipo>SC</Tipo></ScontoMaggiorazione>"),
        set(),
    ),
    ("00438", adding(FIRST, "<ScontoMaggiorazione><Tipo>SC</Tipo></ScontoMaggiorazione>"), set()),
    ("00443", setting(f"{FIRST}/AliquotaIVA", "4.00"), {"00419"}),
    ("00444", setting(f"{SECOND}/Natura", "N1"), set()),
    (
        "00445",
        several(setting(f"{SECOND}/Natura", "N3"), setting(f"{EXEMPT}/Natura", "N3")),
        set(),
    ),
    ("00471", setting("//CessionarioCommittente//IdCodice", "00743110157"), set()),
    ("00472", kind("TD27"), set()),
    ("00473", kind("TD17"), set()),
    (
        "00476",
        several(
            setting("//CedentePrestatore//IdPaese", "DE"),
            setting("//CessionarioCommittente//IdPaese", "FR"),
        ),
        set(),
    ),
]


def broken(root: etree._Element) -> tuple[BrokenControl, ...]:
    return fatturapa.broken_controls(etree.tostring(root))


def test_the_example_breaks_none() -> None:
    assert broken(example()) == ()


@pytest.mark.parametrize(("code", "change", "besides"), CONTROLS, ids=[c[0] for c in CONTROLS])
def test_each_control(
    code: str, change: Callable[[etree._Element], None], besides: set[str]
) -> None:
    root = example()
    change(root)
    controls = broken(root)
    assert {each.code for each in controls} == {code} | besides
    for each in controls:
        assert each.place.startswith("FatturaElettronica/")
        assert each.message.endswith(".")
        assert each.fix.endswith(".")


def test_what_is_let_pass() -> None:
    """A cent of tax, a cent of a line and a euro of a taxable amount."""
    root = example()
    setting(f"{TAXED}/Imposta", "27.51")(root)
    setting(f"{FIRST}/PrezzoTotale", "125.01")(root)
    assert broken(root) == ()
    setting(f"{TAXED}/ImponibileImporto", "126.00")(root)
    setting(f"{TAXED}/Imposta", "27.72")(root)
    assert broken(root) == ()


def test_discounts_in_cascade() -> None:
    """100.00 less 10 %, less 5 % of what is left: 85.50, not 85.00."""
    sold = replace(line("1", "100.00"), net=D("85.50"))
    cascade = (
        Adjustment(is_charge=False, percent=D("10.00")),
        Adjustment(is_charge=False, percent=D("5.00")),
    )
    details = FatturaDetails(lines=(LineDetails("1", adjustments=cascade),))
    document = invoice(sold)
    data = fatturapa.render(document, transmission=transmission(document), details=details)
    (read,) = fatturapa.read(data).invoices[0].document.lines
    assert [each.amount for each in read.allowances_charges] == [D("10.00"), D("4.50")]


def test_an_enveloped_file_is_looked_into() -> None:
    root = example()
    setting("//Numero", "UNO")(root)
    content = etree.tostring(root)
    octets = b"\x04\x84" + len(content).to_bytes(4, "big") + content
    data = _wrapped(octets)
    assert [each.code for each in fatturapa.broken_controls(data)] == ["00425"]
    assert [b.code for b in fatturapa.broken_controls(base64.b64encode(data))] == ["00425"]


def _wrapped(octets: bytes) -> bytes:
    """The least SignedData that holds a content; see RFC 5652, 5.1."""

    def tlv(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x84]) + len(content).to_bytes(4, "big") + content

    data = tlv(0x06, bytes.fromhex("2a864886f70d010701"))
    signed = tlv(0x02, b"\x01") + tlv(0x31, b"") + tlv(0x30, data + tlv(0xA0, octets))
    kind_of = tlv(0x06, bytes.fromhex("2a864886f70d010702"))
    return tlv(0x30, kind_of + tlv(0xA0, tlv(0x30, signed)))


cents = st.decimals(min_value=0, max_value=5000, places=2)


@st.composite
def lines(draw: st.DrawFn, number: int = 1) -> InvoiceLine:
    quantity = draw(st.decimals(min_value="-500", max_value=500, places=3))
    price = draw(st.decimals(min_value=0, max_value=2000, places=4))
    base = draw(st.sampled_from([None, D(1), D(100), D(7)]))
    category, rate = draw(
        st.sampled_from([("S", "22"), ("S", "10"), ("S", "4"), ("E", "0"), ("K", "0")])
    )
    entries = draw(
        st.lists(st.builds(AllowanceCharge, is_charge=st.booleans(), amount=cents), max_size=2)
    )
    exact = quantity * price / (base or 1)
    net = exact.quantize(D("0.01"), ROUND_HALF_UP)
    for entry in entries:
        net += entry.amount if entry.is_charge else -entry.amount
    return replace(
        line(number=str(number), rate=rate, category=category),
        quantity=quantity,
        price=Price(net=price, base_quantity=base),
        net=net,
        allowances_charges=tuple(entries),
    )


@needs_schema
@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(min_value=1, max_value=6))
def test_any_invoice_that_adds_up_passes_every_control(data: st.DataObject, many: int) -> None:
    """Valid by the schema, no control broken, and not a cent changed when it is read back."""
    sold = tuple(data.draw(lines(number)) for number in range(1, many + 1))
    whole = [
        AllowanceCharge(
            is_charge=data.draw(st.booleans()),
            amount=data.draw(cents),
            reason="Variazione",
            vat_category=each.vat_category,
            vat_rate=each.vat_rate,
        )
        for each in sold[: data.draw(st.integers(min_value=0, max_value=2))]
    ]
    document = invoice(*sold, allowances=whole)
    read = fatturapa.read(etree.tostring(written(document))).invoices[0].document
    assert [each.net for each in read.lines] == [each.net for each in sold]
    assert read.totals.with_vat == document.totals.with_vat
    assert read.totals.payable == document.totals.payable
    assert sorted((g.taxable, g.tax) for g in read.vat) == sorted(
        (g.taxable, g.tax) for g in document.vat
    )
