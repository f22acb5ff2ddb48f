"""Tables of trade accounts, as shops and ERPs export their customers."""

from usance.formats.buyer_table.reader import BuyerRow, parse

__all__ = ["BuyerRow", "parse"]
