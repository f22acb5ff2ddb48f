"""When forecasts are made: early in the morning, after the calendar of the night."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import cash_forecasts
from usance.jobs.tasks import CALENDAR, for_each_seller
from usance.records.parties.models import Seller


@app.periodic(cron="47 3 * * *")
@app.task(name="keep_forecasts", queue=CALENDAR, queueing_lock="keep_forecasts")
def keep_forecasts(timestamp: int) -> None:
    """Keep each seller's cash forecast of last evening."""
    del timestamp
    for_each_seller(_keep)


def _keep(seller_id: UUID) -> None:
    cash_forecasts.keep(Seller.objects.get(id=seller_id), at=CLOCK.now())
