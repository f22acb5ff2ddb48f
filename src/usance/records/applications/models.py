"""Applications for a trade account: the company, its papers, its words, and the codes that prove a person."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class ApplicationForm(SellerScoped):
    """How a seller takes applications: whether at all, from which countries, and what it asks.

    ``consents`` are texts by name that an applicant must agree to. ``prepaid_allowed``: whether an
    applicant may order against payment in advance until it is decided.
    """

    is_open = models.BooleanField(default=True)
    countries = ArrayField(models.CharField(max_length=2), default=list)  # empty: any
    currencies = ArrayField(models.CharField(max_length=3), default=list)  # empty: the seller's
    introduction = models.TextField(default="")
    consents = models.JSONField(default=dict)
    prepaid_allowed = models.BooleanField(default=False)

    class Meta:
        db_table = "applications_form"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="applications_form_once"),
        ]


class Application(SellerScoped):
    """A company that asks for a trade account. Amounts are minor units of ``currency``.

    ``secret`` is the SHA-256 of the secret in the link by which the applicant comes back. ``company``,
    ``references``, ``persons`` and ``consents`` (with the text agreed to and when) are what it wrote;
    ``findings`` what the checks found, by check. ``site`` is where the form was opened, to which the
    links in mails lead; ``tier`` the one its credit line got.
    """

    state = models.CharField(max_length=24, default="draft")
    secret = models.BinaryField()
    language = models.CharField(max_length=8, default="en")
    site = models.TextField(default="")
    name = models.TextField()
    country = models.CharField(max_length=2)
    tax_id = models.TextField(default="")
    registration_number = models.TextField(default="")
    company = models.JSONField(default=dict)
    contact_name = models.TextField(default="")
    contact_email = models.EmailField()
    contact_role = models.TextField(default="")
    email_verified_at = models.DateTimeField(null=True)
    requested_limit = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    requested_terms = models.CharField(max_length=24, default="")
    references = models.JSONField(default=list)
    persons = models.JSONField(default=list)
    consents = models.JSONField(default=list)
    findings = models.JSONField(default=dict)
    decision = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(null=True)
    checks_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    decline_reasons = ArrayField(models.CharField(max_length=40), default=list)
    limit = models.BigIntegerField(null=True)
    terms = ArrayField(models.CharField(max_length=24), default=list)
    tier = models.CharField(max_length=40, default="")
    buyer = ScopedForeignKey("parties.Buyer", null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "applications_application"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="applications_external_id_once"
            ),
            models.UniqueConstraint(fields=["secret", "seller"], name="applications_secret_once"),
            models.CheckConstraint(
                condition=Q(state__in=states.APPLICATION_STATES), name="applications_state"
            ),
            models.CheckConstraint(
                condition=Q(requested_limit__gte=0), name="applications_requested_limit"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "-created_at"], name="applications_by_state"),
            models.Index(fields=["seller", "contact_email"], name="applications_by_email"),
            models.Index(
                fields=["seller", "checks_due_at"],
                name="applications_checks_due",
                condition=Q(checks_due_at__isnull=False),
            ),
        ]


class Document(SellerScoped):
    """A file that an applicant sent. Never changed."""

    application = ScopedForeignKey(Application)
    file_name = models.TextField()
    media_type = models.CharField(max_length=80)
    size = models.IntegerField()
    digest = models.BinaryField()
    content = models.BinaryField()

    class Meta:
        db_table = "applications_document"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "application", "digest"], name="applications_document_once"
            )
        ]


class Message(SellerScoped):
    """A question of the seller's or an answer of the applicant's. Never changed."""

    application = ScopedForeignKey(Application)
    from_seller = models.BooleanField()
    author = models.TextField(default="")
    text = models.TextField()

    class Meta:
        db_table = "applications_message"
        indexes = [
            models.Index(
                fields=["seller", "application", "created_at"], name="applications_message_order"
            )
        ]


class Code(SellerScoped):
    """A one-time code sent to an address, as its SHA-256. ``attempts`` counts wrong tries."""

    application = ScopedForeignKey(Application)
    email = models.EmailField()
    digest = models.BinaryField()
    attempts = models.IntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "applications_code"
        indexes = [
            models.Index(
                fields=["seller", "application", "-created_at"], name="applications_code_latest"
            )
        ]
