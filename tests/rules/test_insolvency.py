"""Which buyers a notice of insolvency is about."""

from __future__ import annotations

import pytest

from usance.rules.insolvency import Known, NoticeIndex

BUYERS = [
    Known("nord", "Nordwind Handels GmbH", "DE", "DE811907980", "HRB 12345"),
    Known("sued", "Südwind GmbH", "AT", "ATU12345678", "FN 123456a"),
    Known("other", "Müller & Söhne KG", "DE", "", "HRB 99999"),
]


@pytest.mark.parametrize(
    ("name", "number", "country", "expected"),
    [
        ("NORDWIND HANDELS-GESELLSCHAFT", "DE 811 907 980", "DE", [("nord", True, "tax_id")]),
        ("Nordwind Handels", "811907980", "DE", [("nord", True, "tax_id")]),
        ("Nordwind Handels GmbH", "HRB 12345", "DE", [("nord", True, "registration_number")]),
        ("Bäckerei Krume GmbH", "HRB 12345", "DE", [("nord", False, "number_only")]),
        ("Nordwind Handels GmbH", None, "DE", [("nord", False, "name")]),
        ("nordwind handels gmbh & co. kg", None, None, [("nord", False, "name")]),
        ("Nordwind Handels GmbH", "DE811907980", "AT", [("nord", False, "name")]),
        ("Westwind GmbH", "HRB 1", "DE", []),
        ("Mueller und Soehne", "12", "DE", []),
    ],
)
def test_a_number_settles_it_and_a_name_is_a_question(
    name: str, number: str | None, country: str | None, expected: list[tuple[str, bool, str]]
) -> None:
    found = NoticeIndex(BUYERS).match(name=name, number=number, country=country)
    assert [(one.key, one.is_certain, one.ground) for one in found] == expected


def test_the_certain_come_first() -> None:
    twins = [
        Known("a", "Alpenblick Handel GmbH", "AT"),
        Known("b", "Alpenblick Handel GmbH", "AT", "ATU55555555"),
    ]
    found = NoticeIndex(twins).match(
        name="Alpenblick Handel GmbH", number="ATU55555555", country="AT"
    )
    assert [(one.key, one.is_certain) for one in found] == [("b", True), ("a", False)]
