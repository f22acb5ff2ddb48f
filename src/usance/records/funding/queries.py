"""Reading programmes, advances, and what is to be done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from usance.records.events.queries import SETTLED_BEFORE
from usance.records.funding.models import (
    Advance,
    FundingEvent,
    FundingInstruction,
    FundingProgram,
)
from usance.records.statements import execute

LIVE: Final = ("eligible", "requested", "paid_out")
"""States in which an advance uses the limits of its programme."""


def programs(*, seller_id: UUID, state: str | None = None) -> QuerySet[FundingProgram]:
    """The seller's programmes in the order in which they are asked."""
    found = FundingProgram.objects.filter(seller_id=seller_id).select_related("connection")
    found = found.order_by("place", "id")
    return found if state is None else found.filter(state=state)


def program(*, seller_id: UUID, program_id: UUID) -> FundingProgram | None:
    """One programme."""
    return programs(seller_id=seller_id).filter(id=program_id).first()


def advances(
    *,
    seller_id: UUID,
    state: str | None = None,
    invoice_id: UUID | None = None,
    buyer_id: UUID | None = None,
    program_id: UUID | None = None,
) -> QuerySet[Advance]:
    """The seller's advances with their invoice, buyer and programme."""
    found = Advance.objects.filter(seller_id=seller_id)
    found = found.select_related("invoice", "buyer", "program")
    given = {
        "state": state,
        "invoice_id": invoice_id,
        "buyer_id": buyer_id,
        "program_id": program_id,
    }
    return found.filter(**{name: value for name, value in given.items() if value is not None})


def advance(*, seller_id: UUID, advance_id: UUID) -> Advance | None:
    """One advance."""
    return advances(seller_id=seller_id).filter(id=advance_id).first()


def live_of(*, seller_id: UUID, invoice_id: UUID) -> Advance | None:
    """The advance of an invoice that was neither declined nor withdrawn."""
    found = advances(seller_id=seller_id, invoice_id=invoice_id)
    return found.exclude(state__in=("declined", "canceled")).first()


def latest_of(*, seller_id: UUID, invoice_id: UUID) -> Advance | None:
    """The latest advance of an invoice, whatever became of it."""
    return advances(seller_id=seller_id, invoice_id=invoice_id).order_by("-id").first()


def by_reference(*, seller_id: UUID, connection_id: UUID, reference: str) -> Advance | None:
    """The advance that a partner knows by ``reference``."""
    found = Advance.objects.filter(
        seller_id=seller_id, connection_id=connection_id, reference=reference
    )
    return found.exclude(reference="").first()


def in_use(*, seller_id: UUID, program_id: UUID, buyer_id: UUID) -> tuple[int, int]:
    """What is asked for or out of a programme, in all and for a buyer, minor units."""
    found = Advance.objects.filter(
        seller_id=seller_id, program_id=program_id, state__in=LIVE
    ).annotate(used=F("advanced") - F("diluted") - F("repaid") - F("recoursed") - F("absorbed"))
    total = found.aggregate(sum=Sum("used"))["sum"] or 0
    buyer = found.filter(buyer_id=buyer_id).aggregate(sum=Sum("used"))["sum"] or 0
    return total, buyer


def instruction(*, seller_id: UUID, instruction_id: UUID) -> FundingInstruction | None:
    """One instruction."""
    return FundingInstruction.objects.filter(seller_id=seller_id, id=instruction_id).first()


def instructions_of(*, seller_id: UUID, advance_id: UUID) -> QuerySet[FundingInstruction]:
    """What a partner was told of an advance, in order."""
    found = FundingInstruction.objects.filter(seller_id=seller_id, advance_id=advance_id)
    return found.order_by("id")


def waiting(*, seller_id: UUID, advance_id: UUID) -> FundingInstruction | None:
    """The instruction of an advance that is not answered yet."""
    return (
        instructions_of(seller_id=seller_id, advance_id=advance_id).filter(state="queued").first()
    )


def due_instructions(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, instruction) of every instruction that is due, the longest due first."""
    found = FundingInstruction.objects.filter(due_at__lte=at).order_by("due_at")
    return list(found.values_list("seller_id", "id")[:limit])


def event(*, seller_id: UUID, event_id: UUID) -> FundingEvent | None:
    """One notice."""
    return FundingEvent.objects.filter(seller_id=seller_id, id=event_id).first()


def due_events(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, notice) of every notice to be worked on, the longest due first."""
    found = FundingEvent.objects.filter(due_at__lte=at).order_by("due_at")
    return list(found.values_list("seller_id", "id")[:limit])


