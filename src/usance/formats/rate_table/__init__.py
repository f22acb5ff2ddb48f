"""Tables of exchange rates."""

from usance.formats.rate_table.reader import RateRow, parse

__all__ = ["RateRow", "parse"]
