from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: reading all payments keeps nobody waiting, as long as nothing else is
    # held.
    dependencies = [("payments", "0002_repayments_and_deductions")]

    operations = [
        ValidateConstraint(model_name="payment", name="payments_payment_amounts"),
        ValidateConstraint(model_name="allocation", name="payments_allocation_deduction"),
    ]
