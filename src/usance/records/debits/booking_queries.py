"""Reading which bank lines may book debits, and which batches wait for the bank."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from usance.records.statements import execute

_FREE: Final = """
   AND NOT EXISTS (SELECT 1 FROM payments_bankclaim AS c
                    WHERE c.seller_id = t.seller_id AND c.bank_transaction_id = t.id)
   AND NOT EXISTS (SELECT 1 FROM payments_payment AS p
                    WHERE p.seller_id = t.seller_id AND p.bank_transaction_id = t.id)
   AND NOT EXISTS (SELECT 1 FROM payments_banktransaction AS b
                    WHERE b.seller_id = t.seller_id AND b.batch_id = t.id)
"""

# Money that came in and that nobody has settled: of millions of lines a few hundred.
_WAITING: Final = """payments_waitingline AS w
  JOIN payments_banktransaction AS t ON t.seller_id = w.seller_id AND t.id = w.bank_transaction_id
"""

_NAMED: Final = f"""
SELECT t.id, d.id FROM {_WAITING}
  JOIN debits_debit AS d ON d.seller_id = t.seller_id AND d.end_to_end_id = t.end_to_end_id
       AND d.currency = t.currency AND d.file_id IS NOT NULL
 WHERE w.seller_id = %(seller_id)s AND t.amount = d.amount AND NOT t.returned
   AND d.state IN ('submitted', 'settled', 'returned')
   AND (d.booked <= 0 OR EXISTS (
        SELECT 1 FROM payments_bankclaim AS g
         WHERE g.seller_id = d.seller_id AND g.subject_id = d.file_id
           AND g.kind = 'debit_batch' AND g.reference = d."group"))
 ORDER BY t.booked_on, t.id
"""

_RETURNED: Final = f"""
SELECT t.id, d.id FROM payments_banktransaction AS t
  JOIN debits_debit AS d ON d.seller_id = t.seller_id AND d.currency = t.currency
       AND (d.end_to_end_id = t.end_to_end_id
            OR (d.trace_number <> '' AND d.trace_number IN (t.end_to_end_id, t.bank_reference)))
 WHERE t.seller_id = %(seller_id)s AND t.amount < 0 AND t.returned AND -t.amount >= d.amount {_FREE}
   AND d.state IN ('submitted', 'settled', 'returned')
 ORDER BY t.booked_on, t.id
"""

_GROUPS: Final = """
SELECT d.file_id, d."group", d.currency, min(d.collect_on), sum(d.amount)::bigint, array_agg(d.id),
       f.message_id, jsonb_array_length(f.groups)
  FROM debits_debit AS d JOIN debits_file AS f ON f.seller_id = d.seller_id AND f.id = d.file_id
 WHERE d.seller_id = %(seller_id)s AND d.file_id IS NOT NULL AND d.collect_on >= %(since)s
   AND d.state IN ('submitted', 'settled', 'returned')
   AND NOT EXISTS (SELECT 1 FROM payments_bankclaim AS c
                    WHERE c.seller_id = d.seller_id AND c.subject_id IN (d.file_id, d.id)
                      AND c.kind IN ('debit_batch', 'debit')
                      AND c.reference IN (d."group", f.message_id, d.end_to_end_id))
 GROUP BY d.file_id, d."group", d.currency, f.message_id, f.groups
 ORDER BY min(d.collect_on), d."group"
"""

_POSSIBLE: Final = f"""
SELECT t.id FROM {_WAITING}
 WHERE w.seller_id = %s AND w.booked_on >= %s AND NOT t.returned
   AND (t.amount = ANY(%s) OR EXISTS (
        SELECT 1 FROM unnest(%s::text[]) AS n(name)
         WHERE position(n.name IN concat_ws(' ', t.text, t.info, t.bank_reference, t.end_to_end_id,
               t.entry_reference, t.structured_reference, t.batch_ids)) > 0))
 ORDER BY t.booked_on, t.id
