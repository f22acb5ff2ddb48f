"""Sanctions lists as OpenSanctions publishes them, and a short one of the seller's own."""

from __future__ import annotations

import pytest

from usance.formats import sanctions_list
from usance.formats.errors import FormatError
from usance.rules.screening import ListedParty, Subject, screen

HEADINGS = (
    "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,"
    "program_ids,dataset,first_seen,last_seen,last_change\n"
)
TARGETS = HEADINGS + (
    'NK-1,Company,Volga Shipping OOO,"Volgaship;Волга Шиппинг;""Volga; Line""",,ru;cy,Moscow,'
    "inn:7706107510;1027739000000,Reg. 833/2014,,,EU-RUS,EU Financial Sanctions Files,2022,2026,2026\n"
    "NK-2,Person,Ivan Petrov,,1962-03-09;1963;around 1960,ru,,,,,,US-RUS,us_ofac_sdn,2022,2026,2026\n"
    "NK-3,Vessel,Blue Horizon,,,pa,,IMO9000000,,,,EU-MARE,eu,2022,2026,2026\n"
    "NK-4,LegalEntity,Grey Zone,,,,,,,,,,un,2022,2026,2026\n"
)


def refusal(data: str | bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        sanctions_list.parse(data if isinstance(data, bytes) else data.encode())
    return caught.value


def test_what_opensanctions_publishes() -> None:
    company, person, entity = sanctions_list.parse(TARGETS.encode())
    assert company == ListedParty(
        id="NK-1",
        kind="company",
        name="Volga Shipping OOO",
        aliases=("Volgaship", "Волга Шиппинг", "Volga; Line"),
        countries=frozenset({"RU", "CY"}),
        numbers=frozenset({"7706107510", "1027739000000"}),
        list="EU Financial Sanctions Files",
        reason="Reg. 833/2014",
    )
    assert (person.kind, person.births, person.reason) == (
        "person",
        ("1962-03-09", "1963"),
        "US-RUS",
    )
    assert (entity.id, entity.kind) == ("NK-4", None), "a vessel is left out, an entity kept"


def test_a_list_of_ones_own() -> None:
    table = (
        "Id;Name;Country;List;Type\n1;Müller Handel GmbH;DE;own;company\n2;Jane Doe;;own;Person\n"
    )
    parties = sanctions_list.parse(table.encode("cp1252"))
    found = screen(parties, subject=Subject(kind="company", name="MUELLER HANDEL"), threshold=80)
    assert [party.kind for party in parties] == ["company", "person"]
    assert [each.party.id for each in found] == ["1"]


@pytest.mark.parametrize(
    ("table", "code", "line"),
    [
        ("", "unknown_table", None),
        ("name,schema\nX,Company\n", "unknown_table", None),
        (HEADINGS, "empty_list", None),
        (HEADINGS + "NK-1,Company,X", "too_few_columns", 2),
        ("id,name\n,X\n", "missing_value", 2),
        ("id,name\n1,\n", "missing_value", 2),
        ("id,name\n1,X\n2,Y\n1,Z\n", "duplicate", 4),
        ('id,name\n1,"=HYPERLINK(""http://x"")"\n', "formula", 2),
        ("id,name\n1,=cmd|' /C calc'!A0\n", "formula", 2),
        ('id,name\n1,"X\n', "malformed_csv", 2),
        ("id,name\n1," + "x" * 2000 + "\n", "too_long", 2),
        ("id,name\n1," + "x" * 30_000 + "\n", "too_long", 2),
    ],
)
def test_what_is_refused(table: str, code: str, line: int | None) -> None:
    error = refusal(table)
    assert (error.code, error.line) == (code, line)


def test_a_list_cut_off_is_no_shorter_list() -> None:
    """Every cut either loses whole rows visibly, or is refused: no half row becomes a party."""
    data = TARGETS.encode()
    whole = {party.id: party for party in sanctions_list.parse(data)}
    read = 0
    for length in range(len(data)):
        try:
            parties = sanctions_list.parse(data[:length])
        except FormatError:
            continue
        read += 1
        # The last cell is a date nobody reads.
        assert all(whole[party.id] == party for party in parties), length
    assert 0 < read < 60
