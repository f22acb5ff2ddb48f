from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: reading all orders keeps nobody waiting, as long as nothing else is held.
    dependencies = [("orders", "0003_shipments")]

    operations = [ValidateConstraint(model_name="order", name="orders_order_amounts")]
