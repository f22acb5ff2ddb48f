import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingProfile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("schedule", models.CharField(default="per_shipment", max_length=24)),
                ("group_by", models.CharField(default="none", max_length=16)),
                ("language", models.CharField(default="", max_length=8)),
                ("legal_name", models.TextField(default="")),
                ("line_1", models.TextField(default="")),
                ("line_2", models.TextField(default="")),
                ("line_3", models.TextField(default="")),
                ("city", models.TextField(default="")),
                ("post_code", models.TextField(default="")),
                ("subdivision", models.TextField(default="")),
                ("country", models.CharField(default="", max_length=2)),
                ("vat_id", models.TextField(default="")),
                ("buyer_reference", models.TextField(default="")),
                ("endpoint", models.TextField(default="")),
                ("endpoint_scheme", models.CharField(default="", max_length=4)),
                ("accounting_reference", models.TextField(default="")),
                ("contract_reference", models.TextField(default="")),
                ("purchase_order", models.TextField(default="")),
                ("tax_treatment", models.CharField(default="auto", max_length=24)),
                ("exemption_reason", models.TextField(default="")),
                ("exemption_code", models.CharField(default="", max_length=40)),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                (
                    "email_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "email_cc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "formats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("attach_xml", models.BooleanField(default=True)),
                ("terms_base", models.CharField(default="invoice", max_length=12)),
                ("calendar", models.CharField(default="none", max_length=8)),
                ("calendar_code", models.CharField(default="", max_length=16)),
                ("move", models.CharField(default="none", max_length=20)),
                ("national", models.JSONField(default=dict)),
                (
                    "buyer",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.buyer",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "parties_billingprofile",
                "indexes": [
                    models.Index(fields=["seller", "schedule"], name="parties_profile_by_schedule")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "buyer"), name="parties_billing_profile_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("group_by__in", ("none", "cost_centre", "purchase_order", "ship_to"))
                        ),
                        name="parties_billing_profile_group_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "tax_treatment__in",
                                (
                                    "auto",
                                    "domestic",
                                    "reverse_charge",
                                    "intra_community",
                                    "export",
                                    "exempt",
                                    "outside_scope",
                                    "split_payment",
                                    "gst_sez",
                                    "gst_deemed_export",
                                ),
                            )
                        ),
                        name="parties_billing_profile_treatment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("terms_base__in", ("invoice", "shipment", "delivery", "month_end"))
                        ),
                        name="parties_billing_profile_base",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("calendar__in", ("none", "seller", "buyer")),
                            ("move__in", ("none", "next", "previous", "modified_following")),
                        ),
                        name="parties_billing_profile_calendar",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SellerBankAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("iban", models.CharField(default="", max_length=34)),
                ("account_number", models.TextField(default="")),
                ("bic", models.CharField(default="", max_length=11)),
                ("holder", models.TextField(default="")),
                ("bank_name", models.TextField(default="")),
                ("qr_iban", models.CharField(default="", max_length=34)),
                ("external_id", models.TextField(null=True)),
                ("metadata", models.JSONField(default=dict)),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "parties_sellerbankaccount",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "currency", "iban", "account_number"),
                        name="parties_bank_account_once",
                    ),
                    models.UniqueConstraint(
                        fields=("seller", "external_id"),
                        name="parties_bank_account_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("iban", ""), models.Q(("account_number", ""), _negated=True)),
                            models.Q(models.Q(("iban", ""), _negated=True), ("account_number", "")),
                            _connector="OR",
                        ),
                        name="parties_bank_account_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SellerDetails",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("legal_name", models.TextField(default="")),
                ("trading_name", models.TextField(default="")),
                ("line_1", models.TextField(default="")),
                ("line_2", models.TextField(default="")),
                ("line_3", models.TextField(default="")),
                ("city", models.TextField(default="")),
                ("post_code", models.TextField(default="")),
                ("subdivision", models.TextField(default="")),
                ("country", models.CharField(default="", max_length=2)),
                ("vat_id", models.TextField(default="")),
                ("tax_registration", models.TextField(default="")),
                ("registration_number", models.TextField(default="")),
                ("registration_scheme", models.CharField(default="", max_length=4)),
                ("legal_information", models.TextField(default="")),
                ("contact_name", models.TextField(default="")),
                ("contact_phone", models.TextField(default="")),
                ("contact_email", models.TextField(default="")),
                ("endpoint", models.TextField(default="")),
                ("endpoint_scheme", models.CharField(default="", max_length=4)),
                ("invoice_prefix", models.CharField(default="", max_length=12)),
                ("credit_note_prefix", models.CharField(default="", max_length=12)),
                ("footer", models.TextField(default="")),
                ("brand_colour", models.CharField(default="", max_length=7)),
                ("language", models.CharField(default="", max_length=8)),
                ("creditor_id", models.TextField(default="")),
                ("calendar", models.CharField(default="", max_length=16)),
                ("national", models.JSONField(default=dict)),
                ("logo", models.BinaryField(null=True)),
                ("logo_type", models.CharField(default="", max_length=16)),
                ("logo_digest", models.CharField(default="", max_length=64)),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "parties_sellerdetails",
                "constraints": [
                    models.UniqueConstraint(fields=("seller",), name="parties_seller_details_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("logo__isnull", True), ("logo_digest", ""), ("logo_type", "")
                            ),
                            models.Q(
                                ("logo__isnull", False),
                                ("logo_type__in", ["image/png", "image/svg+xml"]),
                            ),
                            _connector="OR",
                        ),
                        name="parties_seller_details_logo",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("endpoint", ""), ("endpoint_scheme", "")),
                            models.Q(
                                models.Q(("endpoint", ""), _negated=True),
                                models.Q(("endpoint_scheme", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="parties_seller_details_endpoint",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("key", models.CharField(max_length=40)),
                ("terms", models.CharField(max_length=24)),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "parties_termskey",
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "key"), name="parties_terms_key_once")
                ],
            },
        ),
        ScopeToSeller("BillingProfile", "SellerBankAccount", "SellerDetails", "TermsKey"),
    ]
