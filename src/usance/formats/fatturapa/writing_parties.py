"""The header of a FatturaPA: transmission, seller and buyer."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.fatturapa.codes import REGIMES
from usance.formats.fatturapa.elements import group, required, value
from usance.formats.fatturapa.fattura import (
    PRIVATE,
    PUBLIC_BODY,
    FatturaDetails,
    PersonName,
    Rea,
    TaxId,
    Transmission,
)
from usance.formats.fatturapa.natura import EU
from usance.formats.fatturapa.reading_parties import TAX_CODE_SCHEME
from usance.formats.fatturapa.texts import amount, basic, latin
from usance.rules.invoicing.document import Address, InvoiceDocument, Party

NOT_IN_EU: Final = "OO99999999999"
"""IdCodice of a business outside the EU that has no number; ``0000000`` for anyone else abroad.

Source: Agenzia delle Entrate, guide to filling in electronic invoices, CessionarioCommittente."""

_TAX_CODE: Final = re.compile(r"[A-Z0-9]{11,16}")
_EMAIL: Final = re.compile(r".+@.+[.]+.+")
_REA: Final = re.compile(r"([A-Z]{2})[ -]([0-9]{3,9})")
_PROVINCE: Final = re.compile(r"(?:IT-)?([A-Z]{2})")


def write_transmission(header: etree._Element, transmission: Transmission) -> None:
    """DatiTrasmissione. Raises FormatError, also ``recipient_code`` (SdI's control 00427)."""
    length = {PUBLIC_BODY: 6, PRIVATE: 7}.get(transmission.format)
    if length is None:
        raise FormatError(
            f"{transmission.format!r} is not a format that is written; choose FPR12 for companies or "
            "FPA12 for public bodies.",
            code="unknown_format",
        )
    code = transmission.recipient_code
    if not re.fullmatch(f"[A-Z0-9]{{{length}}}", code):
        raise FormatError(
            f"CodiceDestinatario {code!r} is not the {length} capitals and digits that "
            f"{transmission.format} takes; ask the buyer for its code, or use 0000000 with its PEC.",
            code="recipient_code",
        )
    data = group(header, "DatiTrasmissione")
    write_tax_id(data, "IdTrasmittente", transmission.sender)
    value(
        data,
        "ProgressivoInvio",
        basic(
            required(transmission.progressive, name="a progressive number of the transmission"),
            name="ProgressivoInvio",
            limit=10,
        ),
    )
    value(data, "FormatoTrasmissione", transmission.format)
    value(data, "CodiceDestinatario", code)
    telephone, email = _telephone(transmission.telephone), _email(transmission.email)
    if telephone or email:
        contact = group(data, "ContattiTrasmittente")
        value(contact, "Telefono", telephone)
        value(contact, "Email", email)
    value(data, "PECDestinatario", transmission.recipient_pec)


def write_tax_id(parent: etree._Element, name: str, tax: TaxId) -> None:
    """A VAT number in its two parts."""
    element = group(parent, name)
    value(element, "IdPaese", _country(tax.country, name=f"the country of {name}"))
    value(
        element,
        "IdCodice",
        basic(required(tax.code, name=f"the code of {name}"), name="IdCodice", limit=28),
    )


def split_vat(vat_id: str) -> TaxId | None:
    """A VAT number with its prefix in two parts; Greece's EL is GR as a country."""
    compact = "".join(vat_id.split()).upper()
    if not compact:
        return None
    if not compact[:2].isalpha():
        return TaxId(country="IT", code=compact)
    country = "GR" if compact[:2] == "EL" else compact[:2]
    return TaxId(country=country, code=compact[2:])


def tax_code(party: Party, given: str) -> str:
    """CodiceFiscale: as given, else the party's identifier with scheme 0210. Raises FormatError."""
    code = given or next(
        (each.value for each in party.identifiers if each.scheme == TAX_CODE_SCHEME), ""
    )
    if code and not _TAX_CODE.fullmatch(code):
        raise FormatError(
            f"Codice fiscale {code!r} is not 11 digits (companies) or 16 capitals and digits "
            "(persons); correct it.",
            code="invalid_tax_code",
        )
    return code


def write_seller(
    header: etree._Element, document: InvoiceDocument, details: FatturaDetails
) -> None:
    """CedentePrestatore. Raises FormatError."""
    party = document.seller
    vat = split_vat(required(party.vat_id, name="the seller's VAT number"))
    assert vat is not None
    if details.regime not in REGIMES:
        raise FormatError(
            f"{details.regime!r} is not a RegimeFiscale; it is RF01 for a seller under the ordinary "
            "rules, RF19 for a forfettario.",
            code="unknown_regime",
        )
    element = group(header, "CedentePrestatore")
    identity = group(element, "DatiAnagrafici")
    write_tax_id(identity, "IdFiscaleIVA", vat)
    value(identity, "CodiceFiscale", tax_code(party, details.seller_tax_code))
    _names(group(identity, "Anagrafica"), party.name, details.seller_person, who="the seller")
    value(identity, "RegimeFiscale", details.regime)
    write_address(element, "Sede", party.address, who="the seller")
    _rea(element, document, details)
    contact = party.contact
    telephone = _telephone(contact.telephone) if contact else ""
    email = _email(contact.email) if contact else ""
    if telephone or email:
        contacts = group(element, "Contatti")
        value(contacts, "Telefono", telephone)
        value(contacts, "Email", email)
    if len(document.accounting) <= 20:
        value(
            element,
            "RiferimentoAmministrazione",
            basic(document.accounting, name="BT-19", limit=20),
        )


def _rea(element: etree._Element, document: InvoiceDocument, details: FatturaDetails) -> None:
    rea = details.rea or _registered(document)
    if rea is None:
        return
    entry = group(element, "IscrizioneREA")
    if not re.fullmatch("[A-Z]{2}", rea.office):
        raise FormatError(
            f"The REA office {rea.office!r} is not a province's two letters, such as MI.",
            code="invalid_rea",
        )
    value(entry, "Ufficio", rea.office)
    value(
        entry,
        "NumeroREA",
        basic(required(rea.number, name="the REA number"), name="REA", limit=20),
    )
    if rea.capital is not None:
        value(entry, "CapitaleSociale", amount(rea.capital, name="CapitaleSociale"))
    value(entry, "SocioUnico", rea.sole_member)
    value(entry, "StatoLiquidazione", rea.liquidation)


def _registered(document: InvoiceDocument) -> Rea | None:
    """The seller's registration (BT-30), if it is written as the REA is: MI-2049871."""
    registration = document.seller.registration
    match = _REA.fullmatch(registration.value) if registration else None
    return Rea(office=match[1], number=match[2]) if match else None


def write_representative(header: etree._Element, party: Party) -> None:
    """RappresentanteFiscale of the seller (BG-11)."""
    identity = group(group(header, "RappresentanteFiscale"), "DatiAnagrafici")
    vat = split_vat(required(party.vat_id, name="the tax representative's VAT number"))
    assert vat is not None
    write_tax_id(identity, "IdFiscaleIVA", vat)
    value(identity, "CodiceFiscale", tax_code(party, ""))
    _names(group(identity, "Anagrafica"), party.name, None, who="the tax representative")


def write_buyer(header: etree._Element, document: InvoiceDocument, details: FatturaDetails) -> None:
    """CessionarioCommittente. Raises FormatError."""
    party = document.buyer
    code = tax_code(party, details.buyer_tax_code)
    vat = split_vat(party.vat_id)
    country = party.address.country if party.address else ""
    if vat is None and not code:
        if country in ("IT", ""):
            raise FormatError(
                "An Italian buyer needs a VAT number or a codice fiscale (SdI's control 00417); ask "
                "the buyer for it.",
                code="missing_value",
            )
        vat = TaxId(country=country, code="0000000" if country in EU else NOT_IN_EU)
    element = group(header, "CessionarioCommittente")
    identity = group(element, "DatiAnagrafici")
    if vat is not None:
        write_tax_id(identity, "IdFiscaleIVA", vat)
    value(identity, "CodiceFiscale", code)
    _names(group(identity, "Anagrafica"), party.name, details.buyer_person, who="the buyer")
    write_address(element, "Sede", party.address, who="the buyer")


def write_issuer(header: etree._Element, details: FatturaDetails) -> None:
    """Who issued the invoice in the seller's name, if somebody did."""
    third = details.intermediary
    if third is not None:
        data = group(group(header, "TerzoIntermediarioOSoggettoEmittente"), "DatiAnagrafici")
        if third.vat is not None:
            write_tax_id(data, "IdFiscaleIVA", third.vat)
        value(data, "CodiceFiscale", third.tax_code)
        _names(group(data, "Anagrafica"), third.name, None, who="the intermediary")
    value(header, "SoggettoEmittente", details.issuer)


def _names(element: etree._Element, name: str, person: PersonName | None, *, who: str) -> None:
    if person is not None:
        value(element, "Nome", latin(person.given, name=f"the name of {who}", limit=60))
        value(element, "Cognome", latin(person.family, name=f"the name of {who}", limit=60))
        return
    written = latin(required(name, name=f"the name of {who}"), name=who, limit=80, cut=True)
    value(element, "Denominazione", written)


def write_address(parent: etree._Element, name: str, address: Address | None, *, who: str) -> None:
    """An address [IndirizzoType]. Raises FormatError ``missing_value`` or ``invalid_post_code``.

    The field for the post code takes five digits; abroad any other code stands before the city, and the
    field is 00000.
    """
    if address is None:
        raise FormatError(
            f"FatturaPA needs the address of {who}; give street, post code, city and country.",
            code="missing_value",
        )
    lines = (address.line_1, address.line_2, address.line_3)
    street = ", ".join(line for line in lines if line) or address.city
    city, code = address.city, address.post_code
    if not re.fullmatch("[0-9]{5}", code) and address.country != "IT":
        city, code = " ".join(part for part in (code, city) if part), "00000"
    elif not re.fullmatch("[0-9]{5}", code):
        raise FormatError(
            f"The post code {code!r} of {who} is not the five digits of an Italian CAP.",
            code="invalid_post_code",
        )
    element = group(parent, name)
    value(
        element,
        "Indirizzo",
        latin(required(street, name=f"the street of {who}"), name="street", limit=60, cut=True),
    )
    value(element, "CAP", code)
    value(
        element,
        "Comune",
        latin(required(city, name=f"the city of {who}"), name="city", limit=60, cut=True),
    )
    province = _PROVINCE.fullmatch(address.subdivision)
    if province is not None and address.country == "IT":
        value(element, "Provincia", province[1])
    value(element, "Nazione", _country(address.country, name=f"the country of {who}"))


def _country(code: str, *, name: str) -> str:
    if not re.fullmatch("[A-Z]{2}", code):
        raise FormatError(
            f"FatturaPA needs {name} as two capitals (ISO 3166-1); {code!r} is not.",
            code="missing_value",
        )
    return code


def _telephone(number: str) -> str:
    """5 to 12 characters; Italy's prefix is left out of a longer one, and what is still too long."""
    number = " ".join(number.split())
    if 5 <= len(number) <= 12 and number.isascii():
        return number
    digits = re.sub(r"[^0-9+]", "", number)
    if len(digits) > 12:
        digits = digits.removeprefix("+39").removeprefix("0039")
    return digits if 5 <= len(digits) <= 12 else ""


def _email(address: str) -> str:
    return address if 7 <= len(address) <= 256 and _EMAIL.fullmatch(address) else ""
