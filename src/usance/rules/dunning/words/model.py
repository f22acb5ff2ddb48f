"""What a language must have words for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """``levels`` are (subject, body) by level; ``stages`` name the levels after the due day, beside
    an item, and ``mixed`` says what that means where not all are the same. The others name the columns of the
    list of items and the sentences around it."""

    levels: Mapping[str, tuple[str, str]]
    stages: Mapping[str, str]
    mixed: str
    greeting: str
    invoice: str
    issued_on: str
    due_on: str
    open: str
    days_late: str
    interest: str
    total: str
    not_due: str
    also_open: str
    unassigned: str
    pay: str
    statement: str
    contact: str
    ignore: str
    title: str
