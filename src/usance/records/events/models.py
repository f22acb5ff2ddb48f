"""What happened, in order; who is told; and which requests have been answered already."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from usance.records.seller_scope import ScopedForeignKey, SellerScoped


class _CurrentTransaction(models.Func):
    """The number of the running transaction."""

    template = "((pg_current_xact_id())::text)::bigint"
    allowed_default = True
    output_field = models.BigIntegerField()


class _NextSequence(models.Func):
    """The next number of the events' sequence."""

    template = "nextval('events_event_sequence'::regclass)"
    allowed_default = True
    output_field = models.BigIntegerField()


class Event(SellerScoped):
    """One thing that happened to one object. Never updated, never deleted.

    Order is (transaction, sequence): a reader stops before the oldest transaction still running, so
    that what commits late is never passed over. ``state`` is the object's new state where the event
    changed it; ``owed_change`` what the event added to the buyer's receivable.
    """

    transaction = models.BigIntegerField(db_default=_CurrentTransaction())
    sequence = models.BigIntegerField(db_default=_NextSequence())
    type = models.CharField(max_length=48)
    object_type = models.CharField(max_length=24)
    object_id = models.UUIDField()
    buyer_id = models.UUIDField(null=True)
    state = models.CharField(max_length=24, null=True)
    currency = models.CharField(max_length=3, null=True)
    owed_change = models.BigIntegerField(default=0)
    actor = models.TextField(default="")
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "events_event"
        indexes = [
            models.Index(fields=["seller", "transaction", "sequence"], name="events_event_order"),
            models.Index(fields=["seller", "object_id", "sequence"], name="events_event_by_object"),
        ]


class IdempotencyRecord(SellerScoped):
    """The first answer to a request, so that the same request is answered the same again."""

    key = models.TextField()
    request_hash = models.BinaryField()
    status = models.SmallIntegerField()
    body = models.TextField()

    class Meta:
        db_table = "events_idempotencyrecord"
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="events_idempotency_key_once")
        ]


class WebhookEndpoint(SellerScoped):
    """An address of the seller's that wants events. Secrets are encrypted.

    ``transaction`` and ``sequence`` are the last event that was queued for it. When they are moved
    back, to send events again, a new ``generation`` of deliveries begins.
    """

    url = models.TextField()
    types = ArrayField(models.CharField(max_length=48), default=list)  # empty: every type
    secret = models.TextField()
    previous_secret = models.TextField(default="")
    previous_secret_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="active")
    transaction = models.BigIntegerField(default=0)
    sequence = models.BigIntegerField(default=0)
    generation = models.IntegerField(default=0, db_default=0)
    metadata = models.JSONField(default=dict)
    external_id = models.TextField(null=True)

    class Meta:
        db_table = "events_webhookendpoint"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "disabled"]), name="events_endpoint_state"
            )
        ]


class WebhookDelivery(SellerScoped):
    """One event on its way to one endpoint; ``replay`` is the endpoint's generation."""

    endpoint = ScopedForeignKey(WebhookEndpoint)
    event = ScopedForeignKey(Event)
    object_id = models.UUIDField()
    state = models.CharField(max_length=12, default="pending")
    attempts = models.IntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)
    last_error = models.TextField(default="")
    replay = models.IntegerField(default=0)

    class Meta:
        db_table = "events_webhookdelivery"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "endpoint", "event", "replay"], name="events_delivery_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "delivered", "failed"]),
                name="events_delivery_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "endpoint", "object_id", "created_at"],
                name="events_delivery_by_object",
                condition=models.Q(state="pending"),
            )
        ]


class OutgoingMail(SellerScoped):
    """A message that is to be sent, or was. ``content`` is encrypted, since links and codes in it open
    doors, and empty once the message is sent or given up.

    ``due_at`` is None when nothing more is to be done; after ``expires_at`` it is not sent any more.
    """

    kind = models.CharField(max_length=40)
    object_type = models.CharField(max_length=24)
    object_id = models.UUIDField()
    recipient = models.EmailField()
    content = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    message_id = models.TextField(default="")
    last_error = models.TextField(default="")

    class Meta:
        db_table = "events_outgoingmail"
        indexes = [
            models.Index(
                fields=["seller", "due_at"],
                name="events_mail_due",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(fields=["seller", "object_id"], name="events_mail_by_object"),
        ]
