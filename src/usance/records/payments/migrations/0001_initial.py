import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import usance.records.identity
import usance.records.seller_scope
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoices", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankStatement",
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
                ("digest", models.BinaryField()),
                ("file_name", models.TextField(default="")),
                ("format", models.CharField(max_length=24)),
                ("account", models.TextField(default="")),
                ("transactions", models.IntegerField(default=0)),
                ("duplicates", models.IntegerField(default=0)),
                ("findings", models.JSONField(default=list)),
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
                "db_table": "payments_bankstatement",
            },
        ),
        migrations.CreateModel(
            name="BankTransaction",
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
                ("fingerprint", models.TextField()),
                ("ordinal", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("booked_on", models.DateField()),
                ("value_on", models.DateField(null=True)),
                ("counterparty", models.TextField(default="")),
                ("counterparty_account", models.TextField(default="")),
                ("text", models.TextField(default="")),
                ("structured_reference", models.TextField(default="")),
                ("end_to_end_id", models.TextField(default="")),
                ("bank_reference", models.TextField(default="")),
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
                (
                    "statement",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="payments.bankstatement",
                    ),
                ),
            ],
            options={
                "db_table": "payments_banktransaction",
            },
        ),
        migrations.CreateModel(
            name="PayerAccount",
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
                ("kind", models.CharField(max_length=8)),
                ("value", models.TextField()),
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
                "db_table": "payments_payeraccount",
            },
        ),
        migrations.CreateModel(
            name="Payment",
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
                ("state", models.CharField(default="received", max_length=20)),
                ("method", models.CharField(default="bank_transfer", max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("received_on", models.DateField()),
                ("payer", models.TextField(default="")),
                ("reference", models.TextField(default="")),
                ("allocated", models.BigIntegerField(default=0)),
                ("refunded", models.BigIntegerField(default=0)),
                ("external_id", models.TextField(null=True)),
                ("metadata", models.JSONField(default=dict)),
                (
                    "bank_transaction",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="payments.banktransaction",
                    ),
                ),
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
                "db_table": "payments_payment",
            },
        ),
        migrations.CreateModel(
            name="Allocation",
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
                ("amount", models.BigIntegerField()),
                ("rule", models.CharField(max_length=24)),
                ("explanation", models.TextField(default="")),
                (
                    "invoice",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "reverses",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="payments.allocation",
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
                (
                    "payment",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "db_table": "payments_allocation",
            },
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("seller", "digest"), name="payments_statement_once"
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                fields=["seller", "booked_on", "id"], name="payments_transaction_by_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="banktransaction",
            constraint=models.UniqueConstraint(
                fields=("seller", "fingerprint"), name="payments_transaction_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payeraccount",
            constraint=models.UniqueConstraint(
                fields=("seller", "kind", "value"), name="payments_payeraccount_once"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["seller", "buyer", "received_on"], name="payments_by_buyer"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("seller", "bank_transaction"), name="payments_payment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("seller", "external_id"), name="payments_payment_external_id_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "received",
                            "unapplied",
                            "partially_allocated",
                            "allocated",
                            "returned",
                            "refunded",
                        ),
                    )
                ),
                name="payments_payment_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("allocated__gte", 0),
                    ("refunded__gte", 0),
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("allocated"), "+", models.F("refunded")
                        ),
                    ),
                ),
                name="payments_payment_amounts",
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["seller", "payment"], name="payments_allocation_by_payment"),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["seller", "invoice"], name="payments_allocation_by_invoice"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("reverses__isnull", True)),
                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="payments_allocation_sign",
            ),
        ),
        ScopeToSeller("BankStatement", "BankTransaction", "Payment", "Allocation", "PayerAccount"),
        AppendOnly("BankTransaction", "Allocation"),
        GuardState(
            "Payment",
            pairs=[
                ("allocated", "partially_allocated"),
                ("allocated", "refunded"),
                ("allocated", "returned"),
                ("allocated", "unapplied"),
                ("partially_allocated", "allocated"),
                ("partially_allocated", "refunded"),
                ("partially_allocated", "returned"),
                ("partially_allocated", "unapplied"),
                ("received", "allocated"),
                ("received", "partially_allocated"),
                ("received", "refunded"),
                ("received", "returned"),
                ("received", "unapplied"),
                ("unapplied", "allocated"),
                ("unapplied", "partially_allocated"),
                ("unapplied", "refunded"),
                ("unapplied", "returned"),
            ],
        ),
    ]
