"""A migration that a release has brought to its users is never edited: only new ones are added.

A database that has run it would not run it again, and would differ from a new one for ever.
"""

from __future__ import annotations

import hashlib

import pytest

from tests.tidy.source_tree import PACKAGE

RECORDS = PACKAGE / "records"

RELEASED = {
    "0.1.0": {
        "credit 0001_initial": "efc863d2315010ea5217fec6eeccc56a",
        "events 0001_initial": "0f49c94747ea9be01f0cdab37c439dd8",
        "events 0002_webhook_generation": "8ab6b4f817895e861652b981672e1bbf",
        "invoices 0001_initial": "97462ef3d4df5476d84a2cdcbe167dc0",
        "ledger 0001_initial": "f54b0c9b929786dc4ac0b8f7758b37e5",
        "orders 0001_initial": "c76763816f301d0b16bbdc193db1fd92",
        "parties 0001_initial": "8ad9b5e58dc9c20511e19223442c9db3",
        "payments 0001_initial": "8ecee6a2648fd98ad00ce167540b542f",
    },
    "0.2.0": {
        "applications 0001_initial": "4223ce10be8a1caf84f7a8d38887c363",
        "connections 0001_initial": "8327781caf456266e500910a4a81d636",
        "credit 0002_written_policies": "47e6080798d7a2497bc8983c8e7e9ff1",
        "credit 0003_backtests": "b402f1631755b6e4c0c401a100c95022",
        "events 0003_outgoing_mail": "deb030a90c6834aec5cd52cbcb17e4a7",
        "monitoring 0001_initial": "f55e281d716e5e71b6b333c5f0843f6a",
        "orders 0002_buyer_approvals": "16d2a963cb46ad02e2cfe02387f47590",
        "parties 0002_organisation": "2f3e98449d089ebf46bd0e28dd01c0bc",
    },
    "0.3.0": {
        "collections 0001_initial": "36ff94591db3e53823fc5f5d592ba7a6",
        "deliveries 0001_initial": "8a7cde5cb0260da207a37f407a15655c",
        "deliveries 0002_follow_from_now": "ba815f4b61ec94fe4a6eb150141d0dfb",
        "invoices 0002_invoice_parts": "1370bafa7a55531d78477464a21234f2",
        "invoices 0003_parts_of_earlier_invoices": "b9723b840026649d770ef6dad7525416",
        "invoices 0004_invoice_indexes": "a7a1634324d2bda1bb4e1fad37789fd7",
        "orders 0003_shipments": "6d3f20af4f2522064200667da6f4bf40",
        "orders 0004_order_amounts_validated": "5fadb1f2bdb08fa74e986d44b5a6e9c0",
        "parties 0003_invoicing": "2288579ac26c62bfd761a5cdf6626a69",
    },
}
"""Record and name of each migration, by the release that brought it, with the beginning of its
SHA-256. A release adds its own (see ``migrations_of_today`` below)."""

KNOWN = {name: digest for release in RELEASED.values() for name, digest in release.items()}


def migrations_of_today() -> dict[str, str]:
    """Every migration with its checksum, as the table above has them."""
    return {
        f"{path.parts[-3]} {path.stem}": hashlib.sha256(path.read_bytes()).hexdigest()[:32]
        for path in sorted(RECORDS.glob("*/migrations/0*.py"))
    }


def test_the_table_is_complete() -> None:
    assert len(KNOWN) == sum(len(release) for release in RELEASED.values())
    assert {release: len(names) for release, names in RELEASED.items()} == {
        "0.1.0": 8,
        "0.2.0": 8,
        "0.3.0": 9,
    }


@pytest.mark.parametrize("name", KNOWN)
def test_a_released_migration_stays_as_it_was_released(name: str) -> None:
    found = migrations_of_today().get(name)
    assert found == KNOWN[name], (
        f"{name} has been released and must not be {'changed' if found else 'removed'}: databases"
        " that ran it would never learn. Take the file back as it was and put the change into a new"
        " migration of the same record; SQL files are run again with sql_file(...) there."
    )


def test_a_new_migration_comes_after_those_released() -> None:
    """Its number is higher than any that its record has released."""
    highest: dict[str, str] = {}
    for name in KNOWN:
        record, _, stem = name.partition(" ")
        highest[record] = max(highest.get(record, ""), stem[:4])
    wrong = [
        name
        for name in migrations_of_today()
        if name not in KNOWN and name.split()[1][:4] <= highest.get(name.split()[0], "")
    ]
    assert wrong == [], "give the migration the next free number"
