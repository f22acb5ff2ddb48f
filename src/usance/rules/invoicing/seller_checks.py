"""Whether what a seller says of itself and its bank accounts can be, and how it is kept.

Every fault is found at once and names its field and what to do. What is fine comes back as it is
kept: numbers without separators, codes in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from stdnum.de import stnr
from stdnum.eu import at_02

from usance.rules.invoicing import identifiers, national
from usance.rules.invoicing.party_checks import (
    Faults,
    bare,
    checked_national,
    checked_party,
    require_calendar,
    require_email,
    require_length,
    trimmed,
)
from usance.rules.invoicing.profiles import DEFAULT_PREFIX, LANGUAGES, SellerFields

PREFIX: Final = r"^[A-Z0-9](?:[A-Z0-9/-]{0,10}[A-Z0-9])?$"
"""What the numbers of a series begin with."""
REST_OF_NUMBER: Final = "-2026-000001"
"""What follows the prefix in a number."""
LONGEST_NUMBER: Final[Mapping[str, int]] = {"IN": 16, "IT": 20}
"""Characters that a country gives the number of a document: rule 46(b) of the CGST Rules 2017; FatturaPA
1.2.3, 2.1.1.4 Numero."""
COLOUR: Final = r"^#[0-9a-f]{6}$"


def checked_seller(fields: SellerFields, *, country: str) -> SellerFields:
    """``fields`` as they are kept of a seller set up in ``country``. Raises InvalidFields."""
    given = trimmed(fields, capitals=("country", "invoice_prefix", "credit_note_prefix"))
    faults = Faults()
    home = given.country or country
    party: dict[str, Any] = checked_party(given, country=home, faults=faults)
    given = replace(given, **party)
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
        require_email(given.contact_email, field="contact_email", faults=faults)
    for name in ("invoice_prefix", "credit_note_prefix"):
        prefix = getattr(given, name)
        faults.unless(
            not prefix or re.fullmatch(PREFIX, prefix),
            name,
            "invalid_prefix",
            "has up to 12 capital letters, digits, / and -, and begins and ends with a letter or digit",
        )
        _require_national_number(prefix, field=name, country=home, faults=faults)
    faults.unless(
        (given.invoice_prefix or DEFAULT_PREFIX["invoice"])
        != (given.credit_note_prefix or DEFAULT_PREFIX["credit_note"]),
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
    creditor = bare(given.creditor_id)
    faults.unless(
        not creditor or at_02.is_valid(creditor),
        "creditor_id",
        "invalid_creditor_id",
        "has wrong check digits; copy the creditor identifier, such as DE98ZZZ09999999999",
    )
    require_calendar(given.calendar, field="calendar", faults=faults)
    kept_national = checked_national(
        national.read_seller, given.national, country=home, faults=faults
    )
    faults.raise_any()
    return replace(given, brand_colour=colour, creditor_id=creditor, national=kept_national)


def _require_national_number(prefix: str, *, field: str, country: str, faults: Faults) -> None:
    """Note a fault where numbers with ``prefix`` would be refused by the country's own format."""
    most = LONGEST_NUMBER.get(country)
    if most is None:
        return
    room = most - len(REST_OF_NUMBER)
    faults.unless(
        len(prefix) <= room,
        field,
        "prefix_too_long",
        f"has at most {room} characters in {country}, where a document's number has at most {most}: the"
        f" year and six digits follow it, as in {prefix[:room].rstrip('/-')}{REST_OF_NUMBER}",
    )
    faults.unless(
        country != "IN" or not prefix.startswith("0"),
        field,
        "prefix_begins_with_zero",
        "does not begin with 0 in India: the portal of GST e-invoices refuses such numbers",
    )


def require_own_series(fields: SellerFields, *, given_out: Mapping[str, str]) -> None:
    """Raise InvalidFields where a series that begins anew would give numbers that another series of this
    year has. ``given_out`` are the prefixes of the year's series, ``invoice``, ``credit_note`` and
    ``late_charge``; a series keeps its own until the year ends."""
    faults = Faults()
    for kind in ("invoice", "credit_note"):
        prefix = getattr(fields, f"{kind}_prefix") or DEFAULT_PREFIX[kind]
        faults.unless(
            kind in given_out or prefix not in given_out.values(),
            f"{kind}_prefix",
            "prefix_given_out",
            f"cannot be {prefix} this year: numbers with it were given to documents of the other"
            " kind; choose another, or wait for the new year",
        )
    faults.raise_any()


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
    faults = Faults()
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
        require_length(kept[name], field=name, faults=faults)
    require_length(number, field="account_number", faults=faults)
    faults.raise_any()
    return kept | {"bic": found_bic or ""}
