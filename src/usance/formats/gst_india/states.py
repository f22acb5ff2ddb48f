"""State codes of GST, and the units (UQC) that the tax authority knows.

Source: GST council's list of states (first two digits of a GSTIN); ISO 3166-2:IN; the masters of the
e-invoice system.
"""

from __future__ import annotations

from typing import Final

from usance.rules.invoicing.document import Address, Party

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


def state_of(party: Party, *, gstin: str) -> str:
    """The state of a party: of its GSTIN, else of its address; empty if neither says it."""
    if gstin[:2] in STATES:
        return gstin[:2]
    return state_code(party.address.subdivision) if party.address else ""


def is_in_india(address: Address | None) -> bool:
    """Whether an address is in India; one without a country is taken to be."""
    return address is None or address.country in ("IN", "")


_UNITS: Final = {
    "C62": "NOS", "EA": "NOS", "H87": "PCS", "KGM": "KGS", "GRM": "GMS", "TNE": "MTS", "DTN": "QTL",
    "LTR": "LTR", "MLT": "MLT", "KLT": "KLR", "MTR": "MTR", "CMT": "CMS", "KMT": "KME", "MTK": "SQM",
    "FTK": "SQF", "YDK": "SQY", "MTQ": "CBM", "CMQ": "CCM", "YRD": "YDS", "SET": "SET", "PR": "PRS",
    "DZN": "DOZ", "GRO": "GRS", "MIL": "THD", "TH": "THD", "XBX": "BOX", "XBG": "BAG", "XBO": "BTL",
    "XCT": "CTN", "XRO": "ROL", "XPK": "PAC", "XBE": "BDL", "XBA": "BOU", "XDR": "DRM", "XCA": "CAN",
    "XTU": "TUB", "GLL": "UGS",
}  # fmt: skip
_UQC: Final = (
    "BAG BAL BDL BKL BOU BOX BTL BUN CAN CBM CCM CMS CTN DOZ DRM GGK GMS GRS GYD KGS KLR KME LTR MLT "
    "MTR MTS NOS OTH PAC PCS PRS QTL ROL SET SQF SQM SQY TBS TGM THD TON TUB UGS UNT YDS"
)
UQC: Final = frozenset(_UQC.split())
"""Unit quantity codes of the tax authority."""
_UNIT_CODES: Final = {uqc: code for code, uqc in reversed(_UNITS.items())} | {
    "OTH": "C62",
    "NOS": "C62",
    "UNT": "C62",
    "TON": "TNE",
    "THD": "MIL",
}


def unit_quantity_code(unit: str) -> str:
    """The UQC of a UN/ECE unit code; OTH for one that the list does not have."""
    return _UNITS.get(unit, unit if unit in UQC else "OTH")


def unit_code(uqc: str) -> str:
    """The UN/ECE code of a UQC; C62 (one) for one that has none."""
    return _UNIT_CODES.get(uqc.upper(), "C62")
