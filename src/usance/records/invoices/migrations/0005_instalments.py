from __future__ import annotations

from django.db import migrations, models

from usance.records.guards import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0004_invoice_indexes"),
        ("credit", "0003_backtests"),
        ("orders", "0004_order_amounts_validated"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="instalment_due_on",
            field=models.DateField(null=True),
        ),
        sql_file("invoices/sql/instalments.sql"),
        # A checkout asks when the oldest debt fell due.
        sql_file("credit/sql/checkout_facts.sql"),
    ]
