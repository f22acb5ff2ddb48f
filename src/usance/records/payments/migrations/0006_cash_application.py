from typing import Any

import django.db.models.deletion
import usance.records.identity
import usance.records.seller_scope
from django.db import migrations, models

from usance.records.guards import GuardState
from usance.records.seller_scope import ScopeToSeller
from usance.rules.matching.payers import account_key, name_key

_KNOWN = "SELECT id, seller_id, created_at, buyer_id, kind, value FROM payments_payeraccount WHERE buyer_id IS NOT NULL"
_LEARN = """
INSERT INTO payments_learntpayer (id, seller_id, created_at, buyer_id, kind, value, weight)
VALUES (%s, %s, %s, %s, %s, %s, 1) ON CONFLICT DO NOTHING
"""


def learn_from_before(apps: Any, schema_editor: Any) -> None:
    """What had paid for one buyer counts as one confirmed line of it. Can be run twice."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        for id_, seller_id, created_at, buyer_id, kind, value in cursor.fetchall():
            key = account_key(value) if kind == "account" else name_key(value)
            if key:
                cursor.execute(_LEARN, [id_, seller_id, created_at, buyer_id, kind, key])


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_attached_files"),
        ("payments", "0005_bank_file_parts_validated"),
    ]

    operations = [
        migrations.CreateModel(
            name="LearntPayer",
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
                ("kind", models.CharField(max_length=8)),
                ("value", models.TextField()),
                ("weight", models.IntegerField()),
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
                "db_table": "payments_learntpayer",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "kind", "value", "buyer"),
                        name="payments_learntpayer_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("account", "name", "text"))),
                        name="payments_learntpayer_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchingRules",
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
                ("self_book_from", models.IntegerField()),
                ("tolerance_amount", models.BigIntegerField()),
                ("tolerance_basis_points", models.IntegerField()),
                ("charges_limit", models.BigIntegerField()),
                ("discount_grace_days", models.IntegerField()),
                ("large_from", models.BigIntegerField()),
                ("book_part_payments", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
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
                "db_table": "payments_matchingrules",
                "constraints": [
                    models.UniqueConstraint(fields=("seller",), name="payments_matchingrules_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("self_book_from__range", (9000, 10000)),
                            ("tolerance_amount__gte", 0),
                            ("tolerance_basis_points__range", (0, 10000)),
                            ("charges_limit__gte", 0),
                            ("discount_grace_days__range", (0, 60)),
                            ("large_from__gte", 0),
                        ),
                        name="payments_matchingrules_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                ("confidence", models.IntegerField()),
                ("rule", models.CharField(max_length=24)),
                ("best", models.JSONField()),
                ("alternatives", models.JSONField(default=list)),
                ("held_back", models.JSONField(default=list)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(default="")),
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
                    "payment",
                    usance.records.seller_scope.ScopedForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="payments.payment",
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
                "db_table": "payments_proposal",
                "indexes": [
                    models.Index(fields=["seller", "payment"], name="payments_proposal_by_payment"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["seller", "-confidence", "id"],
                        name="payments_proposal_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("seller", "payment"),
                        name="payments_proposal_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("open", "booked", "accepted", "dismissed", "superseded", "undone"),
                            )
                        ),
                        name="payments_proposal_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__range", (0, 10000))),
                        name="payments_proposal_confidence",
                    ),
                ],
            },
        ),
        ScopeToSeller("LearntPayer", "MatchingRules", "Proposal"),
        GuardState(
            "Proposal",
            pairs=[
                ("accepted", "undone"),
                ("booked", "undone"),
                ("open", "accepted"),
                ("open", "dismissed"),
                ("open", "superseded"),
            ],
        ),
        migrations.RunPython(learn_from_before, migrations.RunPython.noop),
    ]
