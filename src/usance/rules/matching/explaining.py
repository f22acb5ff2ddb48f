"""A reading as a proposal: its shares, its rule, and its grounds as codes."""

from __future__ import annotations

from typing import Final

from usance.rules.matching.mentions import Grade, Mention
from usance.rules.matching.model import BankLine, Proposal, Reason, Rule, Share
from usance.rules.matching.readings import Reading, Readings

_FOREIGN_CONFIDENCE: Final = 5_000
_RULES: Final[dict[Grade, Rule]] = {
    "advice": "remittance_advice",
    "checked": "creditor_reference",
    "exact": "reference",
    "listed": "reference",
    "order": "order_number",
    "spoilt": "reference_repaired",
    "end": "reference_repaired",
    "start": "reference_repaired",
}
_FOUND_BY: Final[dict[str, Rule]] = {
    "balance": "balance_and_payer",
    "oldest": "oldest_first",
    "several": "several_by_amount",
}


def rule_of(reading: Reading) -> Rule:
    """What carried ``reading`` most."""
    if not reading.items:
        return "payer_only"
    if reading.found_by:
        return _FOUND_BY[reading.found_by]
    if reading.mentions:
        return _RULES[min(reading.mentions, key=lambda m: m.weight).grade]
    if reading.payer is not None and reading.payer.weight > 0:
        return "amount_and_payer"
    return "amount_alone"


def proposal_of(
    reading: Reading, line: BankLine, *, confidence: int, rivals: int, search: Readings
) -> Proposal:
    """``reading`` as it is shown and kept."""
    assert reading.buyer_id is not None
    settlement = reading.settlement
    reasons = [*_of_mentions(reading), *_of_amount(reading)]
    if reading.payer is not None:
        reasons += reading.payer.reasons
    named = {item.id for item in reading.items}
    reasons += [
        Reason(
            "names_another_buyer" if m.item.outstanding else "already_settled",
            (("written", m.token.text), ("number", m.item.number)),
        )
        for m in search.whole
        if m.item.id not in named
        and m.grade in ("checked", "exact")
        and (not m.item.outstanding or m.item.buyer_id != reading.buyer_id)
        and m not in reading.mentions
    ][:5]
    if rivals:
        reasons.append(Reason("ambiguous", (("count", rivals + 1),)))
    return Proposal(
        buyer_id=reading.buyer_id,
        currency=line.currency,
        shares=settlement.shares if settlement else (),
        unapplied=settlement.unapplied if settlement else line.amount,
        confidence=confidence,
        rule=rule_of(reading),
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _of_mentions(reading: Reading) -> list[Reason]:
    if not reading.items:
        return [
            Reason("already_settled", (("written", m.token.text), ("number", m.item.number)))
            for m in reading.mentions
        ]
    return [mention.reason() for mention in reading.mentions]


def _of_amount(reading: Reading) -> tuple[Reason, ...]:
    settlement = reading.settlement
    if settlement is None:
        return ()
    paid = sum(s.amount if s.kind == "invoice" else -s.amount for s in settlement.shares)
    what = (("count", len(reading.items)), ("amount", paid))
    if settlement.how in ("full", "discount"):
        if reading.found_by == "balance":
            return (Reason("balance_adds_up", what), *settlement.reasons)
        if reading.found_by == "oldest":
            return (Reason("oldest_add_up", what), *settlement.reasons)
        if len(reading.items) > 1:
            return (Reason("several_add_up", what), *settlement.reasons)
        if settlement.how == "full":
            return (Reason("amount_exact", (("amount", paid),)), *settlement.reasons)
    return settlement.reasons


def proposals_in_other_currency(search: Readings) -> list[Proposal]:
    """What a line names in another currency than its own, in that currency: for a person only."""
    found = []
    for mention in sorted(search.foreign, key=_surest)[:6]:
        item, line = mention.item, search.line
        ordered = (
            line.instructed_amount
            if line.instructed_amount is not None and line.instructed_currency == item.currency
            else item.outstanding
        )
        amount = min(ordered, item.outstanding)
        payer = search.paying.of(item.buyer_id)
        found.append(
            Proposal(
                buyer_id=item.buyer_id,
                currency=item.currency,
                shares=(
                    Share(
                        item_id=item.id,
                        kind=item.kind,
                        amount=amount,
                        short=item.outstanding - amount,
                    ),
                ),
                unapplied=0,
                confidence=_FOREIGN_CONFIDENCE if payer.weight > 0 else _FOREIGN_CONFIDENCE // 2,
                rule=_RULES[mention.grade],
                reasons=(
                    mention.reason(),
                    Reason(
                        "other_currency", (("number", item.number), ("currency", item.currency))
                    ),
                    *payer.reasons,
                ),
            )
        )
    return found


def _surest(mention: Mention) -> tuple[int, int]:
    return -mention.weight, mention.item.id.int
