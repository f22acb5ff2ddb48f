import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import usance.records.identity
import usance.records.seller_scope
from usance.records.guards import AppendOnly, GuardState
from usance.records.seller_scope import ScopeToSeller


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditPolicy",
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
                ("version", models.IntegerField()),
                ("document", models.JSONField()),
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
                "db_table": "credit_creditpolicy",
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("outcome", models.CharField(max_length=12)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("terms", models.CharField(max_length=24)),
                ("up_to", models.BigIntegerField(null=True)),
                ("facts", models.JSONField()),
                ("trace", models.JSONField()),
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
                    "policy",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                "db_table": "credit_decision",
            },
        ),
        migrations.CreateModel(
            name="CreditLine",
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
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(default="active", max_length=12)),
                ("hold_reason", models.TextField(default="")),
                ("limit", models.BigIntegerField(default=0)),
                ("tolerance", models.BigIntegerField(default=0)),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), default=list, size=None
                    ),
                ),
                ("commitments", models.BigIntegerField(default=0)),
                ("receivable", models.BigIntegerField(default=0)),
                ("external", models.BigIntegerField(default=0)),
                ("unapplied_cash", models.BigIntegerField(default=0)),
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
                "db_table": "credit_creditline",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "buyer", "currency"), name="credit_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("active", "on_hold", "suspended", "closed"))
                        ),
                        name="credit_line_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("limit__gte", 0),
                            ("tolerance__gte", 0),
                            ("commitments__gte", 0),
                            ("receivable__gte", 0),
                            ("external__gte", 0),
                            ("unapplied_cash__gte", 0),
                        ),
                        name="credit_line_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="creditpolicy",
            constraint=models.UniqueConstraint(
                fields=("seller", "version"), name="credit_policy_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["approved", "declined", "review"])),
                name="credit_decision_outcome",
            ),
        ),
        ScopeToSeller("CreditLine", "CreditPolicy", "Decision"),
        # Room on each page for the next version of a row: an update then touches no index.
        migrations.RunSQL(
            "ALTER TABLE credit_creditline SET (fillfactor = 60)", migrations.RunSQL.noop
        ),
        AppendOnly("CreditPolicy", "Decision"),
        GuardState(
            "CreditLine",
            pairs=[
                ("active", "closed"),
                ("active", "on_hold"),
                ("active", "suspended"),
                ("on_hold", "active"),
                ("on_hold", "closed"),
                ("on_hold", "suspended"),
                ("suspended", "active"),
                ("suspended", "closed"),
            ],
        ),
    ]
