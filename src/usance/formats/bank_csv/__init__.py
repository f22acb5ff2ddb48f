"""Tables saved from a bank's website: comma-, semicolon-, tab- or bar-separated values.

:func:`parse` finds out encoding, separator, columns, decimal mark and order of dates by itself
wherever the file leaves no doubt, and asks for a :class:`ColumnMapping` where it does.
:func:`render` writes the project's own table, which :func:`parse` reads back identically.
"""

from usance.formats.bank_csv.canonical import render
from usance.formats.bank_csv.mapping import ColumnMapping
from usance.formats.bank_csv.outline import Outline, outline_of, suggested
from usance.formats.bank_csv.reader import parse

__all__ = ["ColumnMapping", "Outline", "outline_of", "parse", "render", "suggested"]
