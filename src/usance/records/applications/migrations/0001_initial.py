import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
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
                ("state", models.CharField(default="draft", max_length=24)),
                ("secret", models.BinaryField()),
                ("language", models.CharField(default="en", max_length=8)),
                ("site", models.TextField(default="")),
                ("name", models.TextField()),
                ("country", models.CharField(max_length=2)),
                ("tax_id", models.TextField(default="")),
                ("registration_number", models.TextField(default="")),
                ("company", models.JSONField(default=dict)),
                ("contact_name", models.TextField(default="")),
                ("contact_email", models.EmailField(max_length=254)),
                ("contact_role", models.TextField(default="")),
                ("email_verified_at", models.DateTimeField(null=True)),
                ("requested_limit", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("requested_terms", models.CharField(default="", max_length=24)),
                ("references", models.JSONField(default=list)),
                ("persons", models.JSONField(default=list)),
                ("consents", models.JSONField(default=list)),
                ("findings", models.JSONField(default=dict)),
                ("decision", models.JSONField(default=dict)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("checks_due_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(default="")),
                (
                    "decline_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("limit", models.BigIntegerField(null=True)),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                ("tier", models.CharField(default="", max_length=40)),
                ("external_id", models.TextField(null=True)),
                ("metadata", models.JSONField(default=dict)),
                (
                    "buyer",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
                "db_table": "applications_application",
            },
        ),
        migrations.CreateModel(
            name="ApplicationForm",
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
                ("is_open", models.BooleanField(default=True)),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                (
                    "currencies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), default=list, size=None
                    ),
                ),
                ("introduction", models.TextField(default="")),
                ("consents", models.JSONField(default=dict)),
                ("prepaid_allowed", models.BooleanField(default=False)),
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
                "db_table": "applications_form",
            },
        ),
        migrations.CreateModel(
            name="Code",
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
                ("email", models.EmailField(max_length=254)),
                ("digest", models.BinaryField()),
                ("attempts", models.IntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "application",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="applications.application",
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
                "db_table": "applications_code",
            },
        ),
        migrations.CreateModel(
            name="Document",
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
                ("file_name", models.TextField()),
                ("media_type", models.CharField(max_length=80)),
                ("size", models.IntegerField()),
                ("digest", models.BinaryField()),
                ("content", models.BinaryField()),
                (
                    "application",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="applications.application",
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
                "db_table": "applications_document",
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                ("from_seller", models.BooleanField()),
                ("author", models.TextField(default="")),
                ("text", models.TextField()),
                (
                    "application",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="applications.application",
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
                "db_table": "applications_message",
            },
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["seller", "state", "-created_at"], name="applications_by_state"
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["seller", "contact_email"], name="applications_by_email"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("checks_due_at__isnull", False)),
                fields=["seller", "checks_due_at"],
                name="applications_checks_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                fields=("seller", "external_id"), name="applications_external_id_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                fields=("secret", "seller"), name="applications_secret_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "draft",
                            "submitted",
                            "in_review",
                            "information_requested",
                            "approved",
                            "declined",
                            "withdrawn",
                        ),
                    )
                ),
                name="applications_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("requested_limit__gte", 0)), name="applications_requested_limit"
            ),
        ),
        migrations.AddConstraint(
            model_name="applicationform",
            constraint=models.UniqueConstraint(fields=("seller",), name="applications_form_once"),
        ),
        migrations.AddIndex(
            model_name="code",
            index=models.Index(
                fields=["seller", "application", "-created_at"], name="applications_code_latest"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("seller", "application", "digest"), name="applications_document_once"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["seller", "application", "created_at"], name="applications_message_order"
            ),
        ),
        ScopeToSeller("ApplicationForm", "Application", "Document", "Message", "Code"),
        AppendOnly("Document", "Message"),
        GuardState(
            "Application",
            pairs=[
                ("draft", "submitted"),
                ("draft", "withdrawn"),
                ("in_review", "approved"),
                ("in_review", "declined"),
                ("in_review", "information_requested"),
                ("in_review", "withdrawn"),
                ("information_requested", "declined"),
                ("information_requested", "in_review"),
                ("information_requested", "withdrawn"),
                ("submitted", "approved"),
                ("submitted", "declined"),
                ("submitted", "in_review"),
                ("submitted", "withdrawn"),
            ],
        ),
    ]
