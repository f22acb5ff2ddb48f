"""A database of each earlier release, brought up to date, and at work again.

README.md beside this file says how a release is kept and what to do when this fails.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo, sql

from tests.child_processes import environment, usance
from tests.upgrade import stored

HERE = Path(__file__).parent
# One process loads and migrates; the tests after it look at the same database.
RELEASES = sorted(path.name.removesuffix(".sql.gz") for path in HERE.glob("*.sql.gz"))

REWRITTEN: dict[str, set[str]] = {}
"""Columns of kept releases that a later migration rewrites or drops on purpose, by table."""


SAID_OTHERWISE: dict[str, tuple[str, ...]] = {
    # What is owed in instalments is listed by instalment, each by its own day.
    "usance-0.3.0": (r"/v1/buyers/[^/]+/statement\?on=2026-05-29",),
}
"""Addresses (patterns) whose answers to a release's world say something else on purpose."""

NEXT_SALE = {
    "usance-0.1.0": ("INV-2026-000010", "2026-06-29"),
    "usance-0.2.0": ("INV-2026-000010", "2026-06-29"),
    "usance-0.3.0": ("INV-2026-000013", "2026-08-28"),
}
"""The number and the due day of what is sold next in each world."""


@dataclass
class Upgraded:
    """A database of ``release`` that has been migrated, and what was there before."""

    release: str
    address: str
    env: dict[str, str]
    columns: stored.Columns
    rows: stored.Rows
    applied: list[int] = field(default_factory=list)

    @property
    def world(self) -> dict[str, Any]:
        return json.loads((HERE / f"{self.release}.world.json").read_text())

    def run(self, program: str) -> Any:
        """What ``tests.upgrade.<program>`` prints in a process of today's code."""
        root = HERE.parents[1]
        done = subprocess.run(
            [sys.executable, "-m", f"tests.upgrade.{program}", f"{HERE / self.release}.world.json"],
            env=self.env | {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)


@pytest.fixture(scope="module", params=RELEASES)
def upgraded(request: pytest.FixtureRequest, migrated: None) -> Iterator[Upgraded]:
    """The release's database, migrated twice by the command."""
    release = request.param
    name = f"upgrade_{os.getpid()}_{secrets.token_hex(3)}"
    ours = environment()["USANCE_DATABASE_URL"]
    address = conninfo.make_conninfo(ours, dbname=name)
    with psycopg.connect(ours, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                stored.load(connection, HERE / f"{release}.sql.gz")
                columns = stored.columns(connection)
                rows = stored.rows(connection, columns)
            kept = json.loads((HERE / f"{release}.world.json").read_text())["environment"]
            env = environment() | kept | {"USANCE_DATABASE_URL": address}
            house = Upgraded(release, address, env, columns, rows)
            for _ in range(2):
                done = usance("migrate", "--json", env=env)
                assert done.returncode == 0, done.stderr[-3000:]
                house.applied.append(json.loads(done.stdout)["applied"])
            yield house
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            server.execute(drop.format(sql.Identifier(name)))


def test_there_is_a_release_to_come_from() -> None:
    assert set(NEXT_SALE) == set(RELEASES)


def test_migrating_again_changes_nothing(upgraded: Upgraded) -> None:
    assert upgraded.applied[1] == 0


def test_every_row_is_still_there(upgraded: Upgraded) -> None:
    """Rows may be added, such as those that list migrations; none is lost or changed."""
    assert sum(rows.total() for rows in upgraded.rows.values()) > 800
    with psycopg.connect(upgraded.address) as connection:
        now = stored.columns(connection)
        meant = {
            table: [name for name in names if name not in REWRITTEN.get(table, ())]
            for table, names in upgraded.columns.items()
        }
        gone = {
            f"{table}.{name}"
            for table, names in meant.items()
            for name in names
            if name not in now.get(table, ())
        }
        assert gone == set(), (
            "a migration takes these away; list them in REWRITTEN if that is meant"
        )
        after = stored.rows(connection, meant)
    before = upgraded.rows if meant == upgraded.columns else _without_rewritten(upgraded, meant)
    lost = {
        table: sorted((rows - after[table]).elements())[:3]
        for table, rows in before.items()
        if rows - after[table]
    }
    assert lost == {}


def _without_rewritten(upgraded: Upgraded, meant: stored.Columns) -> stored.Rows:
    """The release's rows in the columns that later migrations leave alone."""
    scratch = f"{conninfo.conninfo_to_dict(upgraded.address)['dbname']}_before"
    with psycopg.connect(upgraded.address, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(scratch)))
        try:
            address = conninfo.make_conninfo(upgraded.address, dbname=scratch)
            with psycopg.connect(address, autocommit=True) as connection:
                stored.load(connection, HERE / f"{upgraded.release}.sql.gz")
                return stored.rows(connection, meant)
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            server.execute(drop.format(sql.Identifier(scratch)))


def test_the_tables_are_those_of_a_new_installation(upgraded: Upgraded) -> None:
    """What a new installation has, and nothing else: columns, keys, checks, triggers, functions.

    A SQL file that is changed where it stands reaches new installations only; a migration must run
    it again.
    """
    with psycopg.connect(upgraded.address) as connection:
        ours = stored.shape(connection)
    with psycopg.connect(environment()["USANCE_DATABASE_URL"]) as connection:
        new = stored.shape(connection)
    assert len(new) > 500
    assert sorted(new - ours) == []
    assert sorted(ours - new) == []


def test_it_answers_as_before(upgraded: Upgraded) -> None:
    """Every figure of the release's interface: what was said is still said, more may be."""
    told = upgraded.run("answers")
    expected = json.loads((HERE / f"{upgraded.release}.answers.json").read_text())
    places = [(seller, place) for seller in expected for place in expected[seller]]
    assert len(places) > 60
    changed = {
        place: found
        for seller, place in places
        if (found := _changes(expected[seller][place], told[seller].get(place)))
        and not any(re.fullmatch(p, place) for p in SAID_OTHERWISE.get(upgraded.release, ()))
    }
    assert changed == {}


def _changes(before: Any, now: Any, place: str = "") -> list[str]:
    """Where ``now`` does not say what ``before`` says."""
    if isinstance(before, dict) and isinstance(now, dict):
        missing = [f"{place}/{name} is gone" for name in before.keys() - now.keys()]
        shared = [name for name in before if name in now]
        return missing + [c for n in shared for c in _changes(before[n], now[n], f"{place}/{n}")]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [c for n, (b, a) in pairs for c in _changes(b, a, f"{place}/{n}")]
    return [] if before == now else [f"{place}: {before!r} is now {now!r}"]


def test_the_house_goes_on(upgraded: Upgraded) -> None:
    """The books hold, old keys and passwords open, orders ship, the bank file settles."""
    assert _verified(upgraded)
    seller = upgraded.world["sellers"]["aurora"]
    told = upgraded.run("trade_on")
    for first, again in (told["replays"]["order"], told["replays"]["payment"]):
        assert first == again
    assert told["replays"]["replayed"] is True
    assert told["trade"] == {
        "order": "authorized",
        "number": NEXT_SALE[upgraded.release][0],
        "due_on": NEXT_SALE[upgraded.release][1],
        "invoice": "paid",
    }
    assert told["revoked"] == 401
    pages = {page: status for found in told["pages"].values() for page, status in found.items()}
    assert len(pages) > 10
    assert {page: status for page, status in pages.items() if status != 200} == {}
    assert told["unknown_jobs"] == []
    assert told["webhook_secret"] == seller["webhook_secret"]
    assert _settled(upgraded, seller["unsettled"]) == {"new": False, "lines": 1, "matched": 1}
    assert _verified(upgraded)


def _verified(upgraded: Upgraded) -> bool:
    done = usance("verify", "--json", env=upgraded.env)
    assert done.returncode == 0, done.stdout + done.stderr
    return bool(json.loads(done.stdout)["ok"])


def _settled(upgraded: Upgraded, text: str) -> dict[str, Any]:
    """Import the bank file that waited: it is known, and its line finds what it pays."""
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "may.csv"
        file.write_text(text)
        done = usance(
            *("import", "statement", str(file), "--seller", "aurora", "--json"),
            *("--account", "IT60X0542811101000000123456"),
            env=upgraded.env,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    settled = told["settled"]
    return {
        "new": told["new"],
        "lines": settled["lines"],
        "matched": sum(settled["matched"].values()),
    }


def test_what_waited_for_a_person_waits_before_those_who_may_decide(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.address) as connection:
        rows = connection.execute(
            "SELECT o.state = 'pending_review', count(*), count(r.id),"
            " bool_and(r.roles <@ '{credit_manager,admin}' AND r.reasons = d.reasons)"
            " FROM orders_order AS o"
            " JOIN credit_decision AS d ON d.seller_id = o.seller_id AND d.id = o.decision_id"
            " LEFT JOIN credit_review AS r ON r.seller_id = o.seller_id"
            " AND r.subject_id = o.id AND r.state = 'open' GROUP BY 1"
        ).fetchall()
    found = {waited: (orders, reviews, sound) for waited, orders, reviews, sound in rows}
    assert found[True][0] == found[True][1] > 0
    assert found[True][2]
    assert found[False][1] == 0
