"""The figures of a backtest as tables: both policies beside each other, and what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usance.records.credit.backtests import BacktestChange
from usance.records.credit.models import CreditPolicy
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.design import display, locale
from usance.web.design.parts import Column, Figure, Link, Noted, Percent, Row, State, Table
from usance.web.words.backtests import EFFECTS, rule_text

Figures = Mapping[str, Any]


def version_name(policy: CreditPolicy) -> str:
    """A version by its number."""
    return _("Version %(version)s") % {"version": policy.version}


def headline(result: Figures) -> list[Figure]:
    """What most people want to know first."""
    found, currency = result["difference"], result["currency"]

    def counted(name: str) -> str:
        count = found[name]["count"]
        return ngettext("%(count)s order", "%(count)s orders", count) % {"count": _number(count)}

    def money(name: str) -> Money:
        return Money(found[name]["amount"], currency)

    return [
        Figure(
            label=_("Orders that change"),
            value=found["changed"]["count"],
            note=_("of %(orders)s decided") % {"orders": _number(result["orders"])},
        ),
        Figure(
            label=_("Losses avoided"),
            value=money("losses_avoided"),
            note=counted("losses_avoided"),
            tone="positive" if found["losses_avoided"]["count"] else "neutral",
        ),
        Figure(
            label=_("Sales lost"),
            value=money("sales_lost"),
            note=counted("sales_lost"),
            tone="negative" if found["sales_lost"]["count"] else "neutral",
        ),
        Figure(
            label=_("Sales gained"),
            value=money("sales_gained"),
            note=counted("sales_gained"),
            tone="positive" if found["sales_gained"]["count"] else "neutral",
        ),
        Figure(
            label=_("Losses added"),
            value=money("losses_added"),
            note=counted("losses_added"),
            tone="negative" if found["losses_added"]["count"] else "neutral",
        ),
    ]


def _number(count: int) -> str:
    return locale.number(count, language=display.language())


def comparison_table(result: Figures) -> Table:
    """A row a figure, under the policy compared with and under the one that was tried."""
    live, draft, currency = result["live"], result["draft"], result["currency"]
    days = result["late_days"]

    def tally(label: str, name: str) -> Row:
        return Row(cells=[label, *(_tally(side[name], currency) for side in (live, draft))])

    def amount(label: str, name: str) -> Row:
        return Row(cells=[label, *(Money(side[name], currency) for side in (live, draft))])

    def share(label: str, name: str) -> Row:
        return Row(
            cells=[
                label,
                *(
                    None if side[name] is None else Percent(Decimal(side[name]))
                    for side in (live, draft)
                ),
            ]
        )

    return Table(
        caption=_("Both policies beside each other"),
        columns=[
            Column(label=_("Figure")),
            Column(label=_("Compared with"), numeric=True),
            Column(label=_("Tried"), numeric=True),
        ],
        rows=[
            tally(_("Approved"), "approved"),
            tally(_("To a person"), "review"),
            tally(_("Declined"), "declined"),
            share(_("Approved, of all orders"), "approval_rate"),
            share(_("Approved, of their value"), "approval_rate_by_value"),
            tally(_("Paid more than %(days)s days late") % {"days": days}, "late"),
            tally(_("Never paid"), "unpaid"),
            amount(_("Highest exposure"), "most_exposure"),
            amount(_("Average exposure"), "average_exposure"),
            amount(_("Exposure at the end"), "last_exposure"),
            amount(_("Most that was late at one time"), "most_late"),
        ],
    )


def _tally(tally: Mapping[str, int], currency: str) -> Noted:
    return Noted(tally["count"], Money(tally["amount"], currency))


def difference_table(result: Figures) -> Table:
    """What the tried policy changes."""
    currency = result["currency"]
    labels = {
        "stricter": _("Decided more strictly"),
        "looser": _("Decided less strictly"),
        "losses_avoided": _("Losses avoided: not delivered, and not paid in time"),
        "sales_lost": _("Sales lost: not delivered, and paid well"),
        "sales_gained": _("Sales gained: delivered, and paid well"),
        "losses_added": _("Losses added: delivered, and not paid in time"),
        "not_known": _("Not known yet how it would have been paid"),
    }
    return Table(
        caption=_("What the policy changes"),
        columns=[
            Column(label=_("Change")),
            Column(label=_("Orders"), numeric=True),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    label,
                    result["difference"][name]["count"],
                    Money(result["difference"][name]["amount"], currency),
                ]
            )
            for name, label in labels.items()
        ],
    )


def rule_table(result: Figures, *, address: str) -> Table:
    """What each rule changed; its name leads to its orders."""
    currency = result["currency"]
    names = ("losses_avoided", "sales_lost", "sales_gained", "losses_added")
    return Table(
        caption=_("By rule"),
        columns=[
            Column(label=_("Rule")),
            Column(label=_("Orders"), numeric=True),
            Column(label=_("Losses avoided"), numeric=True),
            Column(label=_("Sales lost"), numeric=True),
            Column(label=_("Sales gained"), numeric=True),
            Column(label=_("Losses added"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        rule_text(rule["rule"]),
                        f"{address}?{urlencode({'rule': rule['rule']})}#changes",
                    ),
                    rule["orders"],
                    *(Money(rule[name], currency) if rule[name] else None for name in names),
                ]
            )
            for rule in result["rules"]
        ],
    )


def change_table(rows: Sequence[BacktestChange], *, base: str) -> Table:
    """The orders that change. ``base`` is the currency of the backtest."""
    return Table(
        caption=_("Orders that change"),
        columns=[
            Column(label=_("Order")),
            Column(label=_("Buyer")),
            Column(label=_("Placed")),
            Column(label=_("Before")),
            Column(label=_("Tried")),
            Column(label=_("Because")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        row.order_number or f"…{row.order_id.hex[-8:]}",
                        links.address("order", row.order_id),
                    ),
                    links.buyer_link(row.buyer),
                    row.on,
                    State("decision", row.live),
                    State("decision", row.draft),
                    Noted(", ".join(rule_text(rule) for rule in row.rules), _effect(row)),
                    _amount(row, base),
                ]
            )
            for row in rows
        ],
    )


def _effect(row: BacktestChange) -> str:
    return str(EFFECTS.get(row.effect, row.effect))


def _amount(row: BacktestChange, base: str) -> object:
    amount = Money(row.amount, row.currency)
    if row.currency == base or row.value is None:
        return amount
    return Noted(amount, Money(row.value, base))
