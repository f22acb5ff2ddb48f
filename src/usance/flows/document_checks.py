"""What is written is checked by the official rules before it is kept, so that no network has to."""

from __future__ import annotations

from functools import cache
from typing import Final

from config import validation_rules
from usance.formats.errors import FormatError
from usance.formats.validation import RuleBook, check_before_sending

CHECKED: Final = frozenset(
    {"facturx", "ubl", "cii", "peppol", "xrechnung", "cius-ro", "fatturapa", "gst"}
)
"""Formats that have rules. Those that are not loaded are not run (docs/validation.md)."""
_MOST_TOLD: Final = 5


@cache
def _rules() -> RuleBook:
    return RuleBook.from_folder(validation_rules.folder())


def require_valid(content: bytes, *, format_: str) -> None:
    """Raise FormatError ``breaks_rules`` if the document breaks a rule that makes it invalid; the text
    names the rules."""
    if format_ not in CHECKED:
        return
    broken = check_before_sending(content, _rules())
    if broken:
        told = "; ".join(f"{one.rule}: {one.message}" for one in broken[:_MOST_TOLD])
        more = f" ({len(broken)} in all)" if len(broken) > _MOST_TOLD else ""
        raise FormatError(
            f"The document breaks rules of its standard and would be refused: {told}{more}",
            code="breaks_rules",
        )
