"""The open items of a seller, found by what a payer may write, by amount and by buyer.

Items have a place in one list, and every index holds places, so that an item costs little beside
itself: a million of them fit into a small machine.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from usance.rules.matching.keys import comparable, digits_of, spellings
from usance.rules.matching.model import OpenItem

_TAIL: Final = 4
_LONGEST_ROW: Final = 4_000
"""Ends that more numbers share than this say nothing (a year at the end of every number)."""

K = TypeVar("K")
Order = tuple[date, date, str, int]


def in_order(item: OpenItem) -> Order:
    """The order in which a buyer's items are paid where nothing else is said: what is due first."""
    return (item.due_on, item.issued_on, item.number, item.id.int)


class OpenItems:
    """An index that grows and shrinks with the books. What it finds does not depend on the order in
    which items came."""

    def __init__(self) -> None:
        self._places: dict[UUID, int] = {}
        self._items: list[OpenItem | None] = []
        self._free: list[int] = []
        self._by_key: dict[str, int | set[int]] = {}
        self._by_amount: dict[str, dict[int, int | set[int]]] = {}
        self._of_buyer: dict[tuple[UUID, str], list[int]] = {}
        self._unsorted: set[tuple[UUID, str]] = set()
        self._tails: dict[int, array[int]] = {}
        self._lengths: Counter[int] = Counter()
        self._open = 0

    def __len__(self) -> int:
        return len(self._places)

    @property
    def open_count(self) -> int:
        """How many items are open."""
        return self._open

    def add(self, item: OpenItem) -> None:
        """Take in ``item``, in place of an earlier state of it."""
        if item.id in self._places:
            self.remove(item.id)
        if self._free:
            place = self._free.pop()
            self._items[place] = item
        else:
            place = len(self._items)
            self._items.append(item)
        self._places[item.id] = place
        number = comparable(item.number)
        for form in _forms(item, number):
            _put(self._by_key, form, place)
        digits = digits_of(number)
        if digits == number:
            self._lengths[len(digits)] += 1
        if len(digits) >= _TAIL:
            self._tails.setdefault(int(digits[-_TAIL:]), array("L")).append(place)
        if item.outstanding:
            self._enter(item, place)

    def change(self, item_id: UUID, *, outstanding: int) -> None:
        """Say what is open of an item now; 0 keeps it as settled. Raises KeyError if unknown.

        Discounts are for who pays the whole: once part is paid they are gone.
        """
        place = self._places[item_id]
        item = self._at(place)
        if item.outstanding:
            self._leave(item, place)
        kept = item.discounts if outstanding == item.outstanding else ()
        changed = replace(item, outstanding=outstanding, discounts=kept)
        self._items[place] = changed
        if outstanding:
            self._enter(changed, place)

    def remove(self, item_id: UUID) -> None:
        """Forget an item altogether. Raises KeyError if unknown."""
        place = self._places.pop(item_id)
        item = self._at(place)
        if item.outstanding:
            self._leave(item, place)
        number = comparable(item.number)
        for form in _forms(item, number):
            _take(self._by_key, form, place)
        digits = digits_of(number)
        if digits == number:
            self._lengths[len(digits)] -= 1
        if len(digits) >= _TAIL:
            self._tails[int(digits[-_TAIL:])].remove(place)
        self._items[place] = None
        self._free.append(place)

    def get(self, item_id: UUID) -> OpenItem:
        """The item as it stands. Raises KeyError if unknown."""
        return self._at(self._places[item_id])

    def named(self, key: str) -> list[OpenItem]:
        """Open and settled items with this key, in comparable form."""
        return self._found(self._by_key.get(key))

    def has(self, key: str) -> bool:
        """Whether any item has this key, in comparable form."""
        return key in self._by_key

    def with_amount(self, currency: str, amount: int) -> list[OpenItem]:
        """Open items that ``amount`` settles, in full or less a discount."""
        return self._found(self._by_amount.get(currency, {}).get(amount))

    def count_with_amount(self, currency: str, amount: int) -> int:
        """How many that are."""
        found = self._by_amount.get(currency, {}).get(amount)
        return 0 if found is None else len(found) if isinstance(found, set) else 1

    def of_buyer(self, buyer_id: UUID, currency: str) -> list[OpenItem]:
        """The buyer's open invoices and credit notes, what is due first before the others."""
        account = (buyer_id, currency)
        if account in self._unsorted:
            self._of_buyer[account].sort(key=lambda place: in_order(self._at(place)))
            self._unsorted.discard(account)
        return [self._at(place) for place in self._of_buyer.get(account, ())]

    def count_of_buyer(self, buyer_id: UUID, currency: str) -> int:
        """How many that are."""
        return len(self._of_buyer.get((buyer_id, currency), ()))

    def ending_with(self, digits: str) -> Iterator[OpenItem]:
        """Open items whose number ends with ``digits``, four or more."""
        row = self._tails.get(int(digits[-_TAIL:]), ())
        if len(row) <= _LONGEST_ROW:
            for place in row:
                item = self._at(place)
                if item.outstanding and digits_of(comparable(item.number)).endswith(digits):
                    yield item

    def lengths(self) -> list[int]:
        """How many digits the numbers have that consist of digits, the commonest first."""
        return [length for length, count in self._lengths.most_common(4) if count]

    def _at(self, place: int) -> OpenItem:
        item = self._items[place]
        assert item is not None
        return item

    def _found(self, places: int | set[int] | None) -> list[OpenItem]:
        if places is None:
            return []
        if isinstance(places, int):
            return [self._at(places)]
        return sorted((self._at(place) for place in places), key=in_order)

    def _enter(self, item: OpenItem, place: int) -> None:
        self._open += 1
        amounts = self._by_amount.setdefault(item.currency, {})
        for amount in _amounts(item):
            _put(amounts, amount, place)
        account = (item.buyer_id, item.currency)
        self._of_buyer.setdefault(account, []).append(place)
        self._unsorted.add(account)

    def _leave(self, item: OpenItem, place: int) -> None:
        self._open -= 1
        amounts = self._by_amount[item.currency]
        for amount in _amounts(item):
            _take(amounts, amount, place)
        account = (item.buyer_id, item.currency)
        places = self._of_buyer[account]
        places.remove(place)
        if not places:
            del self._of_buyer[account]
            self._unsorted.discard(account)


def _forms(item: OpenItem, number: str) -> set[str]:
    """Under what an item is looked up. A creditor reference that only wraps the number is not kept:
    reading one gives the number."""
    forms = {number}
    for key in item.keys:
        if key.kind == "number":
            forms.update(spellings(key.text))
        elif whole := comparable(key.text):
            forms.add(whole)
            if key.kind == "creditor_reference" and whole[:2] == "RF":
                forms.discard(whole)
                forms.add(comparable(whole[4:]))
    return forms


def _amounts(item: OpenItem) -> set[int]:
    if item.kind == "credit_note":
        return set()
    return {item.outstanding, *(item.outstanding - tier.amount for tier in item.discounts)}


def _put(index: dict[K, int | set[int]], key: K, place: int) -> None:
    before = index.get(key)
    if before is None:
        index[key] = place
    elif isinstance(before, set):
        before.add(place)
    elif before != place:
        index[key] = {before, place}


def _take(index: dict[K, int | set[int]], key: K, place: int) -> None:
    before = index[key]
    if isinstance(before, set):
        before.discard(place)
        if len(before) == 1:
            index[key] = before.pop()
    else:
        del index[key]
