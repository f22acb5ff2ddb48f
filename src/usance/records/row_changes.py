"""Changing a seller's row, in memory and in the database at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usance.records.seller_scope import SellerScoped


def change_row(row: SellerScoped, fields: Mapping[str, Any]) -> None:
    """Set ``fields`` on the row in the database, and here once it has taken them."""
    type(row)._default_manager.filter(seller_id=row.seller_id, id=row.id).update(**fields)
    for name, value in fields.items():
        setattr(row, name, value)
