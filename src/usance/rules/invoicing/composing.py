"""An invoice as the law and its reader want it, from what was sold, who sells and who buys.

Pure: the same supplies, details and profile make the same document. What is asked for (BT-115) is the
amount of the supplies to the cent, whatever their tax; under split payment without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from usance.rules.invoicing.document import (
    INVOICE,
    Address,
    Attachment,
    Delivery,
    DocumentReference,
    DueAmount,
    EarlyDiscount,
    InvoiceDocument,
    Note,
    PaymentInstructions,
    Period,
    TaxComponent,
)
from usance.rules.invoicing.gst_states import place_of_supply
from usance.rules.invoicing.national import IndianBuyer, IndianSeller
from usance.rules.invoicing.profiles import BillingProfileView, SellerDetailsView
from usance.rules.invoicing.split_payment import TREATMENT, owed
from usance.rules.invoicing.supplies import Supply, TaxView, Written, major, write_lines
from usance.rules.invoicing.tax_rates import exactness_of
from usance.rules.invoicing.taxation import (
    EXEMPTION_CODES,
    TaxTreatment,
    Trader,
    exemption_reason,
    shared_gst,
)
from usance.rules.invoicing.totals import (
    ZERO,
    Exemption,
    Sums,
    TaxKey,
    is_lawful_tax,
    tax_on,
    taxable_amounts,
    total,
)
from usance.rules.invoicing.words import written

SEPA_CREDIT_TRANSFER: Final = "58"
CREDIT_TRANSFER: Final = "30"
"""UNTDID 4461."""
LONGEST_REFERENCE: Final = 100
"""Characters of a buyer reference that is put together of several."""

_TREATMENTS: Final[Mapping[str, TaxTreatment]] = {
    "domestic": "domestic",
    "zero_rated": "domestic",
    "reverse_charge": "reverse_charge",
    "intra_community": "intra_community",
    "export": "export",
    "exempt": "exempt",
    "outside_scope": "outside_scope",
}
"""What a profile says of the tax, as the law's categories have it. Other treatments are told by the
tax itself, or by a national format alone."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a document says beside its lines. Amounts of instalments and discounts are minor units."""

    number: str
    issued_on: date
    currency: str
    due_on: date
    instalments: tuple[tuple[date, int], ...] = ()
    discounts: tuple[tuple[date, int, Decimal], ...] = ()  # until, minor units, percent
    remittance: str = ""
    period: Period | None = None
    tax_point_on: date | None = None
    replaces: DocumentReference | None = None
    reason: str = ""
    tax_rate_of_exchange: Decimal | None = None
    attachments: tuple[Attachment, ...] = ()


def compose(
    supplies: Sequence[Supply],
    *,
    seller: SellerDetailsView,
    profile: BillingProfileView,
    heading: Heading,
) -> InvoiceDocument:
    """The invoice about ``supplies``. Raises ArithmeticRefused where there are none."""
    made = write_lines(
        supplies,
        view=tax_view(seller, profile, currency=heading.currency),
        group_by=profile.group_by,
    )
    amount = sum(
        owed(
            amount=supply.amount,
            tax_amount=supply.tax_amount,
            tax_treatment=profile.tax_treatment,
        )
        for supply in supplies
    )
    return _document(
        made, supplies=supplies, seller=seller, profile=profile, heading=heading, amount=amount
    )


def tax_view(seller: SellerDetailsView, profile: BillingProfileView, *, currency: str) -> TaxView:
    """Seller and buyer as the tax law looks at them."""
    return TaxView(
        seller=Trader(seller.country, seller.vat_id or seller.tax_registration),
        buyer=Trader(profile.address.country, profile.vat_id),
        currency=currency,
        language=profile.language,
        wanted=_TREATMENTS.get(profile.tax_treatment, "auto"),
        split_payment=profile.tax_treatment == TREATMENT,
        exemption_reason=profile.exemption_reason,
    )


