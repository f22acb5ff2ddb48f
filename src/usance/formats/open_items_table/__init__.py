"""Tables of open items, as ERPs export what customers owe."""

from usance.formats.open_items_table.reader import OpenItemRow, parse

__all__ = ["OpenItemRow", "parse"]
