from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_converted_parts_validated")]

    operations = [
        migrations.AddField(
            model_name="remittance",
            name="looked_at",
            field=models.DateTimeField(null=True),
        ),
    ]
