import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import AppendOnly, GuardState, sql_file
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
            name="approval_chain",
            field=models.JSONField(null=True),
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
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "pending_approval")),
                fields=["seller", "buyer"],
                name="orders_order_to_approve",
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
                ("pending_approval", "pending_review"),
                ("pending_review", "authorized"),
                ("pending_review", "canceled"),
                ("pending_review", "declined"),
                ("pending_review", "expired"),
                ("pending_review", "pending_approval"),
            ],
        ),
        sql_file("orders/sql/authorize.sql"),
        sql_file("credit/sql/checkout_facts.sql"),
        # What waits for a person already comes before those who decide where no policy says who.
        migrations.RunSQL(
            "INSERT INTO credit_review (id, seller_id, created_at, kind, subject_id, buyer_id, state,"
            " route, roles, people, escalate_to, asked_by, reasons, amount, currency, proposal)"
            " SELECT gen_random_uuid(), o.seller_id, o.created_at, 'order', o.id, o.buyer_id, 'open',"
            " '', '{credit_manager,admin}', 1, '', '', d.reasons, o.amount, o.currency, '{}'"
            " FROM orders_order AS o"
            " JOIN credit_decision AS d ON d.seller_id = o.seller_id AND d.id = o.decision_id"
            " WHERE o.state = 'pending_review' AND NOT EXISTS ("
            " SELECT 1 FROM credit_review AS r WHERE r.seller_id = o.seller_id"
            " AND r.subject_id = o.id AND r.state = 'open')",
            migrations.RunSQL.noop,
        ),
    ]
