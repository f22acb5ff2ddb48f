"""Which category of tax a line bears, why it bears none, and how a GST divides.

Who charges tax is the seller's shop; an order says how much. What is decided here is only how the
invoice says it: the VAT category (UNTDID 5305), the law behind a line without tax, and the rate where
the shop sent an amount alone. Sources: Directive 2006/112/EC, Articles 31, 138, 146, 196 and 203; EN
16931-1:2017, rules BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G and BR-O; India's IGST Act 2017, sections 7 and 8,
and CGST Act 2017, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from usance.rules.invoicing.document import TaxComponent
from usance.rules.invoicing.tax_rates import EU_COUNTRIES, USUAL_RATES, exactness_of
from usance.rules.invoicing.totals import HUNDRED, ZERO, rounded, tax_on

TaxTreatment = Literal[
    "auto",
    "domestic",
    "reverse_charge",
    "intra_community",
    "export",
    "exempt",
    "outside_scope",
]
"""What a seller may say of a buyer; ``auto`` leaves it to the countries and tax numbers."""

_CATEGORIES: Final[dict[TaxTreatment, str]] = {
    "domestic": "Z",
    "reverse_charge": "AE",
    "intra_community": "K",
    "export": "G",
    "exempt": "E",
    "outside_scope": "O",
}

EXEMPTION_CODES: Final = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}
"""Codes of the CEF VATEX list for the categories whose reason the category says itself."""


@dataclass(frozen=True, slots=True)
class Trader:
    """Seller or buyer as the tax law looks at them: ISO country and VAT number (with its prefix)."""

    country: str
    vat_id: str = ""


def vat_country(vat_id: str) -> str:
    """The ISO country whose number ``vat_id`` is; empty without a prefix. Greece writes EL."""
    prefix = vat_id.strip().upper()[:2]
    if not prefix.isalpha():
        return ""
    return "GR" if prefix == "EL" else prefix


def category_of(
    *,
    rate: Decimal | None,
    seller: Trader,
    buyer: Trader,
    ship_to: str = "",
    wanted: TaxTreatment = "auto",
    exempt_because: str = "",
) -> str:
    """The VAT category of a line taxed at ``rate`` percent (None or 0: no tax was charged).

    Tax that was charged is said, whatever the seller's notes say: who writes it on an invoice owes it
    (Article 203). Without tax: as ``wanted``, else by who the two are and where the goods go (``ship_to``,
    an ISO country; the buyer's where it is empty). What is sold is taken to be goods: a service is told by
    ``wanted``, or by a line's own category.
    """
    if rate:
        return "S"
    untaxed = "E" if exempt_because else "Z"
    if wanted != "auto":
        return untaxed if wanted == "domestic" else _CATEGORIES[wanted]
    if not seller.vat_id:
        return "O"
    destination = ship_to or buyer.country
    if destination == buyer.country == seller.country:
        return untaxed
    if seller.country not in EU_COUNTRIES:
        return "Z" if destination == seller.country else "G"
    return _of_goods(seller, buyer, destination)


def _of_goods(seller: Trader, buyer: Trader, destination: str) -> str:
    """What leaves the Union is exported, what goes to a business of another member state supplied there.

    Goods that stay where the seller is are taxed there whoever buys them (Article 31): without tax they
    are exempt, and somebody must say why. Northern Ireland is of the Union for goods (Protocol on
    Ireland/Northern Ireland, Article 8), told by the buyer's number alone.
    """
    northern_ireland = destination == "GB" and vat_country(buyer.vat_id) == "XI"
    if destination not in EU_COUNTRIES and not northern_ireland:
        return "G"
    if destination == seller.country or not _registered_elsewhere(seller, buyer):
        return "E"
    return "K"


def _registered_elsewhere(seller: Trader, buyer: Trader) -> bool:
    of_number = vat_country(buyer.vat_id)
    # Northern Ireland trades goods with the Union under numbers that begin with XI.
    return of_number != seller.country and of_number in EU_COUNTRIES | {"XI"}


_REASONS: Final[dict[str, dict[str, str]]] = {
    "AE": {
        "en": "Reverse charge: VAT is payable by the customer (Directive 2006/112/EC, Article 196)",
        "it": "Inversione contabile: IVA a carico del cessionario o committente"
        " (direttiva 2006/112/CE, articolo 196)",
        "ro": "Taxare inversă: TVA datorată de beneficiar (Directiva 2006/112/CE, articolul 196)",
        "hi": "प्रतिवर्ती प्रभार: वैट ग्राहक द्वारा देय (निर्देश 2006/112/EC, अनुच्छेद 196)",
    },
    "K": {
        "en": "VAT-exempt intra-Community supply (Directive 2006/112/EC, Article 138)",
        "it": "Cessione intracomunitaria non imponibile (direttiva 2006/112/CE, articolo 138)",
        "ro": "Livrare intracomunitară scutită de TVA (Directiva 2006/112/CE, articolul 138)",
        "hi": "वैट-मुक्त अंतर-सामुदायिक आपूर्ति (निर्देश 2006/112/EC, अनुच्छेद 138)",
    },
    "G": {
        "en": "VAT-exempt export (Directive 2006/112/EC, Article 146)",
        "it": "Esportazione non imponibile (direttiva 2006/112/CE, articolo 146)",
        "ro": "Export scutit de TVA (Directiva 2006/112/CE, articolul 146)",
        "hi": "वैट-मुक्त निर्यात (निर्देश 2006/112/EC, अनुच्छेद 146)",
    },
    "O": {
        "en": "Not subject to VAT",
        "it": "Operazione fuori campo IVA",
        "ro": "Operațiune în afara sferei TVA",
        "hi": "वैट के दायरे से बाहर",
    },
    "E": {
        "en": "Exempt from VAT",
        "it": "Operazione esente da IVA",
        "ro": "Scutit de TVA",
        "hi": "वैट से मुक्त",
    },
}
_OUTSIDE_THE_UNION: Final = {
    "en": "Export, zero-rated",
    "it": "Esportazione, aliquota zero",
    "ro": "Export, cotă zero",
    "hi": "निर्यात, शून्य दर",
}


def exemption_reason(category: str, *, seller_country: str, language: str = "en") -> str:
    """Why ``category`` bears no tax, for the reader of ``language``; empty where no reason is due.

    The law named is the Union's, so an export from elsewhere names none.
    """
    if category == "G" and seller_country not in EU_COUNTRIES:
        found = _OUTSIDE_THE_UNION
    else:
        found = _REASONS.get(category, {})
    return found.get(language, found.get("en", ""))


def derived_rate(*, net: Decimal, tax: Decimal, country: str, currency: str) -> Decimal:
    """The rate in percent that makes ``tax`` of ``net``, where only the amounts are known.

    A usual rate of ``country`` that gives the tax to two minor units, the nearest first (the shop may have
    rounded net and tax each); else the exact one with up to four decimals, or what ``country`` allows
    (see ``tax_rates.Exactness``). Zero without tax or net.
    """
    if not tax or not net:
        return ZERO
    unit = rounded(ZERO, currency=currency).as_tuple().exponent
    assert isinstance(unit, int)
    near = 2 * Decimal(1).scaleb(unit)
    by_distance = sorted(
        (abs(tax_on(net, rate=rate, currency=currency) - tax), place, rate)
        for place, rate in enumerate(USUAL_RATES.get(country, ()))
    )
    if by_distance and by_distance[0][0] <= near:
        return by_distance[0][2]
    return exactness_of(country).rate(Decimal(tax) * HUNDRED / net).normalize() + ZERO


UNION_TERRITORIES: Final = frozenset({"04", "26", "31", "35", "38", "97"})
"""State codes of India's Union Territories without a legislature of their own, where UTGST takes the place
of SGST (UTGST Act 2017)."""


def gst_components(
    taxable: Decimal, *, rate: Decimal, seller_state: str, place_of_supply: str
) -> tuple[TaxComponent, ...]:
    """The parts of an Indian GST of ``rate`` percent on ``taxable`` rupees.

    Within one state half of it is the Union's and half the state's, each rounded by itself; between
    states, and for exports and special economic zones, all of it is IGST. States are the two digits that
    begin a GSTIN.
    """
    if seller_state != place_of_supply:
        return (TaxComponent("IGST", rate, tax_on(taxable, rate=rate, currency="INR")),)
    half = Decimal(rate) / 2
    amount = tax_on(taxable, rate=half, currency="INR")
    of_state = "UTGST" if place_of_supply in UNION_TERRITORIES else "SGST"
    return (TaxComponent("CGST", half, amount), TaxComponent(of_state, half, amount))


def shared_gst(
    tax: Decimal, *, rate: Decimal, within_state: bool, state: str
) -> tuple[TaxComponent, ...]:
    """As :func:`gst_components`, of a ``tax`` that was charged already; an odd paisa goes to the Union."""
    if not within_state:
        return (TaxComponent("IGST", rate, tax),)
    half = rounded(Decimal(tax) / 2, currency="INR")
    of_state = "UTGST" if state in UNION_TERRITORIES else "SGST"
    of_half = Decimal(rate) / 2
    return (TaxComponent("CGST", of_half, half), TaxComponent(of_state, of_half, tax - half))
