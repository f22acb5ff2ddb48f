"""What the portal checks beyond the schema: GSTINs, states, and that items and totals add up.

Source: the validations that the e-invoice system publishes with its API. Its error numbers change; the
codes here are our own. A rupee of difference is let pass where the portal does so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from stdnum.in_ import gstin as gstin_number

from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.gst_india.details import ABROAD, UNREGISTERED
from usance.formats.gst_india.schema import schema
from usance.rules.invoicing.gst_states import STATES

_RATES: Final = "0 0.1 0.25 1 1.5 3 5 6 7.5 12 18 28 40"
RATES: Final = frozenset(Decimal(rate) for rate in _RATES.split())
"""Rates in percent that have been notified, the sum of CGST and SGST; 40 since September 2025."""

MOST_FAULTS: Final = 200
_RUPEE: Final = Decimal(1)
_ITEM_PARTS: Final = (
    "AssAmt IgstAmt CgstAmt SgstAmt CesAmt CesNonAdvlAmt StateCesAmt StateCesNonAdvlAmt OthChrg"
)
_VALUE_PARTS: Final = "AssVal CgstVal SgstVal IgstVal CesVal StCesVal OthChrg RndOffAmt"
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that an e-invoice breaks: a stable code, where, what is wrong and what to do."""

    code: str
    place: str
    message: str
    fix: str


def load(data: bytes) -> list[dict[str, Any]]:
    """The invoices that ``data`` holds, one or a list of them as in a bulk upload; numbers as decimals.

    Raises FormatError: ``too_large``, ``malformed_json``, ``not_a_gst_invoice``.
    """
    refuse_too_large(data)
    try:
        found = json.loads(
            data.decode("utf-8-sig"), parse_float=_decimal, parse_int=_decimal, parse_constant=_no
        )
    except (ValueError, RecursionError) as error:
        where = error if isinstance(error, json.JSONDecodeError) else None
        raise FormatError(
            "This is not JSON; the file may have been cut off or edited. Ask its sender for it again.",
            code="malformed_json",
            line=where.lineno if where else None,
            column=where.colno if where else None,
        ) from None
    invoices = found if isinstance(found, list) else [found]
    if not invoices or not all(isinstance(i, dict) and "DocDtls" in i for i in invoices):
        raise FormatError(
            "This JSON has no DocDtls and so is no GST e-invoice; give the file that the portal takes.",
            code="not_a_gst_invoice",
        )
    return invoices


def _decimal(figures: str) -> Decimal:
    if len(figures) > 40 or "e" in figures.lower():
        raise ValueError(figures)
    return Decimal(figures)


def _no(figures: str) -> Decimal:
    raise ValueError(figures)


def broken_rules(data: bytes) -> tuple[BrokenRule, ...]:
    """The rules that the e-invoices in ``data`` break, the schema's first. Raises FormatError."""
    return tuple(rule for invoice in load(data) for rule in rules_of(invoice))


def rules_of(invoice: Mapping[str, Any]) -> list[BrokenRule]:
    """The rules that one e-invoice breaks; arithmetic is looked at only where the schema holds.

    A null says what an absent field says, and many writers put one there.
    """
    invoice = _without_nulls(invoice)
    faults = []
    for error in _validator().iter_errors(invoice):
        place = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path
        ).lstrip(".")
        message = error.message if len(error.message) <= 200 else error.message[:197] + "..."
        faults.append(
            BrokenRule("schema", place or "(whole)", f"{message}.", "See the schema INV-01 1.1.")
        )
        if len(faults) >= MOST_FAULTS:
            break
    return faults or list(_beyond_the_schema(invoice))


def _without_nulls(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _without_nulls(each) for name, each in value.items() if each is not None}
        case list():
            return [_without_nulls(each) for each in value]
        case _:
            return value


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(schema())


def _beyond_the_schema(invoice: Mapping[str, Any]) -> Iterator[BrokenRule]:
    yield from _parties(invoice)
    yield from _supply(invoice)
    for place, item in enumerate(invoice["ItemList"]):
        yield from _item(item, f"ItemList[{place}]", invoice)
    yield from _totals(invoice)


def _parties(invoice: Mapping[str, Any]) -> Iterator[BrokenRule]:
    seller, buyer = invoice["SellerDtls"], invoice["BuyerDtls"]
    for name, party in (("SellerDtls", seller), ("BuyerDtls", buyer)):
        gstin = party["Gstin"]
        if gstin == UNREGISTERED:
            continue
        if not gstin_number.is_valid(gstin):
            yield BrokenRule(
                "gstin_check_digit",
                f"{name}.Gstin",
                f"{gstin} is not a GSTIN: its check character is wrong.",
                "Copy its fifteen characters again.",
            )
        if gstin[:2] != _two(party["Stcd"]):
            yield BrokenRule(
                "state_differs",
                f"{name}.Stcd",
                f"The state {party['Stcd']} is not the {gstin[:2]} that the GSTIN begins with.",
                "Give the state of the GSTIN.",
            )
    if seller["Gstin"] == buyer["Gstin"]:
        yield BrokenRule(
            "same_gstin",
            "BuyerDtls.Gstin",
            "Seller and buyer have the same GSTIN.",
            "Correct one of them; a supply to oneself is no e-invoice.",
        )
    place = _two(buyer["Pos"])
    if place not in STATES and place != ABROAD:
        yield BrokenRule(
            "unknown_state",
            "BuyerDtls.Pos",
            f"{buyer['Pos']} is no state of India.",
            "Give two digits, 96 for a place abroad.",
        )


def _two(code: str) -> str:
    return code.zfill(2)


def is_export(invoice: Mapping[str, Any]) -> bool:
    """Whether the goods or services leave India."""
    return str(invoice["TranDtls"]["SupTyp"]).startswith("EXP")


