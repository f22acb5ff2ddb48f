from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0010_standing_indexes")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="kind",
            field=models.CharField(db_default="sale", default="sale", max_length=12),
        ),
        AddConstraintNotValid(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "sale"),
                    models.Q(
                        ("kind", "late_charge"),
                        ("order__isnull", True),
                        ("split_tax", 0),
                        ("tax_amount", 0),
                    ),
                    _connector="OR",
                ),
                name="invoices_invoice_kind",
            ),
        ),
    ]
