"""Choosing the mask of a QR code (ISO/IEC 18004:2015, 7.8.3), many times faster than module by module.

A whole code is one whole number, a bit a module, rows apart by an empty bit; each rule of the standard
is a few shifts of it. Codes of one version that differ in their mask alone differ by the same bits,
whatever they say: masks and format information are laid over the data by exclusive or.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import segno

MASKS = range(8)
_DIGITS = bytes([48, 49]) + bytes([49]) * 254
"""From a module, dark if not 0, to its figure."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A QR code under one of the masks. ``rows`` are its modules, dark ones 1, without quiet zone."""

    version: int
    mask: int
    rows: tuple[str, ...]


def best_masked(data: bytes) -> Masked:
    """The QR code of ``data`` (bytes, error correction M) under the mask of the lowest penalty.

    Raises segno.DataOverflowError if no version holds it.
    """
    plain = encoded(data, mask=0)
    version = int(plain.version)
    size = len(plain.matrix)
    rows = _packed(plain.matrix)
    columns = _packed(tuple(zip(*plain.matrix, strict=True)))

    def score(mask: int) -> int:
        by_row, by_column = _difference(version, mask)
        return penalty(rows ^ by_row, columns ^ by_column, size=size)

    best = min(MASKS, key=score)
    chosen = rows ^ _difference(version, best)[0]
    bits = f"{chosen:0{size * (size + 1) - 1}b}"
    return Masked(
        version, best, tuple(bits[start : start + size] for start in range(0, len(bits), size + 1))
    )


def encoded(data: bytes, *, mask: int, version: int | None = None) -> segno.QRCode:
    """``data`` under a given mask; the error correction is M, and never raised for spare room."""
    return segno.make_qr(
        data, error="m", boost_error=False, mode="byte", mask=mask, version=version
    )


def penalty(rows: int, columns: int, *, size: int) -> int:
    """The sum of the four penalties (table 11) of a code, given packed by rows and by columns."""
    dark = 20 * rows.bit_count()
    total = size * size
    return (
        _runs_and_finders(rows, size=size)
        + _runs_and_finders(columns, size=size)
        + 3 * _blocks(rows, size=size)
        + 10 * (abs(dark - 10 * total) // total)
    )


def _packed(matrix: tuple[bytearray, ...] | tuple[tuple[int, ...], ...]) -> int:
    return int(b"0".join(bytes(row).translate(_DIGITS) for row in matrix), 2)


@lru_cache(maxsize=128)
def _difference(version: int, mask: int) -> tuple[int, int]:
    """The bits, by rows and by columns, in which a code under ``mask`` differs from one under mask 0."""
    plain, other = (encoded(b"", mask=one, version=version).matrix for one in (0, mask))
    return (
        _packed(plain) ^ _packed(other),
        _packed(tuple(zip(*plain, strict=True))) ^ _packed(tuple(zip(*other, strict=True))),
    )


@lru_cache(maxsize=64)
def _area(width: int, height: int, stride: int) -> int:
    """The bits of ``height`` rows of ``width`` modules each."""
    row = (1 << width) - 1
    return sum(row << (stride * place) for place in range(height))


def _runs_and_finders(code: int, *, size: int) -> int:
    """Rules 1 and 3 along one direction: runs of five and more, and what looks like a finder."""
    light = _area(size, size, size + 1) & ~code
    found = 0
    for colour in (code, light):
        five = colour & colour >> 1 & colour >> 2 & colour >> 3 & colour >> 4
        starts = five & ~(five << 1)
        # A run of five counts three, and one more for each module beyond: as many as its windows.
        found += five.bit_count() + 2 * starts.bit_count()
    finder = code & light >> 1 & code >> 2 & code >> 3 & code >> 4 & light >> 5 & code >> 6
    four = light & light >> 1 & light >> 2 & light >> 3
    return found + 40 * ((finder & four >> 7).bit_count() + (finder >> 4 & four).bit_count())


def _blocks(code: int, *, size: int) -> int:
    """Rule 2: how many squares of two by two modules are of one colour."""
    stride = size + 1
    inner = _area(size - 1, size - 1, stride)
    beside = ~(code ^ code >> 1)
    below = ~(code ^ code >> stride)
    return (beside & beside >> stride & below & inner).bit_count()
