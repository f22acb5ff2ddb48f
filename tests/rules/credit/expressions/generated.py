"""Random expressions of a wanted kind, and random facts, for the properties of the language."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from usance.rules.credit.expressions import Kind

BY_KIND: dict[Kind, tuple[str, ...]] = {
    "boolean": ("buyer.vat_verified", "buyer.insolvent"),
    "number": ("order.lines", "buyer.days_known", "history.orders", "score.late_probability"),
    "amount": ("order.amount", "line.limit", "history.turnover_12m"),
    "text": ("order.currency", "buyer.country"),
    "texts": ("order.skus",),
}
TEXTS = ("", "A", "AB", "DE", "É")

SMALL = st.integers(-3, 30)
"""So small that no run of the operators leaves CEL's 64 bits, and that equality is not rare."""

_VALUES: dict[Kind, SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "number": SMALL | st.decimals(-5, 5, places=2),
    "amount": SMALL.map(lambda major: major * 100) | st.integers(-(10**12), 10**12),
    "text": st.sampled_from(TEXTS),
    "texts": st.lists(st.sampled_from(TEXTS), max_size=3).map(tuple),
}

_SHARED: dict[Kind, SearchStrategy[Any]] = _VALUES | {
    "number": SMALL,
    "amount": SMALL.map(lambda major: major * 100),
}


@st.composite
def known_facts(draw: DrawFn, *, shared: bool = False) -> dict[str, Any]:
    """A value for every fact; ``shared``: only such as CEL's whole numbers can hold."""
    values = _SHARED if shared else _VALUES
    return {name: draw(values[kind]) for kind, names in BY_KIND.items() for name in names}


@st.composite
def expressions(draw: DrawFn, kind: Kind, *, depth: int = 4, shared: bool = False) -> str:
    """An expression of this kind, in full parentheses.

    ``shared``: only what means the same in CEL, so no division, no decimals, no min and max. Without
    ``has``, which alone can tell an unknown fact from a known one.
    """
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(_leaf(kind, shared))
    form = draw(st.sampled_from(_FORMS[kind] if shared else _FORMS[kind] + _MORE_FORMS[kind]))

    parts = re.split(r"\{(\w+)\}", form)
    parts[1::2] = [
        draw(expressions(_KINDS[letter], depth=depth - 1, shared=shared)) for letter in parts[1::2]
    ]
    return f"({''.join(parts)})"


_KINDS: dict[str, Kind] = {
    "b": "boolean", "n": "number", "a": "amount", "t": "text", "ts": "texts",
}  # fmt: skip

_FORMS: dict[Kind, list[str]] = {
    "boolean": [
        "!{b}", "{b} && {b}", "{b} || {b}", "{b} && {b} && {b}", "{b} || {b} || {b}",
        "{b} ? {b} : {b}", "{b} == {b}", "{b} != {b}",
        "{n} < {n}", "{n} <= {n}", "{n} > {n}", "{n} >= {n}", "{n} == {n}",
        "{n} != {n}", "{a} < {a}", "{a} >= {a}", "{a} == {a}",
        "{t} == {t}", "{t} != {t}", "{t} in {ts}", "{t} in [{t}, {t}]", "{n} in [{n}, {n}]",
        "{a} in [{a}]", "{n} in []",
        "{t}.startsWith({t})", "{t}.endsWith({t})", "{t}.contains({t})",
    ],
    "number": ["{n} + {n}", "{n} - {n}", "{n} * 2 - {n}", "-{n}", "{b} ? {n} : {n}",
               "size({ts})", "{n} + {n} - {n}", "{n} % 7"],
    "amount": ["{a} + {a}", "{a} - {a}", "{a} * 3", "2 * {a}", "-{a}", "{b} ? {a} : {a}"],
    "text": ["{b} ? {t} : {t}"],
    "texts": ["{b} ? {ts} : {ts}", "[{t}, {t}]"],
}  # fmt: skip

_MORE_FORMS: dict[Kind, list[str]] = {
    "boolean": ["{n} == {n} / {n}", "{a} / {a} > {n}"],
    # CEL says code points; the Rust engine counts bytes.
    "number": ["size({t})", "{n} / {n}", "{n} % {n}", "{n} * {n}", "{a} / {a}", "min({n}, {n})",
               "max({n}, {n}, {n})", "{n} * {n} / {n} % {n}"],
    "amount": ["{a} / {n}", "{a} * {n}", "{n} * {a}", "min({a}, {a})", "max({a}, {a})"],
    "text": [],
    "texts": [],
}  # fmt: skip


@st.composite
def _leaf(draw: DrawFn, kind: Kind, shared: bool) -> str:
    literals: dict[Kind, tuple[str, ...]] = {
        "boolean": ("true", "false"),
        "number": ("0", "1", "7", "-2"),
        # Two of them together would be plain numbers; a fact makes the kind plain to see.
        "amount": ("(order.amount + 1)", "(line.limit - 12)"),
        "text": tuple(f"'{text}'" for text in TEXTS),
        "texts": ("['A', 'DE']", "[]"),
    }
    if not shared:
        literals["number"] += ("0.5", "1.25", "4000000000000000000")
        literals["amount"] += ("(order.amount - 0.05)",)
    names = BY_KIND[kind] if not shared or kind != "number" else BY_KIND[kind][:3]
    return draw(st.sampled_from(names + literals[kind]))


def same(one: Any, other: Any) -> bool:
    """Equal, and written alike: 2 is not 2.0, and True is not 1."""
    return type(one) is type(other) and repr(one) == repr(other)


def is_number(value: Any) -> bool:
    """A number of the language: whole or decimal, and finite."""
    return type(value) is int or (type(value) is Decimal and value.is_finite())
