from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: reading all allocations keeps nobody waiting, as long as nothing else
    # is held.
    dependencies = [("payments", "0015_waiting_lines")]

    operations = [
        ValidateConstraint(model_name="allocation", name="payments_allocation_converted"),
    ]
