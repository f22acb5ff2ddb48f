"""The readings of one line: sets of a buyer's items that it may pay, each with its weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from usance.rules.matching import evidence
from usance.rules.matching.mentions import (
    Mention,
    whole_mentions,
)
from usance.rules.matching.model import BankLine, Knowledge, MatchingSettings, OpenItem
from usance.rules.matching.open_items import OpenItems, in_order
from usance.rules.matching.payers import Buyers, Payer, Paying
from usance.rules.matching.settling import Settlement, settle
from usance.rules.matching.texts import Token, read

_CLEAR: Final = 40
"""Decibans by which a reading must lead for the others not to be looked for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a line. ``items`` is empty where only the buyer is known, or where the
    line pays again what is settled."""

    buyer_id: UUID | None
    items: tuple[OpenItem, ...]
    mentions: tuple[Mention, ...]
    settlement: Settlement | None
    payer: Payer | None
    weight: int
    among: int = 0
    """How many items the buyer has open."""
    found_by: str = ""
    """How a set without numbers was found: ``balance``, ``oldest``, ``several``."""

    @property
    def exact(self) -> bool:
        """Whether the amount is explained to the cent."""
        return self.settlement is not None and self.settlement.exact


class Readings:
    """Weighs readings of one line and keeps the best of each set of items."""

    def __init__(
        self,
        line: BankLine,
        *,
        items: OpenItems,
        buyers: Buyers,
        knowledge: Knowledge,
        settings: MatchingSettings,
    ) -> None:
        self.line, self.items, self.settings = line, items, settings
        self.texts = read(line)
        self.paying = Paying(line, self.texts, buyers, knowledge)
        self.item_prior = -evidence.weight_of(items.open_count)
        self.buyer_prior = -evidence.weight_of(len(buyers) or items.open_count)
        self.readings: dict[frozenset[UUID], Reading] = {}
        self.others: list[Reading] = []
        """Readings that pay nothing open."""
        self.foreign: list[Mention] = []
        self.whole: list[Mention] = []
        """Every item, settled or open, that is named without any repair."""
        self.named: dict[UUID, list[Mention]] = defaultdict(list)

    # mentions

    def sort_mentions(self) -> None:
        self.whole = whole_mentions(self.texts, self.items)
        for mention in self.whole:
            item = mention.item
            if not item.outstanding:
                self._paid_again(mention)
            elif item.currency != self.line.currency:
                self.foreign.append(mention)
            else:
                self.named[item.buyer_id].append(mention)

    def _paid_again(self, mention: Mention) -> None:
        item, payer = mention.item, self.paying.of(mention.item.buyer_id)
        amount = (
            evidence.IN_FULL
            if item.amount == self.line.amount and item.currency == self.line.currency
            else evidence.part(item.amount)
        )
        weight = self.item_prior + evidence.PAID_TWICE + mention.weight + payer.weight + amount
        self.others.append(Reading(item.buyer_id, (), (mention,), None, payer, weight))

    def unused_numbers(self, buyer_id: UUID | None = None) -> list[Token]:
        """Numbers of the text that do not name an open item of ``buyer_id``, or, without one, of
        anybody who may have paid. A slip can make a number of one buyer that of another."""
        used = {
            m.token.text
            for m in self.whole
            if m.item.outstanding
            and (
                m.item.buyer_id == buyer_id
                if buyer_id
                else self.paying.of(m.item.buyer_id).weight > 0
            )
        }
        return [token for token in self.texts.numbers() if token.text not in used][:16]

    # keeping

    def clear(self) -> bool:
        if not self.readings:
            return False
        ranked = sorted((r.weight for r in self.readings.values()), reverse=True)
        best = max(self.readings.values(), key=lambda r: r.weight)
        rivals = [*ranked[1:2], *(r.weight for r in self.others)]
        rivals.append(evidence.NOTHING_OF_OURS + evidence.ANY_AMOUNT)
        named = sum(m.weight for m in best.mentions) >= 60
        doubted = best.payer is not None and best.payer.contradicted
        return best.exact and named and not doubted and ranked[0] - max(rivals) >= _CLEAR

    def has_exact(self, buyer_id: UUID) -> bool:
        return any(r.exact and r.buyer_id == buyer_id for r in self.readings.values())

    def consider(
        self,
        buyer_id: UUID,
        items: Iterable[OpenItem],
        mentions: Sequence[Mention],
        *,
        prior: int | None = None,
        unnamed: int | None = None,
        found_by: str = "",
        exact_only: bool = False,
    ) -> Settlement | None:
        """Weigh a set of items and keep it if it can be paid so."""
        chosen = tuple(sorted(items, key=in_order))
        settlement = settle(chosen, line=self.line, settings=self.settings)
        if settlement is None or (exact_only and not settlement.exact):
            return None
        payer = self.paying.of(buyer_id)
        ids = {item.id for item in chosen}
        kept = tuple(m for m in mentions if m.item.id in ids)
        reference = self._reference_weight(buyer_id, chosen, kept, unnamed)
        if prior is None:
            prior = self.item_prior
        weight = prior + reference + payer.weight + settlement.weight
        key = frozenset(ids)
        before = self.readings.get(key)
        if before is None or weight > before.weight:
            among = self.items.count_of_buyer(buyer_id, self.line.currency)
            self.readings[key] = Reading(
                buyer_id, chosen, kept, settlement, payer, weight, among, found_by
            )
        return settlement

    def _reference_weight(
        self,
        buyer_id: UUID,
        chosen: Sequence[OpenItem],
        mentions: Sequence[Mention],
        unnamed: int | None,
    ) -> int:
        """The surest mention counts in full; each further item must be picked out of the buyer's.

        ``unnamed`` is for those without a number together, where it is known how many such sets fit.
        """
        weights = sorted((m.weight for m in mentions), reverse=True)
        total = weights[0] if weights else 0
        if len(chosen) > 1 and weights:
            pick = evidence.weight_of(self.items.count_of_buyer(buyer_id, self.line.currency))
            total += evidence.SEVERAL_NAMED
            total += sum(weight - pick for weight in weights[1:])
            if unnamed is None:
                unnamed = (len(chosen) - len(weights)) * (evidence.FURTHER_UNNAMED - pick)
            total += unnamed
        return total


def signed(item: OpenItem) -> int:
    """What the item adds to a sum: less than nothing for a credit note."""
    return item.outstanding if item.kind == "invoice" else -item.outstanding
