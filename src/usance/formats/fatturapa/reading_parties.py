"""Seller, buyer and the other parties of a FatturaPA."""

from __future__ import annotations

from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    child,
    optional_number,
)
from usance.formats.fatturapa.fattura import (
    ABROAD,
    NO_CODE,
    FatturaDetails,
    Intermediary,
    PersonName,
    Rea,
    TaxId,
    Transmission,
)
from usance.formats.fatturapa.values import text
from usance.rules.invoicing.document import Address, Contact, Identifier, Party

PEC_SCHEME: Final = "0202"
OFFICE_SCHEME: Final = "0201"
CODE_SCHEME: Final = "0205"
TAX_CODE_SCHEME: Final = "0210"
"""ISO 6523 and EAS codes: PEC, IPA office, CodiceDestinatario, Codice Fiscale."""


def tax_id(element: etree._Element | None) -> TaxId | None:
    """The two parts of a VAT number; None without a code."""
    code = text(element, "IdCodice")
    return TaxId(country=text(element, "IdPaese"), code=code) if code else None


def vat_number(tax: TaxId | None) -> str:
    """A VAT number with its prefix as EN 16931 has it; a code that repeats the prefix keeps one.

    Greece is EL in VAT numbers and GR in addresses (EN 16931, BR-CO-09).
    """
    if tax is None:
        return ""
    prefix = "EL" if tax.country == "GR" else tax.country
    return tax.code if tax.code.startswith((prefix, tax.country)) else prefix + tax.code


def header_details(
    header: etree._Element, seller: etree._Element, buyer: etree._Element
) -> FatturaDetails:
    rea = child(seller, "IscrizioneREA")
    third = child(header, "TerzoIntermediarioOSoggettoEmittente", "DatiAnagrafici")
    return FatturaDetails(
        regime=text(seller, "DatiAnagrafici", "RegimeFiscale") or text(seller, "RegimeFiscale"),
        rea=None
        if rea is None
        else Rea(
            office=text(rea, "Ufficio"),
            number=text(rea, "NumeroREA"),
            capital=optional_number(rea, "CapitaleSociale"),
            sole_member=text(rea, "SocioUnico"),
            liquidation=text(rea, "StatoLiquidazione"),
        ),
        seller_person=_person(_names(seller)),
        buyer_person=_person(_names(buyer)),
        issuer=text(header, "SoggettoEmittente"),
        intermediary=None
        if third is None
        else Intermediary(
            name=_name(child(third, "Anagrafica")),
            vat=tax_id(child(third, "IdFiscaleIVA")),
            tax_code=text(third, "CodiceFiscale"),
        ),
    )


def _names(party: etree._Element) -> etree._Element:
    """The element that holds the names: in the ordinary form one deeper than in the simplified."""
    for path in (("DatiAnagrafici", "Anagrafica"), ("AltriDatiIdentificativi",)):
        found = child(party, *path)
        if found is not None:
            return found
    return party


def _person(names: etree._Element) -> PersonName | None:
    if text(names, "Denominazione") or not text(names, "Cognome"):
        return None
    return PersonName(given=text(names, "Nome"), family=text(names, "Cognome"))


def _name(names: etree._Element | None) -> str:
    return text(names, "Denominazione") or " ".join(
        part for part in (text(names, "Nome"), text(names, "Cognome")) if part
    )


def identity_of(party: etree._Element) -> etree._Element:
    """Where a party tells its numbers: an element within it, or itself, by the kind of party."""
    for name in ("DatiAnagrafici", "IdentificativiFiscali"):
        found = child(party, name)
        if found is not None:
            return found
    return party


def read_party(party: etree._Element) -> Party:
    identity = identity_of(party)
    tax_code = text(identity, "CodiceFiscale")
    seat = child(party, "Sede")
    if seat is None:
        seat = child(party, "AltriDatiIdentificativi", "Sede")
    return Party(
        name=_name(_names(party)),
        address=None if seat is None else address(seat),
        identifiers=(Identifier(tax_code, TAX_CODE_SCHEME),) if tax_code else (),
        vat_id=vat_number(tax_id(child(identity, "IdFiscaleIVA"))),
    )


def read_seller(element: etree._Element, details: FatturaDetails) -> Party:
    party = read_party(element)
    telephone, email = text(element, "Contatti", "Telefono"), text(element, "Contatti", "Email")
    rea = details.rea
    return Party(
        name=party.name,
        address=party.address,
        identifiers=party.identifiers,
        registration=Identifier(f"{rea.office}-{rea.number}") if rea else None,
        vat_id=party.vat_id,
        contact=Contact(telephone=telephone, email=email) if telephone or email else None,
    )


def read_buyer(element: etree._Element, transmission: Transmission) -> Party:
    party = read_party(element)
    endpoint = None
    code = transmission.recipient_code
    if transmission.recipient_pec:
        endpoint = Identifier(transmission.recipient_pec, PEC_SCHEME)
    elif len(code) == 6:
        endpoint = Identifier(code, OFFICE_SCHEME)
    elif code not in (NO_CODE, ABROAD):
        endpoint = Identifier(code, CODE_SCHEME)
    return Party(
        name=party.name,
        address=party.address,
        identifiers=party.identifiers,
        vat_id=party.vat_id,
        endpoint=endpoint,
    )


def address(element: etree._Element) -> Address:
    """An address [IndirizzoType]; the number of the house stands behind its street."""
    street, house = text(element, "Indirizzo"), text(element, "NumeroCivico")
    code = text(element, "CAP")
    country = text(element, "Nazione") or "IT"
    return Address(
        country=country,
        line_1=f"{street}, {house}" if house else street,
        city=text(element, "Comune"),
        post_code="" if code == "00000" and country != "IT" else code,
        subdivision=text(element, "Provincia"),
    )
