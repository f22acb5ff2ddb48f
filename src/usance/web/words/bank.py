"""What is said of bank files, in words: their formats, their findings, the columns of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy, pgettext_lazy

from usance.web.words.amounts import day_text, money_text

CLAIMS: Final[Mapping[str, Promise]] = {
    "card_payout": _lazy("Card payout"),
    "debit": _lazy("Debit"),
    "debit_batch": _lazy("Debits of a file"),
    "debit_return": _lazy("Debit that came back"),
    "funding": _lazy("Paid by the funding partner"),
}
"""What a bank line books that is in the books already."""

COLUMNS: Final[Mapping[str, Promise]] = {
    "booked_on": _lazy("Day of booking"),
    "value_on": _lazy("Value date"),
    "amount": _lazy("Amount, with its sign"),
    "debit": _lazy("Money out"),
    "credit": _lazy("Money in"),
    "direction": _lazy("Debit or credit"),
    "balance": _lazy("Balance after the booking"),
    "currency": _lazy("Currency"),
    "remittance_text": _lazy("What the payer wrote"),
    "counterparty_name": _lazy("Name of the other side"),
    "payer_name": _lazy("Name of the payer"),
    "payee_name": _lazy("Name of the payee"),
    "counterparty_account": _lazy("Account of the other side"),
    "account": _lazy("Your own account"),
    "bank_reference": _lazy("The bank's reference"),
    "payer_reference": _lazy("Reference that the payer gave"),
    "end_to_end_id": _lazy("End-to-end reference"),
    "structured_reference": _lazy("Structured reference"),
    "bank_transaction_code": _lazy("Kind of booking"),
    "status": pgettext_lazy("column of a bank's table", "Whether it is booked"),
    "statement_id": _lazy("Number of the statement"),
}
"""What a column of a bank's table may hold."""

_TITLES: Final[Mapping[str, Promise]] = {
    "balance_does_not_add_up": _lazy("The bank's balances do not add up"),
    "transaction_in_another_currency": _lazy("A line is in another currency than the account"),
    "encoding_assumed": _lazy("The file does not tell its encoding"),
    "unreadable_characters": _lazy("Some characters were lost before the file came here"),
    "total_differs": _lazy("A total that the bank states is not that of its lines"),
    "count_differs": _lazy("The bank counts other lines than the file holds"),
    "closing_balance_missing": _lazy("The closing balance is missing"),
    "balance_unreadable": _lazy("A balance cannot be read"),
    "date_unreadable": _lazy("A date beside the bookings cannot be read"),
    "marked_as_copy": _lazy("The bank marks this statement as a copy"),
    "marked_as_correction": _lazy("The bank marks a line as a correction"),
    "not_booked": _lazy("Some lines are not booked yet"),
    "lines_known": _lazy("Lines that were known already"),
    "batch_in_use": _lazy("A batch stays one payment"),
    "period_overlaps": _lazy("Another file tells of the same days"),
    "sequence_gap": _lazy("Statements are missing"),
    "balance_does_not_continue": _lazy("The balance does not continue from the statement before"),
}
"""Every code of a finding."""


def finding_title(found: Mapping[str, Any]) -> str:
    """What the finding is, in a few words."""
    return str(_TITLES.get(str(found.get("code")), _("Something about this file")))


def finding_text(found: Mapping[str, Any]) -> str:
    """The finding with its figures, and what to do about it."""
    data: Mapping[str, Any] = found.get("data") or {}
    said = _sentence(str(found.get("code")), data, currency=str(found.get("currency") or ""))
    if said is None:
        return str(found.get("text", ""))
    account = found.get("account")
    return f"{account}: {said}" if account else said


def _sentence(code: str, data: Mapping[str, Any], *, currency: str) -> str | None:
    def money(name: str) -> str:
        return money_text(int(data[name]), currency)

    try:
        match code:
            case "balance_does_not_add_up":
                return _(
                    "It begins with %(opening)s, its lines come to %(movements)s, and it ends with"
                    " %(closing)s. Ask the bank whether a line is missing."
                ) % {
                    "opening": money("opening"),
                    "movements": money("movements"),
                    "closing": money("closing"),
                }
            case "balance_does_not_continue":
                return _(
                    "The statement before ended with %(before)s, this one begins with %(opening)s."
                    " A statement between them may be missing."
                ) % {"before": money("closing_before"), "opening": money("opening")}
            case "total_differs":
                return _("The bank states %(stated)s, the lines come to %(found)s.") % {
                    "stated": money("stated"),
                    "found": money("found"),
                }
            case "period_overlaps":
                return _("From %(first)s to %(last)s. Lines that are in both are kept once.") % {
                    "first": day_text(date.fromisoformat(data["first"])),
                    "last": day_text(date.fromisoformat(data["last"])),
                }
        return _counted(code, data)
    except (KeyError, ValueError, TypeError):
        return None  # kept by an earlier release, in English


def _counted(code: str, data: Mapping[str, Any]) -> str | None:
    if code == "sequence_gap" and data["first"] != data["last"]:
        return _("Numbers %(first)s to %(last)s have not been taken. Upload them.") % data
    if code == "transaction_in_another_currency":
        return (
            _("Line %(ordinal)s is not in %(expected)s, so the balances cannot be checked.") % data
        )
    sentence = _SENTENCES.get(code)
    return None if sentence is None else str(sentence % data)


_SENTENCES: Final[Mapping[str, Promise]] = {
    "sequence_gap": _lazy("Number %(first)s has not been taken. Upload it."),
    "count_differs": _lazy("It states %(stated)s and holds %(found)s. Download it again."),
    "lines_known": _lazy("%(count)s of %(of)s lines were in another file; they are kept once."),
    "batch_in_use": ngettext_lazy(
        "The bank names %(count)s payment of a batch that pays invoices already as a whole.",
        "The bank names %(count)s payments of a batch that pays invoices already as a whole.",
        "count",
    ),
    "not_booked": ngettext_lazy(
        "%(count)s line is only announced (%(status)s) and was left out.",
        "%(count)s lines are only announced (%(status)s) and were left out.",
        "count",
    ),
    "encoding_assumed": _lazy(
        "It was read as %(encoding)s. Look whether names have their accents."
    ),
    "unreadable_characters": ngettext_lazy(
        "%(count)s character cannot be known any more.",
        "%(count)s characters cannot be known any more.",
        "count",
    ),
    "marked_as_copy": _lazy("Lines that are known are kept once; look at the others."),
    "marked_as_correction": _lazy("Lines that are known are kept once; look at the others."),
    "closing_balance_missing": _lazy("The lines themselves are sound and were taken."),
    "balance_unreadable": _lazy("The lines themselves are sound and were taken."),
    "date_unreadable": _lazy("The lines themselves are sound and were taken."),
}
