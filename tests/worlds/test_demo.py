"""The demo: made once, through the real flows, with something of everything in it."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import check_password

from tests.worlds.books import books
from usance.flows import billing_runs, onboarding
from usance.flows.deliveries import queueing, sending
from usance.flows.deliveries.carriers import Carriers
from usance.flows.refusals import Duplicate
from usance.records.collections.models import Question
from usance.records.credit.models import CreditLine
from usance.records.deliveries.models import Delivery, KeptDocument
from usance.records.events.models import Event
from usance.records.invoices.models import BillingRun, Invoice, InvoicePart
from usance.records.ledger.invariants import verify
from usance.records.orders.models import Shipment
from usance.records.parties.invoicing_queries import billing_profile, seller_details
from usance.records.parties.models import ApiKey, Buyer, Member, Seller, Staff
from usance.records.payments.models import BankStatement, Payment
from usance.rules.invoicing.identifiers import iban, leitweg_id, vat_number
from usance.worlds import demo
from usance.worlds.demo_cast import SELLERS, SellerRole
from usance.worlds.demo_invoicing import WANTS, WITHOUT_ADDRESS
from usance.worlds.demo_parties import COMPANIES, PLACES

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
SHORT = timedelta(weeks=3)


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def cast() -> list[SellerRole]:
    """The demo's sellers under other handles, since tests share one database."""
    token = secrets.token_hex(6)
    return [dataclasses.replace(role, handle=f"{role.handle}-{token}") for role in SELLERS]


def test_a_demo_is_made_once(db_committed: None) -> None:
    roles = cast()
    seen: list[demo.Progress] = []
    made = demo.run(now=NOW, quarter=SHORT, cast=roles, progress=seen.append)
    assert made.created
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert (seen[-1].done, seen[0].done) == (seen[-1].total, 0)
    kept = [books(summary.seller) for summary in made.sellers]

    again = demo.run(now=NOW + timedelta(days=3), quarter=SHORT, cast=roles)
    assert not again.created
    assert [summary.api_key for summary in again.sellers] == [None, None]
    assert [books(summary.seller) for summary in again.sellers] == kept
    for summary in made.sellers:
        assert verify(seller_id=summary.seller.id) == []
        assert summary.trading.decided["approved"].count > 50


def test_every_number_of_the_demo_has_right_check_digits() -> None:
    for role in SELLERS:
        company = COMPANIES[role.name]
        assert vat_number(company.fields.vat_id, country=role.country) == company.fields.vat_id
        assert iban(role.bank_account) == role.bank_account
        for buyer in role.buyers:
            place = PLACES[buyer.name]
            assert place.line_1
            assert place.city
            if place.vat_id:
                kept = vat_number(place.vat_id, country=buyer.country)
                assert kept is not None, buyer.name
    names = {buyer.name for role in SELLERS for buyer in role.buyers}
    assert set(PLACES) == names
    assert set(WANTS) <= names
    [body] = [one.buyer_reference for one in WANTS.values() if "xrechnung" in one.formats]
    assert leitweg_id(body) == body


def test_nothing_happens_after_now_and_passwords_and_keys_work(db_committed: None) -> None:
    now = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    made = demo.run(now=now, quarter=SHORT, cast=cast())
    for summary in made.sellers:
        events = Event.objects.filter(seller_id=summary.seller.id)
        assert events.filter(created_at__gt=now).count() == 0
        zone = ZoneInfo(summary.seller.time_zone)
        today = now.astimezone(zone).replace(hour=0, minute=0)
        assert events.filter(created_at__gt=today, type="order.authorized").exists()
        assert summary.api_key is not None
        key = ApiKey.objects.get(digest=onboarding.key_digest(summary.api_key))
        assert (key.seller_id, sorted(key.scopes)) == (
            summary.seller.id,
            sorted(onboarding.SCOPES),
        )
        staff = {s.user.email: s.user for s in Staff.objects.filter(seller=summary.seller)}
        members = Member.objects.filter(seller=summary.seller).select_related("user")
        users = staff | {member.email: member.user for member in members if member.user}
        assert len(staff) == 3
        for login in summary.logins:
            assert check_password(login.password, users[login.email].password)
        assert sum(user.has_usable_password() for user in users.values()) == len(summary.logins)


def test_an_interrupted_demo_is_finished_by_the_next_run(db_committed: None) -> None:
    expected = demo.run(now=NOW, quarter=SHORT, cast=cast())
    roles = cast()
    for moment in (0, 1, 7, 3):

        def stop(progress: demo.Progress, moment: int = moment) -> None:
            if progress.done == moment:
                raise Stopped

        with pytest.raises(Stopped):
            demo.run(now=NOW, quarter=SHORT, cast=roles, progress=stop)
    finished = demo.run(now=NOW, quarter=SHORT, cast=roles)
    assert finished.created
    assert all(summary.api_key for summary in finished.sellers)
    for mine, theirs in zip(finished.sellers, expected.sellers, strict=True):
        assert (mine.trading, mine.aging, mine.dso) == (theirs.trading, theirs.aging, theirs.dso)
        assert books(mine.seller) == books(theirs.seller)


