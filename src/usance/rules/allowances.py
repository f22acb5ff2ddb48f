"""What is put on or taken off an order as a whole: freight, packaging, a rebate (BG-20, BG-21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from usance.rules.money import LARGEST_AMOUNT, round_half_up
from usance.rules.orders import AllowanceOrCharge, InvalidOrder, Line, charges_of, goods_of

_ALLOWANCES: Final = "41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105"
ALLOWANCE_CODES: Final = frozenset(_ALLOWANCES.split())
"""UNTDID 5189 as EN 16931 takes it (validation artefacts, BR-CL-19)."""
_CHARGES: Final = (
    "AA AAA AAC AAD AAE AAF AAH AAI AAS AAT AAV AAY AAZ ABA ABB ABC ABD ABF ABK ABL ABN ABR ABS ABT"
    " ABU ACF ACG ACH ACI ACJ ACK ACL ACM ACS ADC ADE ADJ ADK ADL ADM ADN ADO ADP ADQ ADR ADT ADW ADY"
    " ADZ AEA AEB AEC AED AEF AEH AEI AEJ AEK AEL AEM AEN AEO AEP AES AET AEU AEV AEW AEX AEY AEZ AJ"
    " AU CA CAB CAD CAE CAF CAI CAJ CAK CAL CAM CAN CAO CAP CAQ CAR CAS CAT CAU CAV CAW CAX CAY CAZ CD"
    " CG CS CT DAB DAD DAC DAF DAG DAH DAI DAJ DAK DAL DAM DAN DAO DAP DAQ DL EG EP ER FAA FAB FAC FC"
    " FH FI GAA HAA HD HH IAA IAB ID IF IR IS KO L1 LA LAA LAB LF MAE MI ML NAA OA PA PAA PC PL PRV"
    " RAB RAC RAD RAF RE RF RH RV SA SAA SAD SAE SAI SG SH SM SU TAB TAC TT TV V1 V2 WH XAA YY"
    " ZZZ"
)
CHARGE_CODES: Final = frozenset(_CHARGES.split())
"""UNTDID 7161 as EN 16931 takes it (BR-CL-20). FC is freight, PC packing."""
MOST_CHARGES: Final = 50
"""Of one order or shipment."""
UNTAXED: Final = frozenset({"Z", "E", "AE", "K", "G", "O"})
"""Categories that say by themselves that there is no tax."""


class InvalidCharge(InvalidOrder):
    """An allowance or charge that cannot stand on an invoice; nothing was written."""

    code = "invalid_allowance_or_charge"


def allowance_or_charge(
    *,
    kind: Literal["allowance", "charge"],
    net: int,
    reason: str,
    reason_code: str = "",
    tax_rate: Decimal | None = None,
    tax_category: str = "",
    tax_amount: int | None = None,
    exemption_reason: str = "",
) -> AllowanceOrCharge:
    """An allowance or charge of ``net`` (minor units without tax, positive for both).

    Its tax is ``tax_amount``, else net x ``tax_rate`` rounded half up, else none where the category
    says so. Raises InvalidCharge without a reason (BR-33, BR-38), for a code of another list, or
    where nobody says its tax.
    """
    if not 0 < net <= LARGEST_AMOUNT:
        raise InvalidCharge(f"The net amount of {kind} {reason!r} must be positive, not {net}.")
    if not reason.strip():
        raise InvalidCharge(f"Say what the {kind} of {net} minor units is for, in its reason.")
    codes, name = (ALLOWANCE_CODES, "5189") if kind == "allowance" else (CHARGE_CODES, "7161")
    if reason_code and reason_code not in codes:
        raise InvalidCharge(
            f"{reason_code!r} is no code of UNTDID {name}, which {kind}s take; send one of it, such as"
            f" {'95 (discount)' if kind == 'allowance' else 'FC (freight)'}, or the reason alone."
        )
    if tax_amount is None:
        if tax_rate is None and tax_category not in UNTAXED:
            raise InvalidCharge(
                f"Send the tax of {kind} {reason!r}: its tax_rate, its tax_amount, or a tax_category"
                " without tax."
            )
        tax_amount = round_half_up(net * (tax_rate or Decimal(0)) / Decimal(100))
    if not 0 <= tax_amount <= net:
        raise InvalidCharge(f"The tax of {kind} {reason!r} must be from 0 to its {net}.")
    sign = -1 if kind == "allowance" else 1
    return AllowanceOrCharge(
        description=reason.strip(),
        amount=sign * (net + tax_amount),
        tax_amount=sign * tax_amount,
        tax_rate=tax_rate,
        tax_category=tax_category,
        exemption_reason=exemption_reason,
        kind=kind,
        reason_code=reason_code,
    )


def still_open(lines: Sequence[Line]) -> tuple[AllowanceOrCharge, ...]:
    """Those of an order's allowances and charges that no shipment or invoice bears yet."""
    return tuple(one for one in charges_of(lines) if not one.taken)


def with_taken(
    lines: Sequence[Line], *, added: Sequence[AllowanceOrCharge] = ()
) -> tuple[Line, ...]:
    """An order's ``lines`` once a shipment or invoice bears all its allowances and charges, and those
    that were ``added`` with it."""
    found = [replace(one, taken=True) for one in (*charges_of(lines), *added)]
    return (*goods_of(lines), *found)


def given_back(lines: Sequence[Line], *, shipped: Sequence[Line]) -> tuple[Line, ...]:
    """An order's ``lines`` once a shipment with the lines ``shipped`` is taken back: the order's own
    allowances and charges on it are open again, those that came with it are gone."""
    back = [replace(one, taken=True) for one in charges_of(shipped)]
    found: list[Line] = list(goods_of(lines))
    for one in charges_of(lines):
        if one not in back:
            found.append(one)
            continue
        back.remove(one)
        if not one.added:
            found.append(replace(one, taken=False))
    return tuple(found)
