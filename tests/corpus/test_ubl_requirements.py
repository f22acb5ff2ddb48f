"""What we say an invoice lacks is what the official rules then refuse it for, rule by rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.corpus.invoice_documents import judged
from tests.formats.sample_invoices import (
    FRENCH_BUYER,
    GERMAN_PAYMENT,
    ROMANIAN_SELLER,
    SAMPLES,
    credit_note,
    domestic,
    intra_community,
    reverse_charge,
    romanian,
    romanian_in_euro,
)
from usance.formats import ubl
from usance.formats.einvoice import requirements
from usance.formats.einvoice.profiles import (
    CIUS_RO,
    EN16931,
    FACTURX_EXTENDED,
    PEPPOL_BIS_3,
    XRECHNUNG,
    Profile,
)
from usance.formats.einvoice.requirements import missing_terms
from usance.formats.validation.report import Finding
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    Delivery,
    DirectDebit,
    Identifier,
    InvoiceDocument,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
)

D = Decimal
DUTCH = Address("NL", line_1="Damrak 1", city="Amsterdam", post_code="1012 LG")
NOWHERE = Address("NL")
DUTCH_SELLER = Party(
    "Gereedschap B.V.",
    address=DUTCH,
    registration=Identifier("12345678", "0106"),
    vat_id="NL123456782B90",
    endpoint=Identifier("12345678", "0106"),
)
DANISH_SELLER = Party(
    "Værktøj A/S",
    address=Address("DK", line_1="Strøget 1", city="København", post_code="1160"),
    registration=Identifier("16356706"),
    vat_id="DK16356706",
    endpoint=Identifier("DK16356706", "0184"),
)
ICELANDIC_SELLER = Party(
    "Verkfæri ehf.",
    address=Address("IS", city="Reykjavík"),
    registration=Identifier("5501692829"),
    vat_id="IS12345",
    endpoint=Identifier("5501692829", "0196"),
)


def at(document: Any, path: str, value: Any) -> Any:
    """``document`` with ``value`` at the fields and positions of ``path``."""
    head, _, rest = path.partition(".")
    field = getattr(document, head) if not head.isdigit() else document[int(head)]
    inner = at(field, rest, value) if rest else value
    if head.isdigit():
        return (*document[: int(head)], inner, *document[int(head) + 1 :])
    return replace(document, **{head: inner})


def with_changes(build: Callable[[], InvoiceDocument], changes: dict[str, Any]) -> InvoiceDocument:
    document = build()
    for path, value in changes.items():
        document = at(document, path, value)
    return document


def pay(code: str, **groups: Any) -> PaymentInstructions:
    return PaymentInstructions(code=code, **groups)


CARD = PaymentCard("444444******1111")
DEBIT = DirectDebit("M-1", "DE98ZZZ09999999999", "DE89370400440532013000")
TO_BREMEN = Delivery(delivered_on=date(2026, 10, 30), address=Address("DE", line_1="Hof 1"))
TWICE = (
    Attachment("A", content=b"1", media_type="application/pdf", filename="a.pdf"),
    Attachment("B", content=b"2", media_type="application/pdf", filename="a.pdf"),
)
WITHOUT_BASE = (AllowanceCharge(False, D("1.00"), percent=D(1), reason="Rabatt"),)
WITHOUT_PERCENT = (AllowanceCharge(False, D("1.00"), base=D("9.00"), reason="Rabatt"),)

# Rules that XRechnung and Peppol among Germans have under the same number: changes, number, part.
GERMAN: list[tuple[dict[str, Any], int, str]] = [
    ({"payment": None}, 1, ""),
    ({"seller.contact": None}, 2, ""),
    ({"seller.address.city": ""}, 3, ""),
    ({"seller.address.post_code": ""}, 4, ""),
    ({"seller.contact": Contact("", "+49 40 1234", "a@b.example")}, 5, ""),
    ({"seller.contact.telephone": ""}, 6, ""),
    ({"seller.contact.email": ""}, 7, ""),
    ({"buyer.address.city": ""}, 8, ""),
    ({"buyer.address.post_code": ""}, 9, ""),
    ({"delivery": replace(TO_BREMEN, address=Address("DE", post_code="1"))}, 10, ""),
    ({"delivery": replace(TO_BREMEN, address=Address("DE", city="Bremen"))}, 11, ""),
    ({"vat.0.rate": None}, 14, ""),
    ({"buyer_reference": ""}, 15, ""),
    ({"seller.vat_id": "", "seller.tax_registration": ""}, 16, ""),
    ({"attachments": TWICE}, 22, ""),
    ({"payment.transfers": ()}, 23, "a"),
    ({"payment.card": CARD}, 23, "b"),
    ({"payment": pay("48")}, 24, "a"),
    ({"payment": replace(GERMAN_PAYMENT, code="48", card=CARD)}, 24, "b"),
    ({"payment": replace(GERMAN_PAYMENT, code="59", direct_debit=DEBIT)}, 25, "b"),
    ({"payment": pay("59", direct_debit=replace(DEBIT, creditor=""))}, 30, ""),
    ({"payment": pay("59", direct_debit=replace(DEBIT, account=""))}, 31, ""),
]

OF_KOSIT = {"": "", "a": "-a", "b": "-b"}
OF_PEPPOL = {"": "", "a": "-1", "b": "-2"}

Case = tuple[Callable[[], InvoiceDocument], Profile, dict[str, Any], set[str]]

CASES: list[Case] = [
    *((domestic, XRECHNUNG, c, {f"BR-DE-{n}{OF_KOSIT[part]}"}) for c, n, part in GERMAN),
    *((domestic, PEPPOL_BIS_3, c, {f"DE-R-{n:03}{OF_PEPPOL[part]}"}) for c, n, part in GERMAN),
    (domestic, XRECHNUNG, {"payment": pay("59")}, {"BR-DE-25-a", "PEPPOL-EN16931-R061"}),
    (domestic, PEPPOL_BIS_3, {"payment": pay("59")}, {"DE-R-025-1", "PEPPOL-EN16931-R061"}),
    (domestic, XRECHNUNG, {"payment": pay("49")}, {"PEPPOL-EN16931-R061"}),
    (domestic, XRECHNUNG, {"seller.endpoint": None}, {"PEPPOL-EN16931-R020"}),
    (domestic, XRECHNUNG, {"buyer.endpoint": None}, {"PEPPOL-EN16931-R010"}),
    (domestic, XRECHNUNG, {"tax_currency": "EUR"}, {"PEPPOL-EN16931-R005"}),
    (
        domestic,
        XRECHNUNG,
        {"lines.0.allowances_charges": WITHOUT_BASE},
        {"PEPPOL-EN16931-R041"},
    ),
    (
        domestic,
        XRECHNUNG,
        {"lines.0.allowances_charges": WITHOUT_PERCENT},
        {"PEPPOL-EN16931-R042"},
    ),
    (
        intra_community,
        PEPPOL_BIS_3,
        {"buyer_reference": "", "purchase_order": ""},
        {"PEPPOL-EN16931-R003"},
    ),
    (intra_community, PEPPOL_BIS_3, {"seller.endpoint": None}, {"PEPPOL-EN16931-R020"}),
    (intra_community, PEPPOL_BIS_3, {"buyer.endpoint": None}, {"PEPPOL-EN16931-R010"}),
    (
        intra_community,
        PEPPOL_BIS_3,
        {"buyer.endpoint": Identifier("a@b.example", "EM")},
        {"PEPPOL-EN16931-CL008"},
    ),
    (intra_community, PEPPOL_BIS_3, {"type_code": "384"}, {"PEPPOL-EN16931-P0112"}),
    (intra_community, PEPPOL_BIS_3, {"type_code": "389"}, {"PEPPOL-EN16931-P0100"}),
    (credit_note, PEPPOL_BIS_3, {"type_code": "261"}, {"PEPPOL-EN16931-P0101"}),
    (intra_community, PEPPOL_BIS_3, {"payment": pay("49")}, {"PEPPOL-EN16931-R061"}),
    (reverse_charge, PEPPOL_BIS_3, {"seller.address.line_1": ""}, {"IT-R-002"}),
    (reverse_charge, PEPPOL_BIS_3, {"seller.address.city": ""}, {"IT-R-003"}),
    (reverse_charge, PEPPOL_BIS_3, {"seller.address.post_code": ""}, {"IT-R-004"}),
    (domestic, PEPPOL_BIS_3, {"seller": DUTCH_SELLER}, set()),
    (domestic, PEPPOL_BIS_3, {"seller": replace(DUTCH_SELLER, address=NOWHERE)}, {"NL-R-002"}),
    (
        domestic,
        PEPPOL_BIS_3,
        {"seller": DUTCH_SELLER, "seller.registration": Identifier("1")},
        {"NL-R-003"},
    ),
    (domestic, PEPPOL_BIS_3, {"seller": DUTCH_SELLER, "payment": None}, {"NL-R-007"}),
    (
        domestic,
        PEPPOL_BIS_3,
        {"seller": DUTCH_SELLER, "purchase_order": "", "lines.0.order_line": "1"},
        {"NL-R-009"},
    ),
    (credit_note, PEPPOL_BIS_3, {"seller": DUTCH_SELLER, "preceding": ()}, {"NL-R-001"}),
    (
        domestic,
        PEPPOL_BIS_3,
        {"seller": DUTCH_SELLER, "buyer.address": NOWHERE, "payment.code": "31"},
        {"NL-R-004", "NL-R-008"},
    ),
    (
        domestic,
        PEPPOL_BIS_3,
        {"seller": DUTCH_SELLER, "buyer": replace(DUTCH_SELLER, registration=Identifier("1"))},
        {"NL-R-005"},
    ),
    (
        domestic,
        PEPPOL_BIS_3,
        {
            "seller": DUTCH_SELLER,
            "tax_representative": Party("F", address=NOWHERE, vat_id="NL123456782B90"),
        },
        {"NL-R-006"},
    ),
    (domestic, PEPPOL_BIS_3, {"seller": DANISH_SELLER}, {"DK-R-014"}),
    (domestic, PEPPOL_BIS_3, {"seller": ICELANDIC_SELLER}, {"IS-R-002", "IS-R-003"}),
    (
        domestic,
        PEPPOL_BIS_3,
        {"seller": ICELANDIC_SELLER, "buyer.address": Address("IS")},
        {"IS-R-002", "IS-R-003", "IS-R-004", "IS-R-005"},
    ),
    (romanian, CIUS_RO, {}, set()),
    (romanian_in_euro, CIUS_RO, {}, set()),
    (romanian, CIUS_RO, {"number": "CRP"}, {"BR-RO-010"}),
    (romanian, CIUS_RO, {"type_code": "386"}, {"BR-RO-020"}),
    (credit_note, CIUS_RO, {"type_code": "261", "currency": "RON"}, {"BR-RO-020"}),
    (romanian, CIUS_RO, {"currency": "EUR"}, {"BR-RO-030"}),
    (romanian, CIUS_RO, {"due_on": None, "payment_terms": ""}, {"BR-CO-25"}),
    (romanian, CIUS_RO, {"tax_point_code": "5"}, {"BR-RO-040"}),
    (romanian, CIUS_RO, {"seller.vat_id": ""}, {"BR-RO-065"}),
    (romanian, CIUS_RO, {"seller.address.line_1": ""}, {"BR-RO-081"}),
    (romanian, CIUS_RO, {"buyer.address.line_1": ""}, {"BR-RO-082"}),
    (
        romanian,
        CIUS_RO,
        {"seller.address.city": "", "seller.address.subdivision": "RO-CJ"},
        {"BR-RO-091"},
    ),
    (romanian, CIUS_RO, {"buyer.address.city": ""}, {"BR-RO-092"}),
    (romanian, CIUS_RO, {"seller.address.city": "București"}, {"BR-RO-100"}),
    (romanian, CIUS_RO, {"buyer.address.subdivision": "RO-B"}, {"BR-RO-101"}),
    (romanian, CIUS_RO, {"seller.address.subdivision": "B"}, {"BR-RO-110"}),
    (romanian, CIUS_RO, {"buyer.address.subdivision": ""}, {"BR-RO-111"}),
    (romanian, CIUS_RO, {"buyer.vat_id": "", "buyer.registration": None}, {"BR-RO-120"}),
    (
        romanian,
        CIUS_RO,
        {"tax_representative": Party("Fiscal", address=Address("RO"), vat_id="RO18547290")},
        {"BR-RO-140", "BR-RO-150", "BR-RO-170"},
    ),
    (
        romanian,
        CIUS_RO,
        {
            "tax_representative": replace(
                ROMANIAN_SELLER, address=Address("RO", "Str. 1", city="B", subdivision="RO-B")
            )
        },
        {"BR-RO-160"},
    ),
    (
        romanian,
        CIUS_RO,
        {"delivery.address": Address("RO")},
        {"BR-RO-180", "BR-RO-201", "BR-RO-211", "BR-RO-212"},
    ),
    (
        romanian,
        CIUS_RO,
        {"delivery.address": Address("RO", "Str. 1", city="Cluj", subdivision="RO-B")},
        {"BR-RO-202"},
    ),
    (romanian, CIUS_RO, {"notes": tuple(Note(str(n)) for n in range(21))}, {"BR-RO-A020"}),
    (romanian, CIUS_RO, {"notes": (Note("x" * 301),)}, {"BR-RO-L300"}),
    (romanian, CIUS_RO, {"payment_terms": "x " * 160}, {"BR-RO-L300"}),
    (romanian, CIUS_RO, {"lines.0.item.name": "x" * 101}, {"BR-RO-L100"}),
    (romanian, CIUS_RO, {"lines.0.item.description": "x" * 201}, {"BR-RO-L200"}),
    (romanian, CIUS_RO, {"seller.name": "x" * 201}, {"BR-RO-L200"}),
    (romanian, CIUS_RO, {"buyer.address.line_1": "x" * 151}, {"BR-RO-L150"}),
    (romanian, CIUS_RO, {"buyer.address.city": "x" * 51}, {"BR-RO-L050"}),
    (romanian, CIUS_RO, {"payment.remittance": "x" * 141}, {"BR-RO-L140"}),
]


def names(finding: Finding) -> set[str]:
    """A rule by its identifier and by the name in its message: CIUS-RO has one for all of a length."""
    return {finding.rule, *re.findall(r"\[(BR-RO-\w+)", finding.message)} | {
        re.sub(r"_\d$", "", finding.rule)
    }


_EN_16931 = re.compile("BR-(?!DE|RO|CO-25)")

# What follows from a missing rate or a wrong code for the figures and in the code lists.
CONSEQUENCES = {"BR-CO-17", "BR-S-09", "BR-CL-06"}


def of_en_16931(finding: Finding) -> bool:
    """Whether EN 16931 itself refuses it, as some changes break both; R054 says what BR-53 does."""
    return bool(_EN_16931.match(finding.rule)) or finding.rule == "PEPPOL-EN16931-R054"


@pytest.mark.parametrize(
    "case",
    CASES,
    ids=[f"{p.key}-{'-'.join(sorted(r)) or 'nothing'}" for _, p, _, r in CASES],
)
def test_what_is_missing_is_what_the_official_rules_refuse(case: Case) -> None:
    build, profile, changes, expected = case
    document = with_changes(build, changes)
    missing = missing_terms(document, profile=profile)
    found = {each.rule for each in missing}
    assert {rule for rule in found if not _EN_16931.match(rule)} == expected
    fatals = judged(ubl.render(document, profile=profile)).fatals
    assert {rule for rule in found if _EN_16931.match(rule)} == {
        finding.rule for finding in fatals if _EN_16931.match(finding.rule)
    } - CONSEQUENCES
    official = [names(finding) for finding in fatals if not of_en_16931(finding)]
    assert all(any(rule in found for found in official) for rule in expected)
    assert [found for found in official if found.isdisjoint(expected)] == []


def test_every_rule_is_shown() -> None:
    """Each rule that a requirement names is in a case above, so that none is only our own word."""
    shown = set().union(*(rules for _, _, _, rules in CASES))
    folder = Path(requirements.__file__).parent
    own = ("peppol", "german", "romanian")
    written = "".join((folder / f"{name}_requirements.py").read_text() for name in own)
    written += (folder / "missing_term.py").read_text()
    named = set(re.findall(r'"((?:PEPPOL|BR|DK|IS|IT|NL)-[A-Z0-9-]+)"', written))
    assert len(named) > 25
    assert named - shown == set()
    numbers = {int(number) for number in re.findall(r"rule\((\d+),", written)}
    assert numbers - {number for _, number, _ in GERMAN} == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_lack_something_exactly_where_the_official_rules_refuse_them(name: str) -> None:
    document = SAMPLES[name]()
    for profile in (PEPPOL_BIS_3, XRECHNUNG, CIUS_RO):
        missing = {each.rule for each in missing_terms(document, profile=profile)}
        fatals = judged(ubl.render(document, profile=profile)).fatals
        assert missing == {finding.rule for finding in fatals}, profile.key


def test_plain_profiles_demand_nothing_of_others() -> None:
    bare = replace(domestic(), payment=None, buyer_reference="", buyer=FRENCH_BUYER)
    for profile in (EN16931, FACTURX_EXTENDED):
        assert missing_terms(bare, profile=profile) == ()


def test_what_is_missing_says_where_and_what_to_do() -> None:
    [missing] = missing_terms(
        with_changes(domestic, {"seller.contact.telephone": ""}), profile=XRECHNUNG
    )
    assert (missing.path, missing.term, missing.rule) == (
        "seller.contact.telephone",
        "BT-42",
        "BR-DE-6",
    )
    assert missing.remedy == "Give the telephone number of the contact."
