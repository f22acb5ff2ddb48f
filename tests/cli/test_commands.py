"""The command line as a person and a program use it: answers, errors, exit codes."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.child_processes import environment, usance
from tests.conftest import Account
from usance.flows import fulfilment, onboarding
from usance.flows.checkout import Authorization, OrderRequest, authorize_orders
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import ApiKey, Seller, Staff

COMMANDS = [
    ("up",),
    ("migrate",),
    ("demo",),
    ("replay",),
    ("simulate",),
    ("backtest",),
    ("verify",),
    ("import", "statement"),
    ("import", "remittance"),
    ("import", "buyers"),
    ("import", "open-items"),
    ("import", "exchange-rates"),
    ("import", "reference-rates"),
    ("import", "bureau-scores"),
    ("import", "sanctions-list"),
    ("import", "insolvency-notices"),
    ("export", "buyers"),
    ("export", "invoices"),
    ("export", "open-items"),
    ("report", "aging"),
    ("report", "dso"),
    ("report", "cash-forecast"),
    ("report", "exposure"),
    ("create-seller",),
    ("create-key",),
    ("revoke-key",),
    ("remove-user",),
    ("create-user",),
    ("openapi",),
    ("bill",),
    ("validate",),
    ("import", "bounces"),
    ("import", "sdi-notifications"),
    ("import", "debit-returns"),
    ("import", "gst-registrations"),
    ("import", "validation-rules"),
]


@pytest.fixture
def invoice(account: Account, at: datetime) -> Invoice:
    """EUR 1,234.56, owed."""
    (made,) = authorize_orders(
        [OrderRequest(account.seller, 123456, "EUR", buyer_id=account.buyer.id)], at=at
    )
    assert isinstance(made, Authorization)
    return fulfilment.invoice_order(account.seller, order_id=made.order_id, at=at, by="test")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(command: tuple[str, ...]) -> None:
    """In process: the text alone matters, and there are many."""
    from typer.testing import CliRunner

    from usance.cli.entry import app

    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert f"Example: usance {' '.join(command)}" in " ".join(result.output.split())


def test_every_command_is_in_the_list() -> None:
    import typer.main

    from usance.cli.entry import app

    found = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {(name, one) for one in inner} if inner else {(name,)}
    assert found == set(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("verify", "--nonsense"),
        ("report", "aging", "--on", "yesterday"),
        ("import", "statement", "/nowhere/file.xml"),
        ("create-seller", "Acme"),
        ("up", "--web-only", "--worker-only"),
        ("up", "--port", "0"),
    ],
    ids=" ".join,
)
def test_misuse_exits_with_2_and_says_so_on_stderr(arguments: tuple[str, ...]) -> None:
    done = usance(*arguments, env=dict(environment()))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage" in done.stderr


def test_a_refusal_exits_with_1_without_a_traceback(seller: Seller) -> None:
    done = usance(
        *("create-seller", "Twice", "--handle", seller.handle, "--country", "IT"),
        *("--currency", "EUR", "--time-zone", "Europe/Rome"),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"usance: There is a seller with the handle {seller.handle!r} already.\n"
    assert Seller.objects.filter(handle=seller.handle).count() == 1


def test_an_unknown_seller(seller: Seller) -> None:
    done = usance("report", "exposure", "--seller", "nobody-of-that-name")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no seller 'nobody-of-that-name'" in done.stderr


def test_a_database_that_does_not_answer() -> None:
    done = usance("verify", env={"USANCE_DATABASE_URL": "host=127.0.0.1 port=9 dbname=none"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "check USANCE_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_tables(seller: Seller) -> None:
    env = environment()
    env["USANCE_DATABASE_URL"] = env["USANCE_DATABASE_URL"].replace("dbname=test_", "dbname=")
    env["USANCE_DATABASE_URL"] = _with_database(env["USANCE_DATABASE_URL"], "postgres")
    done = usance("report", "exposure", "--seller", "x", env=env)
    assert done.returncode == 1
    assert "run: usance migrate" in done.stderr


def _with_database(address: str, name: str) -> str:
    from psycopg import conninfo

    return conninfo.make_conninfo(address, dbname=name)


def test_a_seller_a_key_and_a_user(db_committed: None) -> None:
    import secrets

    handle = f"cli-{secrets.token_hex(4)}"
    made = usance(
        *("create-seller", "Command S.p.A.", "--handle", handle, "--country", "it"),
        *("--currency", "eur", "--time-zone", "Europe/Rome", "--json"),
    )
    assert made.returncode == 0, made.stderr
    seller = Seller.objects.get(handle=handle)
    assert json.loads(made.stdout) == {"id": public_id("seller", seller.id), "handle": handle}
    key = usance("create-key", "--seller", handle, "--scope", "orders:write", "--json")
    document = json.loads(key.stdout)
    kept = ApiKey.objects.get(seller_id=seller.id)
    assert bytes(kept.digest) == onboarding.key_digest(document["key"])
    assert (kept.scopes, document["scopes"]) == (["orders:write"], ["orders:write"])
    email = f"eva@{handle}.example"
    env = environment(USANCE_PASSWORD="correct horse battery")
    user = usance("create-user", email, "--seller", handle, "--role", "admin", env=env)
    assert user.returncode == 0, user.stderr
    staff = Staff.objects.select_related("user").get(seller_id=seller.id)
    assert staff.role == "admin" and staff.user.check_password("correct horse battery")
    weak = usance(
        "create-user", "b@x.example", "--seller", handle, env=environment(USANCE_PASSWORD="1")
    )
    assert weak.returncode == 1 and "too short" in weak.stderr
    assert Staff.objects.filter(seller_id=seller.id).count() == 1


def test_reports_for_people_spreadsheets_and_programs(invoice: Invoice, account: Account) -> None:
    handle = account.seller.handle
    on = invoice.due_on.isoformat()
    asked = ("report", "aging", "--seller", handle, "--on", on)
    (row,) = json.loads(usance(*asked, "--json").stdout)
    assert (row["currency"], row["not_due"], row["total"]) == ("EUR", 123456, 123456)
    (row,) = csv.DictReader(io.StringIO(usance(*asked, "--by-buyer", "--csv").stdout))
    assert (row["buyer"], row["not_due"]) == (account.buyer.name, "1234.56")
    assert "1,234.56" in usance(*asked).stdout
    both = usance(*asked, "--csv", "--json")
    assert both.returncode == 2 and both.stdout == ""
    (row,) = json.loads(usance("report", "dso", "--seller", handle, "--on", on, "--json").stdout)
    assert row["receivable"] == 123456
    (row,) = json.loads(usance(*asked, "--by", "country", "--json").stdout)
    assert (row["label"], row["total"]) == (account.buyer.country, 123456)
    assert usance(*asked, "--by", "weather").returncode == 2
    forecast = ("report", "cash-forecast", "--seller", handle, "--csv")
    rows = list(csv.DictReader(io.StringIO(usance(*forecast).stdout)))
    # It is past due by years on the clock of the command: 13 weeks, the sooner the more.
    assert len(rows) == 13 and 0 < float(rows[0]["expected"]) < 1234.56
    (row,) = json.loads(usance("report", "exposure", "--seller", handle, "--json").stdout)
    assert (row["receivable"], row["limit"]) == (123456, 1_000_000)


def test_exports(invoice: Invoice, account: Account) -> None:
    seller = public_id("seller", account.seller.id)
    (row,) = csv.DictReader(io.StringIO(usance("export", "invoices", "--seller", seller).stdout))
    assert (row["number"], row["amount"], row["state"]) == (invoice.number, "1234.56", "open")
    (row,) = csv.DictReader(io.StringIO(usance("export", "buyers", "--seller", seller).stdout))
    assert row["external_id"] == "C-1001"
    item = json.loads(usance("export", "open-items", "--seller", seller, "--json").stdout)
    assert (item["number"], item["outstanding"]) == (invoice.number, 123456)


def test_a_name_that_a_spreadsheet_would_run_is_made_harmless(seller: Seller, at: datetime) -> None:
    name = '=HYPERLINK("http://x.example")'
    onboarding.create_buyer(seller, name=name, country="DE", at=at, by="test")
    (row,) = csv.DictReader(
        io.StringIO(usance("export", "buyers", "--seller", seller.handle).stdout)
    )
    assert row["name"] == f"'{name}"


def test_exports_go_through_all_pages(
    seller: Seller, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from usance.cli import transfer

    monkeypatch.setattr(transfer, "PAGE", 2)
    names = [f"Buyer {n}" for n in range(5)]
    for name in names:
        onboarding.create_buyer(seller, name=name, country="DE", at=at, by="test")
    assert [row["name"] for row in transfer._buyers(seller)] == names


def test_a_statement_is_taken_once(invoice: Invoice, account: Account, tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text(
        f"Date,Amount,Currency,Description\n2026-03-10,1234.56,EUR,Invoice {invoice.number}\n"
    )
    asked = ("import", "statement", str(file), "--seller", account.seller.handle, "--json")
    first = usance(*asked, "--account", "IT60X0542811101000000123456")
    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    assert (document["new"], document["transactions"]) == (True, 1)
    assert sum(document["settled"]["matched"].values()) == 1
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    again = json.loads(usance(*asked, "--account", "IT60X0542811101000000123456").stdout)
    assert (again["new"], again["settled"]["lines"]) == (False, 0)


def test_a_file_that_is_no_statement(seller: Seller, tmp_path: Path) -> None:
    file = tmp_path / "report.png"
    file.write_bytes(b"\x89PNG nothing")
    done = usance("import", "statement", str(file), "--seller", seller.handle)
    assert done.returncode == 1
    assert "Supported are camt" in done.stderr and "Traceback" not in done.stderr


def test_verify_is_quiet_when_all_is_well_and_exits_with_1_when_not(
    invoice: Invoice, account: Account
) -> None:
    asked = ("verify", "--seller", account.seller.handle, "--json")
    fine = usance(*asked)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert json.loads(fine.stdout) == {"ok": True, "violations": []}
    type(account.line).objects.filter(id=account.line.id).update(receivable=1)
    broken = usance(*asked)
    document = json.loads(broken.stdout)
    assert broken.returncode == 1 and not document["ok"]
    assert document["violations"][0]["seller"] == public_id("seller", account.seller.id)
    assert "[2 " in usance("verify", "--seller", account.seller.handle).stdout


def test_several_statements_are_taken_each_for_itself(seller: Seller, tmp_path: Path) -> None:
    table = "Tag;Wieviel\n{}.03.2026;5,00\n"
    files = []
    for name, text in (
        ("a.csv", table.format(17)),
        ("b.csv", table.format(18)),
        ("c.txt", "hello"),
    ):
        (tmp_path / name).write_text(text)
        files.append(str(tmp_path / name))
    said = ("--column", "booked_on=Tag", "--column", "amount=Wieviel", "--decimal-mark", ",")
    asked = ("import", "statement", *files, "--seller", seller.handle, "--account", "IT1")
    done = usance(*asked, *said, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)["files"]
    assert [(one["file"], one.get("transactions"), one.get("code")) for one in told] == [
        ("a.csv", 1, None),
        ("b.csv", 1, None),
        ("c.txt", None, "unknown_format"),
    ]
    again = usance("import", "statement", files[0], "--seller", seller.handle, "--json")
    assert json.loads(again.stdout)["new"] is False
