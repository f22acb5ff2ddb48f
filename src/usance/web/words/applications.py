"""Applications for a trade account in words: what is asked, what was found, why it was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from usance.rules.applications.completeness import Missing
from usance.rules.applications.numbers import NumberField
from usance.web.design.parts import Tone

NUMBERS: Final[Mapping[str, str | Promise]] = {
    # The names that stand on each country's own papers are not translated.
    "partita_iva": "Partita IVA",
    "codice_fiscale": "Codice fiscale",
    "rea": "Numero REA",
    "cui": "CUI / CIF",
    "onrc": "Nr. Registrul Comerțului",
    "ust_idnr": "USt-IdNr.",
    "handelsregister": "Handelsregister (Gericht, HRA/HRB)",
    "steuernummer": "Steuernummer",
    "tva": "Numéro de TVA intracommunautaire",
    "siren": "SIREN",
    "gstin": "GSTIN",
    "pan": "PAN",
    "cin": "CIN",
    "gb_vat": gettext_lazy("VAT registration number"),
    "company_number": gettext_lazy("Company number (Companies House)"),
    "ein": "EIN",
    "state_registration": gettext_lazy("State registration number"),
    "uid": "UID-Nummer",
    "firmenbuch": "Firmenbuchnummer",
    "btw_tva": "Btw / TVA",
    "cvr": "CVR-nummer",
    "nif": "NIF",
    "y_tunnus": "Y-tunnus",
    "btw": "Btw-identificatienummer",
    "kvk": "KVK-nummer",
    "nip": "NIP",
    "krs": "KRS",
    "nipc": "NIPC",
    "orgnr": "Organisationsnummer",
    "che": "UID (CHE)",
    "no_orgnr": "Organisasjonsnummer",
    "vkn": "Vergi kimlik numarası",
    "edrpou": "ЄДРПОУ",
    "pib": "PIB",
    "business_number": "Business Number (BN)",
    "abn": "ABN",
    "ird": "IRD number",
    "uen": "UEN",
    "cnpj": "CNPJ",
    "rfc": "RFC",
    "za_tin": gettext_lazy("Tax reference number"),
    "uscc": "统一社会信用代码",
    "corporate_number": "法人番号",
    "brn": "사업자등록번호",
    "company_id": "ח.פ.",
    "vat_number": gettext_lazy("VAT number"),
    "tax_number": gettext_lazy("Tax number"),
    "registration_number": gettext_lazy("Registration number"),
}
"""Every number that is asked for somewhere."""

STEPS: Final[Mapping[str, Promise]] = {
    "company": pgettext_lazy("step of an application", "Company"),
    "numbers": pgettext_lazy("step of an application", "Numbers"),
    "request": pgettext_lazy("step of an application", "Your wish"),
    "people": pgettext_lazy("step of an application", "People"),
    "documents": pgettext_lazy("step of an application", "Documents"),
    "consents": pgettext_lazy("step of an application", "Consents"),
    "check": pgettext_lazy("step of an application", "Check and send"),
}

_FIELDS: Final[Mapping[str, Promise]] = {
    "name": gettext_lazy("Name of the company"),
    "country": gettext_lazy("Country"),
    "email": gettext_lazy("E-mail address"),
    "contact": gettext_lazy("Your name"),
    "street": gettext_lazy("Street and number"),
    "city": gettext_lazy("City"),
    "requested_limit": gettext_lazy("Credit limit you ask for"),
    "code": gettext_lazy("Code from the e-mail"),
}

DECLINE_REASONS: Final[Mapping[str, Promise]] = {
    "number_not_confirmed": gettext_lazy("A number was not confirmed by its register"),
    "identity_not_confirmed": gettext_lazy("It is not certain that the person may act for it"),
    "incomplete": gettext_lazy("What was asked for is missing"),
    "existing_account": gettext_lazy("The company has an account already"),
    "outside_our_market": gettext_lazy("Outside our countries or trade"),
    "not_a_business": gettext_lazy("Not a business"),
    "new_business": gettext_lazy("Has not traded for long enough"),
    "limit_not_supported": gettext_lazy("The limit asked for cannot be supported"),
    "payment_history": gettext_lazy("Payment history"),
    "credit_information": gettext_lazy("Credit information"),
    "sanctions": gettext_lazy("Sanctions"),
    "suspected_fraud": gettext_lazy("Suspected fraud"),
    "other": gettext_lazy("Another reason"),
}
"""Every reason, as staff read it."""

WAITING_REASONS: Final[Mapping[str, Promise]] = {
    "no_rule": gettext_lazy("No rule of the policy decides it"),
    "unknown_facts": gettext_lazy("A rule needs a fact that is not known yet"),
    "no_limit_suggested": gettext_lazy("No rule suggests a limit"),
}

GROUNDS: Final[Mapping[str, Promise]] = {
    "same_tax_id": gettext_lazy("Same tax number"),
    "same_registration_number": gettext_lazy("Same registration number"),
    "same_domain": gettext_lazy("Same e-mail domain"),
    "like_name": gettext_lazy("Like name"),
    "same_postal_code": gettext_lazy("Same postcode"),
}

CHECKS: Final[Mapping[str, Promise]] = {
    "tax_number": gettext_lazy("Tax register"),
    "company": gettext_lazy("Company register"),
    "sanctions": gettext_lazy("Sanctions list"),
    "credit": gettext_lazy("Credit bureau"),
}

SOURCES: Final[Mapping[str, str | Promise]] = {
    "vies": "VIES",
    "vies-rest": "VIES",
    "vies-soap": "VIES",
    "companies-house": "Companies House",
    "gleif": "GLEIF",
    "yente": "OpenSanctions (yente)",
    "sanctions_list": gettext_lazy("Your sanctions list"),
    "creditsafe": "Creditsafe",
}

OUTCOMES: Final[Mapping[str, Promise]] = {
    "valid": pgettext_lazy("outcome of a check", "Confirmed"),
    "invalid": pgettext_lazy("outcome of a check", "Not confirmed"),
    "found": pgettext_lazy("outcome of a check", "Found"),
    "not_found": pgettext_lazy("outcome of a check", "Not found"),
    "clear": pgettext_lazy("outcome of a check", "No hit"),
    "hit": pgettext_lazy("outcome of a check", "Hit"),
    "unavailable": pgettext_lazy("outcome of a check", "No answer yet"),
    "not_checked": pgettext_lazy("outcome of a check", "Cannot be checked"),
}


def number_label(name: str) -> str:
    """What a number is called."""
    return str(NUMBERS.get(name, name))


def number_help(field: NumberField) -> str:
    """How a number is written, where that is known."""
    return _("Such as %(example)s") % {"example": field.example} if field.example else ""


def missing_text(missing: Missing) -> str:
    """What is to be put right."""
    label = str(_FIELDS.get(missing.field) or NUMBERS.get(missing.field) or "")
    if missing.step == "consents":
        return _("Your consent")
    if missing.why == "invalid":
        return _("%(field)s does not seem right") % {"field": label}
    if missing.why == "not_verified":
        return _("Your e-mail address is not proved yet")
    return label


def wrong_code_text(tries_left: int) -> str:
    """That a code was wrong, and what to do."""
    if not tries_left:
        return _("This code is of no use any more. Ask for a new one.")
    tries = ngettext("%(count)s try is left.", "%(count)s tries are left.", tries_left)
    return _("This is not the code.") + " " + tries % {"count": tries_left}


def outcome_tone(outcome: str) -> Tone:
    """How an outcome looks."""
    return _TONES.get(outcome, "neutral")


_TONES: Final[Mapping[str, Tone]] = {
    "valid": "positive",
    "found": "positive",
    "clear": "positive",
    "invalid": "negative",
    "not_found": "caution",
    "hit": "negative",
    "unavailable": "caution",
}


def reason_text(code: str) -> str:
    """Why it waits or was declined; anything else is a rule of the policy's."""
    words = WAITING_REASONS.get(code) or DECLINE_REASONS.get(code)
    return str(words) if words else _("The policy's rule %(name)s") % {"name": code}
