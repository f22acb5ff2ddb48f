"""ISO 20022 bank-to-customer cash management: camt.052, camt.053 and camt.054.

:func:`parse` reads every version since 001.01; :func:`render` writes camt.053.001.08.
"""

from usance.formats.camt.document import Document, Kind
from usance.formats.camt.reader import parse
from usance.formats.camt.writer import render

__all__ = ["Document", "Kind", "parse", "render"]
