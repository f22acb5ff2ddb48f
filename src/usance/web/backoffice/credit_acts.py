"""What can be done to a buyer's credit: set a limit, hold, suspend, release, close."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import credit_lines
from usance.records.credit.models import CreditLine
from usance.records.parties.models import Buyer
from usance.rules.terms import parse_terms
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import (
    AmountField,
    CurrencyField,
    TermCodesField,
    chosen_currency,
    in_currency,
)
from usance.web.words.amounts import money_text

_REASON: Final = _lazy("Reason")
_REASON_HELP: Final = _lazy("Kept with the history; the buyer does not see it.")


class ReasonForm(ActForm):
    """Why something is done."""

    reason = forms.CharField(label=_REASON, help_text=_REASON_HELP, max_length=500)


class LimitForm(ActForm):
    """A limit, its tolerance and the terms that go with it."""

    limit = AmountField(label=_lazy("Limit"))
    tolerance = AmountField(
        label=_lazy("Tolerance"),
        required=False,
        help_text=_lazy("How far the exposure may go past the limit."),
    )
    terms = TermCodesField()

    def prepare(self) -> None:
        """Begin with the line as it is."""
        line: CreditLine = self.subject
        in_currency(self, "limit", "tolerance", currency=line.currency)
        self.initial.update(
            {
                "limit": line.limit,
                "tolerance": line.tolerance,
                "terms": ", ".join(line.terms),
            }
        )


class NewLineForm(LimitForm):
    """A limit in a currency in which the buyer has none yet."""

    currency = CurrencyField()
    field_order = ("currency", "limit", "tolerance", "terms")

    def prepare(self) -> None:
        """Begin with the seller's currency, and read amounts in the one that was chosen."""
        usual = self.desk.seller.currency
        self.initial.update({"currency": usual})
        in_currency(self, "limit", "tolerance", currency=chosen_currency(self, usual=usual))


def _set_limit(desk: Desk, line: CreditLine, data: dict[str, Any]) -> Done:
    return _set(desk, line.buyer_id, line.currency, data)


def _open_line(desk: Desk, buyer: Buyer, data: dict[str, Any]) -> Done:
    return _set(desk, buyer.id, data["currency"], data)


def _set(desk: Desk, buyer_id: Any, currency: str, data: dict[str, Any]) -> Done:
    line = credit_lines.set_credit_line(
        desk.seller,
        buyer_id=buyer_id,
        currency=currency,
        limit=data["limit"],
        tolerance=data["tolerance"] or 0,
        terms=[parse_terms(code) for code in data["terms"]],
        at=desk.at,
        by=desk.by,
    )
    limit = money_text(line.limit, currency)
    return Done(_("The limit is %(limit)s now.") % {"limit": limit})


def _become(desk: Desk, line: CreditLine, data: dict[str, Any], state: str) -> None:
    credit_lines.change_line_state(
        desk.seller,
        buyer_id=line.buyer_id,
        currency=line.currency,
        state=state,
        at=desk.at,
        by=desk.by,
        reason=data.get("reason", ""),
    )


def _hold(desk: Desk, line: CreditLine, data: dict[str, Any]) -> Done:
    _become(desk, line, data, "on_hold")
    return Done(_("The credit line is on hold. New orders are declined."))


def _release(desk: Desk, line: CreditLine, data: dict[str, Any]) -> Done:
    _become(desk, line, data, "active")
    return Done(_("The credit line is active again."))


def _close(desk: Desk, line: CreditLine, data: dict[str, Any]) -> Done:
    _become(desk, line, data, "closed")
    return Done(_("The credit line is closed."))


LINE_ACTS: Final = (
    Act(
        name="limit",
        label=_lazy("Change limit"),
        title=_lazy("Change the limit"),
        explanation=_lazy(
            "It takes effect at the next checkout. A limit below what is used already is allowed:"
            " nothing more is approved until it is paid down."
        ),
        duty="credit",
        form=LimitForm,
        run=_set_limit,
        possible=lambda line: line.state != "closed",
        icon="edit",
        tone="primary",
    ),
    Act(
        name="hold",
        label=_lazy("Put on hold"),
        title=_lazy("Put this credit line on hold?"),
        explanation=_lazy(
            "New orders are declined until it is released. Orders that are authorized already keep"
            " their place."
        ),
        duty="credit",
        form=ReasonForm,
        run=_hold,
        possible=lambda line: line.state == "active",
        icon="pause",
    ),
    Act(
        name="release",
        label=_lazy("Release"),
        title=_lazy("Release this credit line?"),
        explanation=_lazy("Orders within the limit are approved again from the next checkout on."),
        duty="credit",
        run=_release,
        possible=lambda line: line.state in ("on_hold", "suspended"),
        icon="check-circle",
        tone="primary",
    ),
    Act(
        name="close",
        label=_lazy("Close the line"),
        title=_lazy("Close this credit line for good?"),
        explanation=_lazy(
            "No order is approved on it any more, and it cannot be opened again. What is owed stays"
            " owed."
        ),
        duty="credit",
        form=ReasonForm,
        run=_close,
        possible=lambda line: line.state in ("on_hold", "suspended"),
        icon="lock",
        tone="danger",
    ),
)

BUYER_ACTS: Final = (
    Act(
        name="line",
        label=_lazy("Give credit"),
        title=_lazy("Give credit to this buyer"),
        explanation=_lazy(
            "With a limit the buyer may order on account. A currency has a limit of its own."
        ),
        duty="credit",
        form=NewLineForm,
        run=_open_line,
        icon="plus",
    ),
)
