from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built and looked at while invoices are written.
    atomic = False
    dependencies = [("invoices", "0007_split_tax")]

    operations = [
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("payment_reference", ""), _negated=True),
                fields=["seller", "payment_reference"],
                name="invoices_invoice_by_payref",
            ),
        ),
        ValidateConstraint(model_name="invoice", name="invoices_invoice_split_tax"),
        ValidateConstraint(model_name="creditnote", name="invoices_creditnote_split_tax"),
    ]
