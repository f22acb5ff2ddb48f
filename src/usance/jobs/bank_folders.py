"""Bank files that wait in folders are taken every minute."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import bank_folders
from usance.jobs import tasks

_log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(
    name="take_bank_files", queue=tasks.CALENDAR, lock="bank_folders", queueing_lock="bank_folders"
)
def take_bank_files(timestamp: int) -> None:
    """Take what waits in the folders, a seller at a time; one that fails keeps no other from it. The
    lines are settled by the job for those."""
    del timestamp
    for seller_id in bank_folders.sellers_with_folders():
        if tasks.stopping.is_set():
            return
        try:
            bank_folders.take_waiting(seller_id=seller_id, at=CLOCK.now(), by="folder")
        except Exception:  # noqa: BLE001 - logged; the others have their turn
            _log.exception("bank files of seller %s", seller_id)
