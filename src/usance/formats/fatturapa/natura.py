"""Why a line bears no Italian VAT: Natura, and the VAT categories of EN 16931.

Source: Agenzia delle Entrate, "Guida alla compilazione delle fatture elettroniche e dell'esterometro";
DPR 633/1972 (IVA) and DL 331/1993 (intra-Community); EN 16931-1 BT-118, BT-121; for the stamp duty on
what bears none, DPR 642/1972, tariff art. 13 and table B art. 6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.fatturapa.fattura import Stamp
from usance.rules.invoicing.document import InvoiceDocument, VatBreakdown
from usance.rules.invoicing.tax_rates import EU_COUNTRIES


@dataclass(frozen=True, slots=True)
class Nature:
    """A code of Natura: the category and exemption code it is in EN 16931, and the law it rests on."""

    code: str
    category: str
    exemption_code: str
    law: str


NATURES: Final = {
    nature.code: nature
    for nature in (
        Nature("N1", "E", "VATEX-EU-79-C", "Escluso ex art. 15 DPR 633/1972"),
        Nature("N2.1", "O", "VATEX-EU-O", "Non soggetto artt. da 7 a 7-septies DPR 633/1972"),
        Nature("N2.2", "O", "VATEX-EU-O", "Non soggetto IVA"),
        Nature("N3.1", "G", "VATEX-EU-G", "Non imponibile art. 8 c.1 lett. a) DPR 633/1972"),
        Nature("N3.2", "K", "VATEX-EU-IC", "Non imponibile art. 41 DL 331/1993"),
        Nature("N3.3", "G", "VATEX-EU-G", "Non imponibile art. 71 DPR 633/1972"),
        Nature("N3.4", "E", "", "Non imponibile art. 8-bis DPR 633/1972"),
        Nature("N3.5", "E", "", "Non imponibile art. 8 c.1 lett. c) DPR 633/1972"),
        Nature("N3.6", "E", "", "Non imponibile, non concorre al plafond"),
        Nature("N4", "E", "", "Esente art. 10 DPR 633/1972"),
        Nature("N5", "E", "", "Regime del margine art. 36 DL 41/1995"),
        Nature("N6.1", "AE", "VATEX-EU-AE", "Inversione contabile art. 74 c.7 e 8 DPR 633/1972"),
        Nature("N6.2", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.5 DPR 633/1972"),
        Nature("N6.3", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.6 a) DPR 633/1972"),
        Nature("N6.4", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.6 a-bis) DPR 633/1972"),
        Nature("N6.5", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.6 b) DPR 633/1972"),
        Nature("N6.6", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.6 c) DPR 633/1972"),
        Nature("N6.7", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.6 a-ter) DPR 633/1972"),
        Nature("N6.8", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 c.6 d-bis) DPR 633/1972"),
        Nature("N6.9", "AE", "VATEX-EU-AE", "Inversione contabile art. 17 DPR 633/1972"),
        Nature("N7", "O", "VATEX-EU-O", "IVA assolta in altro Stato UE artt. 7-octies, 74-sexies"),
        # Abolished on 2021-01-01, found in older documents.
        Nature("N2", "O", "VATEX-EU-O", "Non soggetto"),
        Nature("N3", "E", "", "Non imponibile"),
        Nature("N6", "AE", "VATEX-EU-AE", "Inversione contabile"),
    )
}

ABOLISHED: Final = frozenset({"N2", "N3", "N6"})

FRANCHISE_REGIMES: Final = {
    "RF02": "Art. 1 c.96-117 L. 244/2007",
    "RF19": "Art. 1 c.54-89 L. 190/2014",
    "RF20": "Franchigia transfrontaliera IVA, Dir. UE 2020/285",
}
"""Regimes whose sellers charge no VAT, and the law an invoice has to name."""

EU: Final = EU_COUNTRIES | {"EL", "XI"}
"""Countries of the European Union, with the prefixes of VAT numbers that Greece and Northern Ireland have."""


_ARTICLE: Final = re.compile(r"\bart(?:\.|icol[oi]\b|t\.)", re.IGNORECASE)


def read_category(natura: str, *, buyer_country: str, regime: str, alone: bool) -> tuple[str, str]:
    """The VAT category (BT-118) and exemption code (BT-121) of a Natura.

    Two codes need more than themselves. N2.1 towards a business elsewhere in the EU is the reverse
    charge of art. 196 of the VAT directive. Out of scope (O) may not stand beside other categories
    (EN 16931, BR-O-11): where it does, and for sellers exempt as small businesses, it is read as
    exempt. ``alone`` says that the document has no other category.
    """
    nature = NATURES.get(natura)
    if nature is None:
        return "E", ""
    if natura == "N2.1" and buyer_country in EU - {"IT"}:
        return "AE", "VATEX-EU-AE"
    if nature.category == "O" and (not alone or regime in FRANCHISE_REGIMES):
        return "E", ""
    return nature.category, nature.exemption_code


_BY_EXEMPTION: Final = {
    "VATEX-EU-79-C": "N1",
    "VATEX-EU-O": "N2.2",
    "VATEX-EU-G": "N3.1",
    "VATEX-EU-IC": "N3.2",
    "VATEX-EU-148": "N3.4",
    "VATEX-EU-D": "N5",
    "VATEX-EU-F": "N5",
    "VATEX-EU-I": "N5",
    "VATEX-EU-J": "N5",
}


def natura_of(group: VatBreakdown, *, document: InvoiceDocument, regime: str) -> str:
    """The Natura of a VAT group without tax; empty for one that is taxed.

    From the category and the exemption code, and for reverse charge from where the buyer is: abroad the
    service is not Italy's to tax (N2.1), at home it is N6.9 unless the seller says which case of art. 17
    it is. Raises FormatError ``no_natura`` where the law needs the seller to choose.
    """
    if group.category in ("S", "B") and group.rate:
        return ""
    specific = _BY_EXEMPTION.get(group.exemption_code) or (
        "N4" if group.exemption_code.startswith("VATEX-EU-132") else ""
    )
    country = _buyer_country(document)
    franchise = regime in FRANCHISE_REGIMES
    natura = {
        "K": "N3.2",
        "G": "N3.3" if country == "SM" else "N3.1",
        "AE": "N6.9" if country == "IT" else "N2.1",
        "E": specific or ("N2.2" if franchise else "N4"),
        "O": "N2.2" if franchise or country in ("IT", "") else "N2.1",
        # Italy has no zero rate within its VAT; what carries none is "non imponibile".
        "Z": specific or "N3.6",
    }.get(group.category)
    if natura is not None:
        return natura
    raise FormatError(
        f"VAT category {group.category} at {group.rate or 0} % has no Natura in Italian law; give "
        "the Natura of the line in the details.",
        code="no_natura",
    )


def legal_reference(natura: str, *, regime: str, reason: str) -> str:
    """RiferimentoNormativo: the usual law of the Natura, and the document's own reason (BT-120).

    Art. 21 c.6 DPR 633/1972 wants the law named; a reason that names an article stands alone.
    """
    nature = NATURES.get(natura)
    law = nature.law if nature else ""
    if natura == "N2.2" and regime in FRANCHISE_REGIMES:
        law = FRANCHISE_REGIMES[regime]
    if _ARTICLE.search(reason):
        return reason
    return " - ".join(part for part in (law, reason) if part)


def _buyer_country(document: InvoiceDocument) -> str:
    prefix = document.buyer.vat_id[:2]
    if prefix.isalpha():
        return prefix
    return document.buyer.address.country if document.buyer.address else ""


_STAMPED: Final = frozenset({"N1", "N2.1", "N2.2", "N3.5", "N3.6", "N4"})
"""Natures that bear stamp duty: excluded, out of scope, exempt, sold against a letter of intent. Not what
is exported or goes to the Union, under reverse charge or a margin scheme: that is within VAT."""
_UNSTAMPED_UP_TO: Final = Decimal("77.47")
_STAMP: Final = Stamp(Decimal("2.00"))


def stamp_due(document: InvoiceDocument, *, regime: str) -> Stamp | None:
    """The stamp duty of an invoice or credit note with more than EUR 77.47 that bear no VAT.

    It is the seller's to pay and changes no amount. None too where the amounts are in a currency whose
    worth in euro the document does not say. Raises FormatError ``no_natura``.
    """
    bare = sum(
        (
            each.taxable
            for each in document.vat
            if each.category in ("E", "O", "Z")
            and natura_of(each, document=document, regime=regime) in _STAMPED
        ),
        Decimal(0),
    )
    exchange = document.tax_exchange_rate if document.tax_currency == "EUR" else None
    in_euro = bare if document.currency == "EUR" else bare * (exchange or Decimal(0))
    return _STAMP if in_euro > _UNSTAMPED_UP_TO else None
