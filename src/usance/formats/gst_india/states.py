"""The states of parties, and the units (UQC) that the tax authority knows.

Source: the masters of the e-invoice system.
"""

from __future__ import annotations

from typing import Final

from usance.rules.invoicing.document import Address, Party
from usance.rules.invoicing.gst_states import STATES, state_code


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
