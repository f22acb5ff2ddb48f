"""SdI's controls of an invoice's content, before SdI runs them.

Source: "Elenco dei controlli effettuati sul file FatturaPA" in the technical specifications of SdI. What
needs SdI's own registers or its memory (whether a number exists, whether an invoice was sent before) is
left to it; check digits of Italian numbers are looked at, as the registers cannot have a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree
from stdnum.it import codicefiscale, iva

from usance.formats.einvoice.parsing import (
    attribute,
    child,
    children,
    local_name,
    optional_day,
    parse_xml,
    text,
)
from usance.formats.fatturapa.controls import (
    BrokenControl,
    broken,
    empty_adjustment,
    group_controls,
    line_controls,
)
from usance.formats.fatturapa.envelope import unwrap
from usance.formats.fatturapa.fattura import NO_CODE
from usance.formats.fatturapa.reading_parties import identity_of

REGISTER_CONTROLS: Final = frozenset({"00300", "00301", "00302", "00303", "00305", "00306"})
"""Controls of numbers against the tax register, of which only the check digits are looked at here."""

_TWO_PARTIES: Final = frozenset(
    {"TD01", "TD02", "TD03", "TD06", "TD16", "TD17", "TD18", "TD19", "TD20", "TD24", "TD25", "TD28"}
)
_ONE_PARTY: Final = frozenset({"TD21", "TD27"})
_FOREIGN_SELLER: Final = frozenset({"TD17", "TD18", "TD19", "TD28"})


def broken_controls(data: bytes) -> tuple[BrokenControl, ...]:
    """The controls that the FatturaPA ``data`` breaks, also one in a .p7m envelope.

    Raises FormatError for bytes that are no XML, and for a number or date that cannot be read.
    """
    return tuple(controls_of(parse_xml(unwrap(data))))


def controls_of(root: etree._Element) -> Iterator[BrokenControl]:
    """The controls that a FatturaPA breaks, in the order of its elements. Raises FormatError.

    A simplified invoice has few of them: its VAT is not summed.
    """
    header = child(root, "FatturaElettronicaHeader")
    if header is None:
        return
    yield from _transmission(root, header)
    yield from _parties(header)
    for body in children(root, "FatturaElettronicaBody"):
        general = child(body, "DatiGenerali", "DatiGeneraliDocumento")
        if general is None:
            continue
        yield from _document(body, general)
        yield from _kinds(header, general)
        if local_name(root) == "FatturaElettronica":
            yield from line_controls(body, general)
            yield from group_controls(body, general)


def _transmission(root: etree._Element, header: etree._Element) -> Iterator[BrokenControl]:
    data = child(header, "DatiTrasmissione")
    if data is None:
        return
    written, code = text(data, "FormatoTrasmissione"), text(data, "CodiceDestinatario")
    yield from _number(child(data, "IdTrasmittente"), "00300", "The sender's tax number")
    lengths = {"FPA12": 6, "FPR12": 7, "FSM10": 7}
    if written in lengths and len(code) != lengths[written]:
        yield broken(
            "00427",
            data,
            f"CodiceDestinatario {code!r} has {len(code)} characters, and {written} takes "
            f"{lengths[written]}.",
            "Use FPA12 with the office code of a public body, FPR12 with a code of seven characters.",
        )
    if attribute(root, "versione") != written:
        yield broken(
            "00428",
            data,
            f"FormatoTrasmissione {written!r} is not the file's version "
            f"{attribute(root, 'versione')!r}.",
            "Write the same in both.",
        )
    if text(data, "PECDestinatario") and code != NO_CODE:
        yield broken(
            "00426",
            data,
            f"A PEC is given together with the CodiceDestinatario {code}.",
            "Give the PEC only with 0000000.",
        )


def _identity(header: etree._Element, name: str) -> etree._Element | None:
    party = child(header, name)
    return None if party is None else identity_of(party)


def _parties(header: etree._Element) -> Iterator[BrokenControl]:
    seller = _identity(header, "CedentePrestatore")
    yield from _number(child(seller, "IdFiscaleIVA"), "00301", "The seller's VAT number")
    yield from _tax_code(seller, "00302", "The seller's codice fiscale")
    representative = _identity(header, "RappresentanteFiscale")
    yield from _number(
        child(representative, "IdFiscaleIVA"), "00303", "The representative's number"
    )
    buyer = _identity(header, "CessionarioCommittente")
    if buyer is None:
        return
    yield from _number(child(buyer, "IdFiscaleIVA"), "00305", "The buyer's VAT number")
    yield from _tax_code(buyer, "00306", "The buyer's codice fiscale")
    if not text(buyer, "IdFiscaleIVA", "IdCodice") and not text(buyer, "CodiceFiscale"):
        yield broken(
            "00417",
            buyer,
            "The buyer has neither a VAT number nor a codice fiscale.",
            "Ask the buyer for one of them.",
        )


def _number(element: etree._Element | None, code: str, what: str) -> Iterator[BrokenControl]:
    given = text(element, "IdCodice")
    if element is None or text(element, "IdPaese") != "IT" or not given:
        return
    # A sender may be known by a person's codice fiscale too.
    if not iva.is_valid(given) and not codicefiscale.is_valid(given):
        yield broken(
            code, element, f"{what} {given} has a wrong check digit.", "Copy the number again."
        )


def _tax_code(element: etree._Element | None, code: str, what: str) -> Iterator[BrokenControl]:
    found = child(element, "CodiceFiscale")
    if found is not None and text(found) and not codicefiscale.is_valid(text(found)):
        yield broken(
            code,
            found,
            f"{what} {text(found)} has a wrong check character.",
            "Copy it again; a company's is eleven digits, a person's sixteen characters.",
        )


def _document(body: etree._Element, general: etree._Element) -> Iterator[BrokenControl]:
    number = text(general, "Numero")
    if not any(character.isdigit() for character in number):
        yield broken(
            "00425", general, f"The number {number!r} has no digit.", "Number invoices with digits."
        )
    on = optional_day(general, "Data")
    if text(general, "TipoDocumento") in ("TD04", "TD08") and on is not None:
        for each in children(body, "DatiGenerali", "DatiFattureCollegate"):
            of = optional_day(each, "Data")
            if of is not None and of > on:
                yield broken(
                    "00418",
                    each,
                    f"The credit note of {on} is about an invoice of {of}, which is later.",
                    "Correct the date of one of them.",
                )
    for adjustment in children(general, "ScontoMaggiorazione"):
        yield from empty_adjustment(adjustment, "00437")
    yield from _withholding(body, general)


def _withholding(body: etree._Element, general: etree._Element) -> Iterator[BrokenControl]:
    if child(general, "DatiRitenuta") is not None:
        return
    lines = children(body, "DatiBeniServizi", "DettaglioLinee")
    for line in lines:
        if text(line, "Ritenuta") == "SI":
            yield broken(
                "00411",
                line,
                "A line is subject to withholding and the document has no DatiRitenuta.",
                "Give the amount withheld, or take the mark off the line.",
            )
            break
    for fund in children(general, "DatiCassaPrevidenziale"):
        if text(fund, "Ritenuta") == "SI":
            yield broken(
                "00415",
                fund,
                "A contribution is subject to withholding and the document has no DatiRitenuta.",
                "Give the amount withheld, or take the mark off the contribution.",
            )


def _kinds(header: etree._Element, general: etree._Element) -> Iterator[BrokenControl]:
    """Which parties a kind of document may have (00471 to 00476)."""
    kind = text(general, "TipoDocumento")
    seller = _identity(header, "CedentePrestatore")
    buyer = _identity(header, "CessionarioCommittente")
    countries = [text(each, "IdFiscaleIVA", "IdPaese") for each in (seller, buyer)]
    numbers = [text(each, "IdFiscaleIVA", "IdCodice") for each in (seller, buyer)]
    same = bool(numbers[0]) and numbers[0] == numbers[1] and countries[0] == countries[1]
    if kind in _TWO_PARTIES and same:
        yield broken(
            "00471",
            general,
            f"Seller and buyer of a {kind} are the same.",
            "Correct the parties, or use TD21 or TD27 for a document to oneself.",
        )
    if kind in _ONE_PARTY and not same:
        yield broken(
            "00472", general, f"Seller and buyer of a {kind} must be the same.", "Correct them."
        )
    if kind in _FOREIGN_SELLER and countries[0] == "IT":
        yield broken(
            "00473",
            general,
            f"The seller of a {kind} must be abroad.",
            "Put the foreign seller there, and yourself as buyer.",
        )
    if all(countries) and "IT" not in countries and not text(buyer, "CodiceFiscale"):
        yield broken(
            "00476",
            general,
            f"Neither the seller ({countries[0]}) nor the buyer ({countries[1]}) is Italian.",
            "SdI takes invoices with an Italian party; send this one by another way.",
        )
