"""How the demo's sellers invoice: who they are in law, how each buyer wants its invoices, the cut-offs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from usance.flows import billing_profiles, billing_runs, seller_details, terms_keys
from usance.records.parties.models import Buyer, Seller
from usance.rules.invoicing.profiles import ProfileFields
from usance.worlds.demo_cast import BuyerRole, SellerRole
from usance.worlds.demo_parties import COMPANIES, PLACES

CALENDAR: Final = "calendar"
"""Who starts a run on a cut-off day."""

WITHOUT_ADDRESS: Final = "Galleria Navigli S.r.l."
"""Has told nobody where SdI is to deliver, so that what goes there fails and says what is missing."""

WANTS: Final[Mapping[str, ProfileFields]] = {
    "Elettroforniture Brianza S.r.l.": ProfileFields(
        schedule="monthly:25", group_by="cost_centre", calendar="seller", move="next"
    ),
    "Lichthaus Brenner GmbH": ProfileFields(
        schedule="weekly:fri",
        group_by="purchase_order",
        calendar="buyer",
        move="next",
        formats=("facturx",),
    ),
    "Comptoir de l'Éclairage SAS": ProfileFields(
        channels=("email", "portal"),
        formats=("facturx",),
        email_cc=("factures@comptoir-de.example",),
        contract_reference="CDL-2026-17",
    ),
    "Iluminación Castellana S.L.": ProfileFields(schedule="twice_monthly"),
    "Arredi Contract Veneto S.r.l.": ProfileFields(schedule="per_order"),
    "Cantieri Navali Liguri S.p.A.": ProfileFields(
        schedule="monthly:last", group_by="ship_to", terms_base="month_end"
    ),
    "Hotel Miramonti S.r.l.": ProfileFields(schedule="weekly:fri", group_by="purchase_order"),
    "Bottega della Luce di A. Greco": ProfileFields(
        national={"codice_destinatario": "0000000", "pec": "bottega.greco@pec.example"}
    ),
    WITHOUT_ADDRESS: ProfileFields(channels=("sdi", "portal"), formats=("fatturapa", "pdf")),
    "Lumina Design SRL": ProfileFields(language="ro", formats=("ubl", "pdf")),
    "Stadt Seeburg, Gebäudeamt": ProfileFields(
        buyer_reference="08128000-SEEBURG01-12",
        endpoint="08128000-SEEBURG01-12",
        endpoint_scheme="0204",
        channels=("email", "portal"),
        formats=("xrechnung", "pdf"),
        email_to=("rechnungseingang@stadt-seeburg.example",),
    ),
    "Belgolux NV": ProfileFields(
        endpoint="0996124177",
        endpoint_scheme="0208",
        channels=("peppol", "portal"),
        formats=("peppol", "pdf"),
    ),
    "Oświetlenie Wisła Sp. z o.o.": ProfileFields(formats=("ubl", "pdf")),
    "Harrogate Gift Company Ltd": ProfileFields(schedule="monthly:25", group_by="cost_centre"),
    "Marlowe & Finch Department Stores plc": ProfileFields(
        schedule="twice_monthly",
        group_by="ship_to",
        email_to=("invoices@marlowe-finch.example",),
        email_cc=("treasury@marlowe-finch.example",),
    ),
    "Quayside Interiors Ltd": ProfileFields(schedule="weekly:wed", group_by="purchase_order"),
    "Fernhill Garden Centres Ltd": ProfileFields(schedule="monthly:last", group_by="ship_to"),
    "Museum Shop Trading CIC": ProfileFields(schedule="daily"),
    "Thistle & Loch Retail Ltd": ProfileFields(schedule="per_order"),
    "Cartoleria Santa Croce S.r.l.": ProfileFields(language="it"),
}
"""What is unusual about a buyer's invoices; the others have theirs as their country has them."""

