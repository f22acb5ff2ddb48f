"""What a view says to a page: plain values, named for what they mean.

A view builds these; the tags of ``{% load design %}`` decide how they look. Wherever a *value* is
taken, anything that :func:`usance.web.design.display.show` knows will do: text, a number,
``Money``, a date, an aware datetime, or one of the small parts below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["neutral", "info", "positive", "caution", "negative", "special"]

# Small values


@dataclass(frozen=True, slots=True)
class State:
    """Where an object stands: ``State("invoice", "paid")``. Kinds and states: ``states.py``."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A word that is not a state, such as "Primary" or "Test mode"."""

    label: str
    tone: Tone = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A value that leads somewhere."""

    text: object
    href: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a quieter line under it: an amount with its original currency, say."""

    value: object
    note: object


@dataclass(frozen=True, slots=True)
class Identifier:
    """A public id, shown as code with a button that copies it."""

    value: str


@dataclass(frozen=True, slots=True)
class Percent:
    """A ratio, 0.125 for 12.5 %; with so many ``decimals``, None for one at most."""

    ratio: object
    decimals: int | None = None


# Navigation


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """A page one can go to. ``count`` is the number of things waiting there."""

    label: str
    href: str
    icon: str = "open"
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationGroup:
    """Items under one heading; the first group of a shell usually has none."""

    items: Sequence[NavigationItem]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What surrounds a page: put it into the context as ``shell``.

    ``brand`` is the seller's name, ``organization`` whom the person acts for, ``search`` the
    address that takes ``?q=`` (none: no search field), ``account`` extra links of the personal
    menu.
    """

    brand: str = "Usance"
    home: str = "/"
    navigation: Sequence[NavigationGroup] = ()
    person: str = ""
    organization: str = ""
    search: str = ""
    account: Sequence[NavigationItem] = ()

    @property
    def initials(self) -> str:
        """First letters of the first and the last name."""
        words = [word for word in self.person.split() if word[0].isalpha()]
        ends = words if len(words) < 2 else [words[0], words[-1]]
        return "".join(word[0] for word in ends).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view of the same object, at its own address. ``count`` is how many rows it holds."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


# Pages of data


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A key figure. ``note`` explains or compares it; ``tone`` colours the note, which must say the
    same in words."""

    label: str
    value: object
    note: object = ""
    tone: Tone = "neutral"
    icon: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a definition list."""

    label: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. ``numeric`` aligns right in figures of one width. ``sort`` is the
    address that sorts by it, ``sorted_as`` how it is sorted now."""

    label: str
    numeric: bool = False
    sort: str = ""
    sorted_as: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The checkbox of a row that can be ticked. ``label`` names the row to who cannot see it."""

    name: str
    value: str
    label: str
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: one value a column, the first of which names it. ``choice`` puts a checkbox before."""

    cells: Sequence[object]
    choice: Choice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. ``caption`` names it, to screen readers alone where ``caption_hidden``."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    footer: Sequence[object] = ()
    caption_hidden: bool = True

    @property
    def selectable(self) -> bool:
        """Whether any row can be ticked."""
        return any(row.choice for row in self.rows)

    @property
    def room(self) -> str:
        """Class of the frame: the more columns, the sooner rows become cards."""
        across = len(self.columns)
        return " table-frame-widest" if across > 6 else " table-frame-wide" if across > 5 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened to an object. ``actor`` is the person or the program that did it."""

    at: datetime
    title: object
    actor: str = ""
    detail: object = ""
    icon: str = "open"
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a cursor-paged list stands: the addresses before and after, and what is shown.

    ``total`` only where it is known without counting a large table.
    """

    shown: int
    previous: str = ""
    next: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter in force; ``href`` is the same list without it."""

    label: str
    href: str
