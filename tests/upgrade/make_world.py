"""The small, complete world of a release's fixture: run once, as a process of that release.

``python -m tests.upgrade.make_world WORLD.json`` fills the empty, migrated database that
USANCE_DATABASE_URL names, by the release's own interface, and writes to the file what no table
gives away: keys, passwords, requests that were answered, a bank file that is not settled yet.
Amounts are minor units.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.upgrade.api import Api, set_clock, set_up

END = datetime(2026, 5, 29, 15, 0, tzinfo=UTC)
PASSWORD = "fixture horse battery"
ACCOUNT = "IT60X0542811101000000123456"
_RECEIVER = "https://hooks.example/usance"
_made: list[str] = []


def day(month: int, number: int) -> None:
    """Let it be noon of that day of 2026."""
    set_clock(datetime(2026, month, number, 11, 0, tzinfo=UTC))


class House:
    """A seller at work, through its interface. Every write carries a key of its own."""

    def __init__(self, key: str) -> None:
        self.api = Api(key)

    def post(self, address: str, body: Any = None, method: str = "POST") -> Any:
        _made.append(address)
        return self.api.write(method, address, body, once=f"fixture-{len(_made)}")

    def buyer(self, name: str, country: str, number: str, **lines: dict[str, Any]) -> str:
        """A buyer with a line a currency; its id."""
        buyer = self.post("/v1/buyers", {"name": name, "country": country, "external_id": number})
        for currency, line in lines.items():
            limit = {"amount": line["limit"], "currency": currency}
            self.post(
                f"/v1/buyers/{buyer['id']}/credit-line", line | {"limit": limit}, method="PUT"
            )
        return str(buyer["id"])

    def order(
        self, buyer: str, amount: int, expected: str = "authorized", currency: str = "EUR",
        **more: Any,
    ) -> str:  # fmt: skip
        """An order that ends up as ``expected``; its id."""
        _made.append("/v1/orders")
        body = {"buyer": buyer, "amount": {"amount": amount, "currency": currency}} | more
        made, _ = self.api.check_out(body, once=f"fixture-{len(_made)}")
        assert made["state"] == expected, made
        return str(made["id"])

    def invoice(self, order: str, amount: int | None = None, currency: str = "EUR") -> str:
        """What ships of the order; the invoice's id."""
        money = None if amount is None else {"amount": amount, "currency": currency}
        return str(self.post(f"/v1/orders/{order}/invoices", {"amount": money})["id"])

    def sale(self, buyer: str, amount: int, currency: str = "EUR", **more: Any) -> str:
        """An order that ships whole; the invoice's id."""
        return self.invoice(self.order(buyer, amount, currency=currency, **more))

    def payment(self, buyer: str | None, amount: int, currency: str = "EUR", **more: Any) -> str:
        body = {
            "amount": {"amount": amount, "currency": currency},
            "buyer": buyer,
            "received_on": "2026-04-01",
        }
        return str(self.post("/v1/payments", body | more)["id"])

    def allocate(self, payment: str, invoice: str, amount: int | None = None) -> str:
        money = None if amount is None else {"amount": amount, "currency": "EUR"}
        body = {"payment": payment, "invoice": invoice, "amount": money}
        return str(self.post("/v1/allocations", body)["id"])


def open_seller(name: str, handle: str, country: str, currency: str, zone: str) -> tuple[Any, str]:
    """A seller with a policy, and a key that may do everything."""
    from usance.flows import onboarding
    from usance.rules.credit.policy import Policy
    from usance.rules.terms import Terms

    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    policy = Policy(
        overdue_days=30,
        order_ceiling={currency: 2_000_000},
        review_above={currency: 500_000},
        terms=(Terms(30), Terms(60, end_of_month=True), Terms(0)),
    )
    seller = onboarding.create_seller(
        name=name, handle=handle, country=country, currency=currency, time_zone=zone, at=at,
        policy=policy,
    )  # fmt: skip
    _, key = onboarding.create_api_key(seller, name="Shop", scopes=onboarding.SCOPES, at=at)
    return seller, key


