"""What is said of remittance advices, in words: their formats, documents and findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from usance.web.words.amounts import money_text

KINDS: Final[Mapping[str, Promise]] = {
    "invoice": _lazy("Invoice"),
    "credit_note": _lazy("Credit note"),
    "debit_note": _lazy("Debit note"),
    "order": _lazy("Order"),
    "account": _lazy("Account"),
    "other": pgettext_lazy("kind of document", "Other"),
}
"""Kinds of documents in an advice."""

FOUND_BY: Final[Mapping[str, Promise]] = {
    "name": _lazy("Its reference"),
    "amount": _lazy("Its amount and day"),
    "person": _lazy("A person"),
}
"""What led an advice to its payment."""

FORMATS: Final[Mapping[str, Promise | str]] = {
    "x12.820": "X12 820",
    "nacha": "NACHA",
    "edifact.remadv": "EDIFACT REMADV",
    "cxml": "cXML",
    "csv": _lazy("Table"),
    "lockbox": _lazy("Lockbox"),
    "pdf": "PDF",
    "text": _lazy("Text"),
}
"""Formats of advices."""

_TITLES: Final[Mapping[str, Promise]] = {
    "no_amount": _lazy("The amount of the payment is not told"),
    "no_currency": _lazy("The currency is not told"),
    "no_lines": _lazy("No document is named"),
    "amounts_missing": _lazy("Documents without an amount"),
    "lines_differ": _lazy("The documents do not add up to the payment"),
    "line_differs": _lazy("A document does not add up"),
    "guessed": _lazy("Picked out of text"),
    "count_differs": _lazy("The envelope counts other segments than it holds"),
    "control_number_differs": _lazy("The envelope begins and ends with other numbers"),
    "encoding_assumed": _lazy("The file does not tell its encoding"),
    "not_read": _lazy("Something that came along was not read"),
}


COLUMNS: Final[Mapping[str, Promise]] = {
    "document": _lazy("Number of the document"),
    "kind": _lazy("Kind of document"),
    "dated": _lazy("Day of the document"),
    "order": _lazy("Number of the order"),
    "gross": _lazy("Amount of the document"),
    "discount": _lazy("Discount taken"),
    "deduction": _lazy("Kept back"),
    "reason": _lazy("Why it was kept back"),
    "paid": _lazy("Amount paid"),
    "currency": _lazy("Currency"),
    "payment_reference": _lazy("Reference of the payment"),
    "cheque": _lazy("Number of the cheque"),
    "payment_date": _lazy("Day of the payment"),
    "payment_amount": _lazy("Amount of the whole payment"),
    "payer": _lazy("Payer"),
}
"""What a column of a payer's table may hold."""


def finding_title(finding: Mapping[str, Any]) -> str:
    """What is the matter, in a few words."""
    return str(_TITLES.get(finding["code"], finding["code"]))


def finding_text(finding: Mapping[str, Any], *, currency: str) -> str:
    """What is the matter, and what a person can do."""
    code = finding["code"]
    if code == "lines_differ":
        return _(
            "The payment is %(stated)s, the documents give %(found)s. Nothing is booked by itself; ask"
            " the payer, or place the payment by hand."
        ) % {
            "stated": money_text(finding["stated"], currency),
            "found": money_text(finding["found"], currency),
        }
    if code == "line_differs":
        return _(
            "Of %(number)s, %(stated)s is left after what was kept back, and %(found)s is paid."
        ) % {
            "number": finding["number"],
            "stated": money_text(finding["stated"], currency),
            "found": money_text(finding["found"], currency),
        }
    if code == "guessed":
        return _(
            "The layout does not say what is what. The documents are used if they give the amount of"
            " the payment; look whether they are the right ones."
        )
    if code == "not_read":
        return _("Left out: %(what)s.") % {"what": finding.get("what", "")}
    if code == "amounts_missing":
        count = int(finding.get("count", 0))
        return ngettext(
            "%(count)s document has no amount; it is paid as far as the money goes.",
            "%(count)s documents have no amount; they are paid as far as the money goes.",
            count,
        ) % {"count": count}
    return _("Ask the payer if you are in doubt.")
