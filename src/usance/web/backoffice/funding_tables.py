"""What is funded, as tables: by kind, with what is insured and what the year has cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.records.funding import queries
from usance.records.funding.queries import Totals
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.money import Money
from usance.web.design.parts import Column, Fact, Link, Percent, Row, State, Table
from usance.web.words.funding import kind_text


def totals_table(totals: Sequence[Totals]) -> Table:
    """What is out by kind and currency, and what the advances of the year cost."""
    return Table(
        caption=_("Funded"),
        columns=[
            Column(label=_("Kind")),
            Column(label=_("Still out"), numeric=True),
            Column(label=_("of which insured"), numeric=True),
            Column(label=_("Advanced this year"), numeric=True),
            Column(label=_("Cost this year"), numeric=True),
            Column(label=_("A year"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    kind_text(one.kind),
                    Money(one.still_out, one.currency),
                    Money(one.insured, one.currency),
                    Money(one.advanced, one.currency),
                    Money(one.cost, one.currency),
                    None
                    if one.yearly_rate is None
                    else Percent(Decimal(one.yearly_rate).scaleb(-4)),
                ]
            )
            for one in totals
        ],
    )


def advance_facts(invoice: Invoice) -> list[Fact]:
    """What the page of an invoice says of its latest advance; nothing where there is none."""
    row = queries.latest_of(seller_id=invoice.seller_id, invoice_id=invoice.id)
    if row is None:
        return []
    address = reverse("office_advance", args=[public_id("advance", row.id)])
    return [
        Fact(_("Advance"), Link(Money(row.advanced, row.currency), address)),
        Fact(_("State of the advance"), State("advance", row.state)),
    ]
