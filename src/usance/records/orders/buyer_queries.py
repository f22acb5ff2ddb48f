"""Reading what a buyer's own rules need: who orders, what it has spent, and who approves what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from pydantic_core import from_json

from usance.records.orders.models import Order, OrderApproval
from usance.records.parties.models import Member
from usance.records.statements import execute, jsonb
from usance.rules.ordering import (
    Asked,
    ChainStep,
    Ordering,
    Person,
    Spender,
    step_from_document,
    who_may_approve,
)


@dataclass(frozen=True, slots=True)
class OrderingQuestion:
    """An order about to be decided. ``member`` is an id, e-mail address or external_id as it was
    sent; ``base`` the currency of limits that name none; ``since`` the first instant of the day, the
    week and the month of ``on`` where the seller is."""

    seller_id: UUID
    buyer_id: UUID
    member: UUID | str | None
    amount: int
    currency: str
    base: str
    po_number: str
    cost_centre: str
    on: date
    since: tuple[datetime, datetime, datetime]


@dataclass(frozen=True, slots=True)
class OrderingFacts:
    """What the buyer's own rules look at, and what the gate compares again: whose orders ``since``
    were counted, in which currency. ``po_unique``: whether a number may be used once."""

    ordering: Ordering
    member_id: UUID | None
    since: datetime | None
    currency: str
    po_unique: bool


_FACTS: Final = """
SELECT b.po_required, b.po_unique, b.members_only,
       b.po_unique AND q.po_number <> '' AND orders_po_used(q.seller_id, q.buyer_id, q.po_number),
       m.id, m.role, m.order_limit, m.period_limit, p.since, p.currency,
       CASE WHEN m.period_limit IS NOT NULL
            THEN orders_spent(q.seller_id, m.id, p.currency, p.since, q."on") END,
       ceil(credit_converted(q.seller_id, q.amount, q.currency, p.currency, q."on"))::bigint,
       CASE WHEN q.cost_centre <> '' THEN (
            SELECT bool_or(c.code = q.cost_centre AND c.closed_at IS NULL)
              FROM parties_costcentre AS c
             WHERE c.seller_id = q.seller_id AND c.buyer_id = q.buyer_id) END,
       (SELECT jsonb_agg(jsonb_build_object(
                   'position', s.position, 'above', s.above, 'currency', s.currency,
                   'role', s.role, 'approver', s.approver_id, 'cost_centre', s.cost_centre,
                   'amount', ceil(credit_converted(q.seller_id, q.amount, q.currency, s.currency,
                                                   q."on"))::bigint)
               ORDER BY s.position)
          FROM parties_approvalstep AS s
         WHERE s.seller_id = q.seller_id AND s.buyer_id = q.buyer_id
           AND s.cost_centre IN ('', q.cost_centre))
  FROM ROWS FROM (jsonb_to_recordset(%s) AS (
           seller_id uuid, buyer_id uuid, member_id uuid, member text, amount bigint,
           currency text, base text, po_number text, cost_centre text, "on" date,
           day timestamptz, week timestamptz, month timestamptz)
       ) WITH ORDINALITY AS q(seller_id, buyer_id, member_id, member, amount, currency, base,
                              po_number, cost_centre, "on", day, week, month, n)
  JOIN parties_buyer AS b ON b.seller_id = q.seller_id AND b.id = q.buyer_id
  LEFT JOIN LATERAL (
       -- An id goes before an address, an address before the shop's own number.
       SELECT x.* FROM parties_member AS x
        WHERE x.seller_id = q.seller_id AND x.buyer_id = q.buyer_id AND x.left_at IS NULL
          AND (x.id = q.member_id OR x.email = lower(q.member) OR x.external_id = q.member)
        ORDER BY x.id = q.member_id DESC NULLS LAST, x.email = lower(q.member) DESC, x.id
        LIMIT 1) AS m ON true
 CROSS JOIN LATERAL (
       SELECT CASE m.period WHEN 'day' THEN q.day WHEN 'week' THEN q.week
                            WHEN 'month' THEN q.month END AS since,
              coalesce(nullif(m.limit_currency, ''), q.base) AS currency) AS p
 ORDER BY q.n
