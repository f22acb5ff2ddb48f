"""The catalogues: complete, up to date, compiled, and with every placeholder in its place."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

import pytest
from babel.messages import Catalog
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from config import messages

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def strings_of() -> Catalog:
    """Every string of the project, gathered anew."""
    return messages.template()


def forms(text: str | Sequence[str] | None) -> list[str]:
    """The forms of a message: one, or one for each plural."""
    return [text] if isinstance(text, str) else list(text or ())


def test_strings_are_found_in_python_and_in_templates(strings_of: Catalog) -> None:
    found = {m.id if isinstance(m.id, str) else m.id[0]: m.locations for m in strings_of if m.id}
    assert len(found) > 600
    suffixes = {place.rpartition(".")[2] for places in found.values() for place, _ in places}
    assert suffixes == {"py", "html"}
    # One of each way of marking: a lazy string, a plural in a block, a string with a context.
    assert "Put on hold" in found
    assert "%(waiting)s line waits for the worker. Reload this page in a moment." in found
    assert strings_of.get("Overdue", "invoice") is not None


@pytest.mark.parametrize("language", messages.LANGUAGES)
class TestCatalogue:
    """What holds for each language."""

    def test_it_is_what_make_messages_writes(self, language: str, strings_of: Catalog) -> None:
        fresh = messages.merged(language, strings_of=strings_of)
        path = messages.catalogue_path(language)
        # Compared outside the assertion: a difference of so many lines takes pytest half an hour to draw.
        same = path.read_bytes() == messages.po_bytes(fresh)
        same_compiled = path.with_suffix(".mo").read_bytes() == messages.mo_bytes(fresh)
        assert (same, same_compiled) == (True, True), "run make messages"

    def test_nothing_is_missing_or_fuzzy(self, language: str, strings_of: Catalog) -> None:
        catalog = messages.read(language)
        assert messages.missing(catalog) == []
        assert [m.id for m in catalog if m.id and m.fuzzy] == []
        known = {(m.id, m.context) for m in catalog if m.id}
        gathered = {(m.id, m.context) for m in strings_of if m.id}
        assert sorted(gathered ^ known, key=str) == []
        for message in catalog:
            if message.id and not isinstance(message.id, str):
                assert len(forms(message.string)) == catalog.num_plurals, message.id

    def test_placeholders_are_those_of_the_original(self, language: str) -> None:
        for message in messages.read(language):
            if not message.id:
                continue
            wanted = set(PLACE.findall(forms(message.id)[-1]))
            for text in forms(message.string):
                assert set(PLACE.findall(text)) == wanted, text
                if wanted:
                    # Every percent sign is part of a placeholder, or formatting would fail.
                    assert "%" not in PLACE.sub("", text), text

    def test_sentences_end_as_the_original_does(self, language: str) -> None:
        stops = {"hi": "।."}.get(language, ".")
        for message in messages.read(language):
            if isinstance(message.id, str) and message.id.endswith("."):
                assert forms(message.string)[0][-1] in stops, message.id

    def test_the_words_are_of_the_language(self, language: str) -> None:
        """Left in English are only names and words that the language shares."""
        same = {
            m.id
            for m in messages.read(language)
            if isinstance(m.id, str) and m.id == m.string and len(m.id.split()) > 1
        }
        assert same <= {
            "%(name)s, back office",
            "%(size)s kB",
            "%(formats)s: %(ways)s.",
            "%(kind)s, %(source)s: %(outcome)s",
            "%(policy)s, %(day)s",
            "%(when)s, %(grouped)s.",
            "ANAF (RO e-Factura)",
            "ANAF (Romania)",
            "CSV in %(currency)s",
            "Codice fiscale",
            "Companies House",
            "Credit manager",
            "OpenSanctions (yente)",
            "Rating %(rating)s",
            "SEPA B2B",
            "SEPA Core",
        }
        if language == "hi":
            latin = [
                m.id
                for m in messages.read("hi")
                if m.id and not re.search("[\u0900-\u097f]", "".join(forms(m.string)))
            ]
            letters = set(string.ascii_letters)
            without = [i for i in latin if letters & set(PLACE.sub("", str(i)))]
            # Names stay as their owners write them, and numbers keep those of their standards.
            assert set(without) == {
                "BIC",
                "Companies House",
                "Creditsafe",
                "GLEIF",
                "GSTIN",
                "IBAN",
                "IRN",
                "OpenSanctions (yente)",
                "PEC",
                "Peppol",
                "QR-IBAN",
                "SEPA B2B",
                "SEPA Core",
                "SHA-256",
                "Storecove",
                "Stripe",
                "Usance",
                "VIES",
            }


@pytest.mark.parametrize(
    ("language", "limit", "overdue", "late"),
    [
        ("it", "Fido", "Scaduta", "12 giorni di ritardo"),
        ("ro", "Limită", "Restantă", "12 zile întârziere"),
        ("hi", "क्रेडिट सीमा", "अतिदेय", "12 दिन की देरी"),
    ],
)
def test_django_reads_them(language: str, limit: str, overdue: str, late: str) -> None:
    with translation.override(language):
        assert gettext("Limit") == limit
        assert pgettext("invoice", "Overdue") == overdue
        told = ngettext("%(count)s day late", "%(count)s days late", 12) % {"count": 12}
        assert told == late


def test_romanian_counts_in_three_ways() -> None:
    with translation.override("ro"):
        told = [
            ngettext("%(count)s invoice", "%(count)s invoices", n) % {"count": n}
            for n in (1, 2, 20)
        ]
    assert told == ["1 factură", "2 facturi", "20 de facturi"]
