"""Likeness, addresses, codes, documents and the facts that follow, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.applications.addresses import at_company, domain_of, is_free_mail
from usance.rules.applications.codes import wait_until
from usance.rules.applications.declining import told
from usance.rules.applications.documents import media_type_of, safe_name
from usance.rules.applications.duplicates import Company, find_duplicates
from usance.rules.applications.findings import Answer, Applicant, application_facts
from usance.rules.applications.names import same_name
from usance.rules.applications.numbers import NumberFinding

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("maria@mail.example.co.uk", "example.co.uk"),
        ("https://www.example.com.br/shop?x=1", "example.com.br"),
        ("WWW.Example.IT.", "example.it"),
        ("paola@sub.lodi.example", "lodi.example"),
        ("info@münchen.de", "xn--mnchen-3ya.de"),
        ("localhost", ""),
        ("", ""),
        ("a@b", ""),
        ("javascript:alert(1)", ""),
        ("x" * 300 + ".example", ""),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    assert domain_of(address) == domain


@pytest.mark.parametrize(
    ("email", "website", "at"),
    [
        ("paola@lodi.example", "www.lodi.example", True),
        ("paola@shop.lodi.example", "https://lodi.example/it", True),
        ("paola@other.example", "www.lodi.example", False),
        ("paola@lodi.example", "", None),
        ("paola@gmail.com", "", False),
        ("paola@gmail.com", "gmail.com", False),  # nobody's shop
    ],
)
def test_whether_an_address_is_the_companys(email: str, website: str, at: bool | None) -> None:
    assert at_company(email, website=website) is at
    assert is_free_mail(email) == email.endswith("gmail.com")


APPLICANT = Company(
    key=0,
    name="Ferramenta Lodi S.r.l.",
    country="IT",
    tax_id="IT00743110157",
    registration_number="MI1234567",
    postal_code="20121",
    domain="lodi.example",
)


@pytest.mark.parametrize(
    ("known", "likeness", "grounds"),
    [
        ({"name": "X", "tax_id": "00743110157"}, 100, ("same_tax_id",)),
        ({"name": "X", "tax_id": "IT 0074 3110 157"}, 100, ("same_tax_id",)),
        ({"name": "X", "country": "DE", "tax_id": "00743110157"}, None, ()),
        ({"name": "X", "registration_number": "mi-1234567"}, 100, ("same_registration_number",)),
        ({"name": "X", "domain": "lodi.example", "country": "DE"}, 80, ("same_domain",)),
        ({"name": "FERRAMENTA LODI SRL"}, 90, ("like_name",)),
        (
            {"name": "Lodi Ferramenta", "postal_code": "20121"},
            98,
            ("like_name", "same_postal_code"),
        ),
        ({"name": "Ferramenta Lodi GmbH", "country": "DE"}, None, ()),
        ({"name": "Ferramenta Pavia S.r.l."}, None, ()),
        ({"name": "S.r.l."}, None, ()),
    ],
)
def test_what_makes_a_duplicate(
    known: dict[str, str], likeness: int | None, grounds: tuple[str, ...]
) -> None:
    given_: dict[str, Any] = {"key": 1, "country": "IT"} | known
    found = find_duplicates(APPLICANT, among=[Company(**given_)])
    assert [(one.likeness, one.grounds) for one in found] == (
        [(likeness, grounds)] if likeness else []
    )


def test_free_mail_ties_nobody_together() -> None:
    one = Company(key=0, name="A", country="IT", domain="gmail.com")
    other = Company(key=1, name="B", country="IT", domain="gmail.com")
    assert find_duplicates(one, among=[other]) == ()


def test_the_likest_comes_first() -> None:
    among = [
        Company(key=1, name="X", country="IT", domain="lodi.example"),
        Company(key=2, name="X", country="IT", tax_id="00743110157"),
    ]
    assert [one.key for one in find_duplicates(APPLICANT, among=among)] == [2, 1]


@pytest.mark.parametrize(
    ("given_name", "registered", "same"),
    [
        ("Ferramenta Lodi S.r.l.", "FERRAMENTA LODI SRL", True),
        ("Lodi Ferramenta", "FERRAMENTA LODI S.R.L. IN LIQUIDAZIONE", True),
        ("Müller GmbH", "MULLER GESELLSCHAFT MBH", False),
        ("Ferramenta Lodi", "ACCIAI BRESCIA SPA", False),
        ("", "X", False),
    ],
)
def test_the_name_of_the_register(given_name: str, registered: str, same: bool) -> None:
    assert same_name(given_name, registered) is same


@pytest.mark.parametrize(
    ("ago", "wait"),
    [
        ([], None),
        ([59], 1),
        ([60], None),
        ([120, 180, 240, 300], None),
        ([120, 180, 240, 300, 360], 3600 - 360),
        ([5000 * n for n in range(1, 13)], 86400 - 60000),
    ],
)
def test_how_often_a_code_is_sent(ago: list[int], wait: int | None) -> None:
    sent = [AT - timedelta(seconds=seconds) for seconds in ago]
    until = wait_until(sent, at=AT)
    assert until == (None if wait is None else AT + timedelta(seconds=wait))


@given(st.binary(max_size=40))
def test_only_three_beginnings_are_documents(content: bytes) -> None:
    known = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
    assert (media_type_of(content) is not None) == content.startswith(known)


@given(st.text(max_size=300))
def test_a_name_is_safe_everywhere(name: str) -> None:
    safe = safe_name(name, media_type="application/pdf")
    assert safe.endswith(".pdf")
    assert 4 < len(safe) <= 124
    assert not set(safe) & set('/\\<>:"|?*\r\n\0;%')


def test_what_an_applicant_is_told() -> None:
    reasons = ["sanctions", "new_business", "own_rule", "quiet_rule"]
    assert told(reasons, rules={"own_rule": True, "sanctions": True}) == (
        "new_business",
        "own_rule",
    )


def facts(*answers: Answer, **more: Any) -> dict[str, Any]:
    given_: dict[str, Any] = {
        "name": "Ferramenta Lodi",
        "country": "IT",
        "requested": 500_000,
        "email": "p@lodi.example",
        "website": "",
        "email_verified": True,
        "references": 2,
        "persons": 0,
        "documents": 0,
    }
    return application_facts(
        Applicant(**(given_ | more)),
        numbers=[NumberFinding("partita_iva", "valid", "00743110157")],
        answers=answers,
        duplicates=0,
        on=date(2026, 3, 2),
    )


def said(kind: str, outcome: str, **facts_: Any) -> Answer:
    return Answer(kind, "x", outcome, facts_)


@pytest.mark.parametrize(
    ("answers", "confirmed"),
    [
        ((), None),
        ((said("tax_number", "unavailable"),), None),
        ((said("tax_number", "valid"),), True),
        ((said("tax_number", "valid"), said("company", "unavailable")), True),
        ((said("tax_number", "valid"), said("company", "not_found")), False),
        ((said("company", "found", active=False),), False),
        ((said("tax_number", "invalid"),), False),
    ],
)
def test_a_register_that_does_not_answer_has_not_refused(
    answers: tuple[Answer, ...], confirmed: bool | None
) -> None:
    assert facts(*answers).get("application.registry_confirmed") is confirmed


@pytest.mark.parametrize(
    ("outcomes", "hit"),
    [
        ([], None),
        (["clear"], False),
        (["clear", "hit"], True),
        (["clear", "unavailable"], None),  # whoever could not be searched for is not clear
        (["hit", "unavailable"], True),
    ],
)
def test_nobody_is_clear_who_was_not_searched_for(outcomes: list[str], hit: bool | None) -> None:
    found = facts(*(said("sanctions", outcome) for outcome in outcomes))
    assert found.get("application.sanctions_hit") is hit


def test_what_the_registers_and_a_bureau_tell() -> None:
    found = facts(
        said("tax_number", "valid", name="FERRAMENTA LODI SRL"),
        said("company", "found", active=True, created_on="2026-01-01", insolvent=False),
        said(
            "credit", "found", score_of_100=71, limit_in_policy_currency=900_000, as_of="2026-03-01"
        ),
    )
    assert found["application.name_confirmed"] is True
    assert found["application.days_registered"] == 60
    assert found["buyer.insolvent"] is False
    assert (found["bureau.score"], found["bureau.limit"], found["bureau.days_old"]) == (
        71,
        900_000,
        1,
    )
    assert found["application.number_valid"] is True
    assert "application.email_at_domain" not in found
