"""What Peppol BIS Billing 3.0 demands, of everyone and of sellers of some countries.

Of the national rules those are here that ask for a term: of Denmark, Germany, Iceland, Italy and the
Netherlands. Rules on how a national number is formed are left to the official validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from usance.formats.einvoice.german_requirements import peppol_german_terms
from usance.formats.einvoice.missing_term import (
    MissingTerm,
    address_terms,
    base_terms,
    endpoint_terms,
    mandate_term,
    tax_currency_term,
)
from usance.formats.einvoice.payment_terms import both_german
from usance.rules.invoicing.document import InvoiceDocument, Party

_DEBIT: Final = frozenset({"49", "59"})
_TYPES: Final = (
    "71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 "
    "876 877 381 396 81 83 532"
)
_GERMAN_TYPES: Final = frozenset({"326", "384"})
_KVK_OR_OIN: Final = frozenset({"0106", "0190"})
_DUTCH_MEANS: Final = frozenset({"30", "48", "49", "57", "58", "59"})
_CVR: Final = frozenset({"0184"})
_KENNITALA: Final = frozenset({"0196"})


def peppol_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Terms that Peppol demands (rules PEPPOL-EN16931-R and the countries' own)."""
    if not (document.buyer_reference or document.purchase_order or document.sales_order):
        yield MissingTerm(
            "buyer_reference",
            "BT-10",
            "PEPPOL-EN16931-R003",
            "Give the buyer's reference or the number of the purchase order.",
        )
    german = both_german(document.seller, document.buyer)
    yield from _type(document, german=german)
    yield from endpoint_terms(document)
    yield from _participants(document)
    yield from base_terms(document)
    yield from mandate_term(document, codes=_DEBIT, rule="PEPPOL-EN16931-R061")
    yield from tax_currency_term(document)
    if german:
        yield from peppol_german_terms(document)
    national = _NATIONAL.get(_country(document.seller))
    if national is not None:
        yield from national(document)


def _participants(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Peppol has no address in schemes of letters, such as EM; which figures it has, its list says."""
    for party, owner, term in (
        (document.seller, "seller", "BT-34"),
        (document.buyer, "buyer", "BT-49"),
    ):
        scheme = party.endpoint.scheme if party.endpoint is not None else ""
        if scheme and not scheme.isdigit():
            yield MissingTerm(
                f"{owner}.endpoint",
                term,
                "PEPPOL-EN16931-CL008",
                f"Give the identifier under which the {owner} is registered in Peppol, such as a GLN "
                f"with scheme 0088; {scheme} is no scheme of Peppol's.",
            )


def _type(document: InvoiceDocument, *, german: bool) -> Iterator[MissingTerm]:
    if document.type_code not in _TYPES.split():
        yield MissingTerm(
            "type_code",
            "BT-3",
            "PEPPOL-EN16931-P0101" if document.is_credit else "PEPPOL-EN16931-P0100",
            "Use 380 for an invoice or 381 for a credit note.",
        )
    elif document.type_code in _GERMAN_TYPES and not german:
        yield MissingTerm(
            "type_code",
            "BT-3",
            "PEPPOL-EN16931-P0112",
            "Use 380 and refer to the invoice corrected; 326 and 384 are for trade within Germany.",
        )


def _country(party: Party | None) -> str:
    return party.address.country if party is not None and party.address is not None else ""


def _registered(
    party: Party, owner: str, term: str, *, schemes: frozenset[str], rule: str, what: str
) -> Iterator[MissingTerm]:
    registration = party.registration
    if registration is None or registration.scheme not in schemes:
        yield MissingTerm(
            f"{owner}.registration",
            term,
            rule,
            f"Give the {owner}'s {what} as registration, with scheme {' or '.join(sorted(schemes))}.",
        )


def _danish(document: InvoiceDocument) -> Iterator[MissingTerm]:
    yield from _registered(
        document.seller, "seller", "BT-30", schemes=_CVR, rule="DK-R-014", what="CVR number"
    )


def _icelandic(document: InvoiceDocument) -> Iterator[MissingTerm]:
    yield from _registered(
        document.seller, "seller", "BT-30", schemes=_KENNITALA, rule="IS-R-002", what="kennitala"
    )
    rules = {"line_1": "IS-R-003", "post_code": "IS-R-003"}
    yield from address_terms(document.seller.address, "seller", rules=rules)
    if _country(document.buyer) == "IS":
        yield from _registered(
            document.buyer, "buyer", "BT-47", schemes=_KENNITALA, rule="IS-R-004", what="kennitala"
        )
        rules = {"line_1": "IS-R-005", "post_code": "IS-R-005"}
        yield from address_terms(document.buyer.address, "buyer", rules=rules)


def _italian(document: InvoiceDocument) -> Iterator[MissingTerm]:
    rules = {"line_1": "IT-R-002", "city": "IT-R-003", "post_code": "IT-R-004"}
    yield from address_terms(document.seller.address, "seller", rules=rules)


def _dutch(document: InvoiceDocument) -> Iterator[MissingTerm]:
    if document.is_credit and not document.preceding:
        yield MissingTerm(
            "preceding", "BG-3", "NL-R-001", "Name the invoice that the credit note is about."
        )
    yield from address_terms(document.seller.address, "seller", rules=_all("NL-R-002"))
    if document.seller.registration is not None:
        yield from _registered(
            document.seller,
            "seller",
            "BT-30",
            schemes=_KVK_OR_OIN,
            rule="NL-R-003",
            what="KVK or OIN number",
        )
    if document.totals.payable > 0 and not document.is_credit and document.payment is None:
        yield MissingTerm("payment", "BG-16", "NL-R-007", "Say how to pay.")
    refers = any(line.order_line for line in document.lines)
    if refers and not (document.purchase_order or document.sales_order):
        yield MissingTerm(
            "purchase_order", "BT-13", "NL-R-009", "Name the order whose lines are referred to."
        )
    representative = document.tax_representative
    if representative is not None and _country(representative) == "NL":
        rules = _all("NL-R-006")
        yield from address_terms(representative.address, "tax_representative", rules=rules)
    if _country(document.buyer) == "NL":
        yield from _within_netherlands(document)


def _within_netherlands(document: InvoiceDocument) -> Iterator[MissingTerm]:
    yield from address_terms(document.buyer.address, "buyer", rules=_all("NL-R-004"))
    if document.buyer.registration is not None:
        yield from _registered(
            document.buyer,
            "buyer",
            "BT-47",
            schemes=_KVK_OR_OIN,
            rule="NL-R-005",
            what="KVK or OIN number",
        )
    if document.payment is not None and document.payment.code not in _DUTCH_MEANS:
        yield MissingTerm(
            "payment.code", "BT-81", "NL-R-008", "Use 30, 48, 49, 57, 58 or 59 as payment means."
        )


def _all(rule: str) -> Mapping[str, str]:
    return {"line_1": rule, "city": rule, "post_code": rule}


_NATIONAL: Final[dict[str, Callable[[InvoiceDocument], Iterator[MissingTerm]]]] = {
    "DK": _danish,
    "IS": _icelandic,
    "IT": _italian,
    "NL": _dutch,
}
