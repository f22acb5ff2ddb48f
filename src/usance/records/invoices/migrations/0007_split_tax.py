from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_instalments_of_earlier_invoices")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="payment_reference",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="invoice",
            name="split_tax",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="creditnote",
            name="split_tax",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("split_tax__gte", 0)), name="invoices_invoice_split_tax"
            ),
        ),
        AddConstraintNotValid(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("split_tax__gte", 0)), name="invoices_creditnote_split_tax"
            ),
        ),
    ]
