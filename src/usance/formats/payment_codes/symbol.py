"""QR codes as vector drawings."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import segno

from usance.formats.errors import FormatError
from usance.formats.payment_codes.masking import best_masked

QUIET_ZONE: Final = 4
"""Modules of white around a code that stands on a tinted ground (ISO/IEC 18004, 5.3.8)."""


def qr_modules(payload: bytes | str, *, largest_version: int = 40) -> list[list[bool]]:
    """The dark (True) and light modules of ``payload``, row by row, without quiet zone.

    Error correction M, as EPC069-12 and the Swiss guidelines demand; never raised, so that the
    same payload always gives the same code. Text is UTF-8. Raises FormatError ``value_too_long``
    if it would need a version above ``largest_version``.
    """
    data = payload.encode() if isinstance(payload, str) else payload
    try:
        code = best_masked(data)
    except segno.DataOverflowError:
        code = None
    if code is None or code.version > largest_version:
        raise FormatError(
            f"{len(data)} bytes do not fit into a QR code of version {largest_version}; shorten them.",
            code="value_too_long",
        )
    return [[module == "1" for module in row] for row in code.rows]


def svg(modules: list[list[bool]], *, quiet_zone: int = 0, swiss_cross: bool = False) -> str:
    """The code as an SVG image of one path; ``swiss_cross`` puts the cross of 7 mm on 46 mm.

    Runs of dark modules are drawn as one rectangle: no hairlines between neighbours.
    """
    size = len(modules) + 2 * quiet_zone
    path = "".join(
        f"M{start + quiet_zone} {row + quiet_zone}h{length}v1h-{length}z"
        for row, line in enumerate(modules)
        for start, length in _runs(line)
    )
    cross = _swiss_cross(len(modules), offset=quiet_zone) if swiss_cross else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#000" d="{path}"/>{cross}</svg>'
    )


def _runs(line: list[bool]) -> list[tuple[int, int]]:
    """Where each run of dark modules starts, and how long it is."""
    runs = []
    start = 0
    for dark, run in groupby(line):
        length = len(list(run))
        if dark:
            runs.append((start, length))
        start += length
    return runs


def _swiss_cross(modules: int, *, offset: int) -> str:
    """The recognition mark in the middle: 7 mm of 46 mm, a white cross on black with a white rim.

    Bars are 6/32 by 20/32 of the black square, the proportions of the federal coat of arms.
    """
    scale = f"translate({offset} {offset}) scale({modules}) scale({1 / 46:.9f}) translate(23 23)"
    return (
        f'<g transform="{scale}"><path fill="#fff" d="M-3.5-3.5h7v7h-7z"/>'
        '<path fill="#000" d="M-3.2-3.2h6.4v6.4h-6.4z"/>'
        '<path fill="#fff" d="M-.6-2h1.2v4h-1.2z"/><path fill="#fff" d="M-2-.6h4v1.2h-4z"/></g>'
    )
