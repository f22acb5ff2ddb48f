from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built and looked at while invoices are written.
    atomic = False
    dependencies = [("invoices", "0003_parts_of_earlier_invoices")]

    operations = [
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("run__isnull", False)),
                fields=["seller", "run"],
                name="invoices_invoice_by_run",
            ),
        ),
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("replaces__isnull", False)),
                fields=["seller", "replaces"],
                name="invoices_invoice_replacing",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE invoices_invoice VALIDATE CONSTRAINT invoices_invoice_replaces_id_fk",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "ALTER TABLE invoices_invoice VALIDATE CONSTRAINT invoices_invoice_run_id_fk",
            migrations.RunSQL.noop,
        ),
    ]
