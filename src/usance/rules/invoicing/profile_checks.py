"""Whether what somebody says of a buyer's invoices can be, and how it is kept.

Every fault is found at once and names its field and what to do.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from usance.rules.applications.numbers import EU_VAT
from usance.rules.invoicing import identifiers, national
from usance.rules.invoicing.party_checks import (
    Faults,
    checked_national,
    checked_party,
    require_calendar,
    require_email,
    require_leitweg,
    trimmed,
)
from usance.rules.invoicing.profiles import (
    BASES,
    CALENDARS,
    CHANNELS,
    FORMATS,
    GROUPINGS,
    LANGUAGES,
    MOVES,
    TREATMENTS,
    BuyerFacts,
    ProfileFields,
)
from usance.rules.invoicing.schedule import UnknownSchedule, parse_schedule

VATEX: Final = r"^VATEX-[A-Z]{2}(-[A-Z0-9]+)+$"
MOST_RECIPIENTS: Final = 20
_EXEMPT: Final = frozenset({"exempt", "outside_scope"})


def checked_profile(
    fields: ProfileFields, *, buyer: BuyerFacts, seller_country: str
) -> ProfileFields:
    """``fields`` as they are kept of ``buyer``, whose seller is in ``seller_country``. Raises
    InvalidFields."""
    given = trimmed(fields, capitals=("country", "exemption_code"))
    faults = Faults()
    country = given.country or buyer.country
    party: dict[str, Any] = checked_party(given, country=country, faults=faults)
    given = replace(given, **party)
    schedule = given.schedule
    try:
        schedule = parse_schedule(schedule).code
    except UnknownSchedule as error:
        faults.unless(False, "schedule", error.code, str(error))
    faults.one_of(given.group_by, GROUPINGS, "group_by", "unknown_grouping")
    if given.language:
        faults.one_of(given.language, LANGUAGES, "language", "unknown_language")
    _require_reference(given, country, faults)
    _require_treatment(given, country=country, seller_country=seller_country, faults=faults)
    _require_delivery(given, buyer=buyer, faults=faults)
    faults.one_of(given.terms_base, BASES, "terms_base", "unknown_base")
    faults.one_of(given.calendar, CALENDARS, "calendar", "unknown_calendar")
    faults.one_of(given.move, MOVES, "move", "unknown_move")
    faults.unless(
        (given.calendar == "none") == (given.move == "none"),
        "move",
        "move_without_calendar",
        "choose a calendar and where to move a day that is none of its working days; or none of both",
    )
    require_calendar(given.calendar_code, field="calendar_code", faults=faults)
    kept_national = checked_national(
        national.read_buyer, given.national, country=country, faults=faults
    )
    faults.raise_any()
    return replace(given, schedule=schedule, national=kept_national)


def _require_reference(given: ProfileFields, country: str, faults: Faults) -> None:
    """A reference that is meant as a Leitweg-ID must be one."""
    reference = given.buyer_reference
    if country == "DE" and reference and identifiers.looks_like_leitweg_id(reference):
        require_leitweg(reference, field="buyer_reference", faults=faults)
    faults.unless(
        "xrechnung" not in given.formats or reference,
        "buyer_reference",
        "reference_missing",
        "an XRechnung needs the buyer's reference: a public body's Leitweg-ID, else what the buyer"
        " gave you",
    )


def _require_treatment(
    given: ProfileFields, *, country: str, seller_country: str, faults: Faults
) -> None:
    treatment = given.tax_treatment
    faults.one_of(treatment, TREATMENTS, "tax_treatment", "unknown_treatment")
    both = {seller_country, country}
    cannot = {
        "intra_community": seller_country == country or not both <= EU_VAT,
        "export": seller_country == country,
        "split_payment": both != {"IT"},
        "gst_sez": both != {"IN"},
        "gst_deemed_export": both != {"IN"},
    }
    faults.unless(
        not cannot.get(treatment),
        "tax_treatment",
        "impossible_treatment",
        f"cannot be from {seller_country} to {country}; choose auto, or another treatment",
    )
    faults.unless(
        treatment not in _EXEMPT or given.exemption_reason or given.exemption_code,
        "exemption_reason",
        "reason_missing",
        "an invoice without VAT must say why; give the reason or its VATEX code (BR-E-10, BR-O-10)",
    )
    faults.unless(
        not given.exemption_code or re.fullmatch(VATEX, given.exemption_code),
        "exemption_code",
        "unknown_exemption_code",
        "is a code of the VATEX list, such as VATEX-EU-132",
    )


def _require_delivery(given: ProfileFields, *, buyer: BuyerFacts, faults: Faults) -> None:
    for value in given.channels:
        faults.one_of(value, CHANNELS, "channels", "unknown_channel")
    for value in given.formats:
        faults.one_of(value, FORMATS, "formats", "unknown_format")
    for name in ("email_to", "email_cc"):
        addresses = getattr(given, name)
        faults.unless(
            len(addresses) <= MOST_RECIPIENTS,
            name,
            "too_many_recipients",
            f"has at most {MOST_RECIPIENTS} addresses; use a distribution list",
        )
        for address in addresses:
            require_email(address, field=name, faults=faults)
    by = set(given.channels)
    faults.unless(
        "email" not in by or given.email_to or buyer.email,
        "email_to",
        "recipient_missing",
        "is needed to send by e-mail: the buyer has no address of its own",
    )
    faults.unless(
        "peppol" not in by or (given.endpoint and given.endpoint_scheme.isdigit()),
        "endpoint",
        "endpoint_missing",
        "is needed to send through Peppol: the buyer's electronic address with its scheme",
    )
    for channel, form in (("sdi", "fatturapa"), ("anaf", "cius-ro")):
        faults.unless(
            channel not in by or not given.formats or form in given.formats,
            "formats",
            "format_missing",
            f"must have {form}, which is what {channel} carries",
        )
