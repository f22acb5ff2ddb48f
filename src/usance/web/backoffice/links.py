"""Where each object has its page, and what it is called there."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from usance.records.applications.models import Application
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer
from usance.records.payments.models import Payment
from usance.web.design.parts import Link


def address(kind: str, object_id: UUID) -> str:
    """The address of the page of an object: ``order``, ``invoice``, ``payment``, ``buyer`` or
    ``bank_statement``."""
    return reverse(f"office_{kind}", args=[public_id(kind, object_id)])


def order_name(order: Order) -> str:
    """The seller's own number of an order, or the end of its id."""
    return order.external_id or f"…{order.id.hex[-8:]}"


def order_link(order: Order) -> Link:
    """An order by its name."""
    return Link(order_name(order), address("order", order.id))


def application_link(application: Application) -> Link:
    """An application by the company's name."""
    return Link(application.name, address("application", application.id))


def buyer_link(buyer: Buyer) -> Link:
    """A buyer by its name."""
    return Link(buyer.name, address("buyer", buyer.id))


def buyer_crumbs(buyer: Buyer) -> list[Link]:
    """The way to a page below a buyer's."""
    return [Link(_("Buyers"), reverse("office_buyers")), buyer_link(buyer)]


def invoice_link(invoice: Invoice) -> Link:
    """An invoice by its number."""
    return Link(invoice.number, address("invoice", invoice.id))


def payment_name(payment: Payment) -> str:
    """What the payer wrote, or the end of its id."""
    return payment.reference[:60] or f"…{payment.id.hex[-8:]}"


def payment_link(payment: Payment) -> Link:
    """A payment by its name."""
    return Link(payment_name(payment), address("payment", payment.id))
