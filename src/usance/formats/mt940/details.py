"""What field ``:86:`` tells of a booking, in each of the ways in which banks fill it.

Sources: Deutsche Kreditwirtschaft, DFÜ-Abkommen annex 3, chapter 8 (numbered subfields and the
identifiers EREF+, KREF+, MREF+, SVWZ+, ABWA+ within ?20 to ?29 and ?60 to ?63; business transaction
codes); the format descriptions of Rabobank, ING, ABN AMRO and others for code words between slashes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from usance.formats.mt940.fields import joined
from usance.formats.statement import (
    compact,
    is_iban,
    join_texts,
    one_line,
    reference_or_none,
)
from usance.rules.payment_references import is_creditor_reference, is_qr_reference

RETURN_CODES: Final = frozenset({"108", "109", "159", "183", "184"})
"""Business transaction codes of payments that come back: unpaid direct debits (B2B, core), returned
transfers, unpaid cheques, collections of unpaid direct debits."""

_NUMBERED: Final = re.compile(r"([0-9]{3})([^0-9A-Za-z\s])(?=[0-9]{2})")
_CODED: Final = re.compile(
    r"/(ABWA|ADDR|BENM|BIC|CDTRREF|CHGS|CNTP|CREF|CSID|EREF|EXCH|IBAN|INFO|IREF|ISDT|KREF|MARF|MREF"
    r"|NAME|OCMT|ORDP|PREF|PURP|REMI|RREF|RTRN|SVCL|SVWZ|TRTP|TRCD|ULTB|ULTC|ULTD)/"
)
_IDENTIFIER: Final = re.compile(
    r"(?:^|(?<=\s))"
    r"(?:(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|ANAM|RREF|RSON)(?:\+|: )"
    r"|(MTLG):)\s*"
)
_REASON: Final = re.compile(
    r"\b(A[CGM][0-9]{2}|BE0[0-9]|CNOR|CURR|CUST|DNOR|DT01|FF0[0-9]|FOCR|FOLL|FRAD|MD0[0-9]|MS0[0-9]"
    r"|NARR|NOAS|NOOR|RC0[0-9]|RR0[0-9]|SL0[0-9]|TECH|TM01|UPAY)\b"
)
_FULL_SUBFIELD: Final = 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the bank passes on about one booking."""

    text: str = ""
    end_to_end_id: str | None = None
    structured_reference: str | None = None
    further_references: tuple[str, ...] = ()
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    ultimate_counterparty_name: str | None = None
    code: str | None = None
    """The bank's business transaction code."""
    returned: bool = False
    return_reason: str | None = None
    additional_info: str = ""


def read_details(blocks: Sequence[Sequence[str]], *, credit: bool) -> Details:
    """What the lines of each ``:86:`` of one booking tell; several belong together.

    ``credit`` tells which of two named parties is the other side. Never raises: a text that keeps
    to no convention is a text.
    """
    lines = [line for block in blocks for line in block]
    if not any(line.strip() for line in lines):
        return Details()
    start = lines[0].lstrip()
    if match := _NUMBERED.match(start):
        found = _numbered("".join(line.rstrip("\r\n") for line in lines).lstrip(), match)
    elif start.startswith("/") and _CODED.search(coded := joined(list(lines), width=64)):
        # Rabobank breaks a character earlier than others.
        found = _coded(coded, credit=credit)
    elif len(blocks) > 1:
        # Each line is a field of its own, padded to its full width.
        found = _plain([line.rstrip() for line in lines])
    else:
        found = _plain(list(lines))
    return _with_structured_reference(found)


# Numbered subfields


