import django.db.models.deletion
import usance.records.identity
from django.db import migrations, models


from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_webhook_generation"),
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=usance.records.identity.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                ("object_type", models.CharField(max_length=24)),
                ("object_id", models.UUIDField()),
                ("recipient", models.EmailField(max_length=254)),
                ("content", models.TextField(default="")),
                ("due_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("message_id", models.TextField(default="")),
                ("last_error", models.TextField(default="")),
                (
                    "seller",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.seller",
                    ),
                ),
            ],
            options={
                "db_table": "events_outgoingmail",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["seller", "due_at"],
                        name="events_mail_due",
                    ),
                    models.Index(fields=["seller", "object_id"], name="events_mail_by_object"),
                ],
            },
        ),
        ScopeToSeller("OutgoingMail"),
    ]
