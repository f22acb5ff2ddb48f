"""Factur-X and ZUGFeRD 2: an invoice that is a PDF/A-3 for people and holds its XML for programs.

:func:`embed` puts the XML of :mod:`usance.formats.cii` into a PDF, :func:`extract` takes it out of
anyone's. Sources: Factur-X 1.0 and ZUGFeRD 2, chapter 6; ISO 19005-3; ISO 32000-1.
"""

from usance.formats.facturx.embedding import Relationship, embed
from usance.formats.facturx.extraction import extract

__all__ = ["Relationship", "embed", "extract"]
"""Whether a PDF keeps PDF/A-3 in every point is for a validator of PDF/A to say, not for this package."""
