from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: reading the table keeps nobody waiting, as long as nothing else is held.
    dependencies = [("collections", "0004_second_persons")]

    operations = [
        ValidateConstraint(
            model_name="writeoffrequest", name="collections_writeoffrequest_persons"
        ),
    ]
