"""Tables of the reference rates on which late interest builds."""

from usance.formats.reference_rates.reader import ReferenceRateRow, parse

__all__ = ["ReferenceRateRow", "parse"]
