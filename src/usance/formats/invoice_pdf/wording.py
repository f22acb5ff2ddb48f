"""A document's words and figures, and the texts that every document needs: addresses and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from usance.formats.invoice_pdf.figures import Figures, figures
from usance.formats.invoice_pdf.indian_states import state_name
from usance.formats.invoice_pdf.units import unit_name
from usance.formats.invoice_pdf.words import Language, words
from usance.rules.invoicing.document import Address, Party

# Where the postal code does not stand before the town (Universal Postal Union, addressing sheets).
_CODE_AFTER_TOWN: Final = frozenset({"US", "CA", "AU", "NZ", "SG", "BR"})
_CODE_BELOW_TOWN: Final = frozenset({"GB", "IE"})


@dataclass(frozen=True, slots=True)
class Wording:
    """How one document speaks to its reader."""

    language: Language
    phrases: Mapping[str, str]
    figures: Figures

    def say(self, key: str, **parts: str) -> str:
        """The phrase ``key`` with its parts filled in."""
        phrase = self.phrases[key]
        for name, value in parts.items():
            phrase = phrase.replace(f"{{{name}}}", value)
        return phrase

    def quantity(self, value: Decimal, unit: str) -> str:
        """A number and its unit: ``12 pcs``, ``2,5 kg``."""
        name = unit_name(unit, language=self.language)
        return f"{self.figures.number(value)}\u00a0{name}" if name else self.figures.number(value)

    def address(self, address: Address | None, *, seen_from: str) -> list[str]:
        """The lines of a postal address; the country only for a reader in another."""
        if address is None:
            return []
        return [
            line
            for line in (
                address.line_1,
                address.line_2,
                address.line_3,
                *self._town(address),
                self._country(address, seen_from=seen_from),
            )
            if line
        ]

    def short_address(self, address: Address | None, *, seen_from: str) -> list[str]:
        """The same in three lines at most: street, town, country."""
        if address is None:
            return []
        lines = [
            ", ".join(filter(None, (address.line_1, address.line_2, address.line_3))),
            ", ".join(filter(None, self._town(address))),
            self._country(address, seen_from=seen_from),
        ]
        return [line for line in lines if line]

    def _country(self, address: Address, *, seen_from: str) -> str:
        abroad = address.country and address.country != seen_from
        return self.figures.country(address.country).upper() if abroad else ""

    def _town(self, address: Address) -> list[str]:
        town, code, part = address.city, address.post_code, address.subdivision
        if address.country in _CODE_BELOW_TOWN:
            return [town, part, code]
        if address.country == "IN":
            return [f"{town} {code}".strip(), state_name(part, language=self.language)]
        if address.country in _CODE_AFTER_TOWN:
            if len(part) <= 3:  # a state's postal abbreviation belongs between the two
                return [f"{town}, {part} {code}".strip(", ") if part else f"{town} {code}".strip()]
            return [f"{town} {code}".strip(), part]
        if address.country == "IT" and len(part) == 2:
            return [f"{code} {town} {part}".strip()]
        return [f"{code} {town}".strip(), part]


def wording(language: Language, *, currency: str, country: str) -> Wording:
    """For a document in ``currency`` by a seller of ``country``, whose tax it names.

    Raises UnknownCurrency.
    """
    tax = {"IN": "gst", "US": "sales_tax"}.get(country, "vat")
    return Wording(
        language=language,
        phrases=words(language, tax=tax),
        figures=figures(language, currency=currency, country=country),
    )


def country_of(party: Party) -> str:
    """Where a party is; empty if its address does not say."""
    return party.address.country if party.address else ""
