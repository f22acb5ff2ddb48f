"""What the Romanian CIUS-RO demands (rules BR-RO of version 1.0.9 of its Schematron)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from usance.formats.einvoice.missing_term import (
    PLACES,
    MissingTerm,
    address_terms,
    bears_vat,
    due_term,
    seller_tax_number,
)
from usance.formats.einvoice.payment_terms import written_terms
from usance.formats.einvoice.profiles import CIUS_RO
from usance.rules.invoicing.document import Address, InvoiceDocument, Party

COUNTIES: Final = frozenset(
    f"RO-{county}"
    for county in (
        *("AB", "AG", "AR", "B", "BC", "BH", "BN", "BR", "BT", "BV", "BZ", "CJ", "CL", "CS", "CT"),
        *("CV", "DB", "DJ", "GJ", "GL", "GR", "HD", "HR", "IF", "IL", "IS", "MH", "MM", "MS", "NT"),
        *("OT", "PH", "SB", "SJ", "SM", "SV", "TL", "TM", "TR", "VL", "VN", "VS"),
    )
)
"""ISO 3166-2 codes that the subdivision of a Romanian address needs (BR-RO-110, 111, 170, 212)."""

BUCHAREST: Final = "RO-B"

SECTORS: Final = frozenset(f"SECTOR{number}" for number in range(1, 7))
"""What the city of an address in Bucharest has to be (BR-RO-100, 101, 160, 202)."""

_TYPES: Final = frozenset({"380", "381", "384", "389", "751"})
_TAX_POINTS: Final = frozenset({"", "3", "35", "432"})
_MOST_NOTES: Final = 20

Limit = tuple[str, str, str, int]
"""Path, term, text and how many characters it may have."""


def romanian_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Terms that CIUS-RO demands, wants in another form, or shorter."""
    yield from _codes(document)
    yield from due_term(document)
    yield from seller_tax_number(document, rule="BR-RO-065")
    yield from _address(document.seller.address, "seller", rules=("081", "091", "110", "100"))
    yield from _address(document.buyer.address, "buyer", rules=("082", "092", "111", "101"))
    buyer = document.buyer
    numbers = buyer.registration or buyer.vat_id or buyer.tax_registration
    if bears_vat(document) and not numbers:
        yield MissingTerm(
            "buyer.registration",
            "BT-47",
            "BR-RO-120",
            "Give the buyer's registration number or VAT identifier.",
        )
    representative = document.tax_representative
    if representative is not None:
        rules = ("140", "150", "170", "160")
        yield from _address(representative.address, "tax_representative", rules=rules)
    if document.delivery is not None and document.delivery.address is not None:
        address = document.delivery.address
        if not address.subdivision:
            yield from address_terms(address, "delivery", rules={"subdivision": "BR-RO-211"})
        yield from _address(address, "delivery", rules=("180", "201", "212", "202"))
    yield from _too_long(document)


def _codes(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if not re.search("[0-9]", document.number):
        yield MissingTerm("number", "BT-1", "BR-RO-010", "Use a number that has a digit.")
    if document.type_code not in _TYPES:
        remedy = "Use type 380, 381, 384, 389 or 751 only."
        yield MissingTerm("type_code", "BT-3", "BR-RO-020", remedy)
    if "RON" not in (document.currency, document.tax_currency):
        remedy = "State the tax in RON too, with RON as tax currency."
        yield MissingTerm("tax_currency", "BT-6", "BR-RO-030", remedy)
    if document.tax_point_code not in _TAX_POINTS:
        remedy = "Use 3, 35 or 432 for the tax point."
        yield MissingTerm("tax_point_code", "BT-8", "BR-RO-040", remedy)


def _address(
    address: Address | None, owner: str, *, rules: tuple[str, str, str, str]
) -> Iterator[MissingTerm]:
    """Street and city; in Romania also the county's code, and in Bucharest the sector as city."""
    street, city, county, sector = (f"BR-RO-{number}" for number in rules)
    yield from address_terms(address, owner, rules={"line_1": street, "city": city})
    if address is None or address.country != "RO":
        return
    for_people, terms = PLACES[owner]
    if address.subdivision not in COUNTIES:
        yield MissingTerm(
            f"{owner}.address.subdivision",
            terms["subdivision"],
            county,
            f"Give the county of the {for_people} as a code such as RO-CJ, or RO-B for Bucharest.",
        )
    if address.subdivision == BUCHAREST and address.city not in SECTORS:
        yield MissingTerm(
            f"{owner}.address.city",
            terms["city"],
            sector,
            "In Bucharest write the sector as city, SECTOR1 to SECTOR6.",
        )


def _too_long(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if len(document.notes) > _MOST_NOTES:
        remedy = f"Use at most {_MOST_NOTES} notes."
        yield MissingTerm("notes", "BG-1", "BR-RO-A020", remedy)
    for path, term, text, limit in _limits(document):
        length = len(" ".join(text.split()))
        if length > limit:
            yield MissingTerm(
                path,
                term,
                f"BR-RO-L{limit:03}",
                f"It has {length} characters; say it in at most {limit}.",
            )


def _limits(document: InvoiceDocument) -> Iterator[Limit]:
    yield "number", "BT-1", document.number, 200
    yield "payment_terms", "BT-20", written_terms(document, profile=CIUS_RO), 300
    yield "accounting", "BT-19", document.accounting, 100
    yield from _of_party(document.seller, "seller", name="BT-27", trading_name="BT-28")
    yield from _of_party(document.buyer, "buyer", name="BT-44", trading_name="BT-45")
    if document.delivery is not None:
        yield from _of_address(document.delivery.address, "delivery")
    for position, note in enumerate(document.notes):
        yield f"notes[{position}].text", "BT-22", note.text, 300
    if document.payment is not None:
        yield "payment.remittance", "BT-83", document.payment.remittance, 140
    for position, breakdown in enumerate(document.vat):
        yield f"vat[{position}].exemption_reason", "BT-120", breakdown.exemption_reason, 100
    for position, line in enumerate(document.lines):
        path = f"lines[{position}]"
        yield f"{path}.item.name", "BT-153", line.item.name, 100
        yield f"{path}.item.description", "BT-154", line.item.description, 200
        yield f"{path}.note", "BT-127", line.note, 300
        yield f"{path}.accounting", "BT-133", line.accounting, 100
        for order, attribute in enumerate(line.item.attributes):
            yield f"{path}.item.attributes[{order}].name", "BT-160", attribute.name, 50
            yield f"{path}.item.attributes[{order}].value", "BT-161", attribute.value, 100
    for position, attachment in enumerate(document.attachments):
        yield f"attachments[{position}].description", "BT-123", attachment.description, 100


def _of_party(party: Party, owner: str, *, name: str, trading_name: str) -> Iterator[Limit]:
    yield f"{owner}.name", name, party.name, 200
    yield f"{owner}.trading_name", trading_name, party.trading_name, 200
    yield from _of_address(party.address, owner)


def _of_address(address: Address | None, owner: str) -> Iterator[Limit]:
    if address is not None:
        terms = PLACES[owner][1]
        yield f"{owner}.address.line_1", terms["line_1"], address.line_1, 150
        yield f"{owner}.address.city", terms["city"], address.city, 50
        yield f"{owner}.address.post_code", terms["post_code"], address.post_code, 20
