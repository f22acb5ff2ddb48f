from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The trigger has kept what was written since; what was written before is touched once.
    atomic = False
    dependencies = [("invoices", "0005_instalments")]

    operations = [
        migrations.RunSQL(
            "UPDATE invoices_invoice SET schedule = schedule"
            " WHERE instalment_due_on IS NULL AND jsonb_array_length(schedule) > 1",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("instalment_due_on__isnull", False)),
                fields=["seller", "buyer", "currency", "instalment_due_on"],
                name="invoices_invoice_instalments",
            ),
        ),
    ]
