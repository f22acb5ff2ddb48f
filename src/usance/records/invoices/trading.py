"""What a seller's trading came to: orders by what was decided, invoices, credit notes, money in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and what they sum to in minor units."""

    count: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Trading:
    """Everything a seller did in one currency. Amounts are minor units and include tax.

    ``decided`` by outcome (approved, declined, review); ``declined_for`` by reason: an order
    declined for two reasons is counted under each. ``late`` are invoices paid, or still open, after
    their due date.
    """

    currency: str
    buyers: int = 0
    decided: dict[str, Tally] = field(default_factory=dict)
    declined_for: dict[str, Tally] = field(default_factory=dict)
    orders: dict[str, Tally] = field(default_factory=dict)
    voided: int = 0
    invoiced: Tally = Tally()
    credited: Tally = Tally()
    written_off: Tally = Tally()
    received: Tally = Tally()
    allocated: int = 0
    unapplied: int = 0
    outstanding: Tally = Tally()
    late: Tally = Tally()
    matched_by: dict[str, Tally] = field(default_factory=dict)

    @property
    def approved(self) -> Tally:
        """Orders approved at once."""
        return self.decided.get("approved", Tally())

    @property
    def declined(self) -> Tally:
        """Orders declined at once."""
        return self.decided.get("declined", Tally())


_SINGLE = """
SELECT (SELECT count(*) FROM parties_buyer WHERE seller_id = %(seller_id)s),
       o.voided, i.*, c.*, p.*
  FROM (SELECT coalesce(sum(voided_amount), 0)::bigint AS voided FROM orders_order
         WHERE seller_id = %(seller_id)s AND currency = %(currency)s) AS o,
       (SELECT count(*), coalesce(sum(amount), 0)::bigint,
               count(*) FILTER (WHERE written_off > 0), coalesce(sum(written_off), 0)::bigint,
               count(*) FILTER (WHERE state = 'open'), coalesce(sum(outstanding), 0)::bigint,
               count(*) FILTER (WHERE closed_on > due_on OR (closed_on IS NULL AND due_on < %(on)s)),
               coalesce(sum(amount) FILTER (WHERE closed_on > due_on
                        OR (closed_on IS NULL AND due_on < %(on)s)), 0)::bigint
          FROM invoices_invoice
         WHERE seller_id = %(seller_id)s AND currency = %(currency)s AND state <> 'draft') AS i,
       (SELECT count(*), coalesce(sum(amount), 0)::bigint FROM invoices_creditnote
         WHERE seller_id = %(seller_id)s AND currency = %(currency)s) AS c,
       (SELECT count(*), coalesce(sum(amount), 0)::bigint, coalesce(sum(allocated), 0)::bigint,
               coalesce(sum(amount - allocated - refunded - returned), 0)::bigint FROM payments_payment
         WHERE seller_id = %(seller_id)s AND currency = %(currency)s) AS p
"""

_GROUPED = """
SELECT 'decided', outcome, count(*), sum(amount)::bigint FROM credit_decision
 WHERE seller_id = %(seller_id)s AND currency = %(currency)s GROUP BY outcome
UNION ALL
SELECT 'declined_for', reason, count(*), sum(amount)::bigint
  FROM credit_decision, unnest(reasons) AS reason
 WHERE seller_id = %(seller_id)s AND currency = %(currency)s AND outcome = 'declined'
 GROUP BY reason
UNION ALL
SELECT 'orders', state, count(*), sum(amount)::bigint FROM orders_order
 WHERE seller_id = %(seller_id)s AND currency = %(currency)s GROUP BY state
UNION ALL
SELECT 'matched_by', a.rule, count(*), sum(a.amount)::bigint
  FROM payments_allocation AS a
  JOIN invoices_invoice AS i ON i.seller_id = a.seller_id AND i.id = a.invoice_id
 WHERE a.seller_id = %(seller_id)s AND i.currency = %(currency)s AND a.reverses_id IS NULL
 GROUP BY a.rule
 ORDER BY 1, 2
"""


def trading(*, seller_id: UUID, currency: str, on: date) -> Trading:
    """All that ``seller_id`` did in ``currency``; ``on`` says what is late by now."""
    question = {"seller_id": seller_id, "currency": currency, "on": on}
    [single] = execute(_SINGLE, question)
    groups: dict[str, dict[str, Tally]] = {
        "decided": {},
        "declined_for": {},
        "orders": {},
        "matched_by": {},
    }
    for group, name, count, amount in execute(_GROUPED, question):
        groups[group][name] = Tally(count, amount)
    return Trading(
        currency=currency,
        buyers=single[0],
        voided=single[1],
        invoiced=Tally(*single[2:4]),
        written_off=Tally(*single[4:6]),
        outstanding=Tally(*single[6:8]),
        late=Tally(*single[8:10]),
        credited=Tally(*single[10:12]),
        received=Tally(*single[12:14]),
        allocated=single[14],
        unapplied=single[15],
        **groups,
    )
