import django.db.models.deletion
from django.db import migrations, models

import usance.records.identity
import usance.records.seller_scope
from usance.records.guards import AppendOnly, sql_file
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
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
                ("kind", models.CharField(max_length=32)),
                ("subject_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                (
                    "buyer",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
            ],
            options={
                "db_table": "ledger_entry",
            },
        ),
        migrations.CreateModel(
            name="Posting",
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
                ("buyer_id", models.UUIDField(null=True)),
                ("account", models.CharField(max_length=24)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                (
                    "entry",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.entry",
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
                "db_table": "ledger_posting",
            },
        ),
        migrations.CreateModel(
            name="Balance",
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
                ("buyer_id", models.UUIDField(null=True)),
                ("account", models.CharField(max_length=24)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField(default=0)),
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
                "db_table": "ledger_balance",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "buyer_id", "account", "currency"),
                        name="ledger_balance_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["seller", "subject_id"], name="ledger_entry_by_subject"),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["seller", "entry"], name="ledger_posting_by_entry"),
        ),
        ScopeToSeller("Entry", "Posting", "Balance", unreferenced=("Entry", "Balance")),
        # Room on each page for the next version of a row: an update then touches no index.
        migrations.RunSQL(
            "ALTER TABLE ledger_balance SET (fillfactor = 60)", migrations.RunSQL.noop
        ),
        AppendOnly("Entry", "Posting"),
        sql_file("ledger/sql/post.sql"),
    ]
