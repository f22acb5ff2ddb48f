"""What is known of accounts when they are decided on: one statement for the items of many, one for the rest.

Read of many buyers at once, however many they are: a run asks twice for each batch of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from pydantic_core import from_json

from usance.records.statements import execute
from usance.rules.dunning.account import Account, Held, Item
from usance.rules.dunning.policy import rank

# A buyer with an item that a step has come for: `reach` is the day on which the earliest such fell due.
_BUYERS: Final = """
SELECT DISTINCT buyer_id FROM invoices_invoice
 WHERE seller_id = %(seller)s AND state = 'open'
   AND coalesce(instalment_due_on, due_on) <= %(reach)s
   AND (%(after)s::uuid IS NULL OR buyer_id > %(after)s)
 ORDER BY buyer_id LIMIT %(limit)s
"""

_COUNT: Final = """
SELECT count(DISTINCT buyer_id) FROM invoices_invoice
 WHERE seller_id = %(seller)s AND state = 'open'
   AND coalesce(instalment_due_on, due_on) <= %(reach)s
"""

# Money on its way to an invoice: a debit that is to be drawn or was, a page on which a card is being
# typed, a card that is asked. A promise holds its invoices while it runs. The levels are those that the
# item was written about, `without` some messages, whose own steps do not count.
_ITEMS: Final = """
WITH mine AS NOT MATERIALIZED (
    SELECT * FROM invoices_invoice
     WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND state = 'open'
       AND outstanding > 0
), item AS (
    SELECT i.id, i.buyer_id, i.currency, i.number, i.issued_on, i.due_on, i.amount,
           i.outstanding AS open
      FROM mine AS i WHERE i.instalment_due_on IS NULL
     UNION ALL
    SELECT i.id, i.buyer_id, i.currency, i.number, i.issued_on, p.due_on, p.amount,
           least(p.amount, p.before + p.amount - (i.amount - i.outstanding))
      FROM mine AS i CROSS JOIN LATERAL invoices_instalments(i.schedule) AS p
     WHERE i.instalment_due_on IS NOT NULL AND p.before + p.amount > i.amount - i.outstanding
), disputed AS (
    SELECT DISTINCT invoice_id FROM collections_dispute
     WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND state = 'open'
), decided AS (
    SELECT DISTINCT d.invoice_id
      FROM mine JOIN collections_dispute AS d ON d.seller_id = mine.seller_id AND d.invoice_id = mine.id
     WHERE d.state <> 'open'
), promised AS (
    SELECT DISTINCT (one->>'invoice')::uuid AS invoice_id
      FROM collections_promise AS p CROSS JOIN LATERAL jsonb_array_elements(p.invoices) AS one
     WHERE p.seller_id = %(seller)s AND p.buyer_id = ANY(%(buyers)s) AND p.state = 'accepted'
), coming AS (
    SELECT part.invoice_id
      FROM debits_debit AS d
      JOIN debits_part AS part ON part.seller_id = d.seller_id AND part.debit_id = d.id
     WHERE d.seller_id = %(seller)s AND d.buyer_id = ANY(%(buyers)s)
       AND d.state IN ('scheduled', 'submitted')
     UNION
    SELECT (one->>'invoice')::uuid
      FROM cards_page AS p CROSS JOIN LATERAL jsonb_array_elements(p.amounts) AS one
     WHERE p.seller_id = %(seller)s AND p.buyer_id = ANY(%(buyers)s) AND p.kind = 'pay'
       AND (p.state = 'open' AND (p.expires_at IS NULL OR p.expires_at > %(at)s)
            OR EXISTS (SELECT 1 FROM cards_authorization AS c
                        WHERE c.seller_id = p.seller_id AND c.buyer_id = p.buyer_id
                          AND c.page_id = p.id
                          AND c.state IN ('pending', 'action_required', 'authorized')))
     UNION
    SELECT c.invoice_id
      FROM cards_authorization AS c
     WHERE c.seller_id = %(seller)s AND c.buyer_id = ANY(%(buyers)s) AND c.invoice_id IS NOT NULL
       AND c.state IN ('pending', 'action_required', 'authorized')
), handed AS (
    -- Of instalments those that were overdue on that day; what fell due later is not with the agency.
    SELECT c.invoice_id, max(h."on") AS "on"
      FROM dunning_handover AS h
      JOIN dunning_claim AS c ON c.seller_id = h.seller_id AND c.handover_id = h.id
     WHERE h.seller_id = %(seller)s AND h.buyer_id = ANY(%(buyers)s) AND h.taken_back_at IS NULL
     GROUP BY 1
), taken AS (
    SELECT s.invoice_id, s.due_on, array_agg(s.level) AS levels
      FROM dunning_step AS s JOIN mine ON mine.id = s.invoice_id
     WHERE s.seller_id = %(seller)s
       AND s.message_id <> ALL(%(without)s::uuid[])
     GROUP BY 1, 2
)
SELECT item.buyer_id, item.currency, item.id, item.number, item.issued_on, item.due_on, item.amount,
       item.open, coalesce(taken.levels, '{}'),
       CASE WHEN handed.invoice_id IS NOT NULL THEN 'handed_over'
            WHEN disputed.invoice_id IS NOT NULL THEN 'dispute'
            WHEN promised.invoice_id IS NOT NULL THEN 'promise'
            WHEN coming.invoice_id IS NOT NULL THEN 'on_its_way' END,
       decided.invoice_id IS NOT NULL
  FROM item
  LEFT JOIN handed ON handed.invoice_id = item.id AND item.due_on < handed."on"
  LEFT JOIN disputed ON disputed.invoice_id = item.id
  LEFT JOIN decided ON decided.invoice_id = item.id
  LEFT JOIN promised ON promised.invoice_id = item.id
  LEFT JOIN coming ON coming.invoice_id = item.id
  LEFT JOIN taken ON taken.invoice_id = item.id AND taken.due_on = item.due_on
 ORDER BY item.buyer_id, item.currency, item.due_on, item.number
