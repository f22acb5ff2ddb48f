"""The readings of one line: sets of a buyer's items that it may pay, each with its weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from usance.rules.matching import evidence
from usance.rules.matching.advice import advised
from usance.rules.matching.mentions import (
    Mention,
    likest,
    list_words,
    spoilt_mentions,
    whole_mentions,
)
from usance.rules.matching.model import BankLine, Knowledge, MatchingSettings, OpenItem
from usance.rules.matching.open_items import OpenItems, in_order
from usance.rules.matching.payers import Buyers, Payer, Paying
from usance.rules.matching.settling import Settlement, settle
from usance.rules.matching.sums import MOST_ITEMS, sets_adding_up
from usance.rules.matching.texts import Token, read

_CLEAR: Final = 40
"""Decibans by which a reading must lead for the others not to be looked for."""
_MOST_WITH_AMOUNT: Final = 300
_FEW: Final = 3
_MOST_NAMED: Final = 12
_MOST_COMBINATIONS: Final = 20_000
_MOST_ROWS: Final = 24
_MOST_A_ROW: Final = 6
_MOST_WAYS: Final = 3


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


class Search:
    """Collects the readings of one line."""

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
        self._named: dict[UUID, list[Mention]] = defaultdict(list)

    def run(self) -> None:
        """Look for readings until one is clear."""
        self._sort_mentions()
        for buyer_id, mentions in self._named.items():
            self._named_sets(buyer_id, mentions)
        if self.line.advice:
            self._by_advice()
        if not self._clear():
            self._by_amount()
        if not self._clear():
            self._repaired()
        candidates = self.paying.candidates()
        if not self._clear():
            for buyer_id in dict.fromkeys((*self._named, *candidates[:6])):
                self._adding_up(buyer_id)
        for buyer_id in dict.fromkeys((*candidates[:5], *list(self._named)[:5])):
            payer = self.paying.of(buyer_id)
            weight = (
                evidence.BUYER_BUT_NOTHING_OPEN
                + self.buyer_prior
                + payer.weight
                + evidence.ANY_AMOUNT
            )
            self.others.append(Reading(buyer_id, (), (), None, payer, weight))

    # mentions

    def _sort_mentions(self) -> None:
        self.whole = whole_mentions(self.texts, self.items)
        for mention in self.whole:
            item = mention.item
            if not item.outstanding:
                self._paid_again(mention)
            elif item.currency != self.line.currency:
                self.foreign.append(mention)
            else:
                self._named[item.buyer_id].append(mention)

    def _paid_again(self, mention: Mention) -> None:
        item, payer = mention.item, self.paying.of(mention.item.buyer_id)
        amount = (
            evidence.IN_FULL
            if item.amount == self.line.amount and item.currency == self.line.currency
            else evidence.part(item.amount)
        )
        weight = self.item_prior + evidence.PAID_TWICE + mention.weight + payer.weight + amount
        self.others.append(Reading(item.buyer_id, (), (mention,), None, payer, weight))

    def _unused_numbers(self, buyer_id: UUID | None = None) -> list[Token]:
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

    def _clear(self) -> bool:
        if not self.readings:
            return False
        ranked = sorted((r.weight for r in self.readings.values()), reverse=True)
        best = max(self.readings.values(), key=lambda r: r.weight)
        rivals = [*ranked[1:2], *(r.weight for r in self.others)]
        rivals.append(evidence.NOTHING_OF_OURS + evidence.ANY_AMOUNT)
        named = sum(m.weight for m in best.mentions) >= 60
        return best.exact and named and ranked[0] - max(rivals) >= _CLEAR

    def _has_exact(self, buyer_id: UUID) -> bool:
        return any(r.exact and r.buyer_id == buyer_id for r in self.readings.values())

    def _consider(
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
        settlement = settle(chosen, self.line, self.settings)
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

    # ways to find sets

    def _named_sets(self, buyer_id: UUID, mentions: list[Mention]) -> None:
        surest = [m for m in mentions if m.grade in ("checked", "exact")]
        everything = [m.item for m in mentions]
        sets = [everything]
        if surest and len(surest) < len(mentions):
            sets.insert(0, [m.item for m in surest])
        for chosen in sets:
            if len(chosen) <= 200:
                self._consider(buyer_id, chosen, mentions)
        if len(mentions) > 1:
            for mention in mentions[:_MOST_NAMED]:
                self._consider(buyer_id, [mention.item], mentions)
            if not self._has_exact(buyer_id) and 3 <= len(mentions) <= 40:
                self._some_of(buyer_id, mentions)
        for chosen in reversed(sets):
            if not self._has_exact(buyer_id):
                self._with_one_more(buyer_id, chosen, mentions)

    def _some_of(self, buyer_id: UUID, mentions: list[Mention]) -> None:
        items = sorted((m.item for m in mentions), key=in_order)
        for found in sets_adding_up([_signed(item) for item in items], self.line.amount):
            chosen = [items[place] for place in found.places]
            self._consider(buyer_id, chosen, mentions, exact_only=True)

    def _with_one_more(
        self, buyer_id: UUID, chosen: list[OpenItem], mentions: list[Mention]
    ) -> None:
        """One more invoice or credit note, unnamed, that makes the sum right."""
        line, ids = self.line, {item.id for item in chosen}
        due = sum(_signed(item) for item in chosen)
        if due < line.amount:
            further = self.items.with_amount(line.currency, line.amount - due)
        elif due > line.amount:
            further = [
                item
                for item in self.items.of_buyer(buyer_id, line.currency)
                if item.kind == "credit_note" and item.outstanding == due - line.amount
            ]
        else:
            return
        numbers = self._unused_numbers(buyer_id)
        for item in further:
            if item.buyer_id == buyer_id and item.id not in ids:
                spoilt = likest(item, numbers, ())
                named = [*mentions, spoilt] if spoilt else mentions
                self._consider(buyer_id, [*chosen, item], named, exact_only=True)

    def _by_advice(self) -> None:
        for reading in advised(self):
            key = frozenset(item.id for item in reading.items)
            before = self.readings.get(key)
            if before is None or reading.weight >= before.weight:
                self.readings[key] = reading

    def _by_amount(self) -> None:
        """Items that the amount settles to the cent, whatever the text says."""
        line = self.line
        amounts = {line.amount}
        if line.instructed_amount and line.instructed_currency in ("", line.currency):
            amounts.add(line.instructed_amount)
        if line.charges:
            amounts.add(line.amount + line.charges)
        words = [token for token in self.texts.tokens if token.whole and len(token.text) > 3][:24]
        for amount in sorted(amounts):
            if self.items.count_with_amount(line.currency, amount) > _MOST_WITH_AMOUNT:
                continue
            hits = self.items.with_amount(line.currency, amount)
            for item in hits:
                named = [m for m in self._named.get(item.buyer_id, ()) if m.item.id == item.id]
                spoilt = None if named else likest(item, self._unused_numbers(item.buyer_id), words)
                mentions = named or ([spoilt] if spoilt else [])
                stranger = self.paying.of(item.buyer_id).weight < 0
                if mentions or not stranger or len(hits) <= _FEW:
                    self._consider(item.buyer_id, [item], mentions, exact_only=True)

    def _repaired(self) -> None:
        """Numbers with a slip or without their beginning, where the payer points to the buyer."""
        numbers = self._unused_numbers()
        found: dict[UUID, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
        for mention in spoilt_mentions(numbers, self.items, lengths=self.items.lengths()):
            item = mention.item
            if item.currency != self.line.currency:
                continue
            if item.buyer_id in self._named or self.paying.of(item.buyer_id).weight > 0:
                found[item.buyer_id][mention.token.text].append(mention)
        for buyer_id in self._named:
            if any(m.grade == "exact" for m in self._named[buyer_id]):
                for mention in self._ends_in_lists(buyer_id):
                    row = found[buyer_id][mention.token.text]
                    if all(mention.item.id != other.item.id for other in row):
                        row.append(mention)
        for buyer_id, by_token in found.items():
            self._repaired_sets(buyer_id, by_token)

    def _ends_in_lists(self, buyer_id: UUID) -> list[Mention]:
        """Numbers of two digits and more after a whole one, as the ends of other items of its buyer."""
        words = list_words(self.texts, self._named[buyer_id])
        if not words:
            return []
        return [
            Mention(item, token, "end", evidence.end_of_reference(len(token.text)))
            for item in self.items.of_buyer(buyer_id, self.line.currency)[:MOST_ITEMS]
            for token in words
            if item.number.endswith(token.text)
        ]

    def _repaired_sets(self, buyer_id: UUID, by_token: dict[str, list[Mention]]) -> None:
        whole = [m for m in self._named.get(buyer_id, ()) if m.grade != "order"]
        whole_ids = {m.item.id for m in whole}
        flat = [m for row in by_token.values() for m in row if m.item.id not in whole_ids]
        for mention in flat[:24]:
            self._consider(buyer_id, [mention.item], [mention])
            if whole:
                self._consider(
                    buyer_id,
                    [*(m.item for m in whole), mention.item],
                    [*whole, mention],
                    exact_only=True,
                )
        rows = [row for row in by_token.values() if row]
        if len(rows) + len(whole) >= 2 and len(rows) <= _MOST_ROWS:
            self._one_of_each(buyer_id, whole, rows)

    def _one_of_each(self, buyer_id: UUID, whole: list[Mention], rows: list[list[Mention]]) -> None:
        """One item, or none, for each number that was not understood, so that the sum is right."""
        rows = [row[:_MOST_A_ROW] for row in rows]
        target = self.line.amount - sum(_signed(m.item) for m in whole)
        ways: dict[int, list[tuple[Mention, ...]]] = {0: [()]}
        for row in rows:
            further = {total: list(found) for total, found in ways.items()}
            for total, found in ways.items():
                for mention in row:
                    sums = further.setdefault(total + _signed(mention.item), [])
                    sums += [(*way, mention) for way in found if mention not in way]
                    del sums[_MOST_WAYS:]
            ways = further
            if len(ways) > _MOST_COMBINATIONS:
                return
        picked = ways.get(target, [])
        if not picked and all(len(row) == 1 for row in rows):
            picked = [tuple(row[0] for row in rows)]  # less discounts, perhaps
        for way in picked:
            items = {m.item.id: m.item for m in (*whole, *way)}
            if way and len(items) > 1:
                self._consider(buyer_id, items.values(), [*whole, *way], exact_only=True)

    def _adding_up(self, buyer_id: UUID) -> None:
        """Sets of the buyer's items without their numbers, beside those that are named."""
        if self._has_exact(buyer_id):
            return
        line = self.line
        if self.items.count_of_buyer(buyer_id, line.currency) > MOST_ITEMS:
            return
        mentions = [m for m in self._named.get(buyer_id, ()) if m.grade != "order"]
        named = {m.item.id for m in mentions}
        rest = [i for i in self.items.of_buyer(buyer_id, line.currency) if i.id not in named]
        target = line.amount - sum(_signed(m.item) for m in mentions)
        if target == 0 or not rest:
            return
        for amounts in self._amounts(rest):
            for found in sets_adding_up(amounts, target):
                chosen = [rest[place] for place in found.places]
                if named:
                    self._consider(
                        buyer_id,
                        [*chosen, *(m.item for m in mentions)],
                        mentions,
                        unnamed=found.weight + self._cut_off(),
                        exact_only=True,
                    )
                else:
                    self._consider(
                        buyer_id,
                        chosen,
                        (),
                        prior=self.buyer_prior + found.weight - evidence.IN_FULL,
                        found_by=found.what,
                        exact_only=True,
                    )

    def _amounts(self, items: Sequence[OpenItem]) -> list[list[int]]:
        """What the items come to: in full, and less the discounts that are in time."""
        full = [_signed(item) for item in items]
        less = [
            amount
            - max((t.amount for t in item.discounts if self.line.paid_on <= t.until), default=0)
            for item, amount in zip(items, full, strict=True)
        ]
        return [full] if less == full else [full, less]

    def _cut_off(self) -> int:
        """More for a list of numbers that does not end where the field does."""
        longest = max((len(text) for text in self.line.texts), default=0)
        return 0 if longest >= 130 or longest == 35 else -10


def _signed(item: OpenItem) -> int:
    return item.outstanding if item.kind == "invoice" else -item.outstanding
