"""What is wrong with a field of the seller's details or of a billing profile, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.invoicing.faults import FieldFault

_WORDS: Final[Mapping[str, Promise]] = {
    "account_missing": _lazy("Enter the IBAN, or the account number where there is none."),
    "duplicate_key": _lazy("A key is there twice. Keep one."),
    "endpoint_incomplete": _lazy(
        "An electronic address needs its scheme, such as 0088 for a GLN. Enter both or neither."
    ),
    "endpoint_missing": _lazy(
        "To send through Peppol, the buyer's electronic address and its scheme are needed."
    ),
    "format_missing": _lazy(
        "SdI carries FatturaPA and ANAF carries RO e-Factura: choose that format."
    ),
    "impossible_treatment": _lazy(
        "This treatment cannot be between these two countries. Choose another one."
    ),
    "invalid_bic": _lazy("This is not a BIC; it has eight or eleven characters, such as UNCRITMM."),
    "invalid_codice_destinatario": _lazy(
        "A recipient code has seven letters and digits, a public office's six. Leave it empty where the"
        " buyer has a PEC only."
    ),
    "invalid_codice_fiscale": _lazy("The check character is wrong. Copy the codice fiscale again."),
    "invalid_code": _lazy("Choose one of those offered."),
    "invalid_colour": _lazy("Write # and six hexadecimal digits, such as #1d4ed8."),
    "invalid_creditor_id": _lazy(
        "The check digits are wrong. Copy the creditor identifier again, such as DE98ZZZ09999999999."
    ),
    "invalid_email": _lazy(
        "This is not an e-mail address; write one such as billing@acme.example."
    ),
    "invalid_gstin": _lazy("This is not a GSTIN. Copy its fifteen characters again."),
    "invalid_iban": _lazy(
        "The length or the check digits are wrong. Copy the IBAN again, with its country."
    ),
    "invalid_key": _lazy("A key has 1 to 40 characters."),
    "invalid_leitweg_id": _lazy(
        "This is not a Leitweg-ID: its form or its check digits are wrong. Copy it from the order."
    ),
    "invalid_prefix": _lazy(
        "Up to 12 capital letters, digits, / and -, with a letter or digit at both ends."
    ),
    "invalid_rea": _lazy("Enter both: the province in two letters, such as MI, and the number."),
    "invalid_share_capital": _lazy(
        "Enter the amount in euro without separators, such as 10000.00."
    ),
    "invalid_tax_registration": _lazy("This is not a Steuernummer. Copy all its digits again."),
    "invalid_vat_id": _lazy("This is not a VAT number of this country. Copy all its digits again."),
    "key_is_a_code": _lazy("A key cannot be a terms code itself. Choose another name."),
    "move_without_calendar": _lazy(
        "Choose a calendar and where a day that is none of its working days moves, or neither."
    ),
    "not_a_qr_iban": _lazy("This is an ordinary IBAN. Ask the bank for the QR-IBAN."),
    "qr_iban_currency": _lazy("A QR-IBAN is for CHF and EUR only."),
    "reason_missing": _lazy("An invoice without VAT must say why. Enter the reason or its code."),
    "recipient_missing": _lazy("Enter an address: the buyer has none of its own."),
    "reference_missing": _lazy("An XRechnung needs the buyer's reference, such as a Leitweg-ID."),
    "same_prefix": _lazy("It must differ from that of invoices."),
    "state_differs": _lazy("The GSTIN begins with another state."),
    "too_long": _lazy("This is too long."),
    "too_many_keys": _lazy("There are too many keys."),
    "too_many_recipients": _lazy("These are too many addresses. Use a distribution list."),
    "unknown_calendar": _lazy(
        "Write a country such as IT, a part of one such as DE-BY, or TARGET."
    ),
    "unknown_country": _lazy("Write two letters, such as IT."),
    "unknown_eas_scheme": _lazy(
        "This scheme is not in the list of the European Commission. Write for example 0088 or EM."
    ),
    "unknown_exemption_code": _lazy("Write a code of the VATEX list, such as VATEX-EU-132."),
    "unknown_registration_scheme": _lazy("Write four digits of ISO 6523, or leave it empty."),
    "unknown_state": _lazy("Write the two digits of a state, such as 27 for Maharashtra."),
    "unknown_subdivision": _lazy("Write the county's code, such as RO-B for Bucharest."),
    "unknown_terms": _lazy("These terms cannot be read. Write for example 2/10 net 30."),
    "vat_id_of_another_country": _lazy(
        "The number begins with another country than the address is in. Correct one of them."
    ),
}


def fault_text(fault: FieldFault) -> str:
    """What is wrong, and what to do."""
    return str(_WORDS.get(fault.code, fault.detail))
