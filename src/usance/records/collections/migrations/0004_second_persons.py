from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("collections", "0003_disputes")]

    operations = [
        migrations.AddField(
            model_name="writeoffrequest",
            name="seconded_by",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="writeoffrequest",
            name="seconded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="promiserules",
            name="ask_after_broken",
            field=models.BooleanField(db_default=True, default=True),
        ),
        AddConstraintNotValid(
            model_name="writeoffrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconded_by", ""),
                    models.Q(
                        models.Q(("seconded_by", models.F("asked_by")), _negated=True),
                        models.Q(
                            models.Q(("state", "approved"), _negated=True),
                            models.Q(("seconded_by", models.F("answered_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="collections_writeoffrequest_persons",
            ),
        ),
    ]
