import django.db.models.deletion
from django.db import migrations, models

import usance.records.identity
from usance.records.guards import AppendOnly
from usance.records.seller_scope import ScopeToSeller


def _base():
    return [
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
    ]


def _seller():
    return (
        "seller",
        models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="parties.seller",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0008_payment_references"),
        ("parties", "0004_attached_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportRules",
            fields=[
                *_base(),
                ("updated_at", models.DateTimeField()),
                ("capital_rate", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("segment_key", models.CharField(default="segment", max_length=40)),
                ("person_key", models.CharField(default="sales_person", max_length=40)),
                _seller(),
            ],
            options={
                "db_table": "invoices_reportrules",
                "constraints": [
                    models.UniqueConstraint(fields=("seller",), name="invoices_reportrules_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("capital_rate__isnull", True),
                            models.Q(("capital_rate__gte", 0), ("capital_rate__lte", 100)),
                            _connector="OR",
                        ),
                        name="invoices_reportrules_rate",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CashForecast",
            fields=[
                *_base(),
                ("on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("items", models.IntegerField()),
                ("outstanding", models.BigIntegerField()),
                ("disputed", models.BigIntegerField()),
                ("beyond", models.BigIntegerField()),
                ("weeks", models.JSONField()),
                ("model", models.CharField(max_length=24)),
                _seller(),
            ],
            options={
                "db_table": "invoices_cashforecast",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "on", "currency"), name="invoices_cashforecast_once"
                    )
                ],
            },
        ),
        ScopeToSeller("ReportRules", "CashForecast"),
        AppendOnly("CashForecast"),
    ]
