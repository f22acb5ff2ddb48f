"""What is checked of seller and buyer alike: names, numbers, addresses by which both are found."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

from usance.rules.invoicing import identifiers, national
from usance.rules.invoicing.faults import FieldFault, InvalidFields
from usance.rules.invoicing.profiles import ProfileFields, SellerFields
from usance.rules.terms.holiday_calendar import UnknownCalendar, holiday_calendar

LONGEST: Final[Mapping[str, int]] = {
    "footer": 600,
    "legal_information": 600,
    "exemption_reason": 300,
}
USUAL_LENGTH: Final = 200
Given = TypeVar("Given", SellerFields, ProfileFields)


class Faults:
    """Gathers what is wrong."""

    def __init__(self) -> None:
        self.found: list[FieldFault] = []

    def unless(self, good: object, field: str, code: str, detail: str) -> None:
        """Note a fault of ``field`` unless it is ``good``."""
        if not good:
            self.found.append(FieldFault(field, code, detail))

    def one_of(self, value: str, known: Collection[str], field: str, code: str) -> None:
        """Note a fault unless ``value`` is one of those known."""
        self.unless(value in known, field, code, f"choose from {', '.join(sorted(known))}")

    def raise_any(self) -> None:
        """Raise InvalidFields if there is any fault."""
        if self.found:
            raise InvalidFields(self.found)


def trimmed(fields: Given, *, capitals: tuple[str, ...]) -> Given:
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


def checked_party(
    given: SellerFields | ProfileFields, *, country: str, faults: Faults
) -> dict[str, str]:
    """What seller and buyer have in common, as it is kept."""
    for name, value in asdict(given).items():
        if isinstance(value, str):
            require_length(value, field=name, faults=faults)
    faults.unless(
        re.fullmatch(r"[A-Z]{2}", country), "country", "unknown_country", "has two letters, as IT"
    )
    vat_id = given.vat_id
    if vat_id:
        found = identifiers.vat_number(vat_id, country=country)
        prefixes = identifiers.vat_prefixes(country)
        wrong_country = prefixes and not bare(vat_id).startswith(prefixes)
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


def _require_endpoint(endpoint: str, scheme: str, faults: Faults) -> None:
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
        require_email(endpoint, field="endpoint", faults=faults)
    if endpoint and scheme == identifiers.LEITWEG:
        require_leitweg(endpoint, field="endpoint", faults=faults)


def require_leitweg(text: str, *, field: str, faults: Faults) -> None:
    """Note a fault unless ``text`` is a Leitweg-ID."""
    faults.unless(
        identifiers.leitweg_id(text),
        field,
        "invalid_leitweg_id",
        "is not a Leitweg-ID: its form or its two check digits are wrong; copy it from the order, such"
        " as 04011000-1234512345-06",
    )


def require_calendar(code: str, *, field: str, faults: Faults) -> None:
    """Note a fault unless ``code`` is empty or a calendar's."""
    try:
        if code:
            holiday_calendar(code)
    except UnknownCalendar as error:
        faults.unless(False, field, "unknown_calendar", str(error))


def require_email(text: str, *, field: str, faults: Faults) -> None:
    """Note a fault unless ``text`` is an e-mail address."""
    faults.unless(
        identifiers.is_email(text),
        field,
        "invalid_email",
        f"{text[:80]!r} is not an e-mail address; write one such as billing@acme.example",
    )


def require_length(text: str, *, field: str, faults: Faults) -> None:
    """Note a fault where ``text`` is longer than is kept of ``field``."""
    most = LONGEST.get(field, USUAL_LENGTH)
    faults.unless(
        len(text) <= most and "\0" not in text,
        field,
        "too_long",
        f"has at most {most} characters",
    )


def checked_national(
    read: Any, document: Mapping[str, Any], *, country: str, faults: Faults
) -> dict[str, str]:
    """What the country wants beyond EN 16931, as it is kept; its faults are noted."""
    try:
        return national.to_document(read(document, country=country))
    except InvalidFields as error:
        faults.found.extend(error.faults)
        return {}


def bare(text: str) -> str:
    """``text`` in capitals, without what people write between the parts of a number."""
    return re.sub(r"[\s./-]", "", text).upper()
