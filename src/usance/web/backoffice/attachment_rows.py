"""Attachments as they are listed in the back office and in the portal."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.records.identity import public_id
from usance.records.orders.models import Attachment
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk
from usance.web.design.parts import Column, Link, Row, State, Table
from usance.web.words.amounts import file_size


def attachment_table(found: Sequence[Attachment], desk: Desk) -> Table:
    """What goes with the invoices about an order; what no invoice carries yet can be removed."""
    may = desk.may("billing")
    return Table(
        caption=_("Attachments"),
        columns=[
            Column(label=_("Attachment")),
            Column(label=_("Description")),
            Column(label=_("State")),
            Column(label=_("Size"), numeric=True),
            *([Column(label=_("Action"))] if may else []),
        ],
        rows=[
            Row(
                cells=[
                    attachment_link(one),
                    one.description or None,
                    State("shipment", "billed" if one.invoice_id else "waiting"),
                    size_text(one) or None,
                    *([_remove(one)] if may else []),
                ]
            )
            for one in found
        ],
    )


def attachment_link(one: Attachment) -> Link:
    """Where it is: the file here, or the link."""
    if one.location:
        return Link(one.reference, one.location)
    return Link(one.reference, reverse("office_attachment", args=[public_id("attachment", one.id)]))


def size_text(one: Attachment) -> str:
    """How large the file is; empty for a link."""
    return file_size(one.size) if one.size else ""


def _remove(one: Attachment) -> Link | None:
    if one.invoice_id:
        return None
    address = f"{links.address('order', one.order_id)}/detach"
    return Link(
        _("Remove %(name)s") % {"name": one.reference},
        f"{address}?attachment={public_id('attachment', one.id)}",
    )
