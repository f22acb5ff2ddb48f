"""Which versions of their rows seller and buyer stand at, so that what was made of them can be used again.

PostgreSQL names each version of a row by the transaction that wrote it and its place: two that are
named alike are the same, whichever clock wrote them.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from usance.records.statements import execute

_VERSIONS: Final = """
SELECT concat_ws(' ', s.xmin, s.ctid, 'd', d.xmin, d.ctid, 'a',
                 (SELECT string_agg(concat_ws(' ', a.xmin, a.ctid), ' ' ORDER BY a.id)
                    FROM parties_sellerbankaccount AS a WHERE a.seller_id = s.id)),
       concat_ws(' ', b.xmin, b.ctid, 'p', p.xmin, p.ctid)
  FROM parties_seller AS s
  JOIN parties_buyer AS b ON b.seller_id = s.id AND b.id = %s
  LEFT JOIN parties_sellerdetails AS d ON d.seller_id = s.id
  LEFT JOIN parties_billingprofile AS p ON p.seller_id = s.id AND p.buyer_id = b.id
 WHERE s.id = %s
"""


def billing_versions(*, seller_id: UUID, buyer_id: UUID) -> tuple[str, str]:
    """The versions of what the seller says of itself, and of what is said of the buyer's invoices."""
    rows = execute(_VERSIONS, [buyer_id, seller_id])
    return (rows[0][0], rows[0][1]) if rows else ("", "")
