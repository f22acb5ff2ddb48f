"""Checks of standards that have no official rules to run, written in the package of their format."""

from __future__ import annotations

from collections.abc import Iterator

from usance.formats.validation.identify import Opened
from usance.formats.validation.report import Finding


def checks(opened: Opened) -> Iterator[tuple[str, list[Finding]]]:
    """The title of each check that is for ``opened``, and what it found."""
    del opened
    yield from ()
