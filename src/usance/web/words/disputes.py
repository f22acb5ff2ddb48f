"""Disputes in words: why a buyer will not pay, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

DISPUTE_WORDS: Final[Mapping[str, Promise]] = {
    "price": _lazy("Price"),
    "quantity": _lazy("Quantity"),
    "damaged": _lazy("Damaged or faulty"),
    "not_delivered": _lazy("Not delivered"),
    "returned": _lazy("Goods sent back"),
    "discount": _lazy("Discount or rebate"),
    "duplicate": _lazy("Invoiced twice"),
    "paid_already": _lazy("Paid already"),
    "tax": _lazy("Tax"),
    "other": _lazy("Something else"),
}
"""Every reason of a dispute."""


def dispute_text(code: str) -> str:
    """Why a buyer will not pay."""
    return str(DISPUTE_WORDS.get(code, code))
