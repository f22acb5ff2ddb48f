"""Lockbox files (BAI): cheques that a bank opened, deposited and keyed in, with what they pay.

The records are common, where their fields stand is each bank's own: a :class:`Layout` says it.
"""

from usance.formats.lockbox.layout import BAI, FIELDS, USUAL, Layout
from usance.formats.lockbox.reader import LockboxFile, looks_like, parse

__all__ = ["BAI", "FIELDS", "USUAL", "Layout", "LockboxFile", "looks_like", "parse"]