def _document(
    made: Written,
    supplies: Sequence[Supply],
    *,
    seller: SellerDetailsView,
    profile: BillingProfileView,
    heading: Heading,
    amount: int,
) -> InvoiceDocument:
    currency, language = heading.currency, profile.language
    exchange = heading.tax_rate_of_exchange
    sums = _sums(made, supplies, seller=seller, profile=profile, heading=heading, amount=amount)
    orders = _unique(supply.order for supply in supplies)
    purchase_orders = _unique(s.purchase_order for s in supplies if s.purchase_order)
    shipments = _unique(s.shipment for s in supplies if s.shipment)
    centres = _unique(supply.cost_centre for supply in supplies)
    tenders = _unique(supply.tender for supply in supplies)
    projects = _unique(supply.project for supply in supplies)
    purchase_order = purchase_orders[0] if len(purchase_orders) == 1 else profile.purchase_order
    tax_point = heading.tax_point_on
    return InvoiceDocument(
        number=heading.number,
        issued_on=heading.issued_on,
        type_code=INVOICE,
        currency=currency,
        seller=seller.party(),
        buyer=profile.party(),
        lines=made.lines,
        allowances_charges=made.allowances_charges,
        attachments=heading.attachments,
        totals=sums.totals,
        vat=sums.vat,
        tax_currency=seller.currency if exchange else "",
        tax_exchange_rate=exchange,
        tax_point_on=tax_point if tax_point != heading.issued_on else None,
        due_on=heading.due_on,
        buyer_reference=profile.buyer_reference
        or ("" if purchase_order else _several(purchase_orders or orders)),
        project=projects[0] if len(projects) == 1 else "",
        tender=tenders[0] if len(tenders) == 1 else "",
        contract=profile.contract_reference,
        purchase_order=purchase_order,
        sales_order=orders[0] if len(orders) == 1 else "",
        despatch_advice=shipments[0] if len(shipments) == 1 else "",
        accounting=profile.accounting_reference or (centres[0] if len(centres) == 1 else ""),
        notes=_notes(heading, language=language),
        preceding=(heading.replaces,) if heading.replaces else (),
        delivery=_delivery(supplies, made, profile=profile),
        period=heading.period or _days_of(supplies),
        payment=payment(
            seller,
            currency=currency,
            remittance=heading.remittance,
            payer_country=profile.address.country,
        ),
        instalments=_instalments(heading),
        early_discounts=tuple(
            EarlyDiscount(until, percent, major(saved, currency), sums.totals.payable)
            for until, saved, percent in heading.discounts
        ),
    )


def _sums(
    made: Written,
    supplies: Sequence[Supply],
    *,
    seller: SellerDetailsView,
    profile: BillingProfileView,
    heading: Heading,
    amount: int,
) -> Sums:
    """The tax and the totals of the document that asks for ``amount``."""
    currency, exchange = heading.currency, heading.tax_rate_of_exchange
    return total(
        made.lines,
        currency=currency,
        allowances_charges=made.allowances_charges,
        given=made.taxes,
        components=gst_parts(made, supplies, seller=seller, profile=profile, currency=currency),
        exemptions=exemptions(made, seller=seller, profile=profile),
        payable=major(amount, currency),
        tax_rate_of_exchange=exchange,
        tax_currency=seller.currency if exchange else "",
        tolerance=exactness_of(seller.country).tolerance,
    )


def _instalments(heading: Heading) -> tuple[DueAmount, ...]:
    """The parts that fall due on days of their own; none where all does on one day."""
    if len(heading.instalments) < 2:
        return ()
    currency = heading.currency
    return tuple(DueAmount(on, major(part, currency)) for on, part in heading.instalments)


def payment(
    seller: SellerDetailsView, *, currency: str, remittance: str, payer_country: str = ""
) -> PaymentInstructions | None:
    """Where to pay to (BG-16); None while the seller has named no account for ``currency``.

    Francs from Switzerland or Liechtenstein go to the QR-IBAN of the first account, if it has one: only
    banks there carry the reference that it asks for (Swiss Implementation Guidelines QR-bill, section
    4.2.2), and only with francs (2.4). Accounts without one would want another reference; they are left
    out then.
    """
    accounts = seller.accounts_in(currency)
    if not accounts:
        return None
    sepa = currency == "EUR" and bool(accounts[0].iban)
    by_qr_bill = currency == "CHF" and payer_country in ("CH", "LI") and bool(accounts[0].qr_iban)
    return PaymentInstructions(
        code=SEPA_CREDIT_TRANSFER if sepa else CREDIT_TRANSFER,
        remittance=remittance,
        transfers=tuple(account.qr_transfer for account in accounts if account.qr_iban)
        if by_qr_bill
        else tuple(account.transfer for account in accounts),
    )


