"""Instalments and early payment discounts in the text of BT-20, and discounts back out of it.

EN 16931 knows one due date and a text. XRechnung writes discounts into that text in a form that programs
read; German sellers use it in Peppol too, where rule DE-R-018 demands it. Elsewhere words say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from usance.formats.einvoice.profiles import (
    PEPPOL_BIS_3,
    XRECHNUNG,
    XRECHNUNG_EXTENSION,
    Profile,
)
from usance.rules.invoicing.document import EarlyDiscount, InvoiceDocument, Party
from usance.rules.invoicing.totals import rounded

# XRechnung 3.0, BT-20 and rule BR-DE-18.
_SKONTO: Final = re.compile(
    r"#SKONTO#TAGE=([0-9]{1,4})#PROZENT=([0-9]{1,3}\.[0-9]{2})"
    r"(?:#BASISBETRAG=(-?[0-9]{1,18}\.[0-9]{2}))?#"
)


@dataclass(frozen=True, slots=True)
class ReadTerms:
    """What BT-20 says: the words, and the discounts that it gave in XRechnung's form."""

    words: str
    early_discounts: tuple[EarlyDiscount, ...] = ()


def written_terms(document: InvoiceDocument, *, profile: Profile) -> str:
    """The text of BT-20: the document's own words, then its instalments and discounts.

    A discount that XRechnung's form cannot carry (more than two decimals, a day before the invoice's) is
    said in words there too.
    """
    forms, words = [], [document.payment_terms.strip()]
    words.extend(
        f"{due.amount:f} {document.currency} due on {due.due_on.isoformat()}"
        for due in document.instalments
    )
    for discount in document.early_discounts:
        form = _skonto(discount, document=document) if _in_german_form(document, profile) else ""
        if form:
            forms.append(form)
        else:
            words.append(
                f"{discount.percent:f} % ({discount.amount:f} {document.currency}) off "
                f"{discount.base:f} {document.currency} if paid by {discount.until.isoformat()}"
            )
    said = "\n".join(line for line in (*words, *forms) if line)
    # The rule wants a line break after the last line of this form.
    return f"{said}\n" if said.rpartition("\n")[2].startswith("#") else said


def read_terms(text: str, *, issued_on: date, payable: Decimal, currency: str) -> ReadTerms:
    """Take the discounts in XRechnung's form out of the text of BT-20.

    Days count from ``issued_on`` (BT-2); without a base of its own a discount is on ``payable``
    (BT-115). What does not keep to the form stays among the words.
    """
    words, discounts = [], []
    for line in text.splitlines():
        match = _SKONTO.fullmatch(line.strip())
        discount = (
            _discount(match, issued_on=issued_on, payable=payable, currency=currency)
            if match
            else None
        )
        if discount is None:
            words.append(line)
        else:
            discounts.append(discount)
    return ReadTerms("\n".join(words).strip(), tuple(discounts))


def both_german(seller: Party, buyer: Party) -> bool:
    """Whether both parties are in Germany, where Peppol has rules of its own."""
    return all(
        party.address is not None and party.address.country == "DE" for party in (seller, buyer)
    )


def _in_german_form(document: InvoiceDocument, profile: Profile) -> bool:
    return profile.key in (XRECHNUNG.key, XRECHNUNG_EXTENSION.key) or (
        profile.key == PEPPOL_BIS_3.key and both_german(document.seller, document.buyer)
    )


def _skonto(discount: EarlyDiscount, *, document: InvoiceDocument) -> str:
    days = (discount.until - document.issued_on).days
    if days < 0 or discount.percent < 0:
        return ""
    if not (_in_cents(discount.percent) and _in_cents(discount.base)):
        return ""
    base = "" if discount.base == document.totals.payable else f"#BASISBETRAG={discount.base:.2f}"
    form = f"#SKONTO#TAGE={days}#PROZENT={discount.percent:.2f}{base}#"
    # Numbers of days that no calendar needs would not be read back.
    return form if _SKONTO.fullmatch(form) else ""


def _in_cents(value: Decimal) -> bool:
    return Decimal(f"{value:.2f}") == value


def _discount(
    match: re.Match[str], *, issued_on: date, payable: Decimal, currency: str
) -> EarlyDiscount | None:
    days, percent, base = match.groups()
    on = payable if base is None else Decimal(base)
    try:
        until = issued_on + timedelta(days=int(days))
        amount = rounded(on * Decimal(percent) / 100, currency=currency)
    except (ArithmeticError, ValueError):  # a day beyond the calendar, a currency nobody knows
        return None
    return EarlyDiscount(until=until, percent=Decimal(percent), amount=amount, base=on)
