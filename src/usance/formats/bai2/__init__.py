"""BAI2, the cash management balance reporting of banks in the United States and Canada.

:func:`parse` reads files whose counts and control totals are wrong, as many are, and says so.
"""

from usance.formats.bai2.reader import looks_like, parse

__all__ = ["looks_like", "parse"]
