"""Cards by their provider's tokens, what is held on them, and what the provider is told to do.

No number of a card is ever here: it is typed on the provider's page (PCI DSS, SAQ A). References of
the provider's objects are opaque texts. Amounts are minor units.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.cards.payout_models import CardDispute, CardPayout
from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states

__all__ = [
    "CardAuthorization",
    "CardDispute",
    "CardEvent",
    "CardInstruction",
    "CardPage",
    "CardPayout",
    "CardReceipt",
    "SecuredOrder",
    "StoredCard",
]

PURPOSES = ("order", "charge", "page")
INSTRUCTIONS = ("authorize", "increase", "capture", "void", "refund")
RECEIPTS = ("capture", "refund_failed", "dispute_won")


class StoredCard(SellerScoped):
    """A card that the provider keeps for a buyer: ``token`` of the card and ``payer`` at the provider.

    ``charge_at_due`` is the buyer's consent to have invoices charged at their due date, with the words
    it agreed to.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    connection = ScopedForeignKey("connections.Connection")
    state = models.CharField(max_length=12, default="active")
    payer = models.TextField()
    token = models.TextField()
    brand = models.CharField(max_length=24, default="")
    last4 = models.CharField(max_length=4, default="")
    expires_year = models.SmallIntegerField(null=True)
    expires_month = models.SmallIntegerField(null=True)
    charge_at_due = models.BooleanField(default=False)
    consent_words = models.TextField(default="")
    consent_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "cards_storedcard"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "connection", "token"], name="cards_token_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="cards_storedcard_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.STORED_CARD_STATES), name="cards_storedcard_state"
            ),
            # Charging a card without its holder needs what the holder said.
            models.CheckConstraint(
                condition=Q(charge_at_due=False)
                | (Q(consent_at__isnull=False) & ~Q(consent_words="")),
                name="cards_storedcard_consent",
            ),
            # More than four digits of a number are not kept anywhere.
            models.CheckConstraint(
                condition=Q(last4="") | Q(last4__regex=r"^[0-9]{4}$"), name="cards_storedcard_last4"
            ),
        ]
        indexes = [models.Index(fields=["seller", "buyer"], name="cards_storedcard_by_buyer")]


class CardPage(SellerScoped):
    """A page of the provider on which a buyer types its card.

    ``amounts`` says what a payment pays: ``[{"invoice": id, "amount": minor units}]``. ``url`` is empty
    until the provider has been asked, which is done outside of the transaction that made the row.
    ``looked_at`` is when the provider was last asked what became of it.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    connection = ScopedForeignKey("connections.Connection")
    order = ScopedForeignKey("orders.Order", null=True)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="open")
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="")
    amounts = models.JSONField(default=list)
    order_reference = models.TextField(default="")
    payer = models.TextField(default="")
    reference = models.TextField(default="")
    url = models.TextField(default="")
    return_url = models.TextField(default="")
    consent_words = models.TextField(default="")
    language = models.CharField(max_length=8, default="en")
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    card = ScopedForeignKey(StoredCard, null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "cards_page"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.CARD_PAGE_STATES), name="cards_page_state"
            ),
            models.CheckConstraint(
                condition=(Q(kind="store") & Q(amount=0))
                | (Q(kind__in=("authorize", "pay")) & Q(amount__gt=0) & ~Q(currency="")),
                name="cards_page_kind",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="cards_page_external_id_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "connection", "reference"], name="cards_page_by_reference"
            ),
            models.Index(
                fields=["seller", "created_at"], name="cards_page_open", condition=Q(state="open")
            ),
        ]


class CardAuthorization(SellerScoped):
    """Money held on a card, or taken from it, for an order, an invoice or through a page.

    ``amount`` was asked for; the other figures are the provider's: ``refunded`` is all that was ever given
    back, ``refund_failed`` what of it never arrived. ``secured`` is how much of what is held stands for
    the order beside the buyer's credit. ``order_reference`` is the shop's name of an order that may not
    have come yet. ``again_on`` is when a charge that was declined is tried again.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    connection = ScopedForeignKey("connections.Connection")
    card = ScopedForeignKey(StoredCard, null=True)
    page = ScopedForeignKey(CardPage, null=True)
    order = ScopedForeignKey("orders.Order", null=True)
    invoice = ScopedForeignKey("invoices.Invoice", null=True)
    renews = ScopedForeignKey("self", null=True)
    purpose = models.CharField(max_length=8)
    state = models.CharField(max_length=16, default="pending")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    authorized = models.BigIntegerField(default=0)
    captured = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    refund_failed = models.BigIntegerField(default=0, db_default=0)
    capturable = models.BigIntegerField(default=0)
    secured = models.BigIntegerField(default=0)
    can_increase = models.BooleanField(null=True)
    expires_at = models.DateTimeField(null=True)
    order_reference = models.TextField(default="")
    payer = models.TextField(default="")
    reference = models.TextField(default="")
    decline_reason = models.CharField(max_length=24, default="")
    decline_words = models.TextField(default="")
    again_on = models.DateField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "cards_authorization"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.CARD_AUTHORIZATION_STATES),
                name="cards_authorization_state",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=PURPOSES), name="cards_authorization_purpose"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(captured__gte=0)
                & Q(refunded__gte=0)
                & Q(capturable__gte=0)
                & Q(secured__gte=0)
                & Q(refund_failed__gte=0)
                & Q(refunded__gte=F("refund_failed"))
                & Q(captured__gte=F("refunded") - F("refund_failed")),
                name="cards_authorization_amounts",
            ),
            models.UniqueConstraint(
                fields=["seller", "connection", "reference"],
                condition=~Q(reference=""),
                name="cards_authorization_reference_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="cards_authorization_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="cards_authorization_by_buyer"),
            models.Index(
                fields=["seller", "order"],
                name="cards_authorization_by_order",
                condition=Q(order__isnull=False),
            ),
            models.Index(
                fields=["seller", "invoice"],
                name="cards_authorization_of_invoice",
                condition=Q(invoice__isnull=False),
            ),
            models.Index(
                fields=["seller", "buyer", "currency"],
                name="cards_authorization_securing",
                condition=Q(secured__gt=0),
            ),
            models.Index(
                fields=["seller", "order_reference"],
                name="cards_authorization_unclaimed",
                condition=Q(order__isnull=True) & ~Q(order_reference=""),
            ),
        ]


