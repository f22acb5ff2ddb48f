"""Remittance advices as tables: saved as CSV, or standing in a mail.

:func:`parse` finds out encoding, separator, columns, decimal mark and order of dates by itself wherever
the table leaves no doubt; :func:`advices_of_rows` does so for rows that are cells already.
"""

from usance.formats.remittance_table.columns import FIELDS, Field
from usance.formats.remittance_table.mapping import AdviceMapping
from usance.formats.remittance_table.reader import advices_of_rows, parse
from usance.formats.remittance_table.rows import looks_like

__all__ = ["FIELDS", "AdviceMapping", "Field", "advices_of_rows", "looks_like", "parse"]
