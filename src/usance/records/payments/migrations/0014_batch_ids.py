from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_returned_lines_index")]

    operations = [
        migrations.AddField(
            model_name="banktransaction",
            name="batch_ids",
            field=models.TextField(default="", db_default=""),
        ),
    ]