"""

_ACCOUNTS: Final = """
SELECT b.id, l.currency, b.name, b.country, coalesce(nullif(f.language, ''), b.language), b."group",
       coalesce(f.email_to[1], b.email), b.metadata,
       c.id, c.paused_until, m.last_on, l.unapplied_cash,
       CASE WHEN l.unapplied_cash > 0 THEN (
           SELECT max(p.received_on) FROM payments_payment AS p
            WHERE p.seller_id = b.seller_id AND p.buyer_id = b.id AND p.currency = l.currency
              AND p.amount > p.allocated + p.refunded + p.returned) END,
       EXISTS (SELECT 1 FROM payments_proposal AS q
                WHERE q.seller_id = b.seller_id AND q.buyer_id = b.id AND q.state = 'open'),
       coalesce(s.facts, '{}'::jsonb)
  FROM parties_buyer AS b
  JOIN credit_creditline AS l ON l.seller_id = b.seller_id AND l.buyer_id = b.id
  LEFT JOIN dunning_case AS c
    ON c.seller_id = b.seller_id AND c.buyer_id = b.id AND c.currency = l.currency
  LEFT JOIN LATERAL (
       SELECT max(n."on") AS last_on FROM dunning_message AS n
        WHERE n.seller_id = b.seller_id AND n.buyer_id = b.id AND n.case_id = c.id
          AND n.state <> 'stopped' AND n.id <> ALL(%(without)s::uuid[])) AS m ON true
  LEFT JOIN parties_billingprofile AS f ON f.seller_id = b.seller_id AND f.buyer_id = b.id
  LEFT JOIN credit_standing AS s ON s.seller_id = b.seller_id AND s.buyer_id = b.id
 WHERE b.seller_id = %(seller)s AND b.id = ANY(%(buyers)s)
"""

# Of a single buyer, asked for each mail that leaves and each page that a buyer opens: told that it is one,
# the server keeps its plan, which takes longer to make than to run. So it does of a few. Of many the plan is
# made for so many.
_ITEMS_OF_ONE: Final = _ITEMS.replace("= ANY(%(buyers)s)", "= %(buyer)s")
_ACCOUNTS_OF_ONE: Final = _ACCOUNTS.replace("= ANY(%(buyers)s)", "= %(buyer)s")

_FEW: Final = 50


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account with its items, and what is known of its buyer. ``facts`` are those kept ready, their
    ``values`` by name; ``case_id`` is None before anything was done about it."""

    account: Account
    name: str
    country: str
    language: str
    group: str
    email: str
    metadata: Mapping[str, Any]
    case_id: UUID | None
    facts: Mapping[str, Any]


