"""What a rule set demands of an invoice beyond EN 16931, and an invoice does not have yet.

A flow asks before it gives an invoice its number. Only rules on terms that may be missing or need a
special form are here, each under its own name; what a document then still breaks is found by the
official validation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from usance.formats.einvoice.payment_terms import both_german, written_terms
from usance.formats.einvoice.profiles import CIUS_RO, PEPPOL_BIS_3, XRECHNUNG, Profile
from usance.rules.invoicing.document import Address, Contact, InvoiceDocument, Party

_TAXED: Final = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
_TRANSFER: Final = frozenset({"30", "58"})
_CARD: Final = frozenset({"48", "54", "55"})
_DEBIT: Final = frozenset({"59"})
_PEPPOL_DEBIT: Final = frozenset({"49", "59"})

ROMANIAN_COUNTIES: Final = frozenset(
    f"RO-{county}"
    for county in (
        "AB AG AR B BC BH BN BR BT BV BZ CJ CL CS CT CV DB DJ GJ GL GR HD HR IF IL IS MH MM MS NT OT "
        "PH SB SJ SM SV TL TM TR VL VN VS"
    ).split()
)
"""ISO 3166-2 codes that a Romanian address needs (BR-RO-110, 111, 170, 212)."""

BUCHAREST_SECTORS: Final = frozenset(f"SECTOR{number}" for number in range(1, 7))
"""What the city of an address in Bucharest has to be (BR-RO-100, 101, 160, 202)."""

_ROMANIAN_TYPES: Final = frozenset({"380", "381", "384", "389", "751"})
_ROMANIAN_LONGEST_TERMS: Final = 300


@dataclass(frozen=True, slots=True)
class MissingTerm:
    """A term that a rule set demands and an invoice lacks, or has in another form."""

    path: str
    """Where it is in InvoiceDocument, such as ``seller.contact.telephone``."""
    term: str
    """Its business term or group, such as BT-42."""
    rule: str
    """The rule that demands it, by its official name."""
    remedy: str
    """What to do, for a person."""


def missing_terms(document: InvoiceDocument, *, profile: Profile) -> tuple[MissingTerm, ...]:
    """What ``document`` lacks for ``profile``, in the order of its terms; nothing for plain EN 16931.

    Sources: Peppol BIS Billing 3.0 (PEPPOL-EN16931-R and DE-R rules), XRechnung 3.0 (BR-DE rules),
    CIUS-RO 1.0.9 (BR-RO rules).
    """
    demands = _DEMANDS.get(profile.key)
    return () if demands is None else tuple(demands(document))


def _peppol(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if not (document.buyer_reference or document.purchase_order or document.sales_order):
        yield MissingTerm(
            "buyer_reference",
            "BT-10",
            "PEPPOL-EN16931-R003",
            "Give the buyer's reference or the number of the purchase order.",
        )
    yield from _endpoints(document, seller="PEPPOL-EN16931-R020", buyer="PEPPOL-EN16931-R010")
    yield from _bases(document)
    yield from _mandate(document, codes=_PEPPOL_DEBIT, rule="PEPPOL-EN16931-R061")
    if document.tax_currency == document.currency:
        yield MissingTerm(
            "tax_currency",
            "BT-6",
            "PEPPOL-EN16931-R005",
            "Leave the tax currency out where it is that of the invoice.",
        )
    if both_german(document.seller, document.buyer):
        yield from _german(document, prefix="DE-R-")


def _xrechnung(document: InvoiceDocument) -> Iterator[MissingTerm]:
    yield from _german(document, prefix="BR-DE-")
    yield from _endpoints(document, seller="PEPPOL-EN16931-R020", buyer="PEPPOL-EN16931-R010")
    yield from _bases(document)


def _german(document: InvoiceDocument, *, prefix: str) -> Iterator[MissingTerm]:
    """Rules of XRechnung that Peppol repeats for German traders, as ``prefix`` and the same number."""
    if not document.buyer_reference:
        yield MissingTerm(
            "buyer_reference",
            "BT-10",
            f"{prefix}15",
            "Give the buyer's reference; of a public buyer in Germany it is the Leitweg-ID.",
        )
    yield from _contact(document.seller.contact, prefix=prefix)
    yield from _place(
        document.seller.address, "seller", terms=("BT-37", "BT-38"), rules=("3", "4"), prefix=prefix
    )
    yield from _place(
        document.buyer.address, "buyer", terms=("BT-52", "BT-53"), rules=("8", "9"), prefix=prefix
    )
    delivered_to = document.delivery.address if document.delivery is not None else None
    if delivered_to is not None:
        yield from _place(
            delivered_to, "delivery", terms=("BT-77", "BT-78"), rules=("10", "11"), prefix=prefix
        )
    yield from _tax_number(document, rule=f"{prefix}16")
    yield from _german_payment(document, prefix=prefix)
    for position, breakdown in enumerate(document.vat):
        if breakdown.rate is None:
            yield MissingTerm(
                f"vat[{position}].rate", "BT-119", f"{prefix}14", "Give the rate, 0 for no tax."
            )
    names = [attachment.filename for attachment in document.attachments if attachment.filename]
    if len({name.casefold() for name in names}) < len(names):
        yield MissingTerm(
            "attachments", "BT-125", f"{prefix}22", "Give every attached file a name of its own."
        )


def _contact(contact: Contact | None, *, prefix: str) -> Iterator[MissingTerm]:
    if contact is None:
        yield MissingTerm(
            "seller.contact",
            "BG-6",
            f"{prefix}2",
            "Name whom the buyer can ask, with telephone and e-mail address.",
        )
        return
    for value, name, term, rule, what in (
        (contact.name, "name", "BT-41", "5", "a person or a department to ask"),
        (contact.telephone, "telephone", "BT-42", "6", "the telephone number of the contact"),
        (contact.email, "email", "BT-43", "7", "the e-mail address of the contact"),
    ):
        if not value:
            yield MissingTerm(f"seller.contact.{name}", term, f"{prefix}{rule}", f"Give {what}.")


def _place(
    address: Address | None,
    owner: str,
    *,
    terms: tuple[str, str],
    rules: tuple[str, str],
    prefix: str,
) -> Iterator[MissingTerm]:
    given = address or Address()
    for value, name, term, rule, what in (
        (given.city, "city", terms[0], rules[0], "city"),
        (given.post_code, "post_code", terms[1], rules[1], "post code"),
    ):
        if not value:
            yield MissingTerm(
                f"{owner}.address.{name}",
                term,
                f"{prefix}{rule}",
                f"Give the {what} of the {_OWNERS[owner]}.",
            )


_OWNERS: Final = {
    "seller": "seller",
    "buyer": "buyer",
    "delivery": "place of delivery",
    "tax_representative": "tax representative",
}


def _german_payment(document: InvoiceDocument, *, prefix: str) -> Iterator[MissingTerm]:
    payment = document.payment
    if payment is None:
        yield MissingTerm(
            "payment", "BG-16", f"{prefix}1", "Say how to pay, such as by transfer to an account."
        )
        return
    if payment.code in _TRANSFER and not payment.transfers:
        yield MissingTerm(
            "payment.transfers", "BG-17", f"{prefix}23", "Give the account to transfer to."
        )
    if payment.code in _CARD and payment.card is None:
        yield MissingTerm("payment.card", "BG-18", f"{prefix}24", "Give the card that paid.")
    yield from _mandate(document, codes=_DEBIT, rule=f"{prefix}25")
    debit = payment.direct_debit
    if debit is not None and not debit.creditor:
        yield MissingTerm(
            "payment.direct_debit.creditor",
            "BT-90",
            f"{prefix}30",
            "Give your creditor identifier (Gläubiger-Identifikationsnummer).",
        )
    if debit is not None and not debit.account:
        yield MissingTerm(
            "payment.direct_debit.account", "BT-91", f"{prefix}31", "Give the account debited."
        )


def _mandate(
    document: InvoiceDocument, *, codes: frozenset[str], rule: str
) -> Iterator[MissingTerm]:
    payment = document.payment
    if payment is None or payment.code not in codes:
        return
    if payment.direct_debit is None or not payment.direct_debit.mandate:
        yield MissingTerm(
            "payment.direct_debit.mandate",
            "BT-89",
            rule,
            "Give the reference of the mandate to debit, or another way to pay.",
        )


def _endpoints(document: InvoiceDocument, *, seller: str, buyer: str) -> Iterator[MissingTerm]:
    for party, owner, term, rule in (
        (document.seller, "seller", "BT-34", seller),
        (document.buyer, "buyer", "BT-49", buyer),
    ):
        if party.endpoint is None or not party.endpoint.scheme:
            yield MissingTerm(
                f"{owner}.endpoint",
                term,
                rule,
                f"Give the electronic address of the {owner} with its scheme, such as 0088 for a GLN "
                "or EM for an e-mail address.",
            )


def _bases(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """A percentage has a base amount and the other way round (PEPPOL-EN16931-R041, R042)."""
    groups = [("allowances_charges", document.allowances_charges)]
    groups.extend(
        (f"lines[{position}].allowances_charges", line.allowances_charges)
        for position, line in enumerate(document.lines)
    )
    for owner, entries in groups:
        for position, entry in enumerate(entries):
            path = f"{owner}[{position}]"
            if entry.percent is not None and entry.base is None:
                yield MissingTerm(
                    f"{path}.base",
                    "BT-137" if owner.startswith("lines") else "BT-93",
                    "PEPPOL-EN16931-R041",
                    "Give the amount that the percentage is of.",
                )
            if entry.base is not None and entry.percent is None:
                yield MissingTerm(
                    f"{path}.percent",
                    "BT-138" if owner.startswith("lines") else "BT-94",
                    "PEPPOL-EN16931-R042",
                    "Give the percentage, or leave the base amount out.",
                )


def _tax_number(document: InvoiceDocument, *, rule: str) -> Iterator[MissingTerm]:
    seller = document.seller
    if (
        _bears_vat(document)
        and not (seller.vat_id or seller.tax_registration)
        and document.tax_representative is None
    ):
        yield MissingTerm(
            "seller.vat_id", "BT-31", rule, "Give the seller's VAT identifier or tax number."
        )


def _bears_vat(document: InvoiceDocument) -> bool:
    categories = {line.vat_category for line in document.lines}
    categories.update(entry.vat_category for entry in document.allowances_charges)
    return not categories.isdisjoint(_TAXED)


def _romanian(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if not re.search("[0-9]", document.number):
        yield MissingTerm("number", "BT-1", "BR-RO-010", "Use a number that has a digit.")
    if document.type_code not in _ROMANIAN_TYPES:
        yield MissingTerm(
            "type_code", "BT-3", "BR-RO-020", "Use type 380, 381, 384, 389 or 751 only."
        )
    if document.currency != "RON" and document.tax_currency != "RON":
        yield MissingTerm(
            "tax_currency", "BT-6", "BR-RO-030", "State the tax in RON too, as tax currency."
        )
    if document.tax_point_code not in ("", "3", "35", "432"):
        yield MissingTerm(
            "tax_point_code", "BT-8", "BR-RO-040", "Use 3, 35 or 432 for the tax point."
        )
    yield from _tax_number(document, rule="BR-RO-065")
    yield from _romanian_place(document.seller, "seller", rules=("081", "091", "110", "100"))
    yield from _romanian_place(document.buyer, "buyer", rules=("082", "092", "111", "101"))
    buyer = document.buyer
    if (
        _bears_vat(document)
        and buyer.registration is None
        and not (buyer.vat_id or buyer.tax_registration)
    ):
        yield MissingTerm(
            "buyer.registration",
            "BT-47",
            "BR-RO-120",
            "Give the buyer's registration number or VAT identifier.",
        )
    if document.tax_representative is not None:
        yield from _romanian_place(
            document.tax_representative,
            "tax_representative",
            rules=("140", "150", "170", "160"),
        )
    delivered_to = document.delivery.address if document.delivery is not None else None
    if delivered_to is not None:
        if not delivered_to.subdivision:
            yield MissingTerm(
                "delivery.address.subdivision",
                "BT-79",
                "BR-RO-211",
                "Give the county or region of the place of delivery.",
            )
        yield from _romanian_address(delivered_to, "delivery", rules=("180", "201", "212", "202"))
    if len(" ".join(written_terms(document, profile=CIUS_RO).split())) > _ROMANIAN_LONGEST_TERMS:
        yield MissingTerm(
            "payment_terms",
            "BT-20",
            "BR-RO-L300",
            f"Say the payment terms in at most {_ROMANIAN_LONGEST_TERMS} characters.",
        )


def _romanian_place(
    party: Party, owner: str, *, rules: tuple[str, str, str, str]
) -> Iterator[MissingTerm]:
    yield from _romanian_address(party.address or Address(), owner, rules=rules)


_ROMANIAN_TERMS: Final = {
    "seller": ("BT-35", "BT-37", "BT-39"),
    "buyer": ("BT-50", "BT-52", "BT-54"),
    "tax_representative": ("BT-64", "BT-66", "BT-68"),
    "delivery": ("BT-75", "BT-77", "BT-79"),
}


def _romanian_address(
    address: Address, owner: str, *, rules: tuple[str, str, str, str]
) -> Iterator[MissingTerm]:
    """Street and city; in Romania also the county's code, and in Bucharest the sector as city."""
    street, city, subdivision = _ROMANIAN_TERMS[owner]
    of_whom = _OWNERS[owner]
    if not address.line_1:
        yield MissingTerm(
            f"{owner}.address.line_1",
            street,
            f"BR-RO-{rules[0]}",
            f"Give the street of the {of_whom}.",
        )
    if not address.city:
        yield MissingTerm(
            f"{owner}.address.city", city, f"BR-RO-{rules[1]}", f"Give the city of the {of_whom}."
        )
    if address.country != "RO":
        return
    if address.subdivision not in ROMANIAN_COUNTIES:
        yield MissingTerm(
            f"{owner}.address.subdivision",
            subdivision,
            f"BR-RO-{rules[2]}",
            f"Give the county of the {of_whom} as a code such as RO-CJ, or RO-B for Bucharest.",
        )
    if address.subdivision == "RO-B" and address.city not in BUCHAREST_SECTORS:
        yield MissingTerm(
            f"{owner}.address.city",
            city,
            f"BR-RO-{rules[3]}",
            "In Bucharest write the sector as city, SECTOR1 to SECTOR6.",
        )


_DEMANDS: Final[dict[str, Callable[[InvoiceDocument], Iterator[MissingTerm]]]] = {
    PEPPOL_BIS_3.key: _peppol,
    XRECHNUNG.key: _xrechnung,
    CIUS_RO.key: _romanian,
}
