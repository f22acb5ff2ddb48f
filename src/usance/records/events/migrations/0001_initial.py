import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import usance.records.events.models
import usance.records.identity
import usance.records.seller_scope
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS events_event_sequence",
            "DROP SEQUENCE IF EXISTS events_event_sequence",
        ),
        migrations.CreateModel(
            name="Event",
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
                (
                    "transaction",
                    models.BigIntegerField(
                        db_default=usance.records.events.models._CurrentTransaction()
                    ),
                ),
                (
                    "sequence",
                    models.BigIntegerField(db_default=usance.records.events.models._NextSequence()),
                ),
                ("type", models.CharField(max_length=48)),
                ("object_type", models.CharField(max_length=24)),
                ("object_id", models.UUIDField()),
                ("buyer_id", models.UUIDField(null=True)),
                ("state", models.CharField(max_length=24, null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                ("owed_change", models.BigIntegerField(default=0)),
                ("actor", models.TextField(default="")),
                ("data", models.JSONField(default=dict)),
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
                "db_table": "events_event",
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
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
                ("key", models.TextField()),
                ("request_hash", models.BinaryField()),
                ("status", models.SmallIntegerField()),
                ("body", models.TextField()),
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
                "db_table": "events_idempotencyrecord",
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
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
                ("url", models.TextField()),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=48), default=list, size=None
                    ),
                ),
                ("secret", models.TextField()),
                ("previous_secret", models.TextField(default="")),
                ("previous_secret_until", models.DateTimeField(null=True)),
                ("state", models.CharField(default="active", max_length=12)),
                ("transaction", models.BigIntegerField(default=0)),
                ("sequence", models.BigIntegerField(default=0)),
                ("metadata", models.JSONField(default=dict)),
                ("external_id", models.TextField(null=True)),
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
                "db_table": "events_webhookendpoint",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
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
                ("object_id", models.UUIDField()),
                ("state", models.CharField(default="pending", max_length=12)),
                ("attempts", models.IntegerField(default=0)),
                ("first_attempt_at", models.DateTimeField(null=True)),
                (
                    "next_attempt_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("delivered_at", models.DateTimeField(null=True)),
                ("last_status", models.SmallIntegerField(null=True)),
                ("last_error", models.TextField(default="")),
                ("replay", models.IntegerField(default=0)),
                (
                    "event",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="events.event",
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
                    "endpoint",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="events.webhookendpoint",
                    ),
                ),
            ],
            options={
                "db_table": "events_webhookdelivery",
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["seller", "transaction", "sequence"], name="events_event_order"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["seller", "object_id", "sequence"], name="events_event_by_object"
            ),
        ),
        migrations.AddConstraint(
            model_name="idempotencyrecord",
            constraint=models.UniqueConstraint(
                fields=("seller", "key"), name="events_idempotency_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "disabled"])),
                name="events_endpoint_state",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["seller", "endpoint", "object_id", "created_at"],
                name="events_delivery_by_object",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                fields=("seller", "endpoint", "event", "replay"), name="events_delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "delivered", "failed"])),
                name="events_delivery_state",
            ),
        ),
        ScopeToSeller(
            "Event",
            "IdempotencyRecord",
            "WebhookEndpoint",
            "WebhookDelivery",
            unreferenced=("Event", "IdempotencyRecord"),
        ),
        AppendOnly("Event"),
    ]
