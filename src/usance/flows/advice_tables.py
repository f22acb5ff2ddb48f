"""How the tables and lockbox files of payers and banks are read: said once by a person, remembered, used
by itself. Kept beside what is remembered of banks' tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from usance.flows import table_mappings
from usance.formats import bank_csv, remittance_files
from usance.formats.errors import FormatError
from usance.formats.lockbox import BAI, Layout
from usance.formats.remittance_table import AdviceMapping
from usance.records.parties.models import Seller
from usance.records.payments import bank_queries
from usance.records.payments.models import TableMapping

ASKABLE: Final = frozenset(
    {"unknown_table", "missing_currency", "ambiguous_amounts", "invalid_amount", "too_few_columns"}
)
"""Codes of FormatError for which a person can say how the table is to be read."""
_ADVICE: Final = "advice:"
_LOCKBOX: Final = "lockbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceReading:
    """How a file of advices is to be read. ``mapping`` None: as its own headings tell."""

    mapping: AdviceMapping | None = None
    currency: str | None = None


def reading_of(
    seller: Seller,
    data: bytes,
    *,
    mapping: AdviceMapping | None = None,
    currency: str | None = None,
) -> AdviceReading:
    """How ``data`` is to be read: as is said now, else as was said for a table of its headings."""
    if mapping is not None:
        return AdviceReading(mapping=mapping, currency=currency)
    known = _known(seller, data)
    if known is None:
        return AdviceReading(currency=currency)
    return AdviceReading(
        mapping=AdviceMapping.from_json(known.mapping),
        currency=currency or known.currency or None,
    )


def is_known(seller: Seller, data: bytes) -> bool:
    """Whether a person has said that a table of these headings is an advice."""
    return _known(seller, data) is not None


def may_be_explained(error: FormatError, data: bytes) -> bool:
    """Whether a person can say how the refused ``data`` is to be read. Without headings, the first document
    would be taken for them."""
    if error.code not in ASKABLE or not remittance_files.may_be_table(data):
        return False
    outline = bank_csv.outline_of(data)
    return outline is not None and bool(outline.headings)


def remember(seller: Seller, data: bytes, *, said: AdviceReading, at: datetime, by: str) -> None:
    """Read every further advice of these headings like this one. Runs in the caller's transaction."""
    outline = bank_csv.outline_of(data)
    if outline is None or said.mapping is None:
        return
    table_mappings.keep(
        seller,
        headings=_ADVICE + outline.shape,
        mapping=said.mapping.as_json(),
        currency=said.currency or "",
        at=at,
        by=by,
    )


def lockbox_layout(seller: Seller) -> Layout:
    """Where the fields of the seller's lockbox files stand."""
    known = bank_queries.table_mapping(seller_id=seller.id, headings=_LOCKBOX)
    return Layout.from_json(known.mapping) if known is not None else BAI


@transaction.atomic
def set_lockbox_layout(
    seller: Seller, *, fields: Mapping[str, Any], at: datetime, by: str
) -> Layout:
    """Say where fields stand, each as ``[first column, width]``; all others are where BAI has them.

    Holds for files that are taken from now on. Raises FormatError ``invalid_layout``.
    """
    layout = Layout.from_json(dict(fields))
    table_mappings.keep(seller, headings=_LOCKBOX, mapping=layout.as_json(), at=at, by=by)
    return layout


def _known(seller: Seller, data: bytes) -> TableMapping | None:
    if not remittance_files.may_be_table(data):
        return None
    outline = bank_csv.outline_of(data)
    if outline is None:
        return None
    return bank_queries.table_mapping(seller_id=seller.id, headings=_ADVICE + outline.shape)
