"""Remittance advices that wait are looked at again, a few at a time."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import remittance_rounds
from usance.jobs import tasks

_log = logging.getLogger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(name="look_at_advices", queue=tasks.CALENDAR, queueing_lock="look_at_advices")
def look_at_advices(timestamp: int) -> None:
    """Look for the money of advices that wait, and for invoices that came after them, a seller at a
    time; one that fails keeps no other from it."""
    del timestamp
    for seller_id in remittance_rounds.sellers():
        if tasks.stopping.is_set():
            return
        try:
            remittance_rounds.look_again(seller_id=seller_id, at=CLOCK.now(), by="calendar")
        except Exception:  # noqa: BLE001 - logged; the others have their turn
            _log.exception("remittance advices of seller %s", seller_id)
