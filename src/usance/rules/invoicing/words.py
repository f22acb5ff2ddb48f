"""The few words of its own that an issued document has, in the language of its buyer.

They are frozen with the document, so they are not translated when it is shown; the languages are those in
which it can be printed. Days are written as
ISO 8601 has them: in every country they are read alike.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, dict[str, str]]] = {
    "order_delivered": {
        "en": "Order {order}, as delivered on {day}",
        "it": "Ordine {order}, come consegnato il {day}",
        "ro": "Comanda {order}, așa cum a fost livrată la {day}",
        "hi": "ऑर्डर {order}, {day} को सुपुर्द के अनुसार",
    },
    "purchase_order": {
        "en": "Purchase order {order}",
        "it": "Ordine d'acquisto {order}",
        "ro": "Comandă de achiziție {order}",
        "hi": "क्रय आदेश {order}",
    },
    "cost_centre": {
        "en": "Cost centre {name}",
        "it": "Centro di costo {name}",
        "ro": "Centru de cost {name}",
        "hi": "लागत केंद्र {name}",
    },
    "ship_to": {
        "en": "Delivered to {name}",
        "it": "Consegnato a {name}",
        "ro": "Livrat la {name}",
        "hi": "सुपुर्दगी स्थान: {name}",
    },
    "discount": {
        "en": "Discount",
        "it": "Sconto",
        "ro": "Reducere",
        "hi": "छूट",
    },
    "credited": {
        "en": "Credited against invoice {number}",
        "it": "A storno della fattura {number}",
        "ro": "Stornare la factura {number}",
        "hi": "बीजक {number} के विरुद्ध जमा",
    },
    "replaces": {
        "en": "Replaces invoice {number}, which has been credited",
        "it": "Sostituisce la fattura {number}, stornata",
        "ro": "Înlocuiește factura {number}, care a fost stornată",
        "hi": "यह बीजक {number} के स्थान पर है, जो जमा किया गया",
    },
}


def written(what: str, *, language: str, **values: object) -> str:
    """The words for ``what`` in ``language`` (its region is left aside), English where it has none."""
    known = _WORDS[what]
    return known.get(language.partition("-")[0], known["en"]).format(**values)