def test_a_company_with_the_same_handle_is_left_alone(db_committed: None) -> None:
    roles = cast()
    onboarding.create_seller(
        name="Somebody Else",
        handle=roles[1].handle,
        country="GB",
        currency="GBP",
        time_zone="Europe/London",
        at=NOW,
    )
    with pytest.raises(Duplicate):
        demo.run(now=NOW, quarter=SHORT, cast=roles)
    assert not Seller.objects.filter(handle=roles[0].handle).exists()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_whole_quarter_has_something_of_everything(db_committed: None) -> None:
    made = demo.run(now=NOW, cast=cast())
    for summary in made.sellers:
        seller, trading = summary.seller, summary.trading
        assert Buyer.objects.filter(seller=seller).count() == 30
        assert len(set(Buyer.objects.filter(seller=seller).values_list("country", flat=True))) > 7
        total = sum(tally.count for tally in trading.decided.values())
        assert 600 < total < 900
        assert set(trading.decided) == {"approved", "declined", "review"}
        assert 0.02 < trading.declined.count / total < 0.2
        assert {"overdue", "limit_exceeded", "line_on_hold"} <= set(trading.declined_for)
        assert {"authorized", "invoiced", "partially_invoiced", "canceled", "declined"} <= set(
            trading.orders
        )
        assert trading.voided > 0
        assert trading.credited.count > 10
        assert trading.written_off.count == 1
        assert trading.late.count > 50
        assert trading.unapplied > 0
        assert {"reference", "amount_and_payer", "manual"} <= set(trading.matched_by)
        [aging] = summary.aging
        assert (
            min(
                aging.not_due,
                aging.days_1_30,
                aging.days_31_60,
                aging.days_61_90,
                aging.days_over_90,
            )
            > 0
        )
        names = BankStatement.objects.filter(seller=seller).values_list("file_name", flat=True)
        assert {name.rpartition(".")[2] for name in names} == {"xml", "csv"}
        states = set(CreditLine.objects.filter(seller=seller).values_list("state", flat=True))
        assert states == {"active", "on_hold", "suspended"}
        assert Payment.objects.filter(seller=seller, buyer__isnull=True).exists()
        assert Invoice.objects.filter(seller=seller, state="written_off").count() == 1
        assert verify(seller_id=seller.id) == []
        _billed_as_each_buyer_wants(seller)
        _sent_and_asked_about(seller)
    _quiet_when_served([summary.seller for summary in made.sellers])


def _billed_as_each_buyer_wants(seller: Seller) -> None:
    details = seller_details(seller_id=seller.id)
    assert details.vat_id
    assert details.logo_digest
    assert details.accounts_in(seller.currency)
    runs = BillingRun.objects.filter(seller=seller)
    assert runs.count() > 10
    assert not [run.failures for run in runs if run.failures]
    assert all(run.finished_at for run in runs)
    gathered = Invoice.objects.filter(seller=seller, run__isnull=False, order__isnull=True)
    assert gathered.count() > 10
    wanted = {
        billing_profile(seller_id=seller.id, buyer_id=one.buyer_id).group_by for one in gathered
    }
    assert {"cost_centre", "purchase_order", "ship_to"} <= wanted
    grouped = [line.get("group") for one in gathered for line in one.document["lines"]]
    assert any(grouped)
    # Whatever has shipped is billed once, or waits.
    shipped = Shipment.objects.filter(seller=seller)
    assert shipped.filter(billed=False).exists()
    parts = InvoicePart.objects.filter(seller=seller, shipment__isnull=False)
    billed = [part.shipment_id for part in parts]
    assert len(billed) == len(set(billed)) == shipped.filter(billed=True).count()
    assert (
        billing_runs.preview(seller, cut_off_on=NOW.date() + timedelta(days=40), at=NOW).failures
        == ()
    )


def _sent_and_asked_about(seller: Seller) -> None:
    sent = Delivery.objects.filter(seller=seller)
    by_channel = {
        channel: set(sent.filter(channel=channel).values_list("state", flat=True))
        for channel in ("email", "portal", "sdi", "peppol")
    }
    failed = sent.filter(channel="email", state="failed")
    assert [(one.buyer.name, one.reason) for one in failed] == []
    assert by_channel["email"] == {"sent", "bounced"}
    assert by_channel["portal"] == {"delivered", "opened"}
    bounced = sent.get(state="bounced")
    assert "550 5.2.2 mailbox over quota" in bounced.reason
    assert sent.filter(previous_id=bounced.id, cause="resent", state="sent").exists()
    if seller.country == "IT":
        assert by_channel["sdi"] == {"delivered", "rejected", "failed"}
        assert sent.get(state="rejected").reason_code == "NS 00305"
        failed = sent.filter(state="failed")
        assert {one.buyer.name for one in failed} == {WITHOUT_ADDRESS}
        assert by_channel["peppol"] == {"delivered"}
        kept = set(KeptDocument.objects.filter(seller=seller).values_list("format", flat=True))
        assert {"pdf", "facturx", "fatturapa", "xrechnung", "peppol", "ubl"} <= kept
    states = Question.objects.filter(seller=seller).values_list("state", flat=True)
    assert sorted(states) == ["answered", "open"]


def _quiet_when_served(sellers: list[Seller]) -> None:
    """What the workers do of the demo once it is served: the last day's documents, and no history."""
    for seller in sellers:
        before = set(Delivery.objects.filter(seller=seller).values_list("id", flat=True))
        while queueing.follow_events(seller_id=seller.id, at=NOW):
            pass
        rows = Delivery.objects.filter(seller=seller).exclude(id__in=before)
        subjects = Invoice.objects.filter(id__in=rows.values("subject_id"))
        assert {one.issued_on for one in subjects} <= {NOW.date()}
        for row in rows:
            sending.attend(
                seller_id=seller.id, delivery_id=row.id, at=NOW, chance=0, carriers=Carriers()
            )
        assert not rows.filter(due_at__isnull=False).exists()
        assert set(rows.filter(channel="portal").values_list("state", flat=True)) <= {"delivered"}
        assert set(rows.filter(channel="email").values_list("reason_code", flat=True)) <= {
            "mail_not_configured"
        }