def exemptions(
    made: Written, *, seller: SellerDetailsView, profile: BillingProfileView
) -> dict[str, Exemption]:
    """Why each category of ``made`` that bears no tax bears none (BT-120, BT-121)."""
    found = {}
    for category in made.categories - {"S", "Z", "L", "M", "B"}:
        own = "; ".join(made.reasons.get(category, ())) or profile.exemption_reason
        usual = exemption_reason(
            category, seller_country=seller.country, language=profile.language.partition("-")[0]
        )
        code = profile.exemption_code if category == "E" else EXEMPTION_CODES.get(category, "")
        found[category] = Exemption(own or usual, code)
    return found


def gst_parts(
    made: Written,
    supplies: Sequence[Supply],
    *,
    seller: SellerDetailsView,
    profile: BillingProfileView,
    currency: str,
) -> dict[TaxKey, tuple[TaxComponent, ...]]:
    """The parts of an Indian GST, by category and rate; none for a seller elsewhere.

    The state of supply is where the goods go, else the buyer's; a buyer without one is abroad, and bears
    IGST. Of supplies to several states nobody can tell: they bear IGST (see ``batches``).
    """
    if not isinstance(seller.national, IndianSeller) or currency != "INR":
        return {}
    buyer = profile.national
    own = buyer.state_code if isinstance(buyer, IndianBuyer) else ""
    states = {
        place_of_supply(
            country=(supply.ship_to or {}).get("country", ""),
            subdivision=(supply.ship_to or {}).get("state", ""),
            buyer_state=own,
        )
        for supply in supplies
    }
    state = states.pop() if own and len(states) == 1 else ""
    special = profile.tax_treatment == "gst_sez"
    within = bool(state) and state == seller.national.state_code and not special
    found = {}
    for key, taxable in taxable_amounts(made.lines, made.allowances_charges).items():
        rate = key[1]
        if not rate:
            continue
        given = made.taxes.get(key, ZERO)
        lawful = is_lawful_tax(given, taxable=taxable, rate=rate, currency=currency)
        tax = given if lawful else tax_on(taxable, rate=rate, currency=currency)
        found[key] = shared_gst(tax, rate=rate, within_state=within, state=state)
    return found


def _delivery(
    supplies: Sequence[Supply], made: Written, *, profile: BillingProfileView
) -> Delivery:
    """Where and when the goods went (BG-13): what all supplies have in common.

    Without a place of their own they went to the buyer. A place is a whole address or none, since
    national rules ask for one (XRechnung, BR-DE-10 and 11; CIUS-RO likewise); only goods that went
    across a border within the Union must name the country (BR-IC-12).
    """
    across = "K" in made.categories
    places = _unique(_place(supply) or ("", profile.address) for supply in supplies)
    days = _unique(supply.arrived_on for supply in supplies)
    countries = _unique(address.country for _, address in places)
    name, address = places[0] if len(places) == 1 else ("", Address(country=countries[0]))
    said = (len(places) == 1 and supplies[0].ship_to) or (address.city and address.post_code)
    return Delivery(
        name=name,
        delivered_on=days[0] if len(days) == 1 else None,
        address=address if said or across else None,
    )


def _days_of(supplies: Sequence[Supply]) -> Period | None:
    """The days of the deliveries, where there were several: one of both must be said (BR-IC-11)."""
    days = [supply.arrived_on for supply in supplies]
    return Period(min(days), max(days)) if len(set(days)) > 1 else None


def _place(supply: Supply) -> tuple[str, Address] | None:
    place = supply.ship_to
    if not place:
        return None
    return place.get("name", ""), Address(
        country=place.get("country", ""),
        line_1=place.get("street", ""),
        city=place.get("city", ""),
        post_code=place.get("postal_code", ""),
        subdivision=place.get("state", ""),
    )


def _notes(heading: Heading, *, language: str) -> tuple[Note, ...]:
    found = []
    if heading.replaces:
        found.append(Note(written("replaces", language=language, number=heading.replaces.number)))
    if heading.reason:
        found.append(Note(heading.reason))
    return tuple(found)


def _several(names: Sequence[str]) -> str:
    """``names`` as one reference: the first ones, and how many more there are."""
    text = ", ".join(names)
    if len(text) <= LONGEST_REFERENCE:
        return text
    kept = 1
    while len(", ".join(names[: kept + 1])) <= LONGEST_REFERENCE - 8:
        kept += 1
    return f"{', '.join(names[:kept])} (+{len(names) - kept})"


T = TypeVar("T")


def _unique(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))
