"""What an entry says about what it pays: text cut into addenda records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from usance.formats import x12
from usance.formats.errors import FormatError
from usance.formats.nacha.model import (
    CHARACTERS_OF_ADDENDA,
    MOST_ADDENDA,
    Batch,
    Entry,
    NachaFile,
)
from usance.formats.remittance import (
    AdvisedDocument,
    Finding,
    RemittanceAdvice,
    checked,
    kept_text,
    once,
)

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


def advices(file: NachaFile) -> tuple[RemittanceAdvice, ...]:
    """What the payers say in the addenda of the credits in ``file``, one advice an entry.

    Entries without addenda, debits, prenotes, returns and corrections advise nothing. Addenda that
    are no segments of an X12 820 are one line with their text as its number, since a CCD or PPD entry
    has room for little else. Raises FormatError as :func:`usance.formats.x12.advice_of` does.
    """
    return tuple(_advice(entry, batch) for batch in file.batches for entry in _credits(batch))


def _credits(batch: Batch) -> Iterator[Entry]:
    for entry in batch.entries:
        told = entry.is_credit and not entry.is_prenote and entry.remittance.strip()
        if told and entry.returned is None and entry.correction is None:
            yield entry


def _advice(entry: Entry, batch: Batch) -> RemittanceAdvice:
    text = entry.remittance
    told = RemittanceAdvice(
        format="nacha",
        payer_name=kept_text(batch.company_name),
        payer_ids=once((kept_text(batch.company_id),)),
        payee_name=kept_text(entry.name),
        reference=entry.trace_number,
        end_to_end_id=kept_text(entry.identification),
        paid_on=batch.effective_on,
        amount=entry.amount,
        currency="USD",
        method="ach",
    )
    if not _SEGMENT.match(text):
        line = AdvisedDocument(number=kept_text(text), kind="other", paid=entry.amount)
        guessed = Finding(code="guessed")
        return checked(replace(told, lines=(line,), findings=(guessed,)))
    try:
        segments = x12.fragment(text)
        return x12.advice_of(segments, format_="nacha", told=told)
    except FormatError as error:
        raise FormatError(
            f"The addenda of this entry: {error}", code=error.code, line=entry.line or None
        ) from None


_SEGMENT: Final = re.compile(r"\s*(?:ISA|GS|ST|BPR|TRN|REF|N1|ENT|RMR|DTM|NTE|CUR)[^A-Za-z0-9\s]")


def _decimal(cents: int) -> str:
    return f"{Decimal(cents).scaleb(-2):.2f}"
