"""The contexts of the style guide's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from usance.rules.money import Money
from usance.web.design.parts import (
    Chip,
    Column,
    Figure,
    Identifier,
    Link,
    NavigationGroup,
    NavigationItem,
    Page,
    Percent,
    Row,
    Shell,
    State,
    Tab,
    Table,
)
from usance.web.design.samples import forms, trade
from usance.web.design.states import STATES

_SPRITE: Final = Path(__file__).parents[1] / "templates" / "design" / "sprite.html"


def components(_request: HttpRequest) -> dict[str, Any]:
    """Every component."""
    return {
        "shell": _back_office(current="styleguide"),
        "heading": _("Style guide"),
        "crumbs": [Link(_("Usance"), "/")],
        "icons": re.findall(r'id="i-([\w-]+)"', _SPRITE.read_text(encoding="utf-8")),
        "states": [
            (kind, [State(kind, value) for value in values]) for kind, values in STATES.items()
        ],
        "figures": trade.key_figures(),
        "credit": trade.CREDIT,
        "credit_over": trade.CREDIT_OVER,
        "invoices": trade.invoice_table(selectable=True),
        "facts": trade.buyer_facts(),
        "history": trade.history(),
        "form": forms.wrong_limit_form(),
        "tabs": _tabs(),
        "page": Page(shown=25, next="?after=inv_01kaj3v8t5"),
        "chips": _chips(),
        "amounts": _amounts(),
        "public_id": "inv_01kaj3v8t5f0ye7m2c6q",
    }


def buyer(_request: HttpRequest) -> dict[str, Any]:
    """One buyer, in the back office."""
    return {
        "shell": _back_office(current="buyer"),
        "heading": trade.BUYER,
        "crumbs": [Link(_("Buyers"), trade.HERE)],
        "page_state": State("line", "active"),
        "page_facts": [Identifier("buy_01kaj3v8t5f0ye7m2c6q"), "IT01234567890", "Brescia"],
        "tabs": _tabs(),
        "credit": trade.CREDIT,
        "orders": trade.order_table(),
        "invoices": trade.invoice_table(buyer="Bianchi"),
        "facts": trade.buyer_facts(),
        "history": trade.history(),
    }


def invoices(_request: HttpRequest) -> dict[str, Any]:
    """A list with its filters, in the back office."""
    return {
        "shell": _back_office(current="invoices"),
        "heading": _("Invoices"),
        "figures": trade.key_figures()[:4],
        "invoices": trade.invoice_table(),
        "chips": _chips(),
        "page": Page(shown=8, previous="?before=inv_01kaj3v8t5", next="?after=inv_01kaj3v8t5"),
    }


def form(_request: HttpRequest) -> dict[str, Any]:
    """A form that came back with mistakes."""
    return {
        "shell": _back_office(current="form"),
        "heading": _("Change limit"),
        "crumbs": [Link(_("Buyers"), trade.HERE), Link(trade.BUYER, trade.HERE)],
        "form": forms.wrong_limit_form(),
    }


def portal(_request: HttpRequest) -> dict[str, Any]:
    """What a buyer's bookkeeper sees."""
    items = [
        NavigationItem(label=_("Overview"), href=trade.HERE, icon="home", current=True),
        NavigationItem(label=_("Invoices"), href=trade.HERE, icon="invoice", count=2),
        NavigationItem(label=_("Orders"), href=trade.HERE, icon="order"),
        NavigationItem(label=_("Payments"), href=trade.HERE, icon="payment"),
        NavigationItem(label=_("Company"), href=trade.HERE, icon="company"),
    ]
    return {
        "shell": Shell(
            brand=trade.SELLER,
            home=trade.HERE,
            navigation=[NavigationGroup(items=items)],
            person="Lucia Bianchi",
            organization=trade.BUYER,
        ),
        "heading": _("Your account"),
        "figures": [
            Figure(label=_("To pay now"), value=trade.euro(1_845_220), note=_("1 invoice is late"),
                   tone="negative", icon="alert"),
            Figure(label=_("Due this month"), value=trade.euro(2_257_220), note=_("3 invoices")),
            Figure(label=_("You can still order for"), value=trade.CREDIT.available),
        ],
        "invoices": trade.invoice_table(selectable=True, buyer="Bianchi"),
        "credit": trade.CREDIT,
        "history": trade.history()[1:4],
    }  # fmt: skip


def sign_in(_request: HttpRequest) -> dict[str, Any]:
    """The door."""
    return {"shell": Shell(brand=trade.SELLER)}


PATTERNS: Final[dict[str, Callable[[HttpRequest], dict[str, Any]]]] = {
    "buyer": buyer,
    "invoices": invoices,
    "form": form,
    "portal": portal,
    "sign-in": sign_in,
}


def _back_office(*, current: str) -> Shell:
    def pattern(label: str, name: str, icon: str, count: int = 0) -> NavigationItem:
        return NavigationItem(
            label=label,
            href=reverse("styleguide_pattern", args=[name]),
            icon=icon,
            current=name == current,
            count=count,
        )

    def other(label: str, icon: str, count: int = 0) -> NavigationItem:
        return NavigationItem(label=label, href=trade.HERE, icon=icon, count=count)

    return Shell(
        brand=trade.SELLER,
        home=reverse("styleguide"),
        person="Chiara Fontana",
        organization=trade.SELLER,
        search=reverse("styleguide_pattern", args=["invoices"]),
        navigation=[
            NavigationGroup(
                items=[
                    NavigationItem(
                        label=_("Style guide"),
                        href=reverse("styleguide"),
                        icon="home",
                        current=current == "styleguide",
                    ),
                    pattern(_("Buyers"), "buyer", "company"),
                    other(_("Applications"), "application", 3),
                    other(_("Orders"), "order", 2),
                    pattern(_("Invoices"), "invoices", "invoice"),
                    pattern(_("Change limit"), "form", "edit"),
                ]
            ),
            NavigationGroup(
                label=_("Money in"),
                items=[
                    other(_("Payments"), "payment"),
                    other(_("Bank"), "bank", 4),
                    other(_("Collections"), "collections", 17),
                    other(_("Disputes"), "dispute", 1),
                ],
            ),
            NavigationGroup(
                label=_("Other shells"),
                items=[
                    pattern(_("Portal"), "portal", "person"),
                    pattern(_("Sign-in"), "sign-in", "lock"),
                ],
            ),
        ],
    )


def _tabs() -> list[Tab]:
    return [
        Tab(label=_("Overview"), href=trade.HERE, current=True),
        Tab(label=_("Orders"), href=trade.HERE, count=12),
        Tab(label=_("Invoices"), href=trade.HERE, count=1204),
        Tab(label=_("Payments"), href=trade.HERE),
        Tab(label=_("Events"), href=trade.HERE),
    ]


def _chips() -> list[Chip]:
    return [
        Chip(label=_("Overdue"), href=trade.HERE),
        Chip(label=trade.BUYER, href=trade.HERE),
    ]


def _amounts() -> Table:
    figures = (
        (123_456_700, "INR", "0.0825"),
        (-123_450, "EUR", "0.1"),
        (1_234_567, "RON", "1.0304"),
        (1_234_567, "JPY", "0"),
    )
    return Table(
        caption=_("Figures as this reader writes them"),
        caption_hidden=False,
        columns=[
            Column(label=_("Currency")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Share"), numeric=True),
            Column(label=_("Day")),
        ],
        rows=[
            Row(cells=[code, Money(minor, code), Percent(share), date(2026, 11, 22)])
            for minor, code, share in figures
        ],
    )