"""


def ordering_facts(questions: Sequence[OrderingQuestion]) -> list[OrderingFacts]:
    """The facts for each question, in their order, in one query and without a lock."""
    rows = execute(_FACTS, [jsonb([_document(question) for question in questions])])
    return [_facts(question, row) for question, row in zip(questions, rows, strict=True)]


def _document(question: OrderingQuestion) -> dict[str, Any]:
    is_id = isinstance(question.member, UUID)
    day, week, month = question.since
    return {
        "seller_id": question.seller_id,
        "buyer_id": question.buyer_id,
        "member_id": question.member if is_id else None,
        "member": None if is_id else question.member,
        "amount": question.amount,
        "currency": question.currency,
        "base": question.base,
        "po_number": question.po_number,
        "cost_centre": question.cost_centre,
        "on": question.on,
        "day": day,
        "week": week,
        "month": month,
    }


def _facts(question: OrderingQuestion, row: tuple[Any, ...]) -> OrderingFacts:
    po_required, po_unique, members_only, po_used, member_id, role = row[:6]
    order_limit, period_limit, since, currency, spent, amount, cost_centre_known, chain = row[6:]
    return OrderingFacts(
        ordering=Ordering(
            names_member=question.member is not None,
            spender=Spender(role, order_limit, period_limit, spent, amount) if member_id else None,
            members_only=members_only,
            po_required=po_required,
            has_po=bool(question.po_number.strip()),
            po_used=po_used,
            cost_centre_known=cost_centre_known,
            chain=[
                Asked(step_from_document(step), step["amount"]) for step in from_json(chain or "[]")
            ],
        ),
        member_id=member_id,
        since=since if period_limit is not None else None,
        currency=currency,
        po_unique=po_unique,
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of an order's chain: what was said, or who may say it, which is empty until the step's
    turn comes and where nobody is left who could."""

    step: ChainStep
    approval: OrderApproval | None
    is_next: bool
    deciders: tuple[Member, ...] = ()


def chain_of(order: Order) -> list[Stage]:
    """Where the buyer's own chain stands about one order."""
    return chains_of([order], seller_id=order.seller_id, buyer_id=order.buyer_id)[order.id]


def chains_of(
    orders: Sequence[Order], *, seller_id: UUID, buyer_id: UUID
) -> dict[UUID, list[Stage]]:
    """Where the chain stands about some orders of one buyer, by order."""
    said: defaultdict[UUID, dict[int, OrderApproval]] = defaultdict(dict)
    for approval in OrderApproval.objects.select_related("member").filter(
        seller_id=seller_id,
        order_id__in=[order.id for order in orders],
        member__seller_id=seller_id,
    ):
        said[approval.order_id][approval.position] = approval
    people = {
        member.id: member
        for member in Member.objects.filter(
            seller_id=seller_id, buyer_id=buyer_id, left_at__isnull=True
        ).order_by("name", "id")
    }
    return {order.id: _stages(order, said[order.id], people) for order in orders}


def _stages(
    order: Order, said: Mapping[int, OrderApproval], people: Mapping[UUID, Member]
) -> list[Stage]:
    waits = order.state == "pending_approval"
    stages = []
    for step in map(step_from_document, order.approval_chain or ()):
        approval = said.get(step.position)
        is_next = waits and approval is None
        deciders = (
            who_may_approve(
                step,
                [Person(member.id, member.role) for member in people.values()],
                ordered_by=order.member_id,
                spoken={one.member_id for one in said.values()},
            )
            if is_next
            else ()
        )
        waits = waits and not is_next
        stages.append(Stage(step, approval, is_next, tuple(people[who.id] for who in deciders)))
    return stages


def awaiting_approval(*, seller_id: UUID, buyer_id: UUID) -> QuerySet[Order]:
    """Orders that wait for their buyer's own chain, each with the member who placed it."""
    return Order.objects.select_related("member").filter(
        seller_id=seller_id, buyer_id=buyer_id, state="pending_approval"
    )
