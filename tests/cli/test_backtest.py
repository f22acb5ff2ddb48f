"""``usance backtest``, as a person and a program call it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.child_processes import environment, usance
from tests.conftest import Account

POLICIES = Path(__file__).parents[2] / "docs" / "policies"
ORDERS = """\
order_id,buyer,date,amount,due,settled,limit
A-1,C7,2026-01-05,100.00,2026-02-04,2026-02-01,1000
A-2,C7,2026-01-06,2000.00,2026-02-05,2026-04-01,5000
A-3,@C8,2026-01-07,50.00,2026-02-06,,1000
"""
STRICT = """\
[[rules]]
kind = "hold"
name = "large_or_new"
when = "order.amount > 1000 || order.amount < 60"
"""


def rows_of(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.read_text().splitlines()))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "strict.toml").write_text(STRICT)
    (tmp_path / "strict.json").write_text(
        '{"rules": [{"kind": "hold", "name": "large", "when": "order.amount > 1000"}]}'
    )
    return tmp_path


def test_a_person_sees_both_policies_beside_each_other(files: Path) -> None:
    done = usance("backtest", str(files / "strict.toml"), str(files / "orders.csv"))
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    for words in (
        "strict.toml on orders.csv: 3 orders",
        "losses avoided",
        "large_or_new",
        "approved > declined",
        "What this rests on:",
        "Orders that went to a person count as approved",
    ):
        assert words in text, done.stdout


def test_a_program_gets_every_figure(files: Path) -> None:
    done = usance(
        "backtest", str(files / "strict.toml"), str(files / "orders.csv"),
        "--against", str(files / "strict.json"), "--json",
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    assert (answer["kind"], answer["currency"], answer["orders"]) == ("orders", "EUR", 3)
    assert answer["live"]["approved"] == {"count": 2, "amount": 150_00}
    assert answer["draft"]["approved"] == {"count": 1, "amount": 100_00}
    assert answer["difference"]["losses_avoided"] == {"count": 1, "amount": 50_00}
    [change] = answer["changes"]
    assert (change["order"], change["rules"], change["effect"]) == (
        "A-3", ["large_or_new"], "loss_avoided",
    )  # fmt: skip


def test_every_order_that_changes_is_in_the_table(files: Path) -> None:
    table = files / "changes.csv"
    done = usance(
        "backtest", str(files / "strict.toml"), str(files / "orders.csv"), "--csv", str(table)
    )
    assert done.returncode == 0, done.stderr
    rows = rows_of(table)
    assert [row["order"] for row in rows] == ["A-2", "A-3"]
    assert rows[0]["paid_late_or_never"] == "2000.00"
    assert rows[1]["buyer"] == "'@C8"  # no spreadsheet runs it


def test_reviews_count_as_asked(files: Path) -> None:
    (files / "ask.toml").write_text(STRICT + 'then = "review"\n')
    counts = {}
    for said in ("approve", "decline"):
        done = usance(
            "backtest", str(files / "ask.toml"), str(files / "orders.csv"), "--reviews", said,
            "--json",
        )  # fmt: skip
        counts[said] = json.loads(done.stdout)["draft"]["passed"]["count"]
    assert counts == {"approve": 3, "decline": 1}


def test_compared_with_the_policy_of_a_seller(files: Path, account: Account) -> None:
    """It declines nothing that 30 days of overdue invoices do not, as a new seller's does."""
    done = usance(
        "backtest", str(files / "strict.toml"), str(files / "orders.csv"),
        "--seller", account.seller.handle, "--json", env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["live"]["approved"]["count"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("{strict}",), 2, "Missing argument 'file'"),
        (("{strict}", "{nowhere}"), 2, "does not exist"),
        (("{strict}", "{orders}", "--against", "{strict}", "--seller", "x"), 2, "not both"),
        (("{strict}", "{orders}", "--reviews", "maybe"), 2, "'maybe' is not one of"),
        (("{strict}", "{orders}", "--rate", "CAD"), 2, "not like CAD=0.74"),
        (("{strict}", "{orders}", "--currency", "XXX"), 2, "--currency"),
        (("{strict}", "{orders}", "--zone", "Nowhere/At"), 2, "--zone"),
        (("{strict}", "{orders}", "--limit-rule", "none"), 2, "first_order_multiple"),
        (("{orders}", "{orders}"), 1, ".json or .toml"),
        (("{broken}", "{orders}"), 1, "broken.toml: line 4, column 9: rule 'large_or_new'"),
        (("{strict}", "{strict}"), 1, "needs the columns of one kind"),
    ],
)
def test_misuse_is_told(files: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    (files / "broken.toml").write_text(STRICT.replace("order.amount >", "order.amuont >"))
    places = {
        "{strict}": "strict.toml", "{orders}": "orders.csv", "{nowhere}": "nowhere.csv",
        "{broken}": "broken.toml",
    }  # fmt: skip
    given = [str(files / places[one]) if one in places else one for one in arguments]
    done = usance("backtest", *given)
    told = " ".join(done.stderr.replace("│", " ").split())
    assert done.returncode == code, told
    assert words in told
    assert "Traceback" not in done.stderr


def test_half_a_year_of_a_wholesalers_orders(shared: Path, tmp_path: Path) -> None:
    table = tmp_path / "changes.csv"
    done = usance(
        "backtest", str(POLICIES / "cautious.toml"),
        str(shared / "data" / "online_retail_lines.csv.gz"),
        "--against", str(POLICIES / "generous.toml"), "--csv", str(table), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["orders"], answer["returns"], answer["drawn"]) == (8589, 1846, 8589)
    changed = answer["difference"]["changed"]["count"]
    assert changed == len(rows_of(table)) > 500
    assert answer["draft"]["most_exposure"] < answer["live"]["most_exposure"]
    assert answer["draft"]["late"]["amount"] < answer["live"]["late"]["amount"]
    assert answer["difference"]["sales_lost"]["count"] > 0


@pytest.mark.parametrize(
    ("name", "orders", "most"),
    [("accounts_receivable_history.csv", 1608, 200), ("sap_open_items.csv", 4547, 4547)],
)
def test_receivables_and_open_items(shared: Path, name: str, orders: int, most: int) -> None:
    done = usance(
        "backtest", str(POLICIES / "cautious.toml"), str(shared / "data" / name),
        "--against", str(POLICIES / "generous.toml"), "--rate", "CAD=0.72", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["orders"], answer["drawn"], answer["unconverted"]) == (orders, 0, 0)
    assert 0 < answer["difference"]["changed"]["count"] <= most
