from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built and looked at while bank files are taken.
    atomic = False
    dependencies = [("payments", "0004_bank_file_parts")]

    operations = [
        AddIndexConcurrently(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)),
                fields=["seller", "batch"],
                name="payments_transaction_batch",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE payments_banktransaction"
            " VALIDATE CONSTRAINT payments_banktransaction_part_id_fk",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "ALTER TABLE payments_banktransaction"
            " VALIDATE CONSTRAINT payments_banktransaction_batch_id_fk",
            migrations.RunSQL.noop,
        ),
    ]
