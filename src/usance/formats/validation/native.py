"""Checks of standards that have no official rules to run, written in the package of their format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.fatturapa.checks import REGISTER_CONTROLS, controls_of
from usance.formats.gst_india import broken_rules
from usance.formats.validation.identify import Opened
from usance.formats.validation.places import place_of
from usance.formats.validation.report import Finding

SDI: Final = "SdI's controls of content"
GST: Final = "Schema and rules of GST e-invoices"


def checks(opened: Opened) -> Iterator[tuple[str, list[Finding]]]:
    """The title of each check that is for ``opened``, and what it found."""
    if opened.claim.syntax == "fatturapa" and opened.root is not None:
        yield SDI, _sdi(opened.root)
    if opened.claim.syntax == "gst-india":
        yield GST, _gst(opened.content)


def _gst(data: bytes) -> list[Finding]:
    try:
        return [
            Finding(
                rule=each.code,
                severity="fatal",
                message=each.message,
                path=each.place,
                fix=each.fix,
                rule_set=GST,
            )
            for each in broken_rules(data)
        ]
    except FormatError as error:
        return [_unreadable(error, GST)]


def _unreadable(error: FormatError, rule_set: str) -> Finding:
    """A value that cannot be read: the schema says so too, where it is loaded."""
    return Finding(
        rule=error.code,
        severity="fatal",
        message=error.message,
        path=error.path or "",
        line=error.line,
        rule_set=rule_set,
    )


def _sdi(root: etree._Element) -> list[Finding]:
    try:
        return [
            Finding(
                rule=each.code,
                # Whether a number exists is for the tax register to say; examples mostly have made-up ones.
                severity="warning" if each.code in REGISTER_CONTROLS else "fatal",
                message=each.message,
                path=each.place,
                line=place_of(f"/{each.place}", root=root)[1],
                fix=each.fix,
                rule_set=SDI,
            )
            for each in controls_of(root)
        ]
    except FormatError as error:
        return [_unreadable(error, SDI)]