def buyers_reached(
    *, seller_id: UUID, reach: date, limit: int, after: UUID | None = None
) -> list[UUID]:
    """Buyers with something open that falls or fell due by the day ``reach``, by id from ``after`` on."""
    rows = execute(_BUYERS, {"seller": seller_id, "reach": reach, "limit": limit, "after": after})
    return [row[0] for row in rows]


def count_reached(*, seller_id: UUID, reach: date) -> int:
    """How many buyers those are."""
    return int(execute(_COUNT, {"seller": seller_id, "reach": reach})[0][0])


def accounts(
    buyer_ids: Collection[UUID],
    *,
    seller_id: UUID,
    at: datetime,
    currency: str | None = None,
    without: Collection[UUID] = (),
) -> list[KnownAccount]:
    """The accounts of these buyers that owe something, by buyer and currency; or those in ``currency``.

    Levels reached and days of messages are told as if the messages ``without`` were not there.
    """
    if not buyer_ids:
        return []
    buyers = list(buyer_ids)
    asked = {"seller": seller_id, "buyers": buyers, "at": at, "without": list(without)}
    of_items, of_accounts, few = _ITEMS, _ACCOUNTS, len(buyers) <= _FEW
    if len(buyers) == 1:
        of_items, of_accounts = _ITEMS_OF_ONE, _ACCOUNTS_OF_ONE
        asked["buyer"] = buyers[0]
    items: defaultdict[tuple[UUID, str], list[Item]] = defaultdict(list)
    for row in execute(of_items, asked, keeps_plan=few):
        if currency is None or row[1] == currency:
            items[row[0], row[1]].append(_item(row[2:]))
    known = [
        _known(row, items[row[0], row[1]])
        for row in execute(of_accounts, asked, keeps_plan=few)
        if items.get(row[:2])
    ]
    return sorted(known, key=lambda one: (one.account.buyer_id, one.account.currency))


def _item(row: Sequence[Any]) -> Item:
    id_, number, issued_on, due_on, amount, open_, levels, held, was_disputed = row
    return Item(
        id_,
        number,
        issued_on,
        due_on,
        amount,
        open_,
        level=highest(levels),
        held=cast("Held | None", held),
        was_disputed=was_disputed,
    )


def highest(levels: Collection[str]) -> str:
    """The highest of ``levels``; empty for none."""
    return max(levels, key=rank, default="")


def _known(row: Sequence[Any], items: Sequence[Item]) -> KnownAccount:
    (buyer_id, currency, name, country, language, group, email, metadata) = row[:8]
    case_id, paused_until, last_on, unapplied, received_on, proposed, facts = row[8:]
    return KnownAccount(
        Account(
            buyer_id,
            currency,
            tuple(items),
            paused_until=paused_until,
            last_on=last_on,
            unassigned=unapplied,
            unassigned_on=received_on,
            proposed=proposed,
        ),
        name=name,
        country=country,
        language=language,
        group=group,
        email=email,
        metadata=from_json(metadata),
        case_id=case_id,
        facts=from_json(facts),
    )


# When people of a buyer's did something by themselves: opened an invoice from its mail, asked about one,
# began to pay one; and when somebody reached them.
_REACTIONS: Final = """
SELECT buyer_id, at FROM (
    SELECT buyer_id, created_at AS at FROM collections_question
     WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND member_id IS NOT NULL
     UNION ALL
    SELECT buyer_id, created_at FROM cards_page
     WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND kind = 'pay'
     UNION ALL
    SELECT buyer_id, created_at FROM dunning_note
     WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s)
       AND outcome NOT IN ('not_reached', 'other')
     UNION ALL
    SELECT buyer_id, opened_at FROM deliveries_delivery
     WHERE seller_id = %(seller)s AND buyer_id = ANY(%(buyers)s) AND opened_at IS NOT NULL
) AS reaction
 WHERE at > %(since)s
"""


def reactions(
    buyer_ids: Collection[UUID], *, seller_id: UUID, since: datetime
) -> dict[UUID, list[datetime]]:
    """The instants at which people of these buyers reacted, since ``since``."""
    found: defaultdict[UUID, list[datetime]] = defaultdict(list)
    if buyer_ids:
        asked = {"seller": seller_id, "buyers": list(buyer_ids), "since": since}
        for buyer_id, instant in execute(_REACTIONS, asked):
            found[buyer_id].append(instant)
    return dict(found)
