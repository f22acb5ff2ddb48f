"""Lists of a page each, cut by the place of a row and not by counting rows.

The address carries the place of the first or last row shown, so a page costs the same at the
thousandth place as at the first, and rows that are added meanwhile shift nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

from usance.web.design.parts import Page

Row = TypeVar("Row", bound=Model)

SIZE: Final = 25
"""Rows on a page."""
_MARK: Final = "~"


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The rows of a page and the ways to those before and after."""

    rows: list[Row]
    page: Page


def cut(
    found: QuerySet[Row], *, request: HttpRequest, order: Sequence[str], size: int = SIZE
) -> Slice[Row]:
    """The page of ``found`` that the request asks for, in ``order``.

    ``order`` names dates and, last, the id; all of them rising, or all falling ("-id"). Raises
    Http404 for a place that cannot be read.
    """
    falling = order[0].startswith("-")
    names = [name.lstrip("-") for name in order]
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    backward = bool(before)
    if after or before:
        place = _read(before or after, names)
        found = found.filter(_beyond(names, place, larger=falling == backward))
    rows = list(found.order_by(*(_turned(order) if backward else order))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    earlier = more if backward else bool(after)
    later = bool(rows) if backward else more
    return Slice(
        rows,
        Page(
            shown=len(rows),
            previous=_address(request, before=_place(rows[0], names)) if earlier and rows else "",
            next=_address(request, after=_place(rows[-1], names)) if later else "",
        ),
    )


def without(request: HttpRequest, *names: str) -> str:
    """The same list without the filters ``names``, from its beginning."""
    kept = {
        name: value
        for name, value in request.GET.items()
        if value and name not in {*names, "after", "before"}
    }
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _address(request: HttpRequest, **place: str) -> str:
    kept = {n: v for n, v in request.GET.items() if v and n not in ("after", "before")}
    return f"?{urlencode(kept | place)}"


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _place(row: Model, names: Sequence[str]) -> str:
    return _MARK.join(str(getattr(row, name)) for name in names)


def _read(text: str, names: Sequence[str]) -> list[Any]:
    parts = text.split(_MARK)
    try:
        if len(parts) == len(names):
            return [*(date.fromisoformat(part) for part in parts[:-1]), UUID(parts[-1])]
    except ValueError:
        pass
    raise Http404("There is no such page of this list.")


def _beyond(names: Sequence[str], place: Sequence[Any], *, larger: bool) -> Q:
    """Rows after ``place`` in the order of ``names``: (a > x) or (a = x and b > y)."""
    beyond = Q()
    for n, name in enumerate(names):
        equal = Q(**dict(zip(names[:n], place[:n], strict=True)))
        beyond |= equal & Q(**{f"{name}__{'gt' if larger else 'lt'}": place[n]})
    return beyond
