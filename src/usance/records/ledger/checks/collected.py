"""Invariants 2 and 4 where a provider or a bank collects: what cards and debits say is what was booked."""

from __future__ import annotations

from typing import Final

from usance.records.ledger.checks.check import Check

CARD_SECURES_MORE: Final = Check(
    2,
    "card_secures_more",
    "The authorization is {state} with {capturable} to capture, and secures {secured} of an order.",
    """
SELECT a.seller_id, 'card_authorization' AS kind, a.id, a.currency, a.state, a.capturable, a.secured
  FROM cards_authorization AS a
 WHERE @a AND a.secured > CASE WHEN a.state = 'authorized' AND a.purpose = 'order'
                               THEN a.capturable ELSE 0 END
""",
    money=("capturable", "secured"),
)

LINE_SECURED_DIFFERS: Final = Check(
    2,
    "line_secured_differs",
    "The credit line counts {counted} as held on cards, the authorizations hold {secured} for orders.",
    """
SELECT l.seller_id, 'credit_line' AS kind, l.id, l.currency, l.secured AS counted,
       coalesce(a.secured, 0)::bigint AS secured
  FROM credit_creditline AS l
  LEFT JOIN (SELECT a.seller_id, a.buyer_id, a.currency, sum(a.secured) AS secured
               FROM cards_authorization AS a
              WHERE @a AND a.secured > 0 GROUP BY 1, 2, 3) AS a
       ON a.seller_id = l.seller_id AND a.buyer_id = l.buyer_id AND a.currency = l.currency
 WHERE @l AND l.secured <> coalesce(a.secured, 0)
""",
    money=("counted", "secured"),
)

CARD_CAPTURE_DIFFERS: Final = Check(
    4,
    "card_capture_differs",
    "{captured} were captured from the card, payments of {booked} were made of it.",
    """
SELECT a.seller_id, 'card_authorization' AS kind, a.id, a.currency, a.captured,
       coalesce(r.amount, 0)::bigint AS booked
  FROM cards_authorization AS a
  LEFT JOIN (SELECT r.seller_id, r.authorization_id, sum(p.amount) AS amount
               FROM cards_receipt AS r
               JOIN payments_payment AS p ON p.seller_id = r.seller_id AND p.id = r.payment_id
              WHERE @r AND r.kind = 'capture' GROUP BY 1, 2) AS r
       ON r.seller_id = a.seller_id AND r.authorization_id = a.id
 WHERE @a AND a.captured <> coalesce(r.amount, 0)
""",
    money=("captured", "booked"),
)

DEBIT_PAYMENT_DIFFERS: Final = Check(
    4,
    "debit_payment_differs",
    "The debit of {amount} is {state}, and {kept} are left of its payment.",
    """
SELECT d.seller_id, 'debit' AS kind, d.id, d.currency, d.state, d.amount,
       coalesce(p.amount - p.refunded - p.returned, 0)::bigint AS kept
  FROM debits_debit AS d
  LEFT JOIN payments_payment AS p ON p.seller_id = d.seller_id AND p.id = d.payment_id
 WHERE @d AND CASE d.state WHEN 'settled' THEN p.amount IS DISTINCT FROM d.amount
                           WHEN 'returned' THEN p.id IS NULL OR p.amount > p.refunded + p.returned
                           ELSE p.id IS NOT NULL END
""",
    money=("amount", "kept"),
)

CHECKS: Final = (
    CARD_SECURES_MORE,
    LINE_SECURED_DIFFERS,
    CARD_CAPTURE_DIFFERS,
    DEBIT_PAYMENT_DIFFERS,
)
