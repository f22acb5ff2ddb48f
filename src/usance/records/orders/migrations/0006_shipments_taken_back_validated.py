from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: reading all shipments keeps nobody waiting.
    dependencies = [("orders", "0005_shipments_taken_back")]

    operations = [
        ValidateConstraint(model_name="shipment", name="orders_shipment_billed_or_taken_back")
    ]
