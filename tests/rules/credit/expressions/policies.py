"""A small set of facts, and one rule evaluated over them, for the tests of the language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usance.rules.credit.expressions import Kind, Program, Source, compile_program

FACTS: dict[str, Kind] = {
    "order.amount": "amount",
    "order.lines": "number",
    "order.skus": "texts",
    "order.currency": "text",
    "buyer.country": "text",
    "buyer.days_known": "number",
    "buyer.vat_verified": "boolean",
    "buyer.insolvent": "boolean",
    "line.limit": "amount",
    "history.turnover_12m": "amount",
    "history.orders": "number",
    "score.late_probability": "number",
    "score.ghost": "boolean",
}
"""``score.ghost`` is known to no test."""


def program(
    text: str,
    wants: Kind = "boolean",
    *,
    values: Mapping[str, str] | None = None,
    exponent: int = 2,
) -> Program:
    return compile_program(
        values=values or {}, rules={"rule": Source(text, wants)}, facts=FACTS, exponent=exponent
    )


def answer(
    text: str,
    facts: Mapping[str, Any] | None = None,
    wants: Kind = "boolean",
    *,
    values: Mapping[str, str] | None = None,
    exponent: int = 2,
) -> Any:
    """What one rule gives."""
    return program(text, wants, values=values, exponent=exponent).evaluate(facts or {})[0]


_ANY: dict[str, str] = {
    "boolean": "true",
    "number": "0",
    "amount": "order.amount",
    "text": "''",
    "texts": "['']",
}


def carefully(text: str, wants: Kind = "boolean") -> str:
    """The same expression, computed the careful way: it reads a fact nobody knows, to no effect."""
    return f"score.ghost && false ? {_ANY[wants]} : ({text})"