def people(seller: Any, buyer: str) -> dict[str, str]:
    """Somebody at every desk; who may sign in, by place."""
    from usance.flows import onboarding
    from usance.records.identity import parse_public_id

    at = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    for email, role, password in (
        ("anna@aurora.example", "admin", PASSWORD),
        ("carla@aurora.example", "credit_manager", None),
        ("aldo@aurora.example", "accountant", None),
        ("vera@aurora.example", "viewer", None),
    ):
        onboarding.add_staff(
            seller, email=email, name=email.partition("@")[0].title(), role=role,
            password=password, at=at,
        )  # fmt: skip
    for email, role, password in (
        ("eva@nordwind.example", "admin", PASSWORD),
        ("paul@nordwind.example", "purchaser", None),
    ):
        onboarding.add_member(
            seller, buyer_id=parse_public_id("buyer", buyer), name=email.partition("@")[0].title(),
            email=email, role=role, password=password, at=at, by="fixture",
        )  # fmt: skip
    _, revoked = onboarding.create_api_key(seller, name="Old", scopes=["orders:read"], at=at)
    onboarding.revoke_api_key(seller, shown=revoked, at=at)
    return {"office": "anna@aurora.example", "portal": "eva@nordwind.example", "revoked": revoked}


def march(house: House, one: str, two: str, three: str) -> dict[str, str]:
    """The first month: everything is ordered and shipped."""
    day(3, 3)
    lines = [
        {"description": "Castings, grey iron", "amount": 73200, "tax_amount": 13200, "quantity": 6},
        {"description": "Freight", "amount": 48800, "tax_amount": 8800},
    ]
    first = house.order(
        one, 122_000, tax_amount=22_000, lines=lines, po_number="PO-4711", external_id="shop-1"
    )
    found = {"full": house.invoice(first)}
    found["partial"] = house.order(one, 244_000, tax_amount=44_000, terms="net_60_eom")
    found["rest"] = house.invoice(found["partial"], 100_000)
    found["francs"] = house.sale(one, 90_000, currency="CHF")
    found["overdue"] = house.sale(two, 150_000, tax_amount=25_000, terms="due_on_receipt")
    found["bad"] = house.sale(two, 80_000)
    found["cash"] = house.sale(three, 61_000, tax_amount=11_000)
    found["void"] = house.sale(three, 36_600, tax_amount=6_600)
    found["refunded"] = house.sale(three, 48_800, tax_amount=8_800)
    day(3, 5)
    house.post(f"/v1/orders/{house.order(one, 70_000)}/cancel")
    house.order(one, 50_000)  # expires in April
    house.order(one, 1_900_000, "declined")
    in_doubt = house.order(three, 600_000, "pending_review")
    house.post(f"/v1/orders/{in_doubt}/decline")
    in_doubt = house.order(three, 500_100, "pending_review")
    house.post(f"/v1/orders/{in_doubt}/confirm")
    less = {"amount": {"amount": 30_000, "currency": "EUR"}}
    house.post(f"/v1/orders/{in_doubt}/adjust", less)
    found["adjusted"] = house.invoice(in_doubt, 20_000)
    house.post(f"/v1/orders/{in_doubt}/void-remaining")
    return found


def april(house: House, found: dict[str, str], one: str, two: str, three: str) -> None:
    """The second month: money comes, some does not."""
    day(4, 2)
    note = {"amount": {"amount": 30_000, "currency": "EUR"}, "reason": "Two castings cracked"}
    house.post(f"/v1/invoices/{found['overdue']}/credit-notes", note)
    house.allocate(house.payment(two, 20_000, method="cheque"), found["bad"])
    house.post(f"/v1/invoices/{found['bad']}/write-off", {"reason": "Insolvent"})
    house.post(f"/v1/invoices/{found['void']}/credit-notes", {"reason": "Never arrived"})
    unknown = house.payment(None, 61_000, method="cash", payer="Bottega")
    house.allocate(unknown, found["cash"])
    house.allocate(house.payment(three, 48_800), found["refunded"])
    house.allocate(house.payment(three, 20_000), found["adjusted"])
    note = {"amount": {"amount": 10_000, "currency": "EUR"}, "reason": "Bonus"}
    house.post(f"/v1/invoices/{found['refunded']}/credit-notes", note)
    francs = house.payment(one, 40_000, currency="CHF", method="card")
    house.allocate(francs, found["francs"])
    taken = house.allocate(house.payment(one, 15_000), found["rest"], 12_000)
    house.post(f"/v1/allocations/{taken}", method="DELETE")
    house.payment(None, 777, payer="Nobody knows")
    hold = {"currency": "EUR", "reason": "Cheque returned"}
    house.post(f"/v1/buyers/{two}/credit-line/hold", hold)
    house.order(two, 1_000, "declined")
    house.post(f"/v1/buyers/{two}/credit-line/release", hold)


