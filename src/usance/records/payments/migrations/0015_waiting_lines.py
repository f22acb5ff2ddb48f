import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from usance.records.guards import sql_file
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_attached_files"),
        ("payments", "0014_batch_ids"),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingLine",
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
                ("booked_on", models.DateField()),
                (
                    "bank_transaction",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="payments.banktransaction",
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
                "db_table": "payments_waitingline",
                "indexes": [
                    models.Index(
                        fields=["seller", "booked_on", "bank_transaction"],
                        name="payments_waitingline_oldest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "bank_transaction"), name="payments_waitingline_once"
                    )
                ],
            },
        ),
        ScopeToSeller("WaitingLine"),
        sql_file("payments/sql/waiting_lines.sql"),
        # A part that is taken back of a conversion may be too small for the payment's minor units.
        migrations.RemoveConstraint(
            model_name="allocation", name="payments_allocation_converted"
        ),
        AddConstraintNotValid(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("converted__isnull", True), ("rate_difference", 0)),
                    models.Q(("amount__gt", 0), ("converted__gt", 0)),
                    models.Q(("amount__lt", 0), ("converted__lte", 0)),
                    _connector="OR",
                ),
                name="payments_allocation_converted",
            ),
        ),
    ]
