"""Writing what the matching was taught and how far it may go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from usance.records.identity import new_id
from usance.records.statements import execute, jsonb
from usance.rules.matching.model import Lesson

_TEACH: Final = """
INSERT INTO payments_learntpayer AS l (id, seller_id, created_at, buyer_id, kind, value, weight)
SELECT n.id, %(seller_id)s, %(at)s, n.buyer_id, n.kind, n.value, n.weight
  FROM jsonb_to_recordset(%(rows)s)
       AS n(id uuid, buyer_id uuid, kind text, value text, weight integer)
 ORDER BY n.kind, n.value, n.buyer_id
ON CONFLICT (seller_id, kind, value, buyer_id)
DO UPDATE SET weight = l.weight + EXCLUDED.weight
"""


def teach(lessons: Iterable[Lesson], *, seller_id: UUID, at: datetime) -> None:
    """Add the weights of ``lessons`` to what is known of their values."""
    sums: defaultdict[tuple[str, str, UUID], int] = defaultdict(int)
    for lesson in lessons:
        sums[lesson.kind, lesson.value, lesson.buyer_id] += lesson.weight
    rows = [
        {"id": new_id(), "buyer_id": buyer_id, "kind": kind, "value": value, "weight": weight}
        for (kind, value, buyer_id), weight in sums.items()
        if weight
    ]
    if rows:
        execute(_TEACH, {"seller_id": seller_id, "at": at, "rows": jsonb(rows)})
