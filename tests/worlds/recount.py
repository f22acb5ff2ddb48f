"""Historic orders counted again with nothing but csv and Decimal, to hold the replay against."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

COUNTER = "counter-sales"


def rows_of(path: Path) -> list[list[str]]:
    """All rows, the headings first."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def sample(path: Path, into: Path) -> Path:
    """Write all rows of some customers, and some without a customer, of the whole period."""
    headings, *rows = rows_of(path)
    chosen = [
        row
        for row in rows
        if (row[6] and int(row[6]) % 25 == 7) or (not row[6] and int(row[0][-3:]) % 12 == 0)
    ]
    with into.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headings, *chosen])
    return into


def two_months(path: Path, into: Path) -> Path:
    """Write all rows of December 2010 and January 2011, with which the file begins."""
    headings, *rows = rows_of(path)
    with into.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headings, *(r for r in rows if r[4].startswith(("12/", "1/")))])
    return into


@dataclass
class Recount:
    """What the file comes to, in pence, if the orders in ``declined`` are not delivered."""

    documents: int = 0
    orders: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    approved: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    credited: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: int = 0
    refused_returns: int = 0


def recount(rows: Iterable[list[str]], *, declined: Collection[str]) -> Recount:
    """Go through ``rows`` (without headings) in their order."""
    amounts: defaultdict[str, int] = defaultdict(int)
    customers: dict[str, str] = {}
    for number, _, _, quantity, _, price, customer, _ in rows:
        exact = Decimal(quantity) * Decimal(price) * 100
        amounts[number] += int(exact.quantize(Decimal(1), ROUND_HALF_UP))
        customers.setdefault(number, customer or COUNTER)
    result = Recount(documents=len(amounts))
    for number, amount in amounts.items():
        customer = customers[number]
        if number.startswith("C"):
            credited = min(-amount, result.approved[customer] - result.credited[customer])
            result.credited[customer] += credited
            result.refused += -amount - credited
            result.refused_returns += -amount > credited
        elif amount == 0:
            result.skipped += 1
        else:
            result.orders[number] = amount
            if number not in declined:
                result.approved[customer] += amount
    return result
