"""What the matching says of a bank line, in words: its rules, its grounds, why it waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy

from usance.web.design import display, locale
from usance.web.words.amounts import day_text, money_text

RULES: Final[Mapping[str, Promise]] = {
    "remittance_advice": _lazy("The payer's remittance advice"),
    "creditor_reference": _lazy("Payment reference with check digits"),
    "reference": _lazy("Invoice number in the payer's text"),
    "reference_repaired": _lazy("Invoice number with a slip in it"),
    "order_number": _lazy("Order number in the payer's text"),
    "amount_and_payer": _lazy("Exact amount from a known payer"),
    "balance_and_payer": _lazy("Whole balance from a known payer"),
    "oldest_first": _lazy("The oldest invoices of a known payer"),
    "several_by_amount": _lazy("Several invoices that add up"),
    "amount_alone": _lazy("The amount alone"),
    "payer_only": _lazy("The payer alone"),
    "manual": _lazy("By a person"),
    "card": _lazy("Card payment"),
    "debit": _lazy("Direct debit"),
    "undone": _lazy("Taken back by a person"),
    "credit_note": _lazy("Freed by a credit note"),
    "return": _lazy("Returned by the bank"),
    "chargeback": _lazy("Charged back"),
    "split": _lazy("Split into its payments"),
}
"""What carried an allocation: every rule of the matching, and what is not matching."""

REASONS: Final[Mapping[str, Any]] = {
    "reference_exact": _lazy("The payer wrote %(written)s, which is %(number)s."),
    "creditor_reference": _lazy(
        "The payment reference %(written)s is that of %(number)s, and its check digits are right."
    ),
    "order_number": _lazy("The payer wrote %(written)s, an order number of %(number)s."),
    "advice_names": _lazy("The payer's remittance advice names %(number)s (%(written)s)."),
    "already_settled": _lazy(
        "The payer wrote %(written)s, but %(number)s is settled already."
        " It may have been paid twice."
    ),
    "names_another_buyer": _lazy(
        "The payer wrote %(written)s, but %(number)s is not what this would pay."
    ),
    "amount_exact": _lazy("%(amount)s is exactly what is open."),
    "several_add_up": ngettext_lazy(
        "%(count)s invoice comes to %(amount)s.",
        "%(count)s documents add up to %(amount)s.",
        "count",
    ),
    "oldest_add_up": ngettext_lazy(
        "The oldest invoice comes to %(amount)s.",
        "The %(count)s oldest invoices add up to %(amount)s.",
        "count",
    ),
    "balance_adds_up": ngettext_lazy(
        "The one open invoice comes to %(amount)s.",
        "All %(count)s open documents add up to %(amount)s.",
        "count",
    ),
    "discount_in_time": _lazy(
        "%(number)s less the discount of %(discount)s, which may be taken until %(until)s."
    ),
    "discount_late": ngettext_lazy(
        "%(number)s less the discount of %(discount)s, taken %(days)s day late.",
        "%(number)s less the discount of %(discount)s, taken %(days)s days late.",
        "days",
    ),
    "charges_stated": _lazy("The bank states charges of %(charges)s."),
    "charges_deducted": _lazy("%(charges)s is missing, as banks take for a transfer."),
    "within_tolerance": _lazy("%(difference)s is missing, less than your tolerance."),
    "part_payment": _lazy("%(number)s is paid in part; %(open)s was open."),
    "deduction": _lazy("%(amount)s was deducted from %(number)s: %(reason)s."),
    "overpaid": _lazy("%(amount)s is more than what it pays, and stays unapplied."),
    "credit_netted": _lazy("The credit %(number)s of %(amount)s is taken off."),
    "amount_differs": _lazy("The amount is not what is open on %(number)s, %(open)s."),
    "other_currency": _lazy("%(number)s is in %(currency)s, the payment is not."),
    "account_known": _lazy("The account has paid for this buyer before."),
    "account_of_several": _lazy("The account has paid for %(buyers)s buyers before."),
    "name_known": _lazy("The payer's name is that of %(name)s."),
    "name_alike": _lazy("The payer's name is much like %(name)s."),
    "customer_number": _lazy("The payer wrote %(written)s, the buyer's number."),
    "text_known": _lazy("This payer has written so before."),
    "payer_unknown": _lazy("Nothing tells who paid."),
    "payer_is_another": _lazy("The account is known as that of %(name)s."),
    "ambiguous": _lazy("%(count)s readings are about as good."),
}
"""Each ground as a sentence. ``reference_repaired`` has one for each way of repairing."""

REPAIRED: Final[Mapping[str, Promise]] = {
    "typing_error": _lazy("The payer wrote %(written)s, a typing error away from %(number)s."),
    "digits_missing": _lazy("The payer wrote %(written)s, the last digits of %(number)s."),
    "cut_off": _lazy("The payer's text ends with %(written)s, the beginning of %(number)s."),
}

HELD_BACK: Final[Mapping[str, Promise]] = {
    "below_threshold": _lazy("It is less sure than what you let book itself."),
    "ambiguous": _lazy("Another reading is about as good."),
    "reference_contradicts": _lazy("The text names something that this would not pay."),
    "payer_contradicts": _lazy("The account is known as another buyer's."),
    "large_on_one_ground": _lazy("The sum is large, and only one ground speaks for this."),
    "other_currency": _lazy("The payment is in another currency than what it is for."),
    "short_unexplained": _lazy("Money is missing, and nothing says why."),
    "overpaid": _lazy("It is more than what is owed."),
    "amount_alone": _lazy("Only the amount speaks for this."),
    "names_nothing_open": _lazy("Nothing that is open was found."),
}
"""Why a reading waits for a person."""

DEDUCTIONS: Final[Mapping[str, Promise]] = {
    "discount": _lazy("Discount"),
    "bank_charges": _lazy("Bank charges"),
    "tolerance": _lazy("Small difference"),
}
"""What is given up when a payment settles an invoice."""

REPAYMENTS: Final[Mapping[str, Promise]] = {
    "refund": _lazy("Refunded"),
    "return": _lazy("Returned by the bank"),
    "chargeback": _lazy("Charged back"),
    "split": _lazy("Split into its payments"),
}
"""How money of a payment is gone again."""

_MONEY: Final = frozenset({"amount", "discount", "charges", "difference", "open"})


def rule_text(rule: str) -> str:
    """What told which invoice a payment pays, in words."""
    return str(RULES.get(rule, rule))


def held_back_text(code: str) -> str:
    """Why a reading did not book itself."""
    return str(HELD_BACK.get(code, code))


def deduction_text(kind: str) -> str:
    """What a deduction is."""
    return str(DEDUCTIONS.get(kind, kind))


def repayment_text(kind: str) -> str:
    """How money of a payment is gone again."""
    return str(REPAYMENTS.get(kind, kind))


def confidence_text(confidence: int) -> str:
    """Basis points as a percentage; never 100 %, which nothing is."""
    if confidence >= 9_995:
        most = locale.percent(Decimal("0.999"), language=display.language())
        return _("over %(percent)s") % {"percent": most}
    return locale.percent(Decimal(confidence) / 10_000, language=display.language())


def reason_text(code: str, parameters: Mapping[str, Any], *, currency: str) -> str:
    """One ground of a reading, its amounts in ``currency``; the code itself if it is not known."""
    if code == "deduction" and not parameters.get("reason"):
        sentence: Any = _lazy("%(amount)s was deducted from %(number)s.")
    elif code == "reference_repaired":
        sentence = REPAIRED.get(str(parameters.get("how")), REPAIRED["typing_error"])
    else:
        sentence = REASONS.get(code)
    if sentence is None:
        return code
    filled = {name: _shown(name, value, currency) for name, value in parameters.items()}
    try:
        return str(sentence % filled)
    except (KeyError, ValueError, TypeError):
        return code  # kept by an earlier release, with other parameters


def reason_texts(reasons: Sequence[Sequence[Any]], *, currency: str) -> list[str]:
    """The grounds of a kept reading: pairs of a code and its parameters."""
    return [reason_text(code, parameters, currency=currency) for code, parameters in reasons]


def _shown(name: str, value: Any, currency: str) -> Any:
    if name in _MONEY and isinstance(value, int):
        return money_text(value, currency)
    if name == "until":
        return day_text(date.fromisoformat(str(value)))
    return value