def to_look_at(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, advance) of advances of which the partner has told nothing for long."""
    found = Advance.objects.filter(look_at__lte=at).order_by("look_at")
    return list(found.values_list("seller_id", "id")[:limit])


def past_recourse(*, seller_id: UUID, on: date) -> list[UUID]:
    """The seller's advances that are out although the partner's patience is over, or that an insurer
    is to be asked about."""
    out = Advance.objects.filter(seller_id=seller_id, state="paid_out")
    overdue = out.filter(recourse_on__lte=on).exclude(kind="without_recourse")
    claims = Advance.objects.filter(
        seller_id=seller_id, claim_on__lte=on, claimed=0, state__in=("paid_out", "recoursed")
    )
    return sorted({*overdue.values_list("id", flat=True), *claims.values_list("id", flat=True)})


_BEHIND: Final = f"""
SELECT s.seller_id
  FROM (SELECT seller_id FROM funding_program WHERE state = 'active' AND kind <> 'own_book'
         UNION
        SELECT seller_id FROM funding_advance) AS s
  LEFT JOIN monitoring_position AS p ON p.seller_id = s.seller_id AND p.reader = %(reader)s
 WHERE p.id IS NULL
    OR EXISTS (SELECT 1 FROM events_event AS e
                WHERE e.seller_id = s.seller_id
                  AND (e.transaction, e.sequence) > (p.transaction, p.sequence)
                  AND e.transaction < {SETTLED_BEFORE})
 ORDER BY s.seller_id
"""


def sellers_behind(reader: str) -> list[UUID]:
    """Sellers with programmes or advances of whom ``reader`` has events to read, or has to begin."""
    return [row[0] for row in execute(_BEHIND, {"reader": reader})]


def advances_of(*, seller_id: UUID, invoice_ids: Sequence[UUID]) -> list[UUID]:
    """The advances of any of the invoices, those that are over included."""
    found = Advance.objects.filter(seller_id=seller_id, invoice_id__in=invoice_ids)
    return list(found.order_by("id").values_list("id", flat=True))


@dataclass(frozen=True, slots=True)
class Totals:
    """The seller's advances in one currency, minor units: what is out, and what those paid out since a
    day have cost."""

    currency: str
    kind: str
    still_out: int
    insured: int
    advanced: int
    cost: int
    money_days: int

    @property
    def yearly_rate(self) -> int | None:
        """What the money cost a year, in basis points of it and simple: cost / (money x days / 365)."""
        return self.cost * 365 * 10_000 // self.money_days if self.money_days else None


_TOTALS: Final = """
SELECT currency, kind, sum(still_out)::bigint,
       sum(still_out * insured_share / 10000)::bigint,
       coalesce(sum(advanced) FILTER (WHERE paid_out_on >= %(since)s), 0)::bigint,
       coalesce(sum(fee + premium + interest) FILTER (WHERE paid_out_on >= %(since)s), 0)::bigint,
       coalesce(sum(advanced * greatest(coalesce(ended_on, %(on)s) - paid_out_on, 1))
                FILTER (WHERE paid_out_on >= %(since)s), 0)::numeric
  FROM funding_advance
 WHERE seller_id = %(seller)s AND is_out
 GROUP BY currency, kind
 ORDER BY currency, kind
"""


def totals(*, seller_id: UUID, since: date, on: date) -> list[Totals]:
    """The advances by currency and kind, of which cost and volume count those paid out ``since``."""
    rows = execute(_TOTALS, {"seller": seller_id, "since": since, "on": on})
    return [
        Totals(
            currency=currency,
            kind=kind,
            still_out=still_out,
            insured=insured,
            advanced=advanced,
            cost=cost,
            money_days=int(money_days),
        )
        for currency, kind, still_out, insured, advanced, cost, money_days in rows
    ]


_PAID_BY_PARTNERS: Final = """
SELECT DISTINCT ON (t.id) t.id, a.id
  FROM funding_advance AS a
  JOIN connections_connection AS k ON k.seller_id = a.seller_id AND k.id = a.connection_id
  JOIN payments_waitingline AS w ON w.seller_id = a.seller_id
  JOIN payments_banktransaction AS t
       ON t.seller_id = w.seller_id AND t.id = w.bank_transaction_id AND t.currency = a.currency
      AND NOT t.returned AND t.booked_on >= a.paid_out_on - 5
 WHERE a.seller_id = %(seller)s AND a.is_out AND (a.ended_on IS NULL OR a.ended_on >= %(since)s)
   AND (position(lower(%(prefix)s || replace(a.id::text, '-', '')) IN lower(t.text)) > 0
     OR EXISTS (SELECT 1 FROM unnest(ARRAY[a.reference, a.payout_reference]) AS n(name)
                 WHERE length(n.name) >= %(shortest)s
                   AND position(lower(n.name) IN lower(concat_ws(' ', t.text, t.info,
                       t.structured_reference, t.end_to_end_id, t.bank_reference))) > 0)
     OR (t.amount = a.advanced - a.fee AND t.booked_on <= a.paid_out_on + 10
         AND length(k.name) >= %(shortest)s
         AND position(lower(k.name) IN lower(t.counterparty)) > 0
         AND NOT EXISTS (SELECT 1 FROM payments_bankclaim AS d
                          WHERE d.seller_id = a.seller_id AND d.subject_id = a.id)))
 ORDER BY t.id, a.id
"""
SHORTEST_NAME: Final = 6
"""Characters that a name has at least to tell a bank line by."""


def lines_of_partners(*, seller_id: UUID, since: date, prefix: str) -> list[tuple[UUID, UUID]]:
    """(bank line, advance) of lines by which partners pay: they name the advance, its payout, or the
    partner and the amount. Advances that ended before ``since`` are left out; ``prefix`` begins our
    public ids of advances."""
    given = {
        "seller": seller_id,
        "since": since,
        "prefix": prefix,
        "shortest": SHORTEST_NAME,
    }
    return [(row[0], row[1]) for row in execute(_PAID_BY_PARTNERS, given)]
