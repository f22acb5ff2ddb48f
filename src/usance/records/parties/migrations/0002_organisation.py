import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalStep",
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
                ("above", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("role", models.CharField(default="approver", max_length=24)),
                ("cost_centre", models.CharField(default="", max_length=40)),
            ],
            options={
                "db_table": "parties_approvalstep",
            },
        ),
        migrations.CreateModel(
            name="CostCentre",
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
                ("code", models.CharField(max_length=40)),
                ("name", models.TextField(default="")),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "parties_costcentre",
            },
        ),
        migrations.AddField(
            model_name="buyer",
            name="domain",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="buyer",
            name="group",
            field=models.CharField(db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="buyer",
            name="members_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="buyer",
            name="ordering_rules",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="buyer",
            name="parent",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.buyer",
            ),
        ),
        migrations.AddField(
            model_name="buyer",
            name="po_required",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="buyer",
            name="po_unique",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="member",
            name="left_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="limit_currency",
            field=models.CharField(db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="member",
            name="order_limit",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="member",
            name="period",
            field=models.CharField(db_default="month", default="month", max_length=8),
        ),
        migrations.AddField(
            model_name="member",
            name="period_limit",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="buyer",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["seller", "parent"],
                name="parties_buyer_by_parent",
            ),
        ),
        migrations.AddIndex(
            model_name="buyer",
            index=models.Index(
                condition=models.Q(("tax_id", ""), _negated=True),
                fields=["seller", "tax_id"],
                name="parties_buyer_by_tax_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__in", ["day", "week", "month"])),
                name="parties_member_period",
            ),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="approver",
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
            model_name="approvalstep",
            name="buyer",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.buyer",
            ),
        ),
        migrations.AddField(
            model_name="approvalstep",
            name="seller",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.seller",
            ),
        ),
        migrations.AddField(
            model_name="costcentre",
            name="buyer",
            field=usance.records.seller_scope.ScopedForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="parties.buyer",
            ),
        ),
        migrations.AddField(
            model_name="costcentre",
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
            model_name="approvalstep",
            constraint=models.UniqueConstraint(
                fields=("seller", "buyer", "position"), name="parties_approval_step_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("above__gte", 0)), name="parties_approval_step_above"
            ),
        ),
        migrations.AddConstraint(
            model_name="costcentre",
            constraint=models.UniqueConstraint(
                fields=("seller", "buyer", "code"), name="parties_cost_centre_once"
            ),
        ),
        ScopeToSeller("Buyer", "Member", "CostCentre", "ApprovalStep"),
    ]