def _numbered(text: str, match: re.Match[str]) -> Details:
    mark = match[2]
    subfields: dict[str, list[str]] = {}
    for part in re.split(re.escape(mark) + r"(?=[0-9]{2})", text[match.end() :]):
        subfields.setdefault(part[:2], []).append(part[2:])
    texts = [
        value
        for number in (*range(20, 30), *range(60, 64))
        for value in subfields.get(str(number), ())
    ]
    identified = _identified(_continued(texts))
    code = match[1]
    reason = _REASON.search(" ".join(identified.get(name, "") for name in ("", "RSON", "MTLG")))
    key = _first(subfields, "34")
    returned = code in RETURN_CODES
    name = one_line("".join(subfields.get("32", ())) + "".join(subfields.get("33", ())))
    account = compact(_first(subfields, "31")) or compact(identified.get("IBAN", ""))
    return Details(
        text=identified.get("SVWZ", "") or identified.get("", ""),
        end_to_end_id=reference_or_none(identified.get("EREF")),
        further_references=_known(identified.get("KREF")),
        counterparty_name=name or None,
        counterparty_account=account or None,
        ultimate_counterparty_name=identified.get("ABWA") or identified.get("ABWE") or None,
        code=code,
        returned=returned,
        return_reason=(reason[1] if reason else key or None) if returned else None,
        additional_info=join_texts(
            (
                one_line(_first(subfields, "00")),
                identified.get("", "") if identified.get("SVWZ") else "",
                identified.get("MTLG", ""),
            )
        ),
    )


def _first(subfields: dict[str, list[str]], number: str) -> str:
    return one_line("".join(subfields.get(number, ())[:1]))


def _continued(texts: list[str]) -> str:
    """The remittance subfields as one text; one that is full goes on in the next."""
    parts: list[str] = []
    for text in texts:
        if parts and (_IDENTIFIER.match(text) or len(parts[-1].rstrip()) < _FULL_SUBFIELD):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def _identified(text: str) -> dict[str, str]:
    """The text by its identifiers; what stands before the first one under an empty name.

    Where an identifier comes again the first stays: some banks repeat all of them at the end.
    """
    found: dict[str, str] = {}
    at, name = 0, ""
    for match in _IDENTIFIER.finditer(text):
        found.setdefault(name, one_line(text[at : match.start()]))
        at, name = match.end(), match[1] or match[2]
    found.setdefault(name, one_line(text[at:]))
    return found


# Code words between slashes


def _coded(text: str, *, credit: bool) -> Details:
    found: dict[str, str] = {}
    side: str | None = None
    loose: list[str] = []
    matches = list(_CODED.finditer(text))
    if matches and text[: matches[0].start()].strip("/ "):
        loose.append(one_line(text[: matches[0].start()]))
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        value = text[match.end() : following.start() if following else len(text)]
        code = match[1]
        if code in ("ORDP", "BENM", "ULTD", "ULTB", "ULTC"):
            side = code
        key = f"{side}/{code}" if code in ("NAME", "IBAN", "BIC", "ADDR") and side else code
        found.setdefault(key, value.strip())
        if code in ("REMI", "EREF", "TRTP", "CNTP"):
            side = None
    other = ("ORDP", "BENM") if credit else ("BENM", "ORDP")
    ultimate = ("ULTD",) if credit else ("ULTB", "ULTC")
    name = _named(found, *(f"{side}/NAME" for side in other), "NAME")
    account = _named(found, *(f"{side}/IBAN" for side in other), "IBAN")
    if "CNTP" in found:
        # ING: account, bank, name and town between slashes.
        parts = [part.strip() for part in found["CNTP"].split("/")]
        account = account or (parts[0] or None)
        name = name or (parts[2] if len(parts) > 2 and parts[2] else None)
    remittance, reference = _remittance(found.get("REMI") or found.get("SVWZ", ""))
    reason = _REASON.search(found.get("RTRN", ""))
    return Details(
        text=remittance or join_texts(loose),
        end_to_end_id=reference_or_none(_plain_value(found.get("EREF"))),
        structured_reference=reference or reference_or_none(_plain_value(found.get("CDTRREF"))),
        further_references=_known(_plain_value(found.get("KREF") or found.get("CREF"))),
        counterparty_name=name,
        counterparty_account=compact(account) if account else None,
        ultimate_counterparty_name=_named(found, *(f"{side}/NAME" for side in ultimate), *ultimate),
        returned="RTRN" in found,
        return_reason=(reason[1] if reason else _plain_value(found.get("RTRN")) or None),
        additional_info=join_texts(
            (_plain_value(found.get("TRTP")), _plain_value(found.get("INFO")))
        ),
    )


