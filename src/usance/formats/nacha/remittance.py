"""What an entry says about what it pays: text cut into addenda records."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.nacha.model import CHARACTERS_OF_ADDENDA, MOST_ADDENDA

_SEPARATORS: Final = re.compile(r"[*\\~]")


def fragments(text: str) -> tuple[str, ...]:
    """``text``, such as an X12 820, cut into pieces of 80 characters for ``Entry.addenda``.

    :attr:`Entry.remittance` gives it back. Raises FormatError ``too_many_addenda`` if there are
    more than 9,999 pieces.
    """
    text = text.rstrip()
    step = CHARACTERS_OF_ADDENDA
    pieces = tuple(text[at : at + step].rstrip() for at in range(0, len(text), step))
    if len(pieces) > MOST_ADDENDA:
        raise FormatError(
            f"The remittance has {len(text)} characters; a CTX entry carries {MOST_ADDENDA} addenda"
            f" of {step} characters. Pay fewer invoices with one entry.",
            code="too_many_addenda",
        )
    return pieces


def remittance_segment(invoice: str, *, amount: int, original: int | None = None) -> str:
    """One invoice that a CCD, PPD or CTX entry pays, as an X12 segment for its addenda.

    ``amount``: cents paid; ``original``: cents of the invoice, where that is another figure. Separators
    of X12 within the number become blanks. Source: ANSI X12, segment RMR (RMR01 IV: seller's invoice
    number; RMR04 paid, RMR05 original).
    """
    number = _SEPARATORS.sub(" ", invoice).strip()
    figures = [_decimal(amount)] + ([] if original in (None, amount) else [_decimal(original or 0)])
    return f"RMR*IV*{number}**{'*'.join(figures)}\\"


def _decimal(cents: int) -> str:
    return f"{Decimal(cents).scaleb(-2):.2f}"
