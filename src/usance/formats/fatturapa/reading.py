"""Bytes of a FatturaPA to invoices.

Reads FPA12, FPR12 and the simplified FSM10, and the older 1.0 and 1.1, in files as they are met: what
the schema forbids but a reader understands (order of elements, missing decimals) is taken as meant.
Left out are the carrier, the seller's permanent establishment and professional register, EORI numbers
and the data of vehicles.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    attribute,
    child,
    children,
    local_name,
    namespace_of,
    parse_xml,
    path_of,
    required,
)
from usance.formats.errors import FormatError
from usance.formats.fatturapa.envelope import is_enveloped, unwrap
from usance.formats.fatturapa.fattura import (
    NO_CODE,
    FatturaFile,
    TaxId,
    Transmission,
)
from usance.formats.fatturapa.reading_body import read_body
from usance.formats.fatturapa.reading_parties import (
    header_details,
    read_buyer,
    read_party,
    read_seller,
    tax_id,
)
from usance.formats.fatturapa.reading_simplified import read_simplified_body
from usance.formats.fatturapa.values import text

_NAMESPACE: Final = re.compile(
    r"http://(?:ivaservizi\.agenziaentrate\.gov\.it/docs/xsd/fatture|"
    r"(?:www\.)?fatturapa\.gov\.it/sdi/fatturapa)/v[0-9.]+"
)
_ROOTS: Final = frozenset({"FatturaElettronica", "FatturaElettronicaSemplificata"})


def is_fattura(root: etree._Element) -> bool:
    """Whether ``root`` is the root element of a FatturaPA, of whatever version."""
    return local_name(root) in _ROOTS and (
        not namespace_of(root) or _NAMESPACE.fullmatch(namespace_of(root)) is not None
    )


def read(data: bytes) -> FatturaFile:
    """The invoices of a FatturaPA file, also of one in a CAdES envelope (.p7m).

    Raises FormatError: ``not_a_fattura``, ``missing_element``, ``invalid_number``, ``invalid_date``,
    ``invalid_base64``, ``unknown_document_type``, ``invalid_envelope``, and those of
    :func:`usance.formats.einvoice.parsing.parse_xml`.
    """
    enveloped = is_enveloped(data)
    root = parse_xml(unwrap(data))
    if not is_fattura(root):
        raise FormatError(
            f"{local_name(root)} is not the root of a FatturaPA, which is FatturaElettronica; give "
            "the XML file as SdI delivered it.",
            code="not_a_fattura",
            path=path_of(root),
        )
    header = required(root, "FatturaElettronicaHeader", term="The header")
    required(root, "FatturaElettronicaBody", term="The invoice")
    transmission = _transmission(header)
    simplified = local_name(root) == "FatturaElettronicaSemplificata"
    seller_element = required(header, "CedentePrestatore", term="The seller")
    buyer_element = required(header, "CessionarioCommittente", term="The buyer")
    details = header_details(header, seller_element, buyer_element)
    seller = read_seller(seller_element, details)
    buyer = read_buyer(buyer_element, transmission)
    representative = child(header, "RappresentanteFiscale")
    reader = read_simplified_body if simplified else read_body
    return FatturaFile(
        transmission=transmission,
        invoices=tuple(
            reader(
                body,
                seller=seller,
                buyer=buyer,
                representative=None if representative is None else read_party(representative),
                details=details,
            )
            for body in children(root, "FatturaElettronicaBody")
        ),
        format=transmission.format or attribute(root, "versione"),
        enveloped=enveloped,
    )


def _transmission(header: etree._Element) -> Transmission:
    data = child(header, "DatiTrasmissione")
    contact = child(data, "ContattiTrasmittente")
    return Transmission(
        sender=tax_id(child(data, "IdTrasmittente")) or TaxId(country="", code=""),
        progressive=text(data, "ProgressivoInvio"),
        recipient_code=text(data, "CodiceDestinatario") or NO_CODE,
        recipient_pec=text(data, "PECDestinatario"),
        format=text(data, "FormatoTrasmissione"),
        telephone=text(contact, "Telefono"),
        email=text(contact, "Email"),
    )