BRANCHES: Final[Mapping[str, tuple[dict[str, str], ...]]] = {
    "Cantieri Navali Liguri S.p.A.": (
        {"name": "Genova", "street": "Via Molo Giano 2", "postal_code": "16128",
         "city": "Genova", "country": "IT"},
        {"name": "La Spezia", "street": "Viale San Bartolomeo 90", "postal_code": "19126",
         "city": "La Spezia", "country": "IT"},
    ),
    "Marlowe & Finch Department Stores plc": (
        {"name": "Manchester", "street": "180 Deansgate", "postal_code": "M3 3WB",
         "city": "Manchester", "country": "GB"},
        {"name": "Leeds", "street": "12 Briggate", "postal_code": "LS1 6ER",
         "city": "Leeds", "country": "GB"},
        {"name": "Chester", "street": "30 Eastgate Row", "postal_code": "CH1 1LF",
         "city": "Chester", "country": "GB"},
    ),
    "Fernhill Garden Centres Ltd": (
        {"name": "Camberley", "street": "Fernhill Lane", "postal_code": "GU17 9HS",
         "city": "Camberley", "country": "GB"},
        {"name": "Farnham", "street": "Crondall Road", "postal_code": "GU10 5DL",
         "city": "Farnham", "country": "GB"},
    ),
}  # fmt: skip
"""Where buyers with several houses have their goods sent."""
CENTRES: Final = ("SHOP", "PROJ")
"""The cost centres of each seller's first buyer."""
TERMS_KEYS: Final[Mapping[str, Mapping[str, str]]] = {
    "IT": {"ZB30": "net 30", "ZB60": "net 60", "RD00": "due on receipt", "SK02": "2/10 net 30"},
    "GB": {"N30": "net 30", "EOM": "30 EOM", "COD": "due on receipt"},
}
"""What each seller's ERP calls its terms, by the seller's country."""


def introduce(seller: Seller, role: SellerRole, *, at: datetime) -> None:
    """The seller says who it is, where it is paid, and what its terms are called."""
    by = role.staff[0].email
    company = COMPANIES[role.name]
    seller_details.set_seller_details(seller, fields=company.fields, at=at, by=by)
    seller_details.set_logo(seller, content=company.logo.encode(), at=at, by=by)
    seller_details.add_bank_account(
        seller,
        currency=role.currency,
        iban=role.bank_account,
        bic=company.bic,
        holder=role.name,
        bank_name=company.bank_name,
        at=at,
        by=by,
    )
    terms_keys.set_terms_keys(seller, keys=TERMS_KEYS[role.country], at=at, by=by)


def want(
    seller: Seller, role: SellerRole, buyer: Buyer, buyer_role: BuyerRole, *, at: datetime
) -> None:
    """The buyer has said where it is and how it wants its invoices."""
    billing_profiles.set_billing_profile(
        seller,
        buyer_id=buyer.id,
        fields=profile_of(role, buyer_role),
        at=at,
        by=role.staff[2].email,
    )


def profile_of(role: SellerRole, buyer: BuyerRole) -> ProfileFields:
    """How a buyer of the demo wants its invoices."""
    place = PLACES[buyer.name]
    wanted = WANTS.get(buyer.name, ProfileFields())
    national = wanted.national
    if buyer.country == role.country == "IT" and not national and buyer.name != WITHOUT_ADDRESS:
        number = next(n for n, one in enumerate(role.buyers) if one.name == buyer.name)
        national = {"codice_destinatario": f"DEMO{number:03d}"}
    language = wanted.language or ("it" if buyer.country == "IT" else "")
    return replace(
        wanted,
        language=language,
        line_1=place.line_1,
        post_code=place.post_code,
        city=place.city,
        subdivision=place.subdivision,
        vat_id=place.vat_id,
        national=national,
    )


def bill_what_is_due(seller: Seller, *, at: datetime) -> None:
    """What the calendar does on the morning of ``at`` about the cut-off days before it."""
    run = billing_runs.open_due_run(seller_id=seller.id, at=at, by=CALENDAR)
    if run is not None:
        billing_runs.work(seller, run_id=run.id, clock=lambda: at, by=CALENDAR)


def ship_to(buyer: BuyerRole) -> tuple[dict[str, str], ...]:
    """Where a buyer may have goods sent: its houses, or the one address that it has."""
    place = PLACES[buyer.name]
    home = {
        "street": place.line_1,
        "postal_code": place.post_code,
        "city": place.city,
        "state": place.subdivision,
        "country": buyer.country,
    }
    return BRANCHES.get(buyer.name, ({name: text for name, text in home.items() if text},))
