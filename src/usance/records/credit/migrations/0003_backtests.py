import django.contrib.postgres.fields
import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models
from usance.records.guards import GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0002_written_policies"),
        ("parties", "0002_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backtest",
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
                ("document", models.JSONField()),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("reviews", models.CharField(default="approve", max_length=8)),
                ("late_days", models.IntegerField(default=30)),
                ("author", models.TextField(default="")),
                ("state", models.CharField(default="queued", max_length=12)),
                ("attempt", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("changed", models.IntegerField(default=0)),
                ("started_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(default="")),
                (
                    "against",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="credit.creditpolicy",
                    ),
                ),
                (
                    "policy",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="credit.creditpolicy",
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
                "db_table": "credit_backtest",
            },
        ),
        migrations.CreateModel(
            name="BacktestChange",
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
                ("position", models.IntegerField()),
                ("order_id", models.UUIDField()),
                ("order_number", models.TextField(default="")),
                ("on", models.DateField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("value", models.BigIntegerField(null=True)),
                ("live", models.CharField(max_length=12)),
                ("draft", models.CharField(max_length=12)),
                (
                    "live_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "draft_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "rules",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("effect", models.CharField(max_length=16)),
                ("bad", models.BigIntegerField(default=0)),
                ("good", models.BigIntegerField(default=0)),
                (
                    "backtest",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="credit.backtest",
                    ),
                ),
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
            ],
            options={
                "db_table": "credit_backtestchange",
            },
        ),
        migrations.AddIndex(
            model_name="backtest",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "running"])),
                fields=["seller", "state", "beat_at"],
                name="credit_backtest_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="backtest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("queued", "running", "done", "failed"))),
                name="credit_backtest_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="backtest",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_on__lte", models.F("until_on"))),
                name="credit_backtest_window",
            ),
        ),
        migrations.AddConstraint(
            model_name="backtest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reviews__in", ["approve", "decline"])),
                name="credit_backtest_reviews",
            ),
        ),
        migrations.AddConstraint(
            model_name="backtest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    ("result__isnull", False),
                    _connector="OR",
                ),
                name="credit_backtest_result",
            ),
        ),
        migrations.AddIndex(
            model_name="backtestchange",
            index=models.Index(fields=["seller", "backtest", "id"], name="credit_backtest_changes"),
        ),
        migrations.AddConstraint(
            model_name="backtestchange",
            constraint=models.UniqueConstraint(
                fields=("seller", "backtest", "position"), name="credit_backtest_change_once"
            ),
        ),
        ScopeToSeller("Backtest", "BacktestChange"),
        GuardState(
            "Backtest",
            pairs=[
                ("queued", "failed"),
                ("queued", "running"),
                ("running", "done"),
                ("running", "failed"),
                ("running", "queued"),
            ],
        ),
    ]
