import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
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
                ("name", models.CharField(max_length=40)),
                ("version", models.IntegerField(default=1)),
                (
                    "triggers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("when", models.TextField(default="true")),
                ("severity", models.CharField(default="warning", max_length=8)),
                ("actions", models.JSONField(default=list)),
                ("quiet_days", models.IntegerField(default=1)),
                ("is_active", models.BooleanField(default=True)),
                ("author", models.TextField(default="")),
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
                "db_table": "monitoring_watch",
            },
        ),
        migrations.CreateModel(
            name="Alarm",
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
                ("state", models.CharField(default="open", max_length=12)),
                ("trigger", models.CharField(max_length=60)),
                ("event_id", models.UUIDField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("actions", models.JSONField(default=list)),
                ("acknowledged_by", models.TextField(default="")),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("note", models.TextField(default="")),
                (
                    "buyer",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.buyer",
                    ),
                ),
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
                (
                    "watch",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="monitoring.watch",
                    ),
                ),
            ],
            options={
                "db_table": "monitoring_alarm",
            },
        ),
        migrations.CreateModel(
            name="WatchPosition",
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
                ("reader", models.CharField(max_length=16)),
                ("transaction", models.BigIntegerField(default=0)),
                ("sequence", models.BigIntegerField(default=0)),
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
                "db_table": "monitoring_position",
            },
        ),
        migrations.CreateModel(
            name="ReviewCycle",
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
                ("tier", models.CharField(max_length=40)),
                ("days", models.IntegerField()),
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
                "db_table": "monitoring_reviewcycle",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "tier"), name="monitoring_cycle_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1)), name="monitoring_cycle_days"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                fields=("seller", "name"), name="monitoring_watch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["notice", "warning", "critical"])),
                name="monitoring_watch_severity",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                fields=["seller", "state", "-created_at"], name="monitoring_alarm_state"
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                fields=["seller", "buyer", "-created_at"], name="monitoring_alarm_buyer"
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("event_id__isnull", False)),
                fields=("seller", "watch", "event_id"),
                name="monitoring_alarm_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "acknowledged"])),
                name="monitoring_alarm_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="watchposition",
            constraint=models.UniqueConstraint(
                fields=("seller", "reader"), name="monitoring_position_once"
            ),
        ),
        ScopeToSeller("Watch", "Alarm", "ReviewCycle", "WatchPosition"),
    ]
