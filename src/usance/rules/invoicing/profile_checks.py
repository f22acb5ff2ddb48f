"""Whether what somebody says of a seller or of a buyer's invoices can be, and how it is kept.

Every fault is found at once and names its field and what to do. What is fine comes back as it is
kept: numbers without separators, codes in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from stdnum.de import stnr
from stdnum.eu import at_02

from usance.rules.applications.numbers import EU_VAT
from usance.rules.invoicing import identifiers, national
from usance.rules.invoicing.faults import FieldFault, InvalidFields
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
    SellerFields,
)
from usance.rules.terms.holiday_calendar import UnknownCalendar, holiday_calendar

SCHEDULE: Final = (
    r"^(per_shipment|per_order|daily|weekly_(mon|tue|wed|thu|fri|sat|sun)|twice_monthly"
    r"|monthly_([1-9]|1[0-9]|2[0-8]|last))$"
)
"""When shipments become an invoice; ``rules.invoicing.schedule`` says what each does."""
PREFIX: Final = r"^[A-Z0-9](?:[A-Z0-9/-]{0,10}[A-Z0-9])?$"
"""What the numbers of a series begin with. FatturaPA allows a number twenty characters."""
COLOUR: Final = r"^#[0-9a-f]{6}$"
VATEX: Final = r"^VATEX-[A-Z]{2}(-[A-Z0-9]+)+$"
LONGEST: Final[Mapping[str, int]] = {
    "footer": 600,
    "legal_information": 600,
    "exemption_reason": 300,
}
USUAL_LENGTH: Final = 200
MOST_RECIPIENTS: Final = 20

_EXEMPT: Final = frozenset({"exempt", "outside_scope"})


class _Faults:
    """Gathers what is wrong."""

    def __init__(self) -> None:
        self.found: list[FieldFault] = []

    def unless(self, good: object, field: str, code: str, detail: str) -> None:
        if not good:
            self.found.append(FieldFault(field, code, detail))

    def one_of(self, value: str, known: Collection[str], field: str, code: str) -> None:
        self.unless(value in known, field, code, f"choose from {', '.join(sorted(known))}")

    def raise_any(self) -> None:
        if self.found:
            raise InvalidFields(self.found)


def checked_seller(fields: SellerFields, *, country: str) -> SellerFields:
    """``fields`` as they are kept of a seller set up in ``country``. Raises InvalidFields."""
    given = _trimmed(fields, capitals=("country", "invoice_prefix", "credit_note_prefix"))
    faults = _Faults()
    home = given.country or country
    given = replace(given, **_party(given, home, faults))
    if home == "DE" and given.tax_registration:
        faults.unless(
            stnr.is_valid(given.tax_registration),
            "tax_registration",
            "invalid_tax_registration",
            "is not a Steuernummer; copy all its digits, such as 181/815/08155",
        )
    faults.unless(
        not given.registration_scheme or re.fullmatch(r"0[0-9]{3}", given.registration_scheme),
        "registration_scheme",
        "unknown_registration_scheme",
        "is a code of ISO 6523, such as 0002 (SIREN) or 0106 (KvK); leave it empty where there is none",
    )
    if given.contact_email:
        _require_email(given.contact_email, "contact_email", faults)
    for name in ("invoice_prefix", "credit_note_prefix"):
        prefix = getattr(given, name)
        faults.unless(
            not prefix or re.fullmatch(PREFIX, prefix),
            name,
            "invalid_prefix",
            "has up to 12 capital letters, digits, / and -, and begins and ends with a letter or digit",
        )
    faults.unless(
        (given.invoice_prefix or "INV") != (given.credit_note_prefix or "CN"),
        "credit_note_prefix",
        "same_prefix",
        "must differ from that of invoices, or two documents would have one number",
    )
    colour = given.brand_colour.lower()
    faults.unless(
        not colour or re.fullmatch(COLOUR, colour),
        "brand_colour",
        "invalid_colour",
        "is # and six hexadecimal digits, such as #1d4ed8",
    )
    if given.language:
        faults.one_of(given.language, LANGUAGES, "language", "unknown_language")
    creditor = _number(given.creditor_id)
    faults.unless(
        not creditor or at_02.is_valid(creditor),
        "creditor_id",
        "invalid_creditor_id",
        "has wrong check digits; copy the creditor identifier, such as DE98ZZZ09999999999",
    )
    _require_calendar(given.calendar, "calendar", faults)
    kept_national = _national(national.read_seller, given.national, home, faults)
    faults.raise_any()
    return replace(given, brand_colour=colour, creditor_id=creditor, national=kept_national)


def checked_profile(
    fields: ProfileFields, *, buyer: BuyerFacts, seller_country: str
) -> ProfileFields:
    """``fields`` as they are kept of ``buyer``, whose seller is in ``seller_country``. Raises
    InvalidFields."""
    given = _trimmed(fields, capitals=("country", "exemption_code"))
    faults = _Faults()
    country = given.country or buyer.country
    given = replace(given, **_party(given, country, faults))
    faults.unless(
        re.fullmatch(SCHEDULE, given.schedule),
        "schedule",
        "unknown_schedule",
        "write per_shipment, per_order, daily, weekly_mon to weekly_sun, twice_monthly, monthly_1 to"
        " monthly_28 or monthly_last",
    )
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
    _require_calendar(given.calendar_code, "calendar_code", faults)
    kept_national = _national(national.read_buyer, given.national, country, faults)
    faults.raise_any()
    return replace(given, national=kept_national)


def checked_account(
    *,
    currency: str,
    iban: str,
    account_number: str,
    bic: str,
    holder: str,
    bank_name: str,
    qr_iban: str,
) -> dict[str, str]:
    """A bank account as it is kept, its currency known already. Raises InvalidFields."""
    faults = _Faults()
    number = " ".join(account_number.split())
    faults.unless(
        bool(iban.strip()) != bool(number),
        "iban",
        "account_missing",
        "give the IBAN, or the account number where there is none",
    )
    kept: dict[str, str] = {"currency": currency, "account_number": number}
    for name, text in (("iban", iban), ("qr_iban", qr_iban)):
        found = identifiers.iban(text) if text.strip() else ""
        faults.unless(
            found is not None,
            name,
            "invalid_iban",
            "has a wrong length or wrong check digits; copy it again, with its country",
        )
        kept[name] = found or ""
    if kept["qr_iban"]:
        faults.unless(
            identifiers.is_qr_iban(kept["qr_iban"]),
            "qr_iban",
            "not_a_qr_iban",
            "is not a QR-IBAN: its institution number lies from 30000 to 31999; ask the bank for it",
        )
        faults.unless(
            currency in ("CHF", "EUR"), "qr_iban", "qr_iban_currency", "is for CHF and EUR only"
        )
    found_bic = identifiers.bic(bic) if bic.strip() else ""
    faults.unless(
        found_bic is not None, "bic", "invalid_bic", "has eight or eleven characters, as UNCRITMM"
    )
    for name, text in (("holder", holder), ("bank_name", bank_name)):
        kept[name] = " ".join(text.split())
        _require_length(kept[name], name, faults)
    _require_length(number, "account_number", faults)
    faults.raise_any()
    return kept | {"bic": found_bic or ""}


def _trimmed(fields: Any, *, capitals: tuple[str, ...]) -> Any:
    """Texts without spaces around them; lines of a footer stay lines."""
    kept: dict[str, Any] = {}
    for name in fields.__dataclass_fields__:
        value = getattr(fields, name)
        if isinstance(value, str):
            value = "\n".join(" ".join(line.split()) for line in value.strip().splitlines())
            kept[name] = value.upper() if name in capitals else value
        elif isinstance(value, (list, tuple)):
            kept[name] = tuple(dict.fromkeys(one.strip() for one in value if one.strip()))
    return replace(fields, **kept)


def _party(given: SellerFields | ProfileFields, country: str, faults: _Faults) -> dict[str, str]:
    """What seller and buyer have in common, as it is kept."""
    for name, value in asdict(given).items():
        if isinstance(value, str):
            _require_length(value, name, faults)
    faults.unless(
        re.fullmatch(r"[A-Z]{2}", country), "country", "unknown_country", "has two letters, as IT"
    )
    vat_id = given.vat_id
    if vat_id:
        found = identifiers.vat_number(vat_id, country=country)
        prefixes = identifiers.vat_prefixes(country)
        wrong_country = prefixes and not _number(vat_id).startswith(prefixes)
        faults.unless(
            not wrong_country,
            "vat_id",
            "vat_id_of_another_country",
            f"must begin with {' or '.join(prefixes)}, as the address is in {country}; correct the"
            " number, or the country",
        )
        faults.unless(
            found or wrong_country,
            "vat_id",
            "invalid_vat_id",
            f"is not a VAT number of {country}; copy all its digits again",
        )
        vat_id = found or vat_id
    subdivision = given.subdivision
    if country == "RO" and subdivision:
        subdivision = "RO-" + subdivision.upper().removeprefix("RO-")
        faults.unless(
            subdivision[3:] in identifiers.RO_COUNTIES,
            "subdivision",
            "unknown_subdivision",
            "is the county's code, such as RO-B for Bucharest or RO-CJ for Cluj",
        )
    scheme, endpoint = given.endpoint_scheme.upper(), given.endpoint
    _require_endpoint(endpoint, scheme, faults)
    if scheme == identifiers.LEITWEG:
        endpoint = identifiers.leitweg_id(endpoint) or endpoint
    return {
        "vat_id": vat_id,
        "subdivision": subdivision,
        "endpoint": endpoint,
        "endpoint_scheme": scheme,
    }


def _require_endpoint(endpoint: str, scheme: str, faults: _Faults) -> None:
    faults.unless(
        bool(endpoint) == bool(scheme),
        "endpoint_scheme" if endpoint else "endpoint",
        "endpoint_incomplete",
        "an electronic address needs its scheme, such as 0088 for a GLN; give both or neither",
    )
    faults.unless(
        not scheme or scheme in identifiers.EAS,
        "endpoint_scheme",
        "unknown_eas_scheme",
        "is not in the EAS code list; write for example 0088 (GLN), 9930 (German VAT number), EM (e-mail)",
    )
    if endpoint and scheme == identifiers.E_MAIL:
        _require_email(endpoint, "endpoint", faults)
    if endpoint and scheme == identifiers.LEITWEG:
        _require_leitweg(endpoint, "endpoint", faults)


def _require_reference(given: ProfileFields, country: str, faults: _Faults) -> None:
    """A reference that is meant as a Leitweg-ID must be one."""
    reference = given.buyer_reference
    if country == "DE" and reference and identifiers.looks_like_leitweg_id(reference):
        _require_leitweg(reference, "buyer_reference", faults)
    faults.unless(
        "xrechnung" not in given.formats or reference,
        "buyer_reference",
        "reference_missing",
        "an XRechnung needs the buyer's reference: a public body's Leitweg-ID, else what the buyer"
        " gave you",
    )


def _require_treatment(
    given: ProfileFields, *, country: str, seller_country: str, faults: _Faults
) -> None:
    treatment = given.tax_treatment
    faults.one_of(treatment, TREATMENTS, "tax_treatment", "unknown_treatment")
    both = {seller_country, country}
    cannot = {
        "intra_community": seller_country == country or not both <= EU_VAT,
        "export": seller_country == country,
        "split_payment": both != {"IT"} and both != {"RO"},
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


def _require_delivery(given: ProfileFields, *, buyer: BuyerFacts, faults: _Faults) -> None:
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
            _require_email(address, name, faults)
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


def _require_leitweg(text: str, field: str, faults: _Faults) -> None:
    faults.unless(
        identifiers.leitweg_id(text),
        field,
        "invalid_leitweg_id",
        "is not a Leitweg-ID: its form or its two check digits are wrong; copy it from the order, such"
        " as 04011000-1234512345-06",
    )


def _require_calendar(code: str, field: str, faults: _Faults) -> None:
    try:
        if code:
            holiday_calendar(code)
    except UnknownCalendar as error:
        faults.unless(False, field, "unknown_calendar", str(error))


def _require_email(text: str, field: str, faults: _Faults) -> None:
    faults.unless(
        identifiers.is_email(text),
        field,
        "invalid_email",
        f"{text[:80]!r} is not an e-mail address; write one such as billing@acme.example",
    )


def _require_length(text: str, field: str, faults: _Faults) -> None:
    most = LONGEST.get(field, USUAL_LENGTH)
    faults.unless(
        len(text) <= most and "\0" not in text,
        field,
        "too_long",
        f"has at most {most} characters",
    )


def _national(
    read: Any, document: Mapping[str, Any], country: str, faults: _Faults
) -> dict[str, str]:
    try:
        return national.to_document(read(document, country=country))
    except InvalidFields as error:
        faults.found.extend(error.faults)
        return {}


def _number(text: str) -> str:
    return re.sub(r"[\s./-]", "", text).upper()
