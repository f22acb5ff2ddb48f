"""Names by which Storecove knows the schemes of participants' identifiers, by their EAS codes.

The codes are those of the Electronic Address Scheme list of EN 16931, the names those of OpenPEPPOL's
list of participant identifier schemes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SCHEME_NAMES: Final[Mapping[str, str]] = {
    "0002": "FR:SIRENE",
    "0007": "SE:ORGNR",
    "0009": "FR:SIRET",
    "0037": "FI:OVT",
    "0060": "DUNS",
    "0088": "GLN",
    "0096": "DK:P",
    "0106": "NL:KVK",
    "0130": "EU:NAL",
    "0151": "AU:ABN",
    "0183": "CH:UIDB",
    "0184": "DK:DIGST",
    "0188": "JP:SST",
    "0190": "NL:OINO",
    "0191": "EE:CC",
    "0192": "NO:ORG",
    "0195": "SG:UEN",
    "0196": "IS:KTNR",
    "0199": "LEI",
    "0200": "LT:LEC",
    "0201": "IT:CUUO",
    "0204": "DE:LWID",
    "0208": "BE:EN",
    "0210": "IT:CFI",
    "0211": "IT:IVA",
    "0213": "FI:VAT",
    "0216": "FI:OVT2",
    "0221": "JP:IIN",
    "9906": "IT:VAT",
    "9907": "IT:CF",
    "9910": "HU:VAT",
    "9914": "AT:VAT",
    "9915": "AT:GOV",
    "9920": "ES:VAT",
    "9925": "BE:VAT",
    "9926": "BG:VAT",
    "9927": "CH:VAT",
    "9928": "CY:VAT",
    "9929": "CZ:VAT",
    "9930": "DE:VAT",
    "9931": "EE:VAT",
    "9932": "GB:VAT",
    "9933": "GR:VAT",
    "9934": "HR:VAT",
    "9935": "IE:VAT",
    "9937": "LT:VAT",
    "9938": "LU:VAT",
    "9939": "LV:VAT",
    "9943": "MT:VAT",
    "9944": "NL:VAT",
    "9945": "PL:VAT",
    "9946": "PT:VAT",
    "9947": "RO:VAT",
    "9949": "SI:VAT",
    "9950": "SK:VAT",
    "9957": "FR:VAT",
}