def is_within_state(invoice: Mapping[str, Any]) -> bool:
    """Whether CGST and SGST are due rather than IGST (IGST Act 2017, s. 7 and 8)."""
    kind = invoice["TranDtls"]
    if kind["SupTyp"] not in ("B2B", "DEXP") or kind.get("IgstOnIntra") == "Y":
        return False
    return _two(invoice["SellerDtls"]["Stcd"]) == _two(invoice["BuyerDtls"]["Pos"])


def _supply(invoice: Mapping[str, Any]) -> Iterator[BrokenRule]:
    buyer = invoice["BuyerDtls"]
    if is_export(invoice):
        if buyer["Gstin"] != UNREGISTERED or _two(buyer["Pos"]) != ABROAD:
            yield BrokenRule(
                "export_buyer",
                "BuyerDtls",
                "The buyer of an export has URP as GSTIN and 96 as place of supply.",
                "Correct the buyer, or the type of supply.",
            )
    elif buyer["Gstin"] == UNREGISTERED:
        yield BrokenRule(
            "unregistered_buyer",
            "BuyerDtls.Gstin",
            "A buyer in India without a GSTIN gets no e-invoice.",
            "Ask for the GSTIN; sell to a consumer by an ordinary invoice.",
        )


def _item(item: Mapping[str, Any], place: str, invoice: Mapping[str, Any]) -> Iterator[BrokenRule]:
    taxable, rate = item["AssAmt"], item["GstRt"]
    if rate not in RATES:
        yield BrokenRule(
            "unknown_rate",
            f"{place}.GstRt",
            f"{rate} % is no rate of GST.",
            "Give the rate of IGST, which is the sum of CGST and SGST.",
        )
    gross = item.get("Qty", Decimal(1)) * item["UnitPrice"]
    yield from _near("item_gross", f"{place}.TotAmt", item["TotAmt"], gross, "Qty x UnitPrice")
    net = item["TotAmt"] - item.get("Discount", _ZERO)
    yield from _near("item_taxable", f"{place}.AssAmt", taxable, net, "TotAmt less Discount")
    yield from _item_taxes(item, place, invoice)
    parts = sum(
        (item.get(name, _ZERO) for name in _ITEM_PARTS.split()),
        _ZERO,
    )
    yield from _near("item_total", f"{place}.TotItemVal", item["TotItemVal"], parts, "Its parts")


def _item_taxes(
    item: Mapping[str, Any], place: str, invoice: Mapping[str, Any]
) -> Iterator[BrokenRule]:
    igst, cgst, sgst = (item.get(name, _ZERO) for name in ("IgstAmt", "CgstAmt", "SgstAmt"))
    whole = item["AssAmt"] * item["GstRt"] / 100
    within = is_within_state(invoice)
    if within and igst:
        yield BrokenRule(
            "intra_state_igst",
            f"{place}.IgstAmt",
            "The supply is within a state and bears IGST.",
            "Charge CGST and SGST, or say IgstOnIntra.",
        )
    if not within and (cgst or sgst):
        yield BrokenRule(
            "inter_state_cgst",
            f"{place}.CgstAmt",
            "The supply leaves the state and bears CGST or SGST.",
            "Charge IGST.",
        )
    untaxed = (
        invoice["TranDtls"]["SupTyp"] in ("SEZWOP", "EXPWOP")
        or invoice["TranDtls"].get("RegRev") == "Y"
    )
    if untaxed and not (igst or cgst or sgst):
        return
    if within:
        yield from _near("item_cgst", f"{place}.CgstAmt", cgst, whole / 2, "Half the rate")
        yield from _near("item_sgst", f"{place}.SgstAmt", sgst, whole / 2, "Half the rate")
    else:
        yield from _near("item_igst", f"{place}.IgstAmt", igst, whole, "The rate")


_SUMS: Final = (
    ("total_taxable", "AssVal", ("AssAmt",)),
    ("total_cgst", "CgstVal", ("CgstAmt",)),
    ("total_sgst", "SgstVal", ("SgstAmt",)),
    ("total_igst", "IgstVal", ("IgstAmt",)),
    ("total_cess", "CesVal", ("CesAmt", "CesNonAdvlAmt")),
    ("total_state_cess", "StCesVal", ("StateCesAmt", "StateCesNonAdvlAmt")),
)


def _totals(invoice: Mapping[str, Any]) -> Iterator[BrokenRule]:
    values, items = invoice["ValDtls"], invoice["ItemList"]
    for code, name, parts in _SUMS:
        total = sum((item.get(part, _ZERO) for item in items for part in parts), _ZERO)
        stated = values.get(name, _ZERO)
        yield from _near(code, f"ValDtls.{name}", stated, total, "The sum of the items")
    added = sum(
        (values.get(name, _ZERO) for name in _VALUE_PARTS.split()),
        _ZERO,
    )
    # Charges after tax stand on the items or on the whole.
    added += sum((item.get("OthChrg", _ZERO) for item in items), _ZERO)
    added -= values.get("Discount", _ZERO)
    yield from _near(
        "total_value", "ValDtls.TotInvVal", values["TotInvVal"], added, "The sum of the values"
    )
    numbers = [item["SlNo"] for item in items]
    if len(set(numbers)) < len(numbers):
        yield BrokenRule(
            "duplicate_item", "ItemList", "Two items have the same SlNo.", "Number them anew."
        )


def _near(
    code: str, place: str, stated: Decimal, expected: Decimal, what: str
) -> Iterator[BrokenRule]:
    if abs(stated - expected) > _RUPEE:
        yield BrokenRule(
            code,
            place,
            f"{what} gives {expected:.2f}, and {stated} is stated.",
            "Correct the figures; a rupee of difference is let pass.",
        )
