"""What we say an invoice lacks for EN 16931 is what its official rules refuse it for, rule by rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.invoice_documents import broken_rules
from tests.corpus.test_ubl_requirements import with_changes
from tests.formats.sample_invoices import (
    SAMPLES,
    domestic,
    every_term,
    intra_community,
    two_rates,
    untaxed,
)
from usance.formats import ubl
from usance.formats.einvoice import requirements
from usance.formats.einvoice.profiles import EN16931
from usance.formats.einvoice.requirements import missing_terms
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Attachment,
    Attribute,
    Classification,
    CreditTransfer,
    DocumentReference,
    Identifier,
    InvoiceDocument,
    Party,
    PaymentInstructions,
    Period,
)

D = Decimal
REPRESENTATIVE = Party("Steuerkontor", address=Address("DE"), vat_id="DE129273398")
BACKWARDS = Period(date(2026, 10, 31), date(2026, 10, 1))

# Rules on sums, code lists and UBL's own structure, which say the same again or more.
ELSEWHERE = re.compile(
    r"XSD|UBL-SR-\d+|BR-CO-1\d|BR-CO-2[1-4]|BR-CO-09|BR-[A-Z]{1,2}-0[189]|BR-CL-\d+|BR-DEC-\d+"
)

CASES: list[tuple[Callable[[], InvoiceDocument], dict[str, Any], set[str]]] = [
    (every_term, {}, set()),
    (domestic, {"seller.name": ""}, {"BR-06"}),
    (domestic, {"buyer.name": ""}, {"BR-07"}),
    (domestic, {"seller.address": None}, {"BR-08"}),
    (domestic, {"seller.address.country": ""}, {"BR-09"}),
    (domestic, {"buyer.address": None}, {"BR-10"}),
    (domestic, {"buyer.address.country": ""}, {"BR-11"}),
    (every_term, {"payee.name": ""}, {"BR-17"}),
    (domestic, {"tax_representative": replace(REPRESENTATIVE, name="")}, {"BR-18"}),
    (domestic, {"tax_representative": replace(REPRESENTATIVE, address=None)}, {"BR-19"}),
    (
        domestic,
        {"tax_representative": replace(REPRESENTATIVE, address=Address(city="Köln"))},
        {"BR-20"},
    ),
    (domestic, {"tax_representative": replace(REPRESENTATIVE, vat_id="")}, {"BR-56"}),
    (domestic, {"lines.0.id": ""}, {"BR-21"}),
    (domestic, {"lines.0.unit": ""}, {"BR-23"}),
    (domestic, {"lines.0.item.name": ""}, {"BR-25"}),
    (
        domestic,
        {"lines.0.price.net": D("-12.50"), "lines.0.quantity": D("-10")},
        {"BR-27"},
    ),
    (domestic, {"lines.0.price.gross": D("-1"), "lines.0.price.discount": D("0")}, {"BR-28"}),
    (domestic, {"period": BACKWARDS}, {"BR-29"}),
    (domestic, {"lines.0.period": BACKWARDS}, {"BR-30"}),
    (
        two_rates,
        {"allowances_charges.0.vat_category": "", "allowances_charges.0.vat_rate": None},
        {"BR-32"},
    ),
    (
        two_rates,
        {"allowances_charges.0.reason": "", "allowances_charges.0.reason_code": ""},
        {"BR-33"},
    ),
    (
        two_rates,
        {"allowances_charges.1.vat_category": "", "allowances_charges.1.vat_rate": None},
        {"BR-37"},
    ),
    (
        two_rates,
        {"allowances_charges.1.reason": "", "allowances_charges.1.reason_code": ""},
        {"BR-38"},
    ),
    (
        two_rates,
        {
            "lines.0.allowances_charges.0.reason": "",
            "lines.0.allowances_charges.0.reason_code": "",
        },
        {"BR-42"},
    ),
    (
        two_rates,
        {
            "lines.1.allowances_charges.0.reason": "",
            "lines.1.allowances_charges.0.reason_code": "",
        },
        {"BR-44"},
    ),
    (domestic, {"vat.0.rate": None}, {"BR-48"}),
    (
        domestic,
        {"payment": PaymentInstructions("30", transfers=(CreditTransfer("", "A"),))},
        {"BR-50", "BR-61"},
    ),
    (domestic, {"attachments": (Attachment("", "Beleg"),)}, {"BR-52"}),
    (domestic, {"tax_currency": "USD"}, {"BR-53"}),
    (domestic, {"lines.0.item.attributes": (Attribute("Holz", ""),)}, {"BR-54"}),
    (domestic, {"preceding": (DocumentReference("", date(2026, 1, 1)),)}, {"BR-55"}),
    (domestic, {"delivery.address": Address(city="Kiel")}, {"BR-57"}),
    (domestic, {"payment.transfers": ()}, {"BR-61"}),
    (domestic, {"seller.endpoint": Identifier("a@b.example")}, {"BR-62"}),
    (domestic, {"buyer.endpoint": Identifier("a@b.example")}, {"BR-63"}),
    (domestic, {"lines.0.item.standard_id": Identifier("4012345678901")}, {"BR-64"}),
    (domestic, {"lines.0.item.classifications": (Classification("4421"),)}, {"BR-65"}),
    (domestic, {"tax_point_on": date(2026, 10, 1), "tax_point_code": "35"}, {"BR-CO-03"}),
    (domestic, {"seller.vat_id": "", "seller.registration": None}, {"BR-CO-26"}),
    (intra_community, {"delivery.delivered_on": None}, {"BR-IC-11"}),
    (intra_community, {"delivery.address": None}, {"BR-IC-12"}),
    (intra_community, {"delivery": None}, {"BR-IC-11", "BR-IC-12"}),
    (intra_community, {"delivery": None, "period": Period(date(2026, 10, 1))}, {"BR-IC-12"}),
]


def refused_for(document: InvoiceDocument) -> set[str]:
    """The official rules that are broken, without those on sums and code lists."""
    broken = broken_rules(ubl.render(document, profile=EN16931))
    return {rule for rule in broken if not ELSEWHERE.fullmatch(rule)}


def told(document: InvoiceDocument) -> set[str]:
    return {each.rule for each in missing_terms(document, profile=EN16931)}


@pytest.mark.parametrize("case", CASES, ids=["-".join(sorted(r)) or "nothing" for _, _, r in CASES])
def test_what_is_missing_is_what_en_16931_refuses(
    case: tuple[Callable[[], InvoiceDocument], dict[str, Any], set[str]],
) -> None:
    build, changes, expected = case
    document = with_changes(build, changes)
    assert told(document) == expected
    assert refused_for(document) == expected


RATES = {"S": D("19"), "L": D("7"), "M": D("4"), "O": None}
CATEGORIES = {
    "S": "S",
    "Z": "Z",
    "E": "E",
    "AE": "AE",
    "K": "IC",
    "G": "G",
    "O": "O",
    "L": "AF",
    "M": "AG",
}
EXPLAINED = {"E", "AE", "K", "G", "O"}


def of_category(category: str) -> InvoiceDocument:
    """A document with a line, an allowance and a charge of ``category``, that lacks nothing."""
    given = untaxed(domestic(), category=category, reason="")
    rate = RATES.get(category, D(0))
    entry = AllowanceCharge(
        False, D("1.00"), reason="Anpassung", vat_category=category, vat_rate=rate
    )
    reason = "Begründet" if category in EXPLAINED else ""
    document = replace(
        given,
        lines=tuple(replace(line, vat_rate=rate) for line in given.lines),
        allowances_charges=(entry, replace(entry, is_charge=True)),
        vat=(replace(given.vat[0], rate=rate, exemption_reason=reason),),
        delivery=replace(intra_community().delivery or given.delivery),  # type: ignore[type-var]
    )
    if category == "O":
        return with_changes(lambda: document, {"seller.vat_id": "", "buyer.vat_id": ""})
    return document


@pytest.mark.parametrize("category", CATEGORIES)
class TestCategories:
    def test_a_document_that_lacks_nothing(self, category: str) -> None:
        document = of_category(category)
        assert told(document) == refused_for(document) == set()

    def test_traders_without_numbers(self, category: str) -> None:
        name = CATEGORIES[category]
        traders = {"seller.vat_id": "", "seller.tax_registration": "", "buyer.vat_id": ""}
        rules = {f"BR-{name}-{number}" for number in ("02", "03", "04")}
        if category == "O":
            traders = {"seller.vat_id": "DE136695976", "buyer.vat_id": "DE811907980"}
        document = with_changes(lambda: of_category(category), traders)
        assert told(document) == refused_for(document) == rules

    def test_a_tax_number_is_enough_only_where_no_vat_identifier_is_asked(
        self, category: str
    ) -> None:
        document = with_changes(lambda: of_category(category), {"seller.vat_id": ""})
        rules = {f"BR-{CATEGORIES[category]}-{number}" for number in ("02", "03", "04")}
        wanted = rules if category in ("K", "G") else set()
        assert told(document) == refused_for(document) == wanted
        through_representative = replace(document, tax_representative=REPRESENTATIVE)
        wanted = rules if category == "O" else set()
        assert told(through_representative) == refused_for(through_representative) == wanted

    def test_a_buyer_without_numbers(self, category: str) -> None:
        document = with_changes(lambda: of_category(category), {"buyer.vat_id": ""})
        rules = {f"BR-{CATEGORIES[category]}-{number}" for number in ("02", "03", "04")}
        wanted = rules if category in ("AE", "K") else set()
        assert told(document) == refused_for(document) == wanted
        registered = with_changes(lambda: document, {"buyer.registration": Identifier("HRB 1")})
        wanted = rules if category == "K" else set()
        assert told(registered) == refused_for(registered) == wanted

    def test_rates_that_are_not_the_category_s(self, category: str) -> None:
        wrong = {"S": D(0), "L": D(-1), "M": D(-1)}.get(category, D(19))
        changes = {
            "lines.0.vat_rate": wrong,
            "allowances_charges.0.vat_rate": wrong,
            "allowances_charges.1.vat_rate": wrong,
        }
        document = with_changes(lambda: of_category(category), changes)
        rules = {f"BR-{CATEGORIES[category]}-{number}" for number in ("05", "06", "07")}
        assert told(document) == refused_for(document) == rules

    def test_reasons_where_there_is_tax_and_none_where_there_is_none(self, category: str) -> None:
        reason = "" if category in EXPLAINED else "Warum?"
        document = with_changes(lambda: of_category(category), {"vat.0.exemption_reason": reason})
        assert told(document) == refused_for(document) == {f"BR-{CATEGORIES[category]}-10"}


def test_every_rule_is_shown() -> None:
    """Each rule that a requirement names is in a case above, so that none is only our own word."""
    folder = Path(requirements.__file__).parent
    written = (folder / "en16931_requirements.py").read_text()
    written += (folder / "vat_requirements.py").read_text()
    named = set(re.findall(r'"(BR-[A-Z0-9-]+\d)"', written))
    assert len(named) > 40
    # A payment means without its code cannot be written in UBL at all.
    assert named - set().union(*(rules for _, _, rules in CASES)) == {"BR-49"}
    unpaid = replace(domestic(), payment=PaymentInstructions())
    assert told(unpaid) == {"BR-49"}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_lack_nothing(name: str) -> None:
    assert told(SAMPLES[name]()) == set()
