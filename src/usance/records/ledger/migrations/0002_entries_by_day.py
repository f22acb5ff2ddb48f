from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while entries are posted.
    atomic = False
    dependencies = [("ledger", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=BrinIndex(fields=["on"], name="ledger_entry_by_day", pages_per_range=32),
        ),
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("kind", "write_off")),
                fields=["seller", "on"],
                name="ledger_entry_write_offs",
            ),
        ),
    ]
