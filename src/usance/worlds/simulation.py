"""``usance simulate``: the collecting world with faults, played and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Final

from django.db import connection, transaction

from usance.worlds import collecting_year
from usance.worlds.collecting_faults import Faults
from usance.worlds.collecting_result import YearResult

ORDERS_A_YEAR: Final = 10
"""Of a buyer; more than in a year of collecting, so that a short world has something to go wrong."""


@transaction.atomic
def simulate(
    *,
    days: int,
    seed: int,
    buyers: int,
    chance: float,
    progress: Callable[[date], None] = collecting_year.no_progress,
) -> YearResult:
    """Play ``days`` for a seller of its own, in which on the share ``chance`` of days something goes
    wrong; what it came to. All of it is one transaction and is taken back, so that nothing stays and
    no mail leaves, once what is checked at a commit has been checked, too."""
    result = collecting_year.play(
        handle=f"simulated-{secrets.token_hex(8)}",
        buyers=buyers,
        days=days,
        seed=seed,
        orders=ORDERS_A_YEAR,
        faults=Faults(seed=seed, chance=chance),
        progress=progress,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)
    return result
