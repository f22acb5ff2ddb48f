"""What can be done to a limit that several credit lines share."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import group_limits
from usance.flows.group_limits import MemberLine
from usance.records.credit import group_queries
from usance.records.credit.models import CreditLine, GroupLimit
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.parties import queries as parties
from usance.records.parties.models import Buyer, Seller
from usance.rules.money import EXPONENTS, MoneyError
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import (
    AmountField,
    CurrencyField,
    chosen_currency,
    in_currency,
    read_amount,
)
from usance.web.words.amounts import money_text, plain_amount


class LimitForm(ActForm):
    """Name, limit, tolerance, and the lines that share it, one a line of the field."""

    name = forms.CharField(label=_lazy("Name"), max_length=200)
    limit = AmountField(label=_lazy("Limit"))
    tolerance = AmountField(
        label=_lazy("Tolerance"),
        required=False,
        help_text=_lazy("How far the exposure may go past the limit."),
    )
    lines = forms.CharField(
        label=_lazy("Buyers who share it"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=20_000,
        help_text=_lazy(
            "One a line: your customer number and the currency, such as C-1001 EUR. With an amount"
            " behind it, such as C-1001 EUR 5000, the line has that limit of its own besides."
        ),
    )

    def prepare(self) -> None:
        """Begin with the limit as it is."""
        group: GroupLimit = self.subject
        in_currency(self, "limit", "tolerance", currency=group.currency)
        self.initial.update(
            {
                "name": group.name,
                "limit": group.limit,
                "tolerance": group.tolerance,
                "lines": "\n".join(
                    _written(line)
                    for line in group_queries.lines_of_group(
                        seller_id=group.seller_id, group_id=group.id
                    )
                ),
            }
        )

    def clean_lines(self) -> list[MemberLine]:
        """The lines, each of a buyer there is."""
        read: list[MemberLine] = []
        numbers: list[str] = []
        for n, text in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if text.strip():
                line = self._line(text.split(), n)
                if (line.buyer_id, line.currency) in {(it.buyer_id, it.currency) for it in read}:
                    raise ValidationError(_("Line %(n)s names a buyer again.") % {"n": n})
                read.append(line)
                numbers.append(text)
        if not read:
            raise ValidationError(_("Name at least one buyer."))
        return read

    def _line(self, words: list[str], n: int) -> MemberLine:
        currency = next((word.upper() for word in words[1:] if word.upper() in EXPONENTS), "")
        place = next(
            (i for i, word in enumerate(words) if i and word.upper() == currency), len(words)
        )
        if not currency:
            raise ValidationError(
                _("Line %(n)s has no currency; write it like C-1001 EUR.") % {"n": n}
            )
        number = " ".join(words[:place])
        buyer = self._buyer(number)
        if buyer is None:
            raise ValidationError(
                _("Line %(n)s: there is no buyer with the number %(number)s.")
                % {"n": n, "number": number}
            )
        rest = " ".join(words[place + 1 :])
        try:
            limit = read_amount(rest, currency=currency) if rest else None
        except MoneyError:
            raise ValidationError(
                _("Line %(n)s: %(amount)s is not an amount.") % {"n": n, "amount": rest}
            ) from None
        return MemberLine(buyer.id, currency, limit)

    def _buyer(self, number: str) -> Buyer | None:
        """Of the seller's own number, or of our id for who has none."""
        seller_id = self.desk.seller.id
        try:
            return parties.buyer(seller_id=seller_id, buyer_id=parse_public_id("buyer", number))
        except NotAnId:
            return parties.buyers(seller_id=seller_id, external_id=number).first()


def _written(line: CreditLine) -> str:
    number = line.buyer.external_id or public_id("buyer", line.buyer_id)
    own = "" if line.follows_group else f" {plain_amount(line.limit, line.currency)}"
    return f"{number} {line.currency}{own}"


class NewLimitForm(LimitForm):
    """A limit in a currency that is chosen once."""

    currency = CurrencyField()
    field_order = ("name", "currency", "limit", "tolerance", "lines")

    def prepare(self) -> None:
        """Begin with the seller's currency, and read amounts in the one that was chosen."""
        usual = self.desk.seller.currency
        self.initial.update({"currency": usual})
        in_currency(self, "limit", "tolerance", currency=chosen_currency(self, usual=usual))


def _create(desk: Desk, _seller: Seller, data: dict[str, Any]) -> Done:
    group = group_limits.create_group(
        desk.seller,
        name=data["name"],
        currency=data["currency"],
        limit=data["limit"],
        tolerance=data["tolerance"] or 0,
        lines=data["lines"],
        at=desk.at,
        by=desk.by,
    )
    limit = money_text(group.limit, group.currency)
    return Done(
        _("%(name)s share %(limit)s now.") % {"name": group.name, "limit": limit},
        links.address("group_limit", group.id),
    )


def _change(desk: Desk, group: GroupLimit, data: dict[str, Any]) -> Done:
    changed = group_limits.change_group(
        desk.seller,
        group_id=group.id,
        name=data["name"],
        limit=data["limit"],
        tolerance=data["tolerance"] or 0,
        lines=data["lines"],
        at=desk.at,
        by=desk.by,
    )
    limit = money_text(changed.limit, changed.currency)
    return Done(_("The limit is %(limit)s now.") % {"limit": limit})


def _become(desk: Desk, group: GroupLimit, state: str) -> None:
    group_limits.change_group(desk.seller, group_id=group.id, state=state, at=desk.at, by=desk.by)


def _hold(desk: Desk, group: GroupLimit, _data: dict[str, Any]) -> Done:
    _become(desk, group, "on_hold")
    return Done(_("The shared limit is on hold. New orders of its buyers are declined."))


def _release(desk: Desk, group: GroupLimit, _data: dict[str, Any]) -> Done:
    _become(desk, group, "active")
    return Done(_("The shared limit is active again."))


NEW: Final = Act(
    name="new",
    label=_lazy("Share a limit"),
    title=_lazy("Share a limit"),
    explanation=_lazy(
        "The buyers draw on one limit together, in any currencies. No order passes that it does not"
        " bear."
    ),
    duty="credit",
    form=NewLimitForm,
    run=_create,
    icon="plus",
    tone="primary",
)

ACTS: Final = (
    Act(
        name="change",
        label=_lazy("Change"),
        title=_lazy("Change the shared limit"),
        explanation=_lazy("It takes effect at the next checkout of any of its buyers."),
        duty="credit",
        form=LimitForm,
        run=_change,
        icon="edit",
        tone="primary",
    ),
    Act(
        name="hold",
        label=_lazy("Put on hold"),
        title=_lazy("Put this shared limit on hold?"),
        explanation=_lazy("New orders of all its buyers are declined until it is released."),
        duty="credit",
        run=_hold,
        possible=lambda group: group.state == "active",
        icon="pause",
    ),
    Act(
        name="release",
        label=_lazy("Release"),
        title=_lazy("Release this shared limit?"),
        explanation=_lazy("Orders within the limit are approved again from the next checkout on."),
        duty="credit",
        run=_release,
        possible=lambda group: group.state == "on_hold",
        icon="check-circle",
        tone="primary",
    ),
)
