import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models


from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
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
                ("kind", models.CharField(max_length=24)),
                ("name", models.TextField()),
                ("settings", models.JSONField(default=dict)),
                ("secret", models.TextField(default="")),
                ("is_active", models.BooleanField(default=True)),
                ("tested_at", models.DateTimeField(null=True)),
                ("test_result", models.CharField(default="", max_length=60)),
                ("external_id", models.TextField(null=True)),
                ("metadata", models.JSONField(default=dict)),
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
                "db_table": "connections_connection",
            },
        ),
        migrations.CreateModel(
            name="LoadedFile",
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
                ("file_name", models.TextField()),
                ("digest", models.BinaryField()),
                ("entries", models.IntegerField()),
                ("content", models.BinaryField()),
                ("author", models.TextField(default="")),
                (
                    "connection",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="connections.connection",
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
            ],
            options={
                "db_table": "connections_loadedfile",
            },
        ),
        migrations.AddIndex(
            model_name="connection",
            index=models.Index(fields=["seller", "kind"], name="connections_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.UniqueConstraint(
                fields=("seller", "external_id"), name="connections_external_id_once"
            ),
        ),
        migrations.AddIndex(
            model_name="loadedfile",
            index=models.Index(
                fields=["seller", "connection", "-created_at"], name="connections_file_latest"
            ),
        ),
        ScopeToSeller("Connection", "LoadedFile"),
        AppendOnly("LoadedFile"),
    ]
