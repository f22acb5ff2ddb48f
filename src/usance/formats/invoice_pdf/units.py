"""Units of measure as a reader knows them (UN/ECE Recommendations 20 and 21)."""

from __future__ import annotations

from typing import Final

from usance.formats.invoice_pdf.words import LANGUAGES, Language

_PIECES: Final = ("pcs", "pz", "buc.", "नग")

_UNITS: Final[dict[str, tuple[str, str, str, str]]] = {
    "C62": _PIECES,
    "EA": _PIECES,
    "H87": _PIECES,
    "XPP": _PIECES,
    "NAR": _PIECES,
    "PR": ("pairs", "paia", "perechi", "जोड़ी"),
    "DZN": ("dozen", "dozzine", "duzini", "दर्जन"),
    "SET": ("sets", "set", "seturi", "सेट"),
    "KT": ("kits", "kit", "kituri", "किट"),
    "PK": ("packs", "confezioni", "pachete", "पैक"),
    "XPK": ("packs", "confezioni", "pachete", "पैक"),
    "XPA": ("packets", "pacchetti", "pachete", "पैकेट"),
    "BX": ("boxes", "scatole", "cutii", "डिब्बे"),
    "XBX": ("boxes", "scatole", "cutii", "डिब्बे"),
    "CT": ("cartons", "cartoni", "cartoane", "कार्टन"),
    "XCT": ("cartons", "cartoni", "cartoane", "कार्टन"),
    "XCS": ("cases", "casse", "lăzi", "पेटी"),
    "XPX": ("pallets", "bancali", "paleți", "पैलेट"),
    "XBG": ("bags", "sacchi", "saci", "बोरी"),
    "XBO": ("bottles", "bottiglie", "sticle", "बोतल"),
    "XRO": ("rolls", "rotoli", "role", "रोल"),
    "XSA": ("sacks", "sacchi", "saci", "बोरी"),
    "KGM": ("kg", "kg", "kg", "कि.ग्रा."),
    "GRM": ("g", "g", "g", "ग्राम"),
    "MGM": ("mg", "mg", "mg", "मि.ग्रा."),
    "TNE": ("t", "t", "t", "टन"),
    "LTR": ("l", "l", "l", "लीटर"),
    "MLT": ("ml", "ml", "ml", "मि.ली."),
    "MTQ": ("m³", "m³", "m³", "घन मी."),
    "MTK": ("m²", "m²", "m²", "वर्ग मी."),
    "MTR": ("m", "m", "m", "मीटर"),
    "CMT": ("cm", "cm", "cm", "से.मी."),
    "MMT": ("mm", "mm", "mm", "मि.मी."),
    "KMT": ("km", "km", "km", "कि.मी."),
    "KWH": ("kWh", "kWh", "kWh", "kWh"),
    "HUR": ("h", "ore", "ore", "घंटे"),
    "MIN": ("min", "min", "min", "मिनट"),
    "DAY": ("days", "giorni", "zile", "दिन"),
    "WEE": ("weeks", "settimane", "săptămâni", "सप्ताह"),
    "MON": ("months", "mesi", "luni", "माह"),
    "ANN": ("years", "anni", "ani", "वर्ष"),
    "LS": ("lump sum", "a corpo", "forfetar", "एकमुश्त"),
    "P1": ("%", "%", "%", "%"),
    "E48": ("services", "servizi", "servicii", "सेवा"),
}
_WITHOUT_NAME: Final = {"ZZ", "1I", "XZZ"}


def unit_name(code: str, *, language: Language) -> str:
    """The unit in the reader's words; a code we have no word for stands as it is."""
    if code in _UNITS:
        return _UNITS[code][LANGUAGES.index(language)]
    return "" if code in _WITHOUT_NAME else code
