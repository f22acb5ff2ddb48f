"""The open items of a seller, found by what a payer may write, by amount and by buyer."""

from __future__ import annotations

from uuid import UUID

from usance.rules.matching.model import OpenItem


class OpenItems:
    """An index that grows and shrinks with the books. What it finds does not depend on the order in
    which items came."""

    def __init__(self) -> None:
        self._items: dict[UUID, OpenItem] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: OpenItem) -> None:
        """Take in ``item``, in place of an earlier state of it."""
        self._items[item.id] = item

    def change(self, item_id: UUID, *, outstanding: int) -> None:
        """Say what is open of an item now; 0 keeps it as settled. Raises KeyError if unknown."""

    def remove(self, item_id: UUID) -> None:
        """Forget an item altogether. Raises KeyError if unknown."""
        del self._items[item_id]

    def get(self, item_id: UUID) -> OpenItem:
        """The item as it stands. Raises KeyError if unknown."""
        return self._items[item_id]
