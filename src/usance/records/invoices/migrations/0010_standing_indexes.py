from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while invoices are written and paid.
    atomic = False
    dependencies = [
        ("invoices", "0009_reports"),
        ("payments", "0013_returned_lines_index"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                fields=["seller", "issued_on"],
                include=[
                    "id",
                    "buyer",
                    "currency",
                    "state",
                    "due_on",
                    "closed_on",
                    "instalment_due_on",
                    "outstanding",
                ],
                name="invoices_invoice_standing",
            ),
        ),
        # What was allocated after a day, for the same question. It is kept here because only the
        # question about invoices needs it; the table's own record knows nothing of days past.
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_allocation_later"
            " ON payments_allocation (seller_id, created_at) INCLUDE (invoice_id, amount)",
            "DROP INDEX CONCURRENTLY IF EXISTS payments_allocation_later",
        ),
    ]
