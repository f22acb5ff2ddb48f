"""ANSI ASC X12: interchanges taken apart, payment orders (820) read, acknowledgements (997) written."""

from usance.formats.x12.acknowledgement import acknowledge
from usance.formats.x12.interchange import (
    Group,
    Interchange,
    Segment,
    TransactionSet,
    fragment,
    read,
)
from usance.formats.x12.remittance import advice_of, advices, looks_like

__all__ = [
    "Group",
    "Interchange",
    "Segment",
    "TransactionSet",
    "acknowledge",
    "advice_of",
    "advices",
    "fragment",
    "looks_like",
    "read",
]
