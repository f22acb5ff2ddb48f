"""What reports rest on beside the books: what the seller says, and the forecasts that were made."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import SellerScoped


class ReportRules(SellerScoped):
    """What a seller says of its reports, once a seller.

    ``capital_rate`` is what its money costs in per cent a year, null while it has not said so.
    ``segment_key`` and ``person_key`` are the keys of buyers' metadata that name a buyer's segment and
    the person of the sales team who looks after it.
    """

    updated_at = models.DateTimeField()
    capital_rate: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        max_digits=6, decimal_places=3, null=True
    )
    segment_key = models.CharField(max_length=40, default="segment")
    person_key = models.CharField(max_length=40, default="sales_person")

    class Meta:
        db_table = "invoices_reportrules"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="invoices_reportrules_once"),
            models.CheckConstraint(
                condition=Q(capital_rate__isnull=True)
                | (Q(capital_rate__gte=0) & Q(capital_rate__lte=100)),
                name="invoices_reportrules_rate",
            ),
        ]


class CashForecast(SellerScoped):
    """A forecast as it was made at the end of the day ``on``, of what was open then in one currency.

    ``weeks`` are the documents of ``rules.forecast.weeks.Week``; ``beyond`` is what was expected later,
    ``disputed`` what was left out because its buyers did not agree to owe it. Never changed, so that it
    can be held against what came.
    """

    on = models.DateField()
    currency = models.CharField(max_length=3)
    items = models.IntegerField()
    outstanding = models.BigIntegerField()
    disputed = models.BigIntegerField()
    beyond = models.BigIntegerField()
    weeks = models.JSONField()
    model = models.CharField(max_length=24)

    class Meta:
        db_table = "invoices_cashforecast"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "on", "currency"], name="invoices_cashforecast_once"
            )
        ]
