"""UBL 2.1 invoices and credit notes, with the syntax binding of EN 16931 (CEN/TS 16931-3-2).

:func:`read` takes anyone's, :func:`render` writes ours, and :func:`missing_terms` tells before issuing
what a rule set will demand.
"""

from usance.formats.ubl.reader import read
from usance.formats.ubl.requirements import MissingTerm, missing_terms
from usance.formats.ubl.writer import render

__all__ = ["MissingTerm", "missing_terms", "read", "render"]
