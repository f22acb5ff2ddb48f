"""What XRechnung 3.0 demands; Peppol repeats most of it for trade within Germany."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from usance.formats.einvoice.missing_term import (
    MissingTerm,
    address_terms,
    base_terms,
    endpoint_terms,
    mandate_term,
    seller_tax_number,
    tax_currency_term,
)
from usance.rules.invoicing.document import Contact, InvoiceDocument, PaymentInstructions

_TRANSFER: Final = frozenset({"30", "58"})
_CARD: Final = frozenset({"48", "54", "55"})
_SEPA_DEBIT: Final = frozenset({"59"})
_DEBIT: Final = frozenset({"49", "59"})

RuleName = Callable[[int, str], str]
"""Makes the name of a rule from its number and its part ("", "a" or "b")."""


def xrechnung_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Terms that XRechnung demands (rules BR-DE and those of PEPPOL-EN16931 that it adopts)."""
    yield from german_terms(document, rule=_br_de)
    yield from endpoint_terms(document)
    yield from base_terms(document)
    yield from mandate_term(document, codes=_DEBIT, rule="PEPPOL-EN16931-R061")
    yield from tax_currency_term(document)


def peppol_german_terms(document: InvoiceDocument) -> Iterator[MissingTerm]:
    """Terms that Peppol demands where both parties are German (rules DE-R)."""
    return german_terms(document, rule=_de_r)


def _br_de(number: int, part: str = "") -> str:
    return f"BR-DE-{number}-{part}" if part else f"BR-DE-{number}"


def _de_r(number: int, part: str = "") -> str:
    return f"DE-R-{number:03}-{' ab'.index(part)}" if part else f"DE-R-{number:03}"


def german_terms(document: InvoiceDocument, *, rule: RuleName) -> Iterator[MissingTerm]:
    """Terms of the rules that both sets have under the same number."""
    if not document.buyer_reference:
        yield MissingTerm(
            "buyer_reference",
            "BT-10",
            rule(15, ""),
            "Give the buyer's reference; of a public buyer in Germany it is the Leitweg-ID.",
        )
    yield from _contact(document.seller.contact, rule=rule)
    for address, owner, city, post_code in (
        (document.seller.address, "seller", 3, 4),
        (document.buyer.address, "buyer", 8, 9),
    ):
        rules = {"city": rule(city, ""), "post_code": rule(post_code, "")}
        yield from address_terms(address, owner, rules=rules)
    if document.delivery is not None and document.delivery.address is not None:
        rules = {"city": rule(10, ""), "post_code": rule(11, "")}
        yield from address_terms(document.delivery.address, "delivery", rules=rules)
    yield from seller_tax_number(document, rule=rule(16, ""))
    if document.payment is None:
        yield MissingTerm(
            "payment", "BG-16", rule(1, ""), "Say how to pay, such as by transfer to an account."
        )
    else:
        yield from _payment(document.payment, rule=rule)
    for position, breakdown in enumerate(document.vat):
        if breakdown.rate is None:
            yield MissingTerm(
                f"vat[{position}].rate", "BT-119", rule(14, ""), "Give the rate, 0 for no tax."
            )
    names = [each.filename.casefold() for each in document.attachments if each.filename]
    if len(set(names)) < len(names):
        yield MissingTerm(
            "attachments", "BT-125", rule(22, ""), "Give every attached file a name of its own."
        )


def _contact(contact: Contact | None, *, rule: RuleName) -> Iterator[MissingTerm]:
    if contact is None:
        yield MissingTerm(
            "seller.contact",
            "BG-6",
            rule(2, ""),
            "Name whom the buyer can ask, with telephone and e-mail address.",
        )
        return
    for value, name, term, number, what in (
        (contact.name, "name", "BT-41", 5, "a person or a department to ask"),
        (contact.telephone, "telephone", "BT-42", 6, "the telephone number of the contact"),
        (contact.email, "email", "BT-43", 7, "the e-mail address of the contact"),
    ):
        if not value:
            yield MissingTerm(f"seller.contact.{name}", term, rule(number, ""), f"Give {what}.")


def _payment(payment: PaymentInstructions, *, rule: RuleName) -> Iterator[MissingTerm]:
    """Each kind of payment means has its own group and no other's (rules 23, 24 and 25)."""
    groups = {
        "transfers": ("BG-17", bool(payment.transfers), "the account to transfer to"),
        "card": ("BG-18", payment.card is not None, "the card that paid"),
        "direct_debit": ("BG-19", payment.direct_debit is not None, "the mandate to debit"),
    }
    for codes, own, number in (
        (_TRANSFER, "transfers", 23),
        (_CARD, "card", 24),
        (_SEPA_DEBIT, "direct_debit", 25),
    ):
        if payment.code not in codes:
            continue
        for name, (group, is_there, what) in groups.items():
            path = f"payment.{name}"
            if name == own and not is_there:
                yield MissingTerm(path, group, rule(number, "a"), f"Give {what}.")
            elif name != own and is_there:
                remedy = f"Leave {what} out, or choose another payment means than {payment.code}."
                yield MissingTerm(path, group, rule(number, "b"), remedy)
    debit = payment.direct_debit
    if debit is not None and not debit.creditor:
        yield MissingTerm(
            "payment.direct_debit.creditor",
            "BT-90",
            rule(30, ""),
            "Give your creditor identifier (Gläubiger-Identifikationsnummer).",
        )
    if debit is not None and not debit.account:
        yield MissingTerm(
            "payment.direct_debit.account", "BT-91", rule(31, ""), "Give the account to debit."
        )
