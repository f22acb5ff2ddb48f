"""UBL 2.1 invoices and credit notes, with the syntax binding of EN 16931 (CEN/TS 16931-3-2).

:func:`read` takes anyone's, :func:`render` writes ours. What a rule set will demand of an invoice is told
by :func:`usance.formats.einvoice.requirements.missing_terms` before it is issued.
"""

from usance.formats.ubl.reader import read
from usance.formats.ubl.writer import render

__all__ = ["read", "render"]
