import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, sql_file
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0002_written_policies"),
        ("orders", "0001_initial"),
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderApproval",
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
                ("position", models.IntegerField()),
                ("verdict", models.CharField(max_length=12)),
                ("note", models.TextField(default="")),
            ],
            options={
                "db_table": "orders_orderapproval",
            },
        ),
        migrations.AddField(
            model_name="order",
            name="cost_centre",
            field=models.CharField(db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="order",
            name="member",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.member",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="ship_to",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("member__isnull", False)),
                fields=["seller", "member", "created_at"],
                name="orders_order_by_member",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("po_number", ""), _negated=True),
                fields=["seller", "buyer", "po_number"],
                name="orders_order_by_po",
            ),
        ),
        migrations.AddField(
            model_name="orderapproval",
            name="member",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.member",
            ),
        ),
        migrations.AddField(
            model_name="orderapproval",
            name="order",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="orders.order",
            ),
        ),
        migrations.AddField(
            model_name="orderapproval",
            name="seller",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.seller",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderapproval",
            constraint=models.UniqueConstraint(
                fields=("seller", "order", "position"), name="orders_approval_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["approved", "declined"])),
                name="orders_approval_verdict",
            ),
        ),
        ScopeToSeller("Order", "OrderApproval"),
        AppendOnly("OrderApproval"),
        sql_file("orders/sql/authorize.sql"),
        sql_file("credit/sql/checkout_facts.sql"),
    ]
