"""Orders: what a buyer asked for, what was authorized, what has shipped, and what is invoiced."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class Order(SellerScoped):
    """An order on account. ``amount`` includes ``tax_amount``; both are minor units.

    ``lines`` are written and read with the order, never alone, so they live in it.
    ``shipped_amount`` and ``shipped_tax`` are what has shipped and waits to be billed; what is billed
    moves from there to ``invoiced_amount`` and ``invoiced_tax``.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    line = ScopedForeignKey("credit.CreditLine", null=True)
    decision = ScopedForeignKey("credit.Decision")
    state = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField(default=0)
    invoiced_amount = models.BigIntegerField(default=0)
    invoiced_tax = models.BigIntegerField(default=0)
    voided_amount = models.BigIntegerField(default=0)
    shipped_amount = models.BigIntegerField(default=0, db_default=0)
    shipped_tax = models.BigIntegerField(default=0, db_default=0)
    terms = models.CharField(max_length=24)
    due_on = models.DateField()
    expires_on = models.DateField()
    # Whether a file was ever attached to it or a shipment of it: most invoices need not look.
    attached = models.BooleanField(default=False, db_default=False)
    po_number = models.TextField(default="")
    lines = models.JSONField(default=list)
    member = ScopedForeignKey("parties.Member", null=True)
    cost_centre = models.CharField(max_length=40, default="", db_default="")
    ship_to = models.JSONField(null=True)
    # The steps of the buyer's own chain that it goes through, as they stood when it was placed.
    approval_chain = models.JSONField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "orders_order"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="orders_order_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.ORDER_STATES), name="orders_order_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(tax_amount__gte=0)
                & Q(tax_amount__lte=F("amount"))
                & Q(invoiced_amount__gte=0)
                & Q(invoiced_tax__gte=0)
                & Q(voided_amount__gte=0)
                & Q(shipped_amount__gte=0)
                & Q(shipped_tax__gte=0)
                & Q(tax_amount__gte=F("invoiced_tax") + F("shipped_tax"))
                & Q(amount__gte=F("invoiced_amount") + F("shipped_amount") + F("voided_amount")),
                name="orders_order_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "created_at"], name="orders_order_by_buyer"),
            models.Index(
                fields=["seller", "expires_on"],
                name="orders_order_expiring",
                condition=Q(state__in=["authorized", "pending_review", "pending_approval"]),
            ),
            models.Index(
                fields=["seller", "member", "created_at"],
                name="orders_order_by_member",
                condition=Q(member__isnull=False),
            ),
            models.Index(
                fields=["seller", "buyer", "po_number"],
                name="orders_order_by_po",
                condition=~Q(po_number=""),
            ),
            models.Index(
                fields=["seller", "buyer"],
                name="orders_order_to_approve",
                condition=Q(state="pending_approval"),
            ),
        ]

    @property
    def held(self) -> int:
        """What is neither invoiced nor voided, in minor units: what the credit line still bears."""
        return self.amount - self.invoiced_amount - self.voided_amount

    @property
    def remaining(self) -> int:
        """What has neither shipped nor been invoiced or voided, in minor units."""
        return self.held - self.shipped_amount

    @property
    def remaining_tax(self) -> int:
        """The tax of what has neither shipped nor been invoiced, in minor units."""
        return self.tax_amount - self.invoiced_tax - self.shipped_tax


class Shipment(SellerScoped):
    """Goods of one order that have left, and whether they are billed yet.

    ``amount`` includes ``tax_amount``; both are minor units of the order's currency. ``ship_to`` is
    the order's where nothing else is said. Only ``billed``, ``delivered_on`` and ``canceled_at`` ever
    change: what was taken back before it was billed is of no account any more.
    """

    order = ScopedForeignKey(Order)
    buyer = ScopedForeignKey("parties.Buyer")
    shipped_on = models.DateField()
    delivered_on = models.DateField(null=True)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    lines = models.JSONField(default=list)
    ship_to = models.JSONField(null=True)
    carrier = models.TextField(default="")
    tracking = models.TextField(default="")
    billed = models.BooleanField(default=False)
    canceled_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "orders_shipment"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="orders_shipment_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(tax_amount__gte=0) & Q(tax_amount__lte=F("amount")),
                name="orders_shipment_amounts",
            ),
            models.CheckConstraint(
                condition=Q(billed=False) | Q(canceled_at__isnull=True),
                name="orders_shipment_billed_or_taken_back",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "order"], name="orders_shipment_by_order"),
            models.Index(
                fields=["seller", "buyer", "shipped_on"],
                name="orders_shipment_to_bill",
                condition=Q(billed=False),
            ),
        ]


class Attachment(SellerScoped):
    """A file or link that goes with the invoice about an order, or about one ``shipment`` of it.

    The first invoice issued afterwards takes it and is its ``invoice`` then; nothing changes any more.
    ``digest`` is the SHA-256 of ``content``; a link has a ``location`` in their place.
    """

    order = ScopedForeignKey(Order)
    shipment = ScopedForeignKey(Shipment, null=True)
    invoice = ScopedForeignKey("invoices.Invoice", null=True)
    reference = models.TextField()
    description = models.TextField(default="")
    location = models.TextField(default="")
    file_name = models.TextField(default="")
    media_type = models.CharField(max_length=80, default="")
    size = models.IntegerField(default=0)
    digest = models.BinaryField(null=True)
    content = models.BinaryField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "orders_attachment"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="orders_attachment_external_id_once"
            ),
            models.CheckConstraint(
                condition=(
                    Q(content__isnull=False) & Q(digest__isnull=False) & Q(size__gt=0)
                    | Q(content__isnull=True) & Q(digest__isnull=True) & ~Q(location="")
                ),
                name="orders_attachment_file_or_link",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "order"], name="orders_attachment_by_order"),
            models.Index(
                fields=["seller", "invoice"],
                name="orders_attachment_by_invoice",
                condition=Q(invoice__isnull=False),
            ),
        ]


class OrderApproval(SellerScoped):
    """What a member of the buyer's said about an order in the buyer's own chain. Never changed."""

    order = ScopedForeignKey(Order)
    position = models.IntegerField()
    member = ScopedForeignKey("parties.Member")
    verdict = models.CharField(max_length=12)
    note = models.TextField(default="")

    class Meta:
        db_table = "orders_orderapproval"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "order", "position"], name="orders_approval_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["approved", "declined"]), name="orders_approval_verdict"
            ),
        ]
