"""How much of a credit line is used, and how much is left."""

from __future__ import annotations

import pytest

from usance.rules.credit.exposure import Exposure


@pytest.mark.parametrize(
    ("limit", "tolerance", "held", "owed", "external", "unapplied", "exposure", "available"),
    [
        # limit tolerance held  owed external unapplied  exposure available
        (10_000, 0, 0, 0, 0, 0, 0, 10_000),
        (10_000, 0, 4_000, 0, 0, 0, 4_000, 6_000),
        (10_000, 0, 4_000, 3_000, 0, 0, 7_000, 3_000),
        (10_000, 0, 4_000, 3_000, 2_000, 0, 9_000, 1_000),
        (10_000, 0, 4_000, 3_000, 2_000, 500, 8_500, 1_500),
        (10_000, 500, 10_000, 0, 0, 0, 10_000, 500),
        (10_000, 0, 0, 12_000, 0, 0, 12_000, -2_000),  # the limit was lowered
        (10_000, 0, 0, 0, 0, 1_000, -1_000, 11_000),  # paid in advance
        (0, 0, 0, 0, 0, 0, 0, 0),
    ],
)
def test_exposure_and_what_is_available(
    limit: int,
    tolerance: int,
    held: int,
    owed: int,
    external: int,
    unapplied: int,
    exposure: int,
    available: int,
) -> None:
    line = Exposure("EUR", limit, tolerance, held, owed, external, unapplied)
    assert (line.exposure, line.available) == (exposure, available)