def _named(found: dict[str, str], *keys: str) -> str | None:
    return next((value for key in keys if (value := _plain_value(found.get(key)))), None)


def _plain_value(value: str | None) -> str:
    return one_line((value or "").strip("/ "))


def _remittance(value: str) -> tuple[str, str | None]:
    """Text and creditor reference of ``/REMI/``, which may begin with USTD// or STRD/issuer/."""
    kind, _, rest = value.strip().partition("/")
    if kind == "USTD":
        return _plain_value(rest), None
    if kind == "STRD":
        return "", reference_or_none(rest.strip("/ ").rpartition("/")[2])
    return _plain_value(value), None


# Plain text

# Not RF: a creditor reference has the check digits of an IBAN.
_LEADING_ACCOUNT: Final = re.compile(r"(?!RF)([A-Z]{2}[0-9]{2}[A-Z0-9]{10,30})\b\s*(.*)", re.DOTALL)
_DUTCH_TAIL: Final = re.compile(r"REK: ?([A-Z0-9]{8,34})/NAAM: ?([^/\n]{1,140})")
_POLISH: Final = re.compile(r"(?:^|;) {0,3}(Z RACH\.|NA RACH\.|OD|DLA|TYT\.) ?: {0,3}([^;]*)")


def _plain(lines: list[str]) -> Details:
    whole = joined(lines)
    text = one_line(whole)
    if match := _DUTCH_TAIL.search(whole):
        return Details(
            text=one_line(whole[: match.start()] + whole[match.end() :]),
            counterparty_account=match[1],
            counterparty_name=one_line(match[2]),
        )
    if (match := _LEADING_ACCOUNT.match(lines[0].strip())) and is_iban(match[1]):
        return Details(
            text=one_line(joined(lines[1:])),
            counterparty_account=match[1],
            counterparty_name=one_line(match[2]) or None,
        )
    polish = {name: one_line(value) for name, value in _POLISH.findall(text)}
    if "TYT." in polish:
        return Details(
            text=polish["TYT."],
            counterparty_account=compact(polish.get("Z RACH.") or polish.get("NA RACH.") or "")
            or None,
            counterparty_name=polish.get("OD") or polish.get("DLA") or None,
            additional_info=text,
        )
    return Details(text=text)


# References that a machine can check, wherever they stand

_LONGEST_SEARCHED: Final = 2000  # characters; the longest text that banks pass on has some 900
_CREDITOR: Final = re.compile(r"(?<![A-Z0-9])RF[0-9]{2}[A-Z0-9 ]{1,30}")
_QR: Final = re.compile(r"(?<![0-9])(?:[0-9]{27}|[0-9]{2}(?: [0-9]{5}){5})(?![0-9])")
_BELGIAN: Final = re.compile(r"(?:\+\+\+|\*\*\*)([0-9]{3}/[0-9]{4}/[0-9]{5})(?:\+\+\+|\*\*\*)")


def checked_reference(text: str) -> str | None:
    """The first creditor reference in ``text`` that proves itself: ISO 11649, the Swiss QR reference
    or the Belgian structured communication (modulo 97)."""
    text = text[:_LONGEST_SEARCHED]
    for match in _CREDITOR.finditer(text):
        # Words may follow after a space; the longest that proves itself is it.
        words = match[0].split(" ")
        for count in range(len(words), 0, -1):
            if is_creditor_reference("".join(words[:count])):
                return "".join(words[:count])
    for match in _QR.finditer(text):
        if is_qr_reference(match[0]):
            return compact(match[0])
    for match in _BELGIAN.finditer(text):
        digits = match[1].replace("/", "")
        if (int(digits[:10]) % 97 or 97) == int(digits[10:]):
            return f"+++{match[1]}+++"
    return None


def _with_structured_reference(found: Details) -> Details:
    if found.structured_reference is not None:
        return found
    return replace(found, structured_reference=checked_reference(found.text))


def _known(*values: str | None) -> tuple[str, ...]:
    return tuple(reference for value in values if (reference := reference_or_none(value)))
