"""An upgraded house goes on trading: run as a process of today's code.

``python -m tests.upgrade.trade_on WORLD.json`` uses the keys, passwords and secrets of before, and
prints what came of it.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.upgrade.api import Api, set_clock, set_up

PAGES = {
    "office": ("/office/", "/office/orders", "/office/invoices", "/office/payments", "/office/bank",
               "/office/buyers", "/office/reports"),
    "portal": ("/account/", "/account/invoices", "/account/orders", "/account/statement"),
}  # fmt: skip


def trade(api: Api, buyer: str) -> dict[str, Any]:
    """Order, ship, be paid."""
    wanted = {"buyer": buyer, "amount": {"amount": 12_200, "currency": "EUR"}, "tax_amount": 2_200}
    order, _ = api.check_out(wanted, once="after the upgrade")
    invoice = api.write("POST", f"/v1/orders/{order['id']}/invoices", {}, once="then shipped")
    payment = api.write(
        "POST",
        "/v1/payments",
        {"amount": invoice["amount"], "received_on": invoice["due_on"], "buyer": buyer},
    )
    api.write("POST", "/v1/allocations", {"payment": payment["id"], "invoice": invoice["id"]})
    return {
        "order": order["state"],
        "number": invoice["number"],
        "due_on": invoice["due_on"],
        "invoice": api.read(f"/v1/invoices/{invoice['id']}")["state"],
    }


def replays(api: Api, seller: dict[str, Any]) -> dict[str, Any]:
    """What was asked before is answered as before; pairs of first answer and answer now."""
    order, first = seller["replays"]["/v1/orders"]
    again, replayed = api.check_out(order, once="replay-1")
    payment, received = seller["replays"]["/v1/payments"]
    return {
        "order": [first, again],
        "replayed": replayed,
        "payment": [received, api.write("POST", "/v1/payments", payment, once="replay-2")],
    }


def visits(email: str, password: str, pages: tuple[str, ...]) -> dict[str, int]:
    """What a person who signs in with the old password sees: the status of each page."""
    from django.test import Client

    browser = Client(SERVER_NAME="localhost")
    browser.post("/accounts/login/", {"login": email, "password": password})
    return {page: browser.get(page).status_code for page in pages}


def status_of(key: str) -> int:
    """What a program with this key is told."""
    from django.test import Client

    headers = {"Authorization": f"Bearer {key}"}
    return Client(SERVER_NAME="localhost").get("/v1/orders", headers=headers).status_code


def unknown_jobs() -> list[str]:
    """The tasks of waiting jobs that no worker would know."""
    from django.db import connection
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        waiting = {row[0] for row in cursor.fetchall()}
    assert waiting, "the fixture has jobs that wait"
    return sorted(waiting - set(app.tasks))


def webhook_secret() -> str:
    """The endpoint's secret, as it signs."""
    from usance.records.events.models import WebhookEndpoint
    from usance.records.events.secrets import decrypt

    return decrypt(WebhookEndpoint.objects.get().secret)


def main() -> None:
    """Trade and tell."""
    world = json.loads(Path(sys.argv[1]).read_text())
    set_up()
    set_clock(datetime.fromisoformat(world["moment"]) + timedelta(days=1))
    seller = world["sellers"]["aurora"]
    api = Api(seller["key"])
    told = {
        "replays": replays(api, seller),
        "trade": trade(api, seller["buyer"]),
        "revoked": status_of(seller["revoked"]),
        "pages": {
            where: visits(seller["people"][where], world["password"], pages)
            for where, pages in PAGES.items()
        },
        "unknown_jobs": unknown_jobs(),
        "webhook_secret": webhook_secret(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
