"""Who the seller is on its documents, how each buyer wants its invoices, and keys for payment terms."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules.invoicing.profiles import BASES, CALENDARS, GROUPINGS, MOVES, TREATMENTS


class SellerDetails(SellerScoped):
    """What a seller says of itself, once a seller. Columns are those of ``SellerFields``; an empty
    text is not said. ``logo`` is a PNG or a cleaned SVG, ``logo_digest`` its SHA-256."""

    updated_at = models.DateTimeField()
    legal_name = models.TextField(default="")
    trading_name = models.TextField(default="")
    line_1 = models.TextField(default="")
    line_2 = models.TextField(default="")
    line_3 = models.TextField(default="")
    city = models.TextField(default="")
    post_code = models.TextField(default="")
    subdivision = models.TextField(default="")
    country = models.CharField(max_length=2, default="")
    vat_id = models.TextField(default="")
    tax_registration = models.TextField(default="")
    registration_number = models.TextField(default="")
    registration_scheme = models.CharField(max_length=4, default="")
    legal_information = models.TextField(default="")
    contact_name = models.TextField(default="")
    contact_phone = models.TextField(default="")
    contact_email = models.TextField(default="")
    endpoint = models.TextField(default="")
    endpoint_scheme = models.CharField(max_length=4, default="")
    invoice_prefix = models.CharField(max_length=12, default="")
    credit_note_prefix = models.CharField(max_length=12, default="")
    footer = models.TextField(default="")
    brand_colour = models.CharField(max_length=7, default="")
    language = models.CharField(max_length=8, default="")
    creditor_id = models.TextField(default="")
    calendar = models.CharField(max_length=16, default="")
    national = models.JSONField(default=dict)
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=16, default="")
    logo_digest = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "parties_sellerdetails"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="parties_seller_details_once"),
            models.CheckConstraint(
                condition=Q(logo__isnull=True, logo_type="", logo_digest="")
                | Q(logo__isnull=False, logo_type__in=["image/png", "image/svg+xml"]),
                name="parties_seller_details_logo",
            ),
            models.CheckConstraint(
                condition=Q(endpoint="", endpoint_scheme="")
                | (~Q(endpoint="") & ~Q(endpoint_scheme="")),
                name="parties_seller_details_endpoint",
            ),
        ]


class SellerBankAccount(SellerScoped):
    """An account of the seller's that its invoices in ``currency`` ask to be paid to: an IBAN, or an
    account number where there is none. ``qr_iban`` is for Swiss QR bills."""

    currency = models.CharField(max_length=3)
    iban = models.CharField(max_length=34, default="")
    account_number = models.TextField(default="")
    bic = models.CharField(max_length=11, default="")
    holder = models.TextField(default="")
    bank_name = models.TextField(default="")
    qr_iban = models.CharField(max_length=34, default="")
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "parties_sellerbankaccount"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "currency", "iban", "account_number"],
                name="parties_bank_account_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="parties_bank_account_external_id_once"
            ),
            models.CheckConstraint(
                condition=(Q(iban="") & ~Q(account_number=""))
                | (~Q(iban="") & Q(account_number="")),
                name="parties_bank_account_number",
            ),
        ]


class BillingProfile(SellerScoped):
    """How a buyer's invoices are made, sent and fall due, once a buyer. Columns are those of
    ``ProfileFields``; an empty text or list is as it is usual in the buyer's country."""

    buyer = ScopedForeignKey("parties.Buyer")
    updated_at = models.DateTimeField()
    schedule = models.CharField(max_length=24, default="per_shipment")
    group_by = models.CharField(max_length=16, default="none")
    language = models.CharField(max_length=8, default="")
    legal_name = models.TextField(default="")
    line_1 = models.TextField(default="")
    line_2 = models.TextField(default="")
    line_3 = models.TextField(default="")
    city = models.TextField(default="")
    post_code = models.TextField(default="")
    subdivision = models.TextField(default="")
    country = models.CharField(max_length=2, default="")
    vat_id = models.TextField(default="")
    buyer_reference = models.TextField(default="")
    endpoint = models.TextField(default="")
    endpoint_scheme = models.CharField(max_length=4, default="")
    accounting_reference = models.TextField(default="")
    contract_reference = models.TextField(default="")
    purchase_order = models.TextField(default="")
    tax_treatment = models.CharField(max_length=24, default="auto")
    exemption_reason = models.TextField(default="")
    exemption_code = models.CharField(max_length=40, default="")
    channels = ArrayField(models.CharField(max_length=16), default=list)
    email_to = ArrayField(models.TextField(), default=list)
    email_cc = ArrayField(models.TextField(), default=list)
    formats = ArrayField(models.CharField(max_length=16), default=list)
    attach_xml = models.BooleanField(default=True)
    attach_files = models.BooleanField(default=True, db_default=True)
    terms_base = models.CharField(max_length=12, default="invoice")
    calendar = models.CharField(max_length=8, default="none")
    calendar_code = models.CharField(max_length=16, default="")
    move = models.CharField(max_length=20, default="none")
    national = models.JSONField(default=dict)

    class Meta:
        db_table = "parties_billingprofile"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer"], name="parties_billing_profile_once"
            ),
            models.CheckConstraint(
                condition=Q(group_by__in=GROUPINGS), name="parties_billing_profile_group_by"
            ),
            models.CheckConstraint(
                condition=Q(tax_treatment__in=TREATMENTS), name="parties_billing_profile_treatment"
            ),
            models.CheckConstraint(
                condition=Q(terms_base__in=BASES), name="parties_billing_profile_base"
            ),
            models.CheckConstraint(
                condition=Q(calendar__in=CALENDARS, move__in=MOVES),
                name="parties_billing_profile_calendar",
            ),
        ]
        indexes = [
            # The runs of a day ask whose schedule it is.
            models.Index(fields=["seller", "schedule"], name="parties_profile_by_schedule"),
        ]


class TermsKey(SellerScoped):
    """A name of the seller's own for payment terms, such as the key of an ERP, and their code."""

    key = models.CharField(max_length=40)
    terms = models.CharField(max_length=24)

    class Meta:
        db_table = "parties_termskey"
        constraints = [
            models.UniqueConstraint(fields=["seller", "key"], name="parties_terms_key_once")
        ]
