from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while bank files are taken.
    atomic = False
    dependencies = [("payments", "0012_funding_claims")]

    operations = [
        AddIndexConcurrently(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("returned", True)),
                fields=["seller", "end_to_end_id"],
                name="payments_transaction_returned",
            ),
        ),
    ]
