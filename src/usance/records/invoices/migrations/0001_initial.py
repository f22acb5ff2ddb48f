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
        ("orders", "0001_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberSeries",
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
                ("kind", models.CharField(max_length=12)),
                ("year", models.IntegerField()),
                ("prefix", models.CharField(max_length=24)),
                ("last_number", models.IntegerField(default=0)),
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
                "db_table": "invoices_numberseries",
            },
        ),
        migrations.CreateModel(
            name="Invoice",
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
                ("sequence", models.IntegerField()),
                ("number", models.TextField()),
                ("reference", models.TextField()),
                ("state", models.CharField(default="open", max_length=12)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("tax_amount", models.BigIntegerField()),
                ("terms", models.CharField(max_length=24)),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("lines", models.JSONField(default=list)),
                ("credited", models.BigIntegerField(default=0)),
                ("credited_tax", models.BigIntegerField(default=0)),
                ("allocated", models.BigIntegerField(default=0)),
                ("written_off", models.BigIntegerField(default=0)),
                (
                    "outstanding",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "-", models.F("credited")
                                ),
                                "-",
                                models.F("allocated"),
                            ),
                            "-",
                            models.F("written_off"),
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                ("external_id", models.TextField(null=True)),
                ("metadata", models.JSONField(default=dict)),
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
                    "order",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="orders.order",
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
                    "series",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="invoices.numberseries",
                    ),
                ),
            ],
            options={
                "db_table": "invoices_invoice",
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
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
                ("sequence", models.IntegerField()),
                ("number", models.TextField()),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("tax_amount", models.BigIntegerField()),
                ("reason", models.TextField(default="")),
                ("issued_on", models.DateField()),
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
                    "series",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="invoices.numberseries",
                    ),
                ),
            ],
            options={
                "db_table": "invoices_creditnote",
            },
        ),
        migrations.AddConstraint(
            model_name="numberseries",
            constraint=models.UniqueConstraint(
                fields=("seller", "kind", "year"), name="invoices_series_once"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["seller", "reference"], name="invoices_invoice_by_reference"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["seller", "order"], name="invoices_invoice_by_order"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["seller", "buyer", "issued_on"], name="invoices_invoice_by_buyer"
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["seller", "buyer", "currency", "due_on"],
                name="invoices_invoice_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("seller", "series", "sequence"), name="invoices_invoice_sequence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("seller", "external_id"), name="invoices_invoice_external_id_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("draft", "open", "paid", "void", "written_off"))),
                name="invoices_invoice_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("tax_amount__gte", 0),
                    ("credited__gte", 0),
                    ("credited_tax__gte", 0),
                    ("credited_tax__lte", models.F("tax_amount")),
                    ("allocated__gte", 0),
                    ("written_off__gte", 0),
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("credited"), "+", models.F("allocated")
                            ),
                            "+",
                            models.F("written_off"),
                        ),
                    ),
                ),
                name="invoices_invoice_amounts",
            ),
        ),
        migrations.AddIndex(
            model_name="creditnote",
            index=models.Index(fields=["seller", "invoice"], name="invoices_creditnote_by_invoice"),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(
                fields=("seller", "series", "sequence"), name="invoices_creditnote_sequence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(
                fields=("seller", "invoice", "external_id"),
                name="invoices_creditnote_external_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("tax_amount__gte", 0),
                    ("tax_amount__lte", models.F("amount")),
                ),
                name="invoices_creditnote_amounts",
            ),
        ),
        ScopeToSeller("NumberSeries", "Invoice", "CreditNote"),
        AppendOnly("CreditNote"),
        GuardState(
            "Invoice",
            pairs=[
                ("draft", "open"),
                ("open", "paid"),
                ("open", "void"),
                ("open", "written_off"),
                ("paid", "open"),
                ("paid", "void"),
                ("written_off", "open"),
                ("written_off", "void"),
            ],
        ),
    ]
