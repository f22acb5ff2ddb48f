"""Statements of account by mail: to who owes, once a period, with document and table of that moment."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.flows.test_statements import written
from tests.flows.trading import Trade
from tests.gateways.mailbox import mail_taken
from usance.flows import (
    billing_profiles,
    onboarding,
    outgoing_mails,
    statement_mails,
    statement_rules,
    statements,
)
from usance.flows.document_writers import About
from usance.flows.refusals import NotFound
from usance.flows.statement_letters import Standing, letter_with
from usance.gateways.mail.smtp import SmtpMail
from usance.records.collections.models import PayLink, SentStatement
from usance.records.events.models import Event, OutgoingMail
from usance.records.identity import new_id
from usance.rules.invoicing.profiles import ProfileFields

TO = "ap@nordwind.example"


@pytest.fixture
def owing(trade: Trade, settings: Any) -> Iterator[Trade]:
    """A buyer with an address and two open invoices."""
    settings.EMAIL_HOST = "localhost"
    settings.PUBLIC_URL = "https://pay.brera.example"
    at = trade.at.replace(hour=10)
    trade = replace(trade, at=at)
    onboarding.update_buyer(trade.seller, buyer_id=trade.buyer.id, email=TO, **trade.act)
    trade.invoice(10_000)
    trade.invoice(25_050)
    yield trade


def monthly(trade: Trade, day: int, **of: Any) -> None:
    statement_rules.set_rule(trade.seller, every="monthly", day=day, **trade.act, **of)


def run(trade: Trade, days: int = 0, hours: int = 0) -> bool:
    at = trade.at + timedelta(days=days, hours=hours)
    return statement_mails.send_due(seller_id=trade.seller.id, clock=lambda: at, by="calendar")


def sent(trade: Trade) -> list[SentStatement]:
    return list(SentStatement.objects.filter(seller_id=trade.seller.id).order_by("id"))


def mails(trade: Trade) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(seller_id=trade.seller.id).order_by("id"))


def events(trade: Trade) -> list[str]:
    found = Event.objects.filter(seller_id=trade.seller.id, type__startswith="statement")
    return list(found.order_by("id").values_list("type", flat=True))


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_it_is_sent_once_a_period_with_document_table_and_link(
    owing: Trade, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_mails, "takes_cards", lambda seller: True)
    billing_profiles.set_billing_profile(
        owing.seller,
        buyer_id=owing.buyer.id,
        fields=ProfileFields(email_to=(TO,), email_cc=("cfo@nordwind.example",), language="it"),
        **owing.act,
    )
    monthly(owing, owing.at.day)
    early = owing.at.hour - 4
    assert run(owing, hours=-early) and sent(owing) == []  # the seller's morning has not come
    for hours in (0, 1, 30, 72):
        run(owing, hours=hours)
    [row] = sent(owing)
    assert row.period == f"{owing.at:%Y-%m}"
    assert row.accounts == [{"currency": "EUR", "open": 35_050, "overdue": 0}]
    assert events(owing) == ["statement_schedule.set", "statement.sent"]
    assert row.pay_link == PayLink.objects.get(seller_id=owing.seller.id)
    with mail_taken() as (box, port):
        settings.EMAIL_PORT, settings.EMAIL_HOST = port, "127.0.0.1"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        for mail in mails(owing):
            outgoing_mails.send_mail(
                seller_id=owing.seller.id,
                mail_id=mail.id,
                sender=SmtpMail(),
                at=owing.at,
                chance=0,
            )
    assert [to for _, to, _ in box.taken] == [[TO], ["cfo@nordwind.example"]]
    message = box.taken[0][2]
    body = message.get_body(("plain",))
    assert body is not None and "/pay/" in body.get_content()
    assert message["Content-Language"] == "it"
    files = {one.get_filename(): one for one in message.iter_attachments()}
    stem = f"statement-EUR-{owing.at.date()}"
    assert list(files) == [f"{stem}.pdf", f"{stem}.csv"]
    assert "350,50" in written(files[f"{stem}.pdf"].get_content())
    content = files[f"{stem}.csv"].get_payload(decode=True)
    assert isinstance(content, bytes)
    rows = table(content)
    assert [row["balance"] for row in rows if row["record"] == "closing"] == ["350.50"]
    items = [row["balance"] for row in rows if row["record"] == "open_item"]
    assert sorted(items) == ["100.00", "250.50"]
    assert all(mail.content == "" for mail in mails(owing))
    # The next period has its own.
    run(owing, days=31)
    assert len(sent(owing)) == 2


def test_nothing_goes_to_who_owes_nothing_or_has_it_switched_off(owing: Trade) -> None:
    prompt, other = owing.other_buyer(email="a@x.example"), owing.other_buyer(email="b@x.example")
    prompt.pay(prompt.invoice(5_000))
    other.invoice(7_000)
    monthly(owing, owing.at.day)
    statement_rules.set_rule(
        owing.seller, every="never", day=1, buyer_id=owing.buyer.id, **owing.act
    )
    run(owing)
    assert [row.buyer_id for row in sent(owing)] == [other.buyer.id]
    # Only its own schedule: the seller's is off, the buyer's is on.
    monthly(owing, owing.at.day, buyer_id=owing.buyer.id)
    statement_rules.set_rule(owing.seller, every="never", day=1, **owing.act)
    run(owing, hours=1)
    assert [row.buyer_id for row in sent(owing)] == [other.buyer.id, owing.buyer.id]
    statement_rules.drop_rule(owing.seller, buyer_id=owing.buyer.id, **owing.act)
    assert statement_rules.schedule_for(owing.seller, buyer_id=owing.buyer.id).every == "never"
    with pytest.raises(statement_rules.InvalidStatementRule):
        statement_rules.set_rule(owing.seller, every="weekly", day=9, **owing.act)


def test_one_that_breaks_down_keeps_none_back_and_is_tried_again(
    owing: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = owing.other_buyer(email="b@x.example")
    other.invoice(7_000)
    monthly(owing, owing.at.day)
    whole = statements.typeset

    def broken(statement: Any, *, about: Any, language: str = "") -> bytes:
        if about.buyer_id == owing.buyer.id:
            raise RuntimeError("no ink")
        return whole(statement, about=about, language=language)

    with monkeypatch.context() as patched:
        patched.setattr(statements, "typeset", broken)
        run(owing)
    assert [row.buyer_id for row in sent(owing)] == [other.buyer.id]
    assert len(mails(owing)) == 1
    run(owing, hours=1)
    assert {row.buyer_id for row in sent(owing)} == {other.buyer.id, owing.buyer.id}
    assert len(mails(owing)) == 2


def test_a_person_sends_one_whenever_asked(owing: Trade) -> None:
    ask = {"buyer_id": owing.buyer.id} | owing.act
    for _ in range(2):
        row = statement_mails.send_statement(owing.seller, **ask)
        assert (row.period, row.recipients, row.pay_link) == (None, [TO], None)
    monthly(owing, owing.at.day)
    run(owing)
    assert [row.period is None for row in sent(owing)] == [True, True, False]
    mute = owing.other_buyer()
    with pytest.raises(statement_mails.NoAddress):
        statement_mails.send_statement(owing.seller, **ask | {"buyer_id": mute.buyer.id})
    with pytest.raises(NotFound):
        statement_mails.send_statement(owing.seller, **ask | {"buyer_id": new_id()})
    assert len(sent(owing)) == 3
    # On schedule it is said once that there is no address, and nothing is queued.
    mute.invoice(1_000)
    for hours in (1, 2):
        run(owing, hours=hours)
    assert sent(owing)[-1].recipients == []
    assert events(owing).count("statement.not_sent") == 1


def test_who_has_paid_by_money_that_is_not_assigned_yet_is_not_asked(
    owing: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_mails, "takes_cards", lambda seller: True)
    monthly(owing, owing.at.day)
    owing.payment(35_050)
    run(owing)
    assert sent(owing) == []
    # Whoever owes more sees what was paid, and is not asked to pay all of it again.
    owing.invoice(7_000)
    run(owing, hours=1)
    [row] = sent(owing)
    assert (row.accounts[0]["open"], row.pay_link) == (42_050, None)
    standing = Standing("EUR", 42_050, 0, 35_050)
    letter = letter_with(row, [standing], about=About(owing.seller, owing.buyer.id, at=owing.at))
    assert letter.tables[0].rows == (("EUR", "€420.50", "€0.00", "€350.50"),)


def test_without_a_mail_server_none_is_called_sent(owing: Trade, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    monthly(owing, owing.at.day)
    assert run(owing) and sent(owing) == []
    with pytest.raises(statement_mails.NoMailServer):
        statement_mails.send_statement(owing.seller, buyer_id=owing.buyer.id, **owing.act)
    settings.EMAIL_HOST = "localhost"
    run(owing, days=1)
    assert len(sent(owing)) == 1


def test_the_table_says_the_same_as_the_books(owing: Trade) -> None:
    later = owing.days_later(40)
    later.payment(5_000, reference="=HYPERLINK(1)")
    on = later.at.date()
    rows = table(
        statements.statement_csv(
            owing.seller,
            buyer_id=owing.buyer.id,
            currency="EUR",
            on=on,
            today=on,
            at=later.at,
        )
    )
    assert [row["record"] for row in rows] == [
        "opening", "movement", "closing", "open_item", "open_item",
    ]  # fmt: skip
    assert [row["balance"] for row in rows] == ["350.50", "300.50", "300.50", "100.00", "250.50"]
    assert rows[1]["number"].startswith("'=")
    assert int(rows[3]["days_overdue"]) > 0
    # There is no day before the first; asked for it, the table is of that day alone.
    of: dict[str, Any] = {
        "buyer_id": owing.buyer.id,
        "currency": "EUR",
        "today": on,
        "at": later.at,
    }
    first = table(statements.statement_csv(owing.seller, on=date.min, **of))
    assert [row["date"] for row in first] == ["0001-01-01", "0001-01-01"]
