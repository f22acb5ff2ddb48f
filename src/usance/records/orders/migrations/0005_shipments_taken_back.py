from __future__ import annotations

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_order_amounts_validated")]

    operations = [
        migrations.AddField(
            model_name="shipment",
            name="canceled_at",
            field=models.DateTimeField(null=True),
        ),
        AddConstraintNotValid(
            model_name="shipment",
            constraint=models.CheckConstraint(
                condition=models.Q(("billed", False), ("canceled_at__isnull", True), _connector="OR"),
                name="orders_shipment_billed_or_taken_back",
            ),
        ),
    ]
