import django.db.models.deletion
import usance.records.identity
from django.db import migrations, models
from django.db.models import Q
from usance.records.guards import GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0002_follow_from_now"),
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Registration",
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
                ("kind", models.CharField(max_length=12)),
                ("subject_id", models.UUIDField()),
                ("irn", models.CharField(max_length=64)),
                ("acknowledgement", models.TextField(default="")),
                ("acknowledged_at", models.DateTimeField()),
                ("signed_qr", models.TextField()),
                ("verified", models.BooleanField(default=False)),
                ("state", models.CharField(default="registered", max_length=12)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("author", models.TextField(default="")),
                ("content", models.BinaryField()),
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
            options={"db_table": "deliveries_registration"},
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                fields=("seller", "subject_id"), name="deliveries_registration_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                fields=("seller", "irn"), name="deliveries_registration_irn"
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=Q(("kind__in", ("invoice", "credit_note"))),
                name="deliveries_registration_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=Q(
                    ("state__in", ("registered", "cancelled")),
                    Q(("state", "registered"), ("cancelled_at__isnull", False), _connector="OR"),
                ),
                name="deliveries_registration_state",
            ),
        ),
        ScopeToSeller("Registration"),
        GuardState("Registration", pairs=[("registered", "cancelled")]),
    ]
