"""Code lists of FatturaPA 1.2.3 and what they are in the lists of EN 16931.

Source: the schema and its annex "Rappresentazione tabellare"; UNTDID 1001 and 4461; UN/ECE
Recommendation 20.
"""

from __future__ import annotations

from typing import Final

TYPE_CODES: Final = {
    "TD01": "380",  # invoice
    "TD02": "386",  # advance on an invoice
    "TD03": "386",  # advance on a fee note
    "TD04": "381",  # credit note
    "TD05": "383",  # debit note
    "TD06": "380",  # fee note
    "TD07": "380",  # simplified invoice
    "TD08": "381",  # simplified credit note
    "TD09": "383",  # simplified debit note
    "TD16": "389",  # the buyer's own, for domestic reverse charge
    "TD17": "389",  # services from abroad
    "TD18": "389",  # goods from the EU
    "TD19": "389",  # goods already in Italy, of a foreign seller
    "TD20": "389",  # to put right a missing or wrong invoice
    "TD21": "389",  # plafond exceeded
    "TD22": "389",  # goods leaving a VAT warehouse
    "TD23": "389",  # the same, with VAT paid
    "TD24": "380",  # deferred, art. 21 c.4 third sentence a) DPR 633/1972
    "TD25": "380",  # deferred, letter b): triangular
    "TD26": "380",  # depreciable goods, internal transfers
    "TD27": "389",  # own use, gifts
    "TD28": "389",  # from San Marino, with VAT on paper
    "TD29": "389",  # notice of a missing or wrong invoice
}
"""TipoDocumento to BT-3."""

DOCUMENT_TYPES: Final = {
    "380": "TD01",
    "325": "TD01",
    "326": "TD01",
    "384": "TD01",
    "386": "TD02",
    "381": "TD04",
    "396": "TD04",
    "83": "TD04",
    "81": "TD04",
    "261": "TD04",
    "262": "TD04",
    "308": "TD04",
    "420": "TD04",
    "458": "TD04",
    "532": "TD04",
    "383": "TD05",
    "84": "TD05",
    "80": "TD05",
    "389": "TD01",
    "751": "TD01",
    "82": "TD01",
    "130": "TD01",
    "875": "TD01",
    "876": "TD01",
    "877": "TD01",
}
"""BT-3 to TipoDocumento where nothing else decides."""

SIMPLIFIED_TYPES: Final = frozenset({"TD07", "TD08", "TD09"})

REGIMES: Final = frozenset(f"RF{number:02}" for number in (1, 2, 4, 5, 6, 7, 8, 9, *range(10, 21)))
"""RegimeFiscale; RF03 was abolished."""

MEANS: Final = {
    "MP01": "10",  # cash
    "MP02": "20",  # cheque
    "MP03": "23",  # bank cheque
    "MP04": "10",  # cash at the treasury
    "MP05": "30",  # credit transfer
    "MP06": "60",  # promissory note
    "MP07": "50",  # bank giro slip
    "MP08": "48",  # card
    "MP09": "49",  # RID
    "MP10": "49",
    "MP11": "49",
    "MP12": "70",  # RiBa: a receipt that the seller's bank presents to the buyer's
    "MP13": "50",  # MAV
    "MP14": "ZZZ",  # treasury receipt
    "MP15": "15",  # booked between treasury accounts
    "MP16": "49",  # direct debit at the bank
    "MP17": "49",  # direct debit at the post
    "MP18": "50",  # postal giro slip
    "MP19": "59",  # SEPA direct debit
    "MP20": "59",
    "MP21": "59",
    "MP22": "97",  # kept from sums already collected
    "MP23": "68",  # PagoPA
}
"""ModalitaPagamento to BT-81."""

METHODS: Final = {
    "1": "MP05",
    "10": "MP01",
    "15": "MP15",
    "20": "MP02",
    "21": "MP03",
    "22": "MP03",
    "23": "MP03",
    "30": "MP05",
    "31": "MP05",
    "42": "MP05",
    "48": "MP08",
    "49": "MP16",
    "50": "MP07",
    "54": "MP08",
    "55": "MP08",
    "57": "MP05",
    "58": "MP05",
    "59": "MP19",
    "60": "MP06",
    "68": "MP23",
    "70": "MP12",
    "97": "MP22",
}
"""BT-81 to ModalitaPagamento; what is not here is a credit transfer."""

_UNITS: Final = {
    "C62": "nr n nr. n. num numero unita unità un pz pz. pezzi pezzo cad cad. u",
    "KGM": "kg kg. chilogrammi",
    "GRM": "g gr grammi",
    "TNE": "t ton tonnellate",
    "DTN": "q quintali",
    "LTR": "l lt lt. litri",
    "HLT": "hl ettolitri",
    "MTR": "m mt mt. metri ml",
    "KMT": "km chilometri",
    "MTK": "mq m2 m²",
    "MTQ": "mc m3 m³",
    "SMI": "miglia",
    "HUR": "h ore ora hh",
    "MIN": "min minuti",
    "DAY": "gg giorni giorno g.",
    "MON": "mese mesi mm",
    "ANN": "anno anni",
    "WEE": "settimana settimane",
    "KWH": "kwh",
    "XPK": "cf conf conf. confezione confezioni pacco pacchi",
    "XBX": "scatola scatole sc",
    "XPX": "plt pallet bancale bancali",
    "XCT": "ct cart cartone cartoni colli collo",
    "PR": "paio paia",
    "SET": "set kit",
}
_WRITTEN_UNITS: Final = {
    "C62": "nr", "H87": "pz", "EA": "nr", "XPP": "pz", "KGM": "kg", "GRM": "g", "TNE": "t",
    "DTN": "q", "LTR": "l", "HLT": "hl", "MTR": "m", "KMT": "km", "MTK": "mq", "MTQ": "mc",
    "HUR": "h", "MIN": "min", "DAY": "gg", "MON": "mesi", "ANN": "anni", "WEE": "settimane",
    "KWH": "kWh", "XPK": "conf", "XBX": "scatole", "XPX": "pallet", "XCT": "cartoni", "PR": "paia",
    "SET": "set", "SMI": "miglia",
}  # fmt: skip
_UNIT_CODES: Final = {word: code for code, words in _UNITS.items() for word in words.split()} | {
    "pz": "H87",
    "pz.": "H87",
    "pezzi": "H87",
    "pezzo": "H87",
}


def unit_code(text: str) -> str:
    """The UN/ECE code of an Italian UnitaMisura; C62 (one) for a word that is not known.

    A text that already is such a code, two or three capitals and digits, is taken as it is.
    """
    known = _UNIT_CODES.get(text.strip().lower())
    if known:
        return known
    written = text.strip()
    return written if written in _WRITTEN_UNITS else "C62"


def unit_text(code: str) -> str:
    """What an Italian invoice writes for a UN/ECE code: the usual word, or the code itself."""
    return _WRITTEN_UNITS.get(code, code)
