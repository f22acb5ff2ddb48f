import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import usance.records.identity
import usance.records.seller_scope
from usance.records.guards import GuardState, sql_file
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("credit", "0001_initial"),
        ("parties", "0001_initial"),
        ("ledger", "0001_initial"),
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
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
                ("state", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("tax_amount", models.BigIntegerField(default=0)),
                ("invoiced_amount", models.BigIntegerField(default=0)),
                ("invoiced_tax", models.BigIntegerField(default=0)),
                ("voided_amount", models.BigIntegerField(default=0)),
                ("terms", models.CharField(max_length=24)),
                ("due_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("po_number", models.TextField(default="")),
                ("lines", models.JSONField(default=list)),
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
                    "decision",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="credit.decision",
                    ),
                ),
                (
                    "line",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="credit.creditline",
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
                "db_table": "orders_order",
                "indexes": [
                    models.Index(
                        fields=["seller", "buyer", "created_at"], name="orders_order_by_buyer"
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["authorized", "pending_review", "pending_approval"])
                        ),
                        fields=["seller", "expires_on"],
                        name="orders_order_expiring",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "external_id"), name="orders_order_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "pending_review",
                                    "pending_approval",
                                    "authorized",
                                    "partially_invoiced",
                                    "invoiced",
                                    "declined",
                                    "canceled",
                                    "expired",
                                ),
                            )
                        ),
                        name="orders_order_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0),
                            ("tax_amount__gte", 0),
                            ("tax_amount__lte", models.F("amount")),
                            ("invoiced_amount__gte", 0),
                            ("invoiced_tax__gte", 0),
                                ("invoiced_tax__lte", models.F("tax_amount")),
                                ("voided_amount__gte", 0),
                            (
                                "invoiced_amount__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "-", models.F("voided_amount")
                                ),
                            ),
                        ),
                        name="orders_order_amounts",
                    ),
                ],
            },
        ),
        ScopeToSeller("Order"),
        GuardState(
            "Order",
            pairs=[
                ("authorized", "canceled"),
                ("authorized", "expired"),
                ("authorized", "invoiced"),
                ("authorized", "partially_invoiced"),
                ("partially_invoiced", "invoiced"),
                ("pending_approval", "authorized"),
                ("pending_approval", "canceled"),
                ("pending_approval", "declined"),
                ("pending_approval", "expired"),
                ("pending_review", "authorized"),
                ("pending_review", "canceled"),
                ("pending_review", "declined"),
                ("pending_review", "expired"),
                ("pending_review", "pending_approval"),
            ],
        ),
        sql_file("orders/sql/authorize.sql"),
        sql_file("credit/sql/checkout_facts.sql"),
    ]
