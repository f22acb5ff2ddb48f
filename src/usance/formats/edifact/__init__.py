"""UN/EDIFACT: interchanges taken apart, remittance advices (REMADV) read."""

from usance.formats.edifact.interchange import Message, Segment, looks_like, read
from usance.formats.edifact.remadv import advices

__all__ = ["Message", "Segment", "advices", "looks_like", "read"]
