"""The words by which bureaus and registers say that a company is in proceedings.

Bureaus hand through the words of the national register, in its language or in English.
"""

from __future__ import annotations

import re
from typing import Final

_BEGINNINGS: Final = (
    "insolv", "bankrup", "liquidat", "receivership", "winding up", "wound up", "in administration",
    "administrative receiver", "voluntary arrangement", "chapter 7", "chapter 11", "examinership",
    "fallit", "falliment", "fallita", "concordat", "liquidazion", "amministrazione straordinaria",
    "konkurs", "insolvenz", "zwangsverwalt", "redressement judiciaire", "liquidation judiciaire",
    "sauvegarde", "faillite", "faillissement", "surseance", "concurso de acreedores", "quiebra",
    "faliment", "upadlosc", "upadłość", "konkurz", "likvid",
)  # fmt: skip
_PATTERN: Final = re.compile(
    r"\b(?:" + "|".join(re.escape(word) for word in _BEGINNINGS) + ")", re.IGNORECASE
)
_NEGATED: Final = re.compile(
    r"\b(?:no|not|non|keine?|nessun\w*|aucune?|without)\s+(?:\w+\s+)?$", re.IGNORECASE
)


def tells_of_insolvency(text: str) -> bool:
    """Whether ``text`` says so; "no insolvency" does not."""
    return any(
        not _NEGATED.search(text[: found.start()]) for found in _PATTERN.finditer(text[:2000])
    )
