"""India's states and union territories as GST knows them, and where goods are supplied.

Sources: GST council's list of states (first two digits of a GSTIN); ISO 3166-2:IN; IGST Act 2017, section
10.
"""

from __future__ import annotations

from typing import Final

_STATES: Final = """
01 JK Jammu and Kashmir
02 HP Himachal Pradesh
03 PB Punjab
04 CH Chandigarh
05 UT Uttarakhand
06 HR Haryana
07 DL Delhi
08 RJ Rajasthan
09 UP Uttar Pradesh
10 BR Bihar
11 SK Sikkim
12 AR Arunachal Pradesh
13 NL Nagaland
14 MN Manipur
15 MZ Mizoram
16 TR Tripura
17 ML Meghalaya
18 AS Assam
19 WB West Bengal
20 JH Jharkhand
21 OD Odisha
22 CT Chhattisgarh
23 MP Madhya Pradesh
24 GJ Gujarat
25 DD Daman and Diu
26 DH Dadra and Nagar Haveli and Daman and Diu
27 MH Maharashtra
29 KA Karnataka
30 GA Goa
31 LD Lakshadweep
32 KL Kerala
33 TN Tamil Nadu
34 PY Puducherry
35 AN Andaman and Nicobar Islands
36 TS Telangana
37 AP Andhra Pradesh
38 LA Ladakh
97 OT Other Territory
"""

STATES: Final = {line[:2]: line[6:] for line in _STATES.strip().splitlines()}
"""Two digits to the state's name."""

_CODES: Final = {
    **{line[3:5]: line[:2] for line in _STATES.strip().splitlines()},
    **{line[6:].upper(): line[:2] for line in _STATES.strip().splitlines()},
    "OR": "21",
    "CG": "22",
    "TG": "36",
    "UK": "05",
    "DN": "26",
    "ORISSA": "21",
    "PONDICHERRY": "34",
    "NEW DELHI": "07",
}


def state_code(text: str) -> str:
    """The two digits of a state written as its code, its letters (KA, IN-KA) or its name; else empty."""
    compact = text.strip().upper()
    if compact.isascii() and compact.isdigit() and len(compact) <= 2:
        code = compact.zfill(2)
        return code if code in STATES or code == "96" else ""
    return _CODES.get(compact.removeprefix("IN-"), "")


def place_of_supply(*, country: str, subdivision: str, buyer_state: str) -> str:
    """The state in which goods are supplied: where their movement ends (IGST Act 2017, section
    10(1)(a)), which is the buyer's own state where the address does not say one."""
    there = state_code(subdivision) if country in ("", "IN") else ""
    return there or buyer_state
