"""Waiting for events to be readable.

Events are read up to the oldest transaction still running anywhere on the server, and tests that
run side by side share a server. So a test that reads what it has just committed gives the others a
moment to finish theirs.
"""

from __future__ import annotations

import time
from uuid import UUID

from django.db import connection


def wait_for_events(seller_id: UUID, *, seconds: float = 2.0) -> None:
    """Wait until everything committed for the seller can be read, for ``seconds`` at most: a test
    may hold a transaction open on purpose."""
    latest = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < latest:
            cursor.execute(
                "SELECT coalesce(max(transaction), 0)"
                " < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
                " FROM events_event WHERE seller_id = %s",
                [seller_id],
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.005)
