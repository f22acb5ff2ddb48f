"""Which credit lines are to be reviewed, and when."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from usance.records.statements import execute

# Locked first, in the order of all flows: who moves money or sends reminders locks many at once too.
_SCHEDULE: Final = """
WITH unplanned AS MATERIALIZED (
    SELECT l.id, c.days
      FROM credit_creditline AS l
      JOIN monitoring_reviewcycle AS c ON c.seller_id = l.seller_id AND c.tier = l.tier
     WHERE l.seller_id = %(seller)s AND l.review_on IS NULL AND l.state <> 'closed'
     ORDER BY l.id FOR NO KEY UPDATE OF l
)
UPDATE credit_creditline AS l SET review_on = %(on)s::date + unplanned.days
  FROM unplanned
 WHERE l.seller_id = %(seller)s AND l.id = unplanned.id
RETURNING l.id
"""


def schedule_reviews(*, seller_id: UUID, on: date) -> int:
    """Give the lines that have no day of review, and a tier with a cycle, the day one cycle from
    ``on``; how many those were."""
    return len(execute(_SCHEDULE, {"seller": seller_id, "on": on}))


_DUE: Final = """
SELECT l.buyer_id, l.currency FROM credit_creditline AS l
 WHERE l.seller_id = %(seller)s AND l.review_on <= %(on)s AND l.state <> 'closed'
   AND NOT EXISTS (SELECT 1 FROM credit_review AS r
                    WHERE r.seller_id = l.seller_id AND r.subject_id = l.id AND r.kind = 'limit'
                      AND r.state = 'open')
 ORDER BY l.review_on, l.id
"""


def due_lines(*, seller_id: UUID, on: date) -> list[tuple[UUID, str]]:
    """(buyer, currency) of the lines whose day of review has come and that nobody reviews yet."""
    return [(row[0], row[1]) for row in execute(_DUE, {"seller": seller_id, "on": on})]