class CardInstruction(SellerScoped):
    """One thing that the provider is told to do, asked for until it answers.

    Its id is the idempotency key. ``asked_at`` is set while it is not known whether the provider took
    it; then it is asked what became of it before it is told again.
    """

    authorization = ScopedForeignKey(CardAuthorization)
    invoice = ScopedForeignKey("invoices.Invoice", null=True)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="queued")
    amount = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    author = models.TextField(default="")
    note = models.TextField(default="")
    reason_code = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        db_table = "cards_instruction"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.CARD_INSTRUCTION_STATES),
                name="cards_instruction_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=INSTRUCTIONS), name="cards_instruction_kind"
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_at"],
                name="cards_instruction_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["seller", "authorization"], name="cards_instruction_of"),
            models.Index(
                fields=["seller", "invoice"],
                name="cards_instruction_of_invoice",
                condition=Q(invoice__isnull=False),
            ),
        ]


class CardReceipt(SellerScoped):
    """Which payment a capture became, or what came back: a refund that failed, a dispute that was won.
    Never changed."""

    authorization = ScopedForeignKey(CardAuthorization)
    payment = ScopedForeignKey("payments.Payment")
    kind = models.CharField(max_length=16, default="capture", db_default="capture")
    amount = models.BigIntegerField()

    class Meta:
        db_table = "cards_receipt"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RECEIPTS), name="cards_receipt_kind")
        ]
        indexes = [models.Index(fields=["seller", "authorization"], name="cards_receipt_of")]


class SecuredOrder(SellerScoped):
    """An order that a card secures. ``short`` is what is not covered, ``asked_at`` when the buyer was
    asked for it; ``again_at`` is when the stored card is tried again."""

    order = ScopedForeignKey("orders.Order")
    buyer = ScopedForeignKey("parties.Buyer")
    card = ScopedForeignKey(StoredCard, null=True)
    is_open = models.BooleanField(default=True)
    short = models.BigIntegerField(default=0)
    declines = models.IntegerField(default=0)
    again_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cards_securedorder"
        constraints = [
            models.UniqueConstraint(fields=["seller", "order"], name="cards_securedorder_once"),
            models.CheckConstraint(condition=Q(short__gte=0), name="cards_securedorder_short"),
        ]
        indexes = [
            models.Index(
                fields=["seller", "order"],
                name="cards_securedorder_open",
                condition=Q(is_open=True),
            )
        ]


class CardEvent(SellerScoped):
    """A notice of the provider, stored first and worked on after. The same one is taken once.

    ``dispute`` is what it says itself of money that was taken back.
    """

    connection = ScopedForeignKey("connections.Connection")
    provider_id = models.TextField()
    kind = models.CharField(max_length=16)
    type = models.TextField()
    reference = models.TextField(default="")
    dispute = models.JSONField(null=True)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    result = models.TextField(default="")

    class Meta:
        db_table = "cards_event"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "connection", "provider_id"], name="cards_event_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_at"],
                name="cards_event_due",
                condition=Q(due_at__isnull=False),
            )
        ]
