"""The letter that brings a statement of account, in the buyer's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date
from babel.numbers import format_currency
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows.document_writers import About
from usance.gateways.mail import Action, Letter, Table
from usance.records.collections.models import SentStatement
from usance.rules.money import Money


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open in a currency, what of it is past its day, and what was paid and is not put to an
    invoice yet (``unassigned``); minor units."""

    currency: str
    open: int
    overdue: int
    unassigned: int = 0


def letter_with(
    row: SentStatement, standings: Sequence[Standing], *, about: About, pay_at: str = ""
) -> Letter:
    """What stands in the mail beside the statement. ``pay_at`` is where all can be paid online."""
    with translation.override(row.language):
        return _letter(row, standings, about, pay_at)


def _letter(row: SentStatement, standings: Sequence[Standing], about: About, pay_at: str) -> Letter:
    seller, buyer = about.details.legal_name, about.profile.legal_name
    words = {
        "seller": seller,
        "day": str(format_date(row.on, format="long", locale=row.language)),
    }
    after = []
    contact = about.details.contact
    if contact is not None and (contact.email or contact.telephone):
        reached = ", ".join(filter(None, (contact.name, contact.telephone, contact.email)))
        after.append(_("Your contact for questions: %(contact)s") % {"contact": reached})
    page = f"{settings.PUBLIC_URL}/account/statement" if settings.PUBLIC_URL else ""
    return Letter(
        language=row.language,
        sender=seller,
        subject=_("Statement of account from %(seller)s as of %(day)s") % words,
        greeting=_("Hello,"),
        paragraphs=(
            _(
                "Enclosed you find your statement of account with %(seller)s as of %(day)s, as a"
                " document and as a table. If something in it is not as in your books, please reply."
            )
            % words,
        ),
        tables=(_table(row, standings),),
        action=Action(_("Pay now"), pay_at) if pay_at else None,
        second=Action(_("See the statement"), page) if page else None,
        after=tuple(after),
        closing=(
            _("%(seller)s sends you this because %(buyer)s has an account there.")
            % {"seller": seller, "buyer": buyer},
        ),
    )


def _table(row: SentStatement, standings: Sequence[Standing]) -> Table:
    def money(amount: int, currency: str) -> str:
        return str(
            format_currency(Money(amount, currency).decimal(), currency, locale=row.language)
        )

    heads = [_("Currency"), _("Open"), _("Overdue")]
    rows = [
        [one.currency, money(one.open, one.currency), money(one.overdue, one.currency)]
        for one in standings
    ]
    if any(one.unassigned for one in standings):
        heads.append(_("Paid, not assigned yet"))
        for cells, one in zip(rows, standings, strict=True):
            cells.append(money(one.unassigned, one.currency) if one.unassigned else "")
    return Table(heads=tuple(heads), rows=tuple(tuple(one) for one in rows))
