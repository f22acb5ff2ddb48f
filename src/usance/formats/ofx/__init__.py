"""OFX: downloads of bookings, as SGML (versions 1.0 to 1.6) and as XML (2.0 and later); also QFX.

:func:`parse` reads the statements of bank accounts and cards, and the movements of cash of brokers.
"""

from usance.formats.ofx.reader import looks_like, parse

__all__ = ["looks_like", "parse"]
