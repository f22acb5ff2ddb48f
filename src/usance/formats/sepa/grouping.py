"""Collections of a day into the groups that a bank takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from usance.formats.sepa.model import Collection, CollectionGroup, Creditor


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A collection, and how and when it is to be made."""

    collection: Collection
    scheme: str
    sequence: str
    collect_on: date


def grouped(
    due: Iterable[Due], *, creditor: Creditor, prefix: str, batch_booking: bool | None = True
) -> tuple[CollectionGroup, ...]:
    """One group for each day, scheme and sequence type, in this order; ids are ``prefix`` and a
    number: ``M7-1``, ``M7-2``.

    A group has one of each since what stands in it holds for all of its payments (EPC130-08, 2.0).
    """
    groups: dict[tuple[date, str, str], list[Collection]] = {}
    for each in due:
        key = (each.collect_on, each.scheme, each.sequence)
        groups.setdefault(key, []).append(each.collection)
    return tuple(
        CollectionGroup(
            id=f"{prefix}-{number}",
            creditor=creditor,
            scheme=scheme,
            sequence=sequence,
            collect_on=collect_on,
            collections=tuple(groups[collect_on, scheme, sequence]),
            batch_booking=batch_booking,
        )
        for number, (collect_on, scheme, sequence) in enumerate(sorted(groups), 1)
    )