"""

_CAME_BACK: Final = """
SELECT d.id, d.amount, d.currency, d.booked, d.file_id, d."group", r.answer_id, r."on"
  FROM debits_debit AS d
  JOIN LATERAL (SELECT answer_id, "on" FROM debits_reversal AS r
                 WHERE r.seller_id = d.seller_id AND r.debit_id = d.id
                   AND r.kind IN ('returned', 'contested') AND r.bank_transaction_id IS NULL
                 ORDER BY r.id DESC LIMIT 1) AS r ON true
 WHERE d.seller_id = %(seller_id)s AND d.state = 'returned' AND d.booked >= 0
   AND r."on" >= %(since)s
 ORDER BY r."on", d.id
"""

_POSSIBLE_SUMS: Final = f"""
SELECT t.id FROM payments_banktransaction AS t
 WHERE t.seller_id = %(seller_id)s AND t.amount < 0 AND t.booked_on >= %(since)s
   AND (t.amount = ANY(%(amounts)s) OR (t.returned AND t.payments > 1)) {_FREE}
 ORDER BY t.booked_on, t.id
"""


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a file that the bank books as one: its debits that were not rejected, and their sum in
    minor units."""

    file_id: UUID
    id: str
    currency: str
    day: date
    amount: int
    debit_ids: Sequence[UUID]
    message_id: str
    groups_of_file: int

    @property
    def names(self) -> tuple[str, ...]:
        """What a bank may call it: by the file too, where that has no other part."""
        return (self.id, self.message_id) if self.groups_of_file == 1 else (self.id,)


@dataclass(frozen=True, slots=True)
class CameBack:
    """A debit whose return was told by a file, and of whose money the bank has ``booked`` so much."""

    debit_id: UUID
    amount: int
    currency: str
    booked: int
    file_id: UUID
    group: str
    answer_id: UUID | None
    on: date


def waiting_groups(*, seller_id: UUID, since: date) -> list[Group]:
    """Groups to be collected from ``since`` on that the bank has not booked."""
    rows = execute(_GROUPS, {"seller_id": seller_id, "since": since})
    return [Group(*row) for row in rows]


def possible_bookings(
    *, seller_id: UUID, amounts: Collection[int], names: Sequence[str], since: date
) -> list[UUID]:
    """Bank lines since by which money came in, neither a payment nor claimed, of one of ``amounts`` or
    naming one of ``names``."""
    rows = execute(_POSSIBLE, [seller_id, since, list(amounts), list(names)])
    return [row[0] for row in rows]


def told_returns(*, seller_id: UUID, since: date) -> list[CameBack]:
    """Debits that came back from ``since`` on, and that no bank line has taken back yet."""
    rows = execute(_CAME_BACK, {"seller_id": seller_id, "since": since})
    return [CameBack(*row) for row in rows]


def possible_sums(*, seller_id: UUID, amounts: Collection[int], since: date) -> list[UUID]:
    """Free bank lines since by which money went, of one of ``amounts``, or returns booked as one."""
    given = {"seller_id": seller_id, "since": since, "amounts": [-amount for amount in amounts]}
    return [row[0] for row in execute(_POSSIBLE_SUMS, given)]


def named_lines(*, seller_id: UUID) -> list[tuple[UUID, UUID]]:
    """(bank line, debit) of lines that book one debit by itself, or name one whose batch is booked: of
    two for one debit, the first."""
    found = {
        debit: line for line, debit in reversed(_once(execute(_NAMED, {"seller_id": seller_id})))
    }
    return [(line, debit) for debit, line in reversed(found.items())]


def returned_lines(*, seller_id: UUID) -> list[tuple[UUID, UUID]]:
    """(bank line, debit) of lines by which a debit came back."""
    return _once(execute(_RETURNED, {"seller_id": seller_id}))


def _once(rows: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
    """Each line with the first debit that it may be."""
    seen: dict[UUID, UUID] = {}
    for line, debit in rows:
        seen.setdefault(line, debit)
    return list(seen.items())