def bank_file(*bookings: tuple[str, str, str, str, str]) -> str:
    """A bank's table of bookings: day, amount, text, payer, account."""
    head = "Date;Amount;Description;Counterparty;Counterparty IBAN"
    return "\n".join([head, *(";".join(booking) for booking in bookings)]) + "\n"


def take(seller: Any, text: str, *, name: str, at: datetime, settle: bool) -> None:
    from usance.flows import bank_statements, cash_application

    bank_statements.take_statement(
        seller, text.encode(), at=at, by="fixture", file_name=name, account=ACCOUNT
    )
    if settle:
        cash_application.settle_all(seller, at=at, by="fixture")


def number_of(house: House, invoice: str) -> str:
    return str(house.api.read(f"/v1/invoices/{invoice}")["number"])


def deliver(at: datetime) -> None:
    """The webhook relay at work: one message is taken, one is refused, the rest wait in jobs."""
    from usance.flows import webhook_deliveries
    from usance.gateways.webhooks.sender import Reply
    from usance.jobs import tasks
    from usance.records.events.models import WebhookDelivery

    assert webhook_deliveries.queue_all(at=at, enqueue=tasks.enqueue_deliveries) > 20
    taken, refused = WebhookDelivery.objects.order_by("id")[:2]
    for one, reply in (
        (taken, Reply(status=204)),
        (refused, Reply(status=500, body="database is down")),
    ):
        webhook_deliveries.record_attempt(
            seller_id=one.seller_id, delivery_id=one.id, reply=reply, at=at, chance=0.5
        )


RULES: list[dict[str, Any]] = [
    {"kind": "hold", "name": "huge", "when": "order.amount > 30000", "tell_buyer": True},
    {"kind": "limit", "name": "cap", "amount": "100000"},
    {"kind": "terms", "name": "usual", "offer": ["net_30", "net_60_eom", "due_on_receipt"]},
    {"kind": "price", "name": "long", "terms": "net_60_eom", "percent": "1.5"},
    {
        "kind": "route",
        "name": "large",
        "when": "review.amount > 6000",
        "roles": ["admin"],
        "people": 2,
    },
]
APPLICANT = {
    "name": "Werft Kiel GmbH",
    "country": "DE",
    "street": "Hafenstrasse 7",
    "postal_code": "24103",
    "city": "Kiel",
    "numbers": {"ust_idnr": "DE136695976", "handelsregister": "Kiel HRB 12345"},
    "contact_name": "Jana Petersen",
    "contact_email": "jana@werft-kiel.example",
    "requested_limit": {"amount": 250_000, "currency": "EUR"},
    "consents": ["authority", "checks"],
}
WATCH = {
    "name": "Overdue",
    "triggers": ["nightly"],
    "when": "buyer.days_overdue > 10",
    "actions": [{"do": "notify"}],
}


