"""Invoices as both sides see them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from usance.records.invoices.models import Invoice
from usance.web.design.parts import Fact
from usance.web.words.amounts import day_text


def billed_period(invoice: Invoice) -> list[Fact]:
    """The period that an invoice of several shipments is for; none of another."""
    if invoice.period_start is None or invoice.period_end is None:
        return []
    words = {"start": day_text(invoice.period_start), "end": day_text(invoice.period_end)}
    return [Fact(_("Billed for"), _("%(start)s to %(end)s") % words)]
