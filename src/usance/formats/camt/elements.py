"""Reading values out of the elements of a camt message."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.statement import one_line
from usance.formats.xml_elements import child, line_of, local_name
from usance.rules.money import Money, MoneyError

_DECIMAL: Final = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,17})?|\.[0-9]{1,17})")
_DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:(\.[0-9]{1,6})[0-9]*)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def text(element: etree._Element | None, *path: str) -> str | None:
    """The text of the element down ``path`` on one line; None if there is none."""
    found = child(element, *path)
    return one_line(found.text) or None if found is not None else None


def required(element: etree._Element, *path: str) -> etree._Element:
    """The first element down ``path``. Raises FormatError ``missing_element``."""
    found = child(element, *path)
    if found is None:
        raise FormatError(
            f"{'/'.join(path)} is missing; ask the bank for a complete file.",
            code="missing_element",
            line=line_of(element),
            path=path_of(element),
        )
    return found


def money(element: etree._Element) -> Money:
    """The amount of ``element`` in the currency of its attribute ``Ccy``; never negative.

    Source: ActiveOrHistoricCurrencyAndAmount. Raises FormatError ``invalid_amount`` or
    ``unknown_currency``.
    """
    figures = (element.text or "").strip()
    currency = element.get("Ccy", "").strip()
    if not _DECIMAL.fullmatch(figures):
        raise invalid(element, "a decimal amount such as 1234.50", code="invalid_amount")
    try:
        return Money.parse(figures, currency=currency)
    except MoneyError as error:
        raise FormatError(
            str(error), code=error.code, line=line_of(element), path=path_of(element)
        ) from None


def day(element: etree._Element | None) -> date | None:
    """The day of a date or of a date and time, in the bank's own zone; None without element.

    Source: DateAndDateTimeChoice, whose ``Dt`` or ``DtTm`` may also be given directly. Raises
    FormatError ``invalid_date``.
    """
    if element is None:
        return None
    for name in ("Dt", "DtTm"):
        inner = child(element, name)
        if inner is not None:
            element = inner
            break
    match = _DATE.fullmatch((element.text or "").strip())
    if match is not None:
        try:
            return date.fromisoformat(match[1])
        except ValueError:
            pass
    raise invalid(element, "a date such as 2026-04-30", code="invalid_date")


def instant(element: etree._Element | None) -> datetime | None:
    """A date and time as written, with its offset if it has one; None without element.

    Raises FormatError ``invalid_date``.
    """
    if element is None:
        return None
    match = _INSTANT.fullmatch((element.text or "").strip())
    if match is not None:
        try:
            return datetime.fromisoformat("".join(part or "" for part in match.groups()))
        except ValueError:
            pass
    raise invalid(element, "a date and time such as 2026-04-30T17:00:00+02:00", code="invalid_date")


def is_credit(element: etree._Element) -> bool:
    """Whether ``CdtDbtInd`` of ``element`` says CRDT rather than DBIT.

    Raises FormatError ``missing_element`` or ``invalid_indicator``.
    """
    indicator = required(element, "CdtDbtInd")
    match (indicator.text or "").strip():
        case "CRDT":
            return True
        case "DBIT":
            return False
    raise invalid(indicator, "CRDT or DBIT", code="invalid_indicator")


def is_true(element: etree._Element | None) -> bool:
    """Whether ``element`` is there and true (XML Schema boolean)."""
    return element is not None and (element.text or "").strip() in ("true", "1")


def invalid(element: etree._Element, expected: str, *, code: str) -> FormatError:
    """An error saying that the text of ``element`` is not what was ``expected``."""
    shown = one_line(element.text)
    shown = f"{shown[:40]}..." if len(shown) > 40 else shown
    return FormatError(
        f"{shown!r} is not {expected}; ask the bank for a corrected file.",
        code=code,
        line=line_of(element),
        path=path_of(element),
    )


_REPEATED: Final = frozenset({"Stmt", "Rpt", "Ntfctn", "Bal", "Ntry", "NtryDtls", "TxDtls"})


def path_of(element: etree._Element) -> str:
    """Where ``element`` is, such as ``Document/BkToCstmrStmt/Stmt[1]/Ntry[3]/Amt``."""
    steps = []
    at: etree._Element | None = element
    while at is not None:
        name = local_name(at)
        if name in _REPEATED:
            name += f"[{1 + sum(1 for _ in at.itersiblings(at.tag, preceding=True))}]"
        steps.append(name)
        at = at.getparent()
    return "/".join(reversed(steps))
