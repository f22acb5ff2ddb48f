"""The office's and the portal's pages of statements of account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.web.house import House
from usance.records.collections.models import SentStatement, StatementRule
from usance.records.events.models import OutgoingMail
from usance.records.identity import public_id

SignIn = Callable[[str], Client]
SETTINGS = "/office/settings/statements"


def test_a_schedule_is_set_and_a_statement_sent_and_downloaded(
    sign_in: SignIn, house: House, settings: Any
) -> None:
    client = sign_in("chiara")
    bad = client.post(SETTINGS, {"every": "weekly", "day": "9"})
    assert bad.status_code == 422
    assert "1 (Monday) to 7" in bad.content.decode()
    done = client.post(SETTINGS, {"every": "monthly", "day": "5"}, follow=True).content.decode()
    assert "by this schedule from now on" in done and "No statement was sent yet" in done

    buyer = house.buyers["bianchi"]
    page = f"/office/buyers/{public_id('buyer', buyer.id)}"
    assert f'href="{page}/statements"' in client.get(page).content.decode()
    shown = client.get(f"{page}/statements").content.decode()
    assert "Your own schedule counts" in shown and "Send statement" in shown
    client.post(f"{page}/statements", {"every": "never", "day": "1"})
    rules = StatementRule.objects.filter(seller_id=house.seller.id)
    assert {(row.buyer_id, row.every) for row in rules} == {
        (None, "monthly"), (buyer.id, "never"),
    }  # fmt: skip
    client.post(f"{page}/statements", {"drop": "1"})
    assert not rules.filter(buyer_id=buyer.id).exists()
    form = {"once": "sends-a-statement-once-1"}
    settings.EMAIL_HOST = ""
    refused = client.post(f"{page}/statements/send", form)
    assert refused.status_code == 422 and "No e-mail can be sent" in refused.content.decode()
    settings.EMAIL_HOST = "localhost"
    for _ in range(2):
        said = client.post(f"{page}/statements/send", form, follow=True).content.decode()
    [row] = SentStatement.objects.filter(seller_id=house.seller.id)
    assert row.recipients and row.recipients[0] in said and "On demand" in said
    assert row.recipients[0] in client.get(SETTINGS).content.decode()
    mails = OutgoingMail.objects.filter(seller_id=house.seller.id, kind="statement")
    assert mails.count() == len(row.recipients)
    assert "Chiara" in client.get(SETTINGS).content.decode()
    mails.update(due_at=None, last_error="mail_refused: no such mailbox")
    assert f"Not sent: {row.recipients[0]}" in client.get(SETTINGS).content.decode()

    table = client.get(f"{page}/statement/EUR?format=csv")
    assert table["Content-Type"].startswith("text/csv")
    assert table.content.startswith(b"record,kind,number")
    assert client.get(f"{page}/statement/EUR?format=csv&on=0001-01-01").status_code == 200


def test_who_may_only_read_sends_nothing(sign_in: SignIn, house: House) -> None:
    client = sign_in("vera")
    page = f"/office/buyers/{public_id('buyer', house.buyers['bianchi'].id)}/statements"
    assert "Send statement" not in client.get(page).content.decode()
    assert client.post(SETTINGS, {"every": "weekly", "day": "1"}).status_code == 403
