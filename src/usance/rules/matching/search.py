"""The ways in which sets of items are found that a line may pay.

The surest first: numbers that stand there whole, a remittance advice, the amount; then numbers with a
slip or cut short; last, sets that only add up. Looking ends as soon as one reading is clear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from usance.rules.matching import evidence
from usance.rules.matching.advice import advised
from usance.rules.matching.mentions import Mention, likest, list_words, spoilt_mentions
from usance.rules.matching.model import OpenItem
from usance.rules.matching.open_items import in_order
from usance.rules.matching.readings import Reading, Readings, signed
from usance.rules.matching.sums import MOST_ITEMS, pair_adds_up, sets_adding_up

_MOST_WITH_AMOUNT: Final = 300
_FEW: Final = 3
_POINTS: Final = 15
"""What the last four digits of a number weigh, and anything surer."""
_MOST_NAMED: Final = 12
_MOST_COMBINATIONS: Final = 20_000
_MOST_ROWS: Final = 24
_MOST_A_ROW: Final = 6
_MOST_WAYS: Final = 3


class Search(Readings):
    """Looks for the readings of one line."""

    def run(self) -> None:
        """Look for readings until one is clear."""
        self.sort_mentions()
        for buyer_id, mentions in self.named.items():
            self._named_sets(buyer_id, mentions)
        if self.line.advice:
            self._by_advice()
        if not self.clear():
            self._by_amount()
        if not self.clear():
            self._repaired()
        candidates = self.paying.candidates()
        if not self.clear():
            for buyer_id in dict.fromkeys((*self.named, *candidates[:6])):
                self._adding_up(buyer_id)
        for buyer_id in dict.fromkeys((*candidates[:5], *list(self.named)[:5])):
            payer = self.paying.of(buyer_id)
            weight = (
                evidence.BUYER_BUT_NOTHING_OPEN
                + self.buyer_prior
                + payer.weight
                + evidence.ANY_AMOUNT
            )
            self.others.append(Reading(buyer_id, (), (), None, payer, weight))

    def _named_sets(self, buyer_id: UUID, mentions: list[Mention]) -> None:
        surest = [m for m in mentions if m.grade in ("checked", "exact")]
        everything = [m.item for m in mentions]
        sets = [everything]
        if surest and len(surest) < len(mentions):
            sets.insert(0, [m.item for m in surest])
        for chosen in sets:
            if len(chosen) <= 200:
                self.consider(buyer_id, chosen, mentions)
        if len(mentions) > 1:
            for mention in mentions[:_MOST_NAMED]:
                self.consider(buyer_id, [mention.item], mentions)
            if not self.has_exact(buyer_id) and 3 <= len(mentions) <= 40:
                self._some_of(buyer_id, mentions)
        for chosen in reversed(sets):
            if not self.has_exact(buyer_id):
                self._with_one_more(buyer_id, chosen, mentions)

    def _some_of(self, buyer_id: UUID, mentions: list[Mention]) -> None:
        items = sorted((m.item for m in mentions), key=in_order)
        for found in sets_adding_up([signed(item) for item in items], self.line.amount):
            chosen = [items[place] for place in found.places]
            self.consider(buyer_id, chosen, mentions, exact_only=True)

    def _with_one_more(
        self, buyer_id: UUID, chosen: list[OpenItem], mentions: list[Mention]
    ) -> None:
        """One more invoice or credit note, unnamed, that makes the sum right."""
        line, ids = self.line, {item.id for item in chosen}
        due = sum(signed(item) for item in chosen)
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
        numbers = self.unused_numbers(buyer_id)
        for item in further:
            if item.buyer_id == buyer_id and item.id not in ids:
                spoilt = likest(item, numbers=numbers, words=())
                named = [*mentions, spoilt] if spoilt else mentions
                self.consider(buyer_id, [*chosen, item], named, exact_only=True)

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
                named = [m for m in self.named.get(item.buyer_id, ()) if m.item.id == item.id]
                spoilt = (
                    None
                    if named
                    else likest(item, numbers=self.unused_numbers(item.buyer_id), words=words)
                )
                mentions = named or ([spoilt] if spoilt else [])
                stranger = self.paying.of(item.buyer_id).weight < 0
                if mentions or not stranger or len(hits) <= _FEW:
                    self.consider(item.buyer_id, [item], mentions, exact_only=True)

    def _repaired(self) -> None:
        """Numbers with a slip or without their beginning, where the payer points to the buyer."""
        # A number that stands there whole is looked at too where the amount does not bear it out.
        settled = any(reading.exact for reading in self.readings.values())
        numbers = self.unused_numbers() if settled else self.texts.numbers()[:16]
        found: dict[UUID, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
        for mention in spoilt_mentions(numbers, self.items, lengths=self.items.lengths()):
            item = mention.item
            if item.currency != self.line.currency:
                continue
            if item.buyer_id in self.named or self.paying.of(item.buyer_id).weight > 0:
                found[item.buyer_id][mention.token.text].append(mention)
        for buyer_id in self.named:
            if any(m.grade == "exact" for m in self.named[buyer_id]):
                for mention in self._ends_in_lists(buyer_id):
                    row = found[buyer_id][mention.token.text]
                    if all(mention.item.id != other.item.id for other in row):
                        row.append(mention)
        for buyer_id, by_token in found.items():
            self._repaired_sets(buyer_id, by_token)

    def _ends_in_lists(self, buyer_id: UUID) -> list[Mention]:
        """Numbers of two digits and more after a whole one, as the ends of other items of its buyer."""
        words = list_words(self.texts, self.named[buyer_id])
        if not words:
            return []
        return [
            Mention(item, token, "end", evidence.end_of_reference(len(token.text)))
            for item in self.items.of_buyer(buyer_id, self.line.currency)[:MOST_ITEMS]
            for token in words
            if item.number.endswith(token.text)
        ]

    def _repaired_sets(self, buyer_id: UUID, by_token: dict[str, list[Mention]]) -> None:
        whole = [m for m in self.named.get(buyer_id, ()) if m.grade != "order"]
        whole_ids = {m.item.id for m in whole}
        used = {m.token.text for m in whole}
        flat = [m for row in by_token.values() for m in row if m.item.id not in whole_ids]
        for mention in flat[:24]:
            self.consider(buyer_id, [mention.item], [mention])
            if whole and mention.token.text not in used:
                self.consider(
                    buyer_id,
                    [*(m.item for m in whole), mention.item],
                    [*whole, mention],
                    exact_only=True,
                )
        rows = [row for text, row in by_token.items() if row and text not in used]
        if len(rows) + len(whole) >= 2 and len(rows) <= _MOST_ROWS:
            self._one_of_each(buyer_id, whole, rows)

    def _one_of_each(self, buyer_id: UUID, whole: list[Mention], rows: list[list[Mention]]) -> None:
        """One item, or none, for each number that was not understood, so that the sum is right."""
        rows = [row[:_MOST_A_ROW] for row in rows]
        target = self.line.amount - sum(signed(m.item) for m in whole)
        ways: dict[int, list[tuple[Mention, ...]]] = {0: [()]}
        for row in rows:
            further = {total: list(found) for total, found in ways.items()}
            for total, found in ways.items():
                for mention in row:
                    sums = further.setdefault(total + signed(mention.item), [])
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
                self.consider(buyer_id, items.values(), [*whole, *way], exact_only=True)

    def _adding_up(self, buyer_id: UUID) -> None:
        """Sets of the buyer's items without their numbers, beside those that are named."""
        if self.has_exact(buyer_id):
            return
        line = self.line
        if self.items.count_of_buyer(buyer_id, line.currency) > MOST_ITEMS:
            return
        mentions = [m for m in self.named.get(buyer_id, ()) if m.grade != "order"]
        named = {m.item.id for m in mentions}
        rest = [i for i in self.items.of_buyer(buyer_id, line.currency) if i.id not in named]
        target = line.amount - sum(signed(m.item) for m in mentions)
        if target == 0 or not rest:
            return
        for amounts in self._amounts(rest):
            for found in sets_adding_up(amounts, target):
                chosen = [rest[place] for place in found.places]
                if named:
                    self.consider(
                        buyer_id,
                        [*chosen, *(m.item for m in mentions)],
                        mentions,
                        unnamed=found.weight + self._cut_off(),
                        exact_only=True,
                    )
                else:
                    self.consider(
                        buyer_id,
                        chosen,
                        (),
                        prior=self.buyer_prior + found.weight - evidence.IN_FULL,
                        found_by=found.what,
                        exact_only=True,
                    )

    def _amounts(self, items: Sequence[OpenItem]) -> list[list[int]]:
        """What the items come to: in full, and less the discounts that are in time."""
        full = [signed(item) for item in items]
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

    def doubtful(self, best: Reading) -> bool:
        """Whether something else is too near for ``best`` to be booked, likely as it is: an invoice
        of the exact amount beside one that would be paid in part, two that add up to it where no
        number is given, a list that was not understood to its end."""
        if not best.items or best.buyer_id is None:
            return False
        if self._named_elsewhere(best):
            return True
        if not best.exact:
            exact = any(r.exact and r.buyer_id == best.buyer_id for r in self.readings.values())
            return exact or self._one_slip_away(best) or self._list_goes_on(best)
        if best.mentions or len(best.items) > 1:
            return False
        others = self.items.of_buyer(best.buyer_id, self.line.currency)[:MOST_ITEMS]
        return pair_adds_up([signed(item) for item in others], self.line.amount)

    def _named_elsewhere(self, best: Reading) -> bool:
        """Whether the text points to an item of the very amount that ``best`` leaves out, or the
        account to one. Sister companies owe like amounts, and pay for each other."""
        others = [r for r in self.readings.values() if r.exact and r.items != best.items]
        if not best.mentions:
            return any(m.weight >= _POINTS for reading in others for m in reading.mentions)
        contradicted = best.payer is not None and best.payer.contradicted
        return contradicted and any(r.payer is not None and r.payer.sure for r in others)

    def _one_slip_away(self, best: Reading) -> bool:
        """Whether the number of a part payment may be that of another invoice with a slip in it: no
        amount tells them apart."""
        if best.settlement is None or best.settlement.how not in ("part", "over"):
            return False
        written = {m.token.text for m in best.mentions if m.grade != "checked"}
        return any(
            reading.buyer_id == best.buyer_id
            and reading.items != best.items
            and any(m.grade == "spoilt" and m.token.text in written for m in reading.mentions)
            for reading in self.readings.values()
        )

    def _list_goes_on(self, best: Reading) -> bool:
        assert best.buyer_id is not None
        words = [w.text for w in list_words(self.texts, list(best.mentions)) if len(w.text) > 3]
        paid = {item.id for item in best.items}
        return bool(words) and any(
            item.number.endswith(word)
            for item in self.items.of_buyer(best.buyer_id, self.line.currency)[:MOST_ITEMS]
            if item.id not in paid
            for word in words
        )
