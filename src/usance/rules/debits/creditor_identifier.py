"""The number by which debtors and banks know who collects by SEPA direct debit (AT-02)."""

from __future__ import annotations

import re
from typing import Final

from stdnum.iso7064 import mod_97_10

_FORM: Final = re.compile(r"([A-Z]{2})([0-9]{2})([A-Z0-9]{3})([A-Z0-9]{1,28})")
_LENGTHS: Final = {
    "AT": (18,),
    "BE": (17, 20),  # with an enterprise number, without one
    "DE": (18,),
    "ES": (16,),
    "FR": (13,),
    "IT": (23,),
    "NL": (19,),
}
"""Characters in all, of countries that fill the national number up. Source: EPC 262-08, Creditor
Identifier Overview."""


class InvalidCreditorIdentifier(ValueError):
    """The text is no creditor identifier."""

    code = "invalid_creditor_identifier"


def creditor_identifier(text: str) -> str:
    """``text`` as a creditor identifier in capitals without spaces, its check digits right.

    The business code, characters 5 to 7, is the creditor's to choose and is not checked. Raises
    InvalidCreditorIdentifier. Source: EPC 262-08, ISO/IEC 7064 MOD 97-10.
    """
    compact = re.sub(r"[\s/-]", "", text).upper()
    found = _FORM.fullmatch(compact)
    if not found:
        raise InvalidCreditorIdentifier(
            f"{text!r} is not a creditor identifier: two letters of the country, two check digits, a"
            " business code of three characters and the national number, as in DE98ZZZ09999999999."
        )
    lengths = _LENGTHS.get(found[1], (len(compact),))
    if len(compact) not in lengths:
        raise InvalidCreditorIdentifier(
            f"{compact} has {len(compact)} characters, identifiers of {found[1]} have"
            f" {' or '.join(map(str, lengths))};"
            " copy it from the letter in which it was assigned."
        )
    expected = check_digits(found[1], national=found[4])
    if found[2] != expected:
        raise InvalidCreditorIdentifier(
            f"The check digits of {compact} do not fit; a character is wrong or two are swapped."
        )
    return compact


def check_digits(country: str, *, national: str) -> str:
    """The two check digits of the identifier with this national number."""
    return str(mod_97_10.calc_check_digits(national + country))


def same_creditor(left: str, *, right: str) -> bool:
    """Whether two identifiers are the same creditor's, whatever its business codes are."""
    return left[:4] + left[7:] == right[:4] + right[7:]
