"""Documents kept as they were sent, each one's way to the buyer, and what came back about it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.delivery import CAUSES, KINDS
from usance.rules.invoicing.profiles import CHANNELS


class KeptDocument(SellerScoped):
    """An issued document in one format and language, as it is or was sent. Never changed.

    ``subject_id`` is the invoice or credit note, by ``kind``. Formats without words have no
    ``language``. ``revision`` counts the files of networks that want a new name each time (SdI).
    ``content`` is deflated (RFC 1950) where ``compressed`` says so; ``size`` and ``digest`` (SHA-256)
    are of what the reader gets.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    kind = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    format = models.CharField(max_length=16)
    language = models.CharField(max_length=8, default="")
    revision = models.SmallIntegerField(default=1)
    media_type = models.CharField(max_length=80)
    file_name = models.TextField()
    digest = models.BinaryField()
    size = models.IntegerField()
    compressed = models.BooleanField(default=False)
    content = models.BinaryField()

    class Meta:
        db_table = "deliveries_document"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "subject_id", "format", "language", "revision"],
                name="deliveries_document_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="deliveries_document_kind"),
            models.CheckConstraint(
                condition=Q(size__gt=0) & Q(revision__gte=1), name="deliveries_document_size"
            ),
        ]


class Delivery(SellerScoped):
    """One document on its way to a buyer over one channel.

    ``recipient`` is the channel's own address: an e-mail address, ``scheme:id`` on Peppol, a codice
    destinatario. ``previous`` is the delivery that this one repeats. ``revision`` is of the file that
    it sends (SdI); 0 until that is written. ``reference`` is the network's
    name for it, ``reason_code`` and ``reason`` the network's words or ours. ``due_at`` is
    None when nothing is to be done about it; ``attempts`` are those of the present step.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    kind = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    number = models.TextField()
    channel = models.CharField(max_length=12)
    recipient = models.TextField(default="")
    formats = ArrayField(models.CharField(max_length=16), default=list)
    language = models.CharField(max_length=8, default="en")
    state = models.CharField(max_length=12, default="queued")
    cause = models.CharField(max_length=12, default="issued")
    author = models.TextField(default="")
    previous = ScopedForeignKey("self", null=True)
    revision = models.SmallIntegerField(default=1)
    attempts = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    reference = models.TextField(default="")
    reason_code = models.TextField(default="")
    reason = models.TextField(default="")
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # bounced, rejected or failed

    class Meta:
        db_table = "deliveries_delivery"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.DELIVERY_STATES), name="deliveries_delivery_state"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="deliveries_delivery_kind"),
            models.CheckConstraint(
                condition=Q(channel__in=CHANNELS), name="deliveries_delivery_channel"
            ),
            models.CheckConstraint(condition=Q(cause__in=CAUSES), name="deliveries_delivery_cause"),
            # Whoever follows the events may read one twice.
            models.UniqueConstraint(
                fields=["seller", "subject_id", "channel", "recipient"],
                condition=Q(cause="issued"),
                name="deliveries_delivery_issued_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_at"],
                name="deliveries_delivery_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["seller", "subject_id"], name="deliveries_by_subject"),
            models.Index(fields=["seller", "buyer", "-id"], name="deliveries_by_buyer"),
            models.Index(fields=["seller", "state", "-id"], name="deliveries_by_state"),
            models.Index(
                fields=["seller", "channel", "reference"],
                name="deliveries_by_reference",
                condition=~Q(reference=""),
            ),
        ]


class Receipt(SellerScoped):
    """What came back about deliveries, as it came: a bounce, a notification, a receipt.

    Kept once by its digest, read afterwards: ``processed_at`` says when, ``delivery`` what it was
    about (None: nothing of ours), ``code`` what it said and ``problem`` why it could not be read.
    """

    source = models.CharField(max_length=16)
    file_name = models.TextField(default="")
    digest = models.BinaryField()
    content = models.BinaryField()
    processed_at = models.DateTimeField(null=True)
    delivery = ScopedForeignKey(Delivery, null=True)
    code = models.TextField(default="")
    problem = models.TextField(default="")

    class Meta:
        db_table = "deliveries_receipt"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "source", "digest"], name="deliveries_receipt_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["seller", "created_at"],
                name="deliveries_receipt_waiting",
                condition=Q(processed_at__isnull=True),
            ),
            models.Index(fields=["seller", "delivery"], name="deliveries_receipt_of"),
        ]


class Registration(SellerScoped):
    """That India's portal has registered an invoice or credit note (rule 48(4), CGST Rules 2017).

    ``irn`` is its number there, ``acknowledgement`` and ``acknowledged_at`` the portal's receipt,
    ``signed_qr`` the text that its printed code bears. ``verified`` says that the portal's signature was
    checked. ``content`` is the whole answer as it came.
    """

    kind = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    irn = models.CharField(max_length=64)
    acknowledgement = models.TextField(default="")
    acknowledged_at = models.DateTimeField()
    signed_qr = models.TextField()
    verified = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="registered")
    cancelled_at = models.DateTimeField(null=True)
    author = models.TextField(default="")
    content = models.BinaryField()

    class Meta:
        db_table = "deliveries_registration"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "subject_id"], name="deliveries_registration_once"
            ),
            models.UniqueConstraint(fields=["seller", "irn"], name="deliveries_registration_irn"),
            models.CheckConstraint(
                condition=Q(kind__in=KINDS), name="deliveries_registration_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.REGISTRATION_STATES)
                & (Q(state="registered") | Q(cancelled_at__isnull=False)),
                name="deliveries_registration_state",
            ),
        ]


class TransmissionNumber(SellerScoped):
    """The last number given to a file for ``network``, which refuses a name it has seen before."""

    network = models.CharField(max_length=12)
    last_number = models.IntegerField(default=0)

    class Meta:
        db_table = "deliveries_transmissionnumber"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "network"], name="deliveries_transmission_once"
            )
        ]
