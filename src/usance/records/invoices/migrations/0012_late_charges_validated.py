from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: reading all invoices keeps nobody waiting.
    dependencies = [("invoices", "0011_late_charges")]

    operations = [ValidateConstraint(model_name="invoice", name="invoices_invoice_kind")]
