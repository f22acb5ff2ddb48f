from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built while disputes are opened and answered.
    atomic = False
    dependencies = [("collections", "0008_dispute_conversations")]

    operations = [
        AddIndexConcurrently(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["seller", "answer_by", "id"],
                name="collections_dispute_due",
            ),
        ),
    ]
