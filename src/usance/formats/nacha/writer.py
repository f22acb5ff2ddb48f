"""Batches to the bytes of a NACHA file, strictly."""

from __future__ import annotations

from usance.formats.nacha.model import NachaFile


def render(file: NachaFile) -> bytes:
    """Write ``file``: CCD, PPD, CTX, WEB, TEL and COR, live entries, prenotes, returns, corrections.

    Totals, counts and blocking are computed; entries need trace numbers that ascend (see
    :func:`numbered`). Lines end with a line feed. Raises FormatError; nothing is ever cut.
    """
    raise NotImplementedError
