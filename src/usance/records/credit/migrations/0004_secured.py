from __future__ import annotations

from django.db import migrations, models

from usance.records.guards import sql_file


class Migration(migrations.Migration):
    dependencies = [("credit", "0003_backtests"), ("invoices", "0005_instalments")]

    operations = [
        migrations.AddField(
            model_name="creditline",
            name="secured",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        # What cards hold is not part of the tolerance any more, and counts for its own order.
        sql_file("credit/sql/secured.sql"),
        sql_file("credit/sql/checkout_facts.sql"),
    ]