def credit_desk(house: House, one: str, two: str) -> None:
    """What 0.2.0 brought: a buyer's own rules, shared limits, the ERP's items, written policies,
    reviews by route, applications and a watch."""

    def eur(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": "EUR"}

    people = house.api.read(f"/v1/buyers/{one}/members")["data"]
    paul = next(member["id"] for member in people if member["email"].startswith("paul"))
    limits = {"order_limit": eur(90_000), "period_limit": eur(500_000), "period": "month"}
    house.post(f"/v1/buyers/{one}/members/{paul}", limits, method="PATCH")
    house.post(f"/v1/buyers/{one}/cost-centres", {"code": "MILL", "name": "Rolling mill"})
    steps = {"steps": [{"above": eur(40_000), "role": "admin"}]}
    house.post(f"/v1/buyers/{one}/approval-chain", steps, method="PUT")
    house.post(f"/v1/buyers/{one}", {"group": "industry", "po_unique": True}, method="PATCH")
    house.order(one, 5_000, member=paul, cost_centre="MILL", po_number="PO-4712")
    house.order(one, 60_000, "pending_approval", member=paul, po_number="PO-4713")
    rate = {"source": "CHF", "target": "EUR", "rate": "1.04", "on": "2026-05-01"}
    house.post("/v1/exchange-rates", rate)
    lines = [{"buyer": one, "currency": "CHF", "limit": None}, {"buyer": two, "currency": "EUR"}]
    group = {"name": "Nordwind and friends", "limit": eur(1_200_000), "lines": lines}
    house.post("/v1/group-limits", group)
    open_items = {
        "currency": "EUR",
        "items": [{"number": "ERP-77", "amount": 12_345, "due_on": "2026-04-30"}],
    }
    house.post(f"/v1/buyers/{two}/external-items", open_items, method="PUT")
    policy = {
        "overdue_days": 30,
        "order_ceiling": {"EUR": 2_000_000},
        "review_above": {"EUR": 500_000},
        "terms": ["net_30", "net_60_eom", "due_on_receipt"],
        "over_limit": "review",
        "rules": RULES,
        "note": "Rules in words",
    }
    house.post("/v1/policies", policy)
    house.post("/v1/policies", policy | {"mode": "shadow", "review_above": {"EUR": 100_000}})
    house.post("/v1/credit-applications", APPLICANT)
    house.post("/v1/watches", WATCH)


def invoicing_desk(seller: Any, house: House, one: str, three: str) -> None:
    """What 0.3.0 brought: who the seller is, billing profiles, shipments and a month's invoice, documents
    with their deliveries, a credit note by line, terms with instalments and discounts, a question."""
    from usance.flows import billing_runs
    from usance.records.identity import parse_public_id

    company = {
        "legal_name": "Fonderia Aurora S.r.l.",
        "address": {"line_1": "Via Solferino 11", "city": "Milano", "post_code": "20121"},
        "vat_id": "IT00743110157",
        "contact": {"email": "conti@aurora.example"},
    }
    house.post("/v1/seller", company, method="PUT")
    account = {"currency": "EUR", "iban": ACCOUNT, "external_id": "main"}
    house.post("/v1/seller/bank-accounts", account)
    house.post("/v1/terms-keys", {"keys": {"ZB30": "2/10 net 30"}}, method="PUT")
    profile = {
        "schedule": "daily",
        "address": {"line_1": "Kai 1", "city": "Hamburg", "post_code": "20457"},
        "buyer_reference": "04011000-1234512345-06",
    }
    house.post(f"/v1/buyers/{one}/billing-profile", profile, method="PUT")
    lines = [
        {"description": "Castings, grey iron", "amount": 12_200, "tax_amount": 2_200,
         "quantity": 2, "tax_rate": "22"},
        {"description": "Freight", "amount": 6_100, "tax_amount": 1_100, "tax_rate": "22"},
    ]  # fmt: skip
    terms = {"limit": {"amount": 1_500_000, "currency": "EUR"}, "terms": ["3x30", "d2_10_net_30"]}
    house.post(f"/v1/buyers/{three}/credit-line", terms, method="PUT")
    plain = house.order(three, 18_300, tax_amount=3_300, lines=lines, terms="3x30")
    parts = house.invoice(plain)
    note = {"lines": [{"line": "2", "amount": {"amount": 6_100, "currency": "EUR"}}]}
    house.post(f"/v1/invoices/{parts}/credit-notes", note | {"reason": "Freight was promised free"})
    early = house.order(three, 18_300, tax_amount=3_300, lines=lines, terms="d2_10_net_30")
    shipped = house.post(f"/v1/orders/{early}/shipments", {"external_id": "W-1", "carrier": "DHL"})
    asked = house.post(
        f"/v1/invoices/{shipped['invoice']['id']}/questions",
        {"line": "1", "text": "Grey or white iron?", "external_id": "Q-1"},
    )
    house.post(f"/v1/invoice-questions/{asked['id']}/answers", {"text": "Grey.", "name": "Carla"})
    for number in (1, 2):
        ordered = house.order(one, 18_300, tax_amount=0, po_number=f"PO-48{number}")
        house.post(f"/v1/orders/{ordered}/shipments", {})
    today = shipped["shipment"]["shipped_on"]
    run = house.post("/v1/billing-runs", {"cut_off_on": today, "buyer": one})
    billing_runs.work(
        seller,
        run_id=parse_public_id("billing_run", run["id"]),
        clock=lambda: datetime(2026, 5, 29, 14, tzinfo=UTC),
        by="fixture",
    )
    waiting = house.order(one, 9_000, po_number="PO-490")
    house.post(f"/v1/orders/{waiting}/shipments", {})  # waits for its day


def aurora() -> dict[str, Any]:
    """The seller with three buyers and two currencies."""
    from usance.flows import calendar

    day(3, 2)
    seller, key = open_seller("Fonderia Aurora S.r.l.", "aurora", "IT", "EUR", "Europe/Rome")
    house = House(key)
    endpoint = house.post("/v1/webhook-endpoints", {"url": _RECEIVER})
    one = house.buyer(
        "Nordwind Handels GmbH", "DE", "C-1",
        EUR={"limit": 1_000_000, "tolerance": 50_000, "terms": ["net_30", "net_60_eom"]},
        CHF={"limit": 400_000},
    )  # fmt: skip
    two = house.buyer("Atelier Lyon SARL", "FR", "C-2", EUR={"limit": 300_000})
    three = house.buyer("Bottega Rossi", "IT", "C-3", EUR={"limit": 800_000})
    known = people(seller, one)
    found = march(house, one, two, three)
    first_file = bank_file(
        ("02.04.2026", "1220,00", f"Invoice {number_of(house, found['full'])}",
         "Nordwind Handels GmbH", "DE89370400440532013000"),
        ("03.04.2026", "123,45", "Thank you", "Hans Unbekannt", "DE02120300000000202051"),
        ("03.04.2026", "50,00", "On account", "Nordwind Handels GmbH", "DE89370400440532013000"),
        ("04.04.2026", "-12,50", "Fees", "", ""),
    )  # fmt: skip
    take(seller, first_file, name="april.csv", at=datetime(2026, 4, 7, 7, tzinfo=UTC), settle=True)
    april(house, found, one, two, three)
    house.post(f"/v1/orders/{found['partial']}/renew", {"days": 90})
    expired = calendar.expire_orders(
        seller_id=seller.id, at=datetime(2026, 4, 10, 3, tzinfo=UTC), by="calendar"
    )
    assert expired == 1, expired
    day(5, 28)
    house.order(two, 1_000, "declined")
    house.order(one, 120_000, terms="net_60_eom")
    house.order(three, 510_000, "pending_review")
    waiting = bank_file(
        ("27.05.2026", "1000,00", f"INV {number_of(house, found['rest'])}",
         "Nordwind Handels GmbH", "DE89370400440532013000"),
    )  # fmt: skip
    take(seller, waiting, name="may.csv", at=datetime(2026, 5, 29, 7, tzinfo=UTC), settle=False)
    deliver(datetime(2026, 5, 29, 8, tzinfo=UTC))
    set_clock(datetime(2026, 5, 29, 12, 0, tzinfo=UTC))
    credit_desk(house, one, two)
    house.order(three, 700_000, "pending_review")
    set_clock(datetime(2026, 5, 29, 13, 0, tzinfo=UTC))
    invoicing_desk(seller, house, one, three)
    set_clock(END)
    order = {"buyer": three, "amount": {"amount": 4_400, "currency": "EUR"}, "metadata": {"x": 1}}
    payment = {
        "amount": {"amount": 900, "currency": "EUR"},
        "received_on": "2026-05-29",
        "buyer": three,
    }
    return {
        "key": key,
        "revoked": known.pop("revoked"),
        "people": known,
        "buyer": three,
        "webhook_secret": endpoint["secret"],
        "unsettled": waiting,
        "replays": {
            "/v1/orders": [order, house.api.check_out(order, once="replay-1")[0]],
            "/v1/payments": [payment, house.api.write("POST", "/v1/payments", payment, once="replay-2")],
        },
    }  # fmt: skip


def svea() -> dict[str, Any]:
    """A second seller, whose rows must stay apart."""
    day(3, 2)
    _, key = open_seller("Svea Metall AB", "svea", "SE", "SEK", "Europe/Stockholm")
    house = House(key)
    buyer = house.buyer("Norsk Stål AS", "NO", "K-1", SEK={"limit": 5_000_000})
    day(3, 10)
    house.sale(buyer, 250_000, currency="SEK", tax_amount=50_000)
    house.order(buyer, 40_000, currency="SEK")
    return {"key": key, "buyer": buyer}


def main() -> None:
    """Make the world and tell of it."""
    set_up()
    sellers = {"aurora": aurora(), "svea": svea()}
    set_clock(END)
    told = {
        "moment": END.isoformat(),
        "days": {"now": END.date().isoformat(), "before": date(2026, 4, 1).isoformat()},
        "password": PASSWORD,
        "environment": {
            name: os.environ[name] for name in ("USANCE_SECRET_KEY", "USANCE_ENCRYPTION_KEYS")
        },
        "sellers": sellers,
    }
    Path(sys.argv[1]).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
