"""What a remittance advice says of each document, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from usance.rules.matching import evidence
from usance.rules.matching.keys import spellings
from usance.rules.matching.mentions import Mention
from usance.rules.matching.model import AdviceLine, OpenItem, Reason, Share
from usance.rules.matching.settling import Settlement, settle
from usance.rules.matching.texts import Token

if TYPE_CHECKING:
    from usance.rules.matching.readings import Reading, Readings


def advised(search: Readings) -> Iterator[Reading]:
    """The readings that the advice gives, one a buyer whose documents it names."""
    from usance.rules.matching.readings import Reading

    named: dict[UUID, list[tuple[AdviceLine, Mention]]] = defaultdict(list)
    for line in search.line.advice:
        mention = _named(line, search)
        if mention:
            named[mention.item.buyer_id].append((line, mention))
    for buyer_id, rows in named.items():
        complete = len(rows) == len(search.line.advice)
        settlement = _as_advised(rows, search) if complete else None
        items = tuple(mention.item for _, mention in rows)
        settlement = settlement or settle(items, line=search.line, settings=search.settings)
        if settlement is None:
            continue
        payer = search.paying.of(buyer_id)
        mentions = tuple(mention for _, mention in rows)
        weight = (
            search.item_prior + evidence.CHECKED_REFERENCE + payer.weight + settlement.weight
        ) + 20 * (len(rows) - 1)
        yield Reading(buyer_id, items, mentions, settlement, payer, weight)


def _named(line: AdviceLine, search: Readings) -> Mention | None:
    for form in spellings(line.document):
        found = [
            item
            for item in search.items.named(form)
            if item.outstanding and item.currency == search.line.currency
        ]
        if len(found) == 1:
            token = Token(form, -1, 0, 1, True, False, True, form.isdigit())
            return Mention(found[0], token, "advice", evidence.CHECKED_REFERENCE)
    return None


def _as_advised(rows: list[tuple[AdviceLine, Mention]], search: Readings) -> Settlement | None:
    """The shares as the advice has them; None unless they use the money exactly and none is more
    than what is open."""
    if len({mention.item.id for _, mention in rows}) < len(rows):
        return None
    shares, reasons, total = [], [], 0
    for line, mention in rows:
        item = mention.item
        share = _share(line, item, search)
        if share is None:
            return None
        total += line.paid or 0
        shares.append(share)
        if share.discount:
            what = (("number", item.number), ("discount", share.discount))
            reasons.append(Reason("discount_in_time", (*what, ("until", str(item.due_on)))))
        if share.short:
            text = line.deduction_reason
            reasons.append(
                Reason(
                    "deduction",
                    (("number", item.number), ("amount", share.short), ("reason", text)),
                )
            )
    if total != search.line.amount:
        return None
    return Settlement("full", evidence.ADVISED, tuple(shares), 0, tuple(reasons), True)


def _share(line: AdviceLine, item: OpenItem, search: Readings) -> Share | None:
    if line.paid is None:
        return None
    if item.kind == "credit_note":
        paid = abs(line.paid)
        if line.paid >= 0 or paid > item.outstanding:
            return None
        return Share(item_id=item.id, kind="credit_note", amount=paid)
    if not 0 < line.paid <= item.outstanding:
        return None
    grace = timedelta(days=search.settings.discount_grace_days)
    given = max(
        (t.amount for t in item.discounts if search.line.paid_on <= t.until + grace), default=0
    )
    open_after = item.outstanding - line.paid
    discount = min(line.discount, given, open_after)
    return Share(
        item_id=item.id,
        amount=line.paid,
        discount=discount,
        short=open_after - discount,
        deduction_reason=line.deduction_reason,
    )
