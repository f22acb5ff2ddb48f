"""A real object of each kind that the API speaks of, made when it is first asked for."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from config.clock import CLOCK
from tests.flows.applying import ITALIAN
from tests.formats.remittances import TABLE
from usance.flows.journal import business_day
from usance.gateways.funding.memory import SECRET
from usance.records.cards.models import CardPage, CardPayout, StoredCard
from usance.records.collections.models import LateCharge
from usance.records.credit.models import Review
from usance.records.debits.models import Answer, DebitFile
from usance.records.dunning.models import (
    DunningClaimFile,
    DunningHandover,
    DunningMessage,
    DunningTask,
)
from usance.records.events.secrets import encrypt
from usance.records.identity import new_id, parse_public_id, public_id
from usance.records.monitoring.models import Alarm

from .conftest import Shop

Ids = Mapping[str, str]

EUR: Final = {"amount": 900, "currency": "EUR"}
WATCH: Final = {"name": "sales", "triggers": ["order.authorized"]}
IBAN: Final = "DE89370400440532013000"
SIGNED: Final = {"name": "Anna Nord", "words": "You may debit our account."}
APPLIES: Final = {
    "name": "Ferramenta Lodi",
    "country": "IT",
    "street": "Via Roma 1",
    "postal_code": "20121",
    "city": "Milano",
    "numbers": {"partita_iva": ITALIAN},
    "contact_name": "Eva",
    "contact_email": "eva@b.example",
    "requested_limit": EUR,
    "consents": ["authority", "checks"],
}
DUNNING: Final = {"name": "Usual", "steps": [{"level": "friendly", "days": -3}]}
PROGRAM: Final = {"name": "Bank", "kind": "with_recourse", "currency": "EUR", "rate": 8000}

_MAKE: Final = "_make_"


def some(amount: int) -> dict[str, Any]:
    """An amount in EUR, in minor units."""
    return {"amount": amount, "currency": "EUR"}


class Everything(Mapping[str, str]):
    """The public ids of one seller's objects by their kind. Asking for one makes what it needs.

    A new kind of object gets a method here: an operation that speaks of a kind without one fails the
    tests that walk through the document.
    """

    KINDS: ClassVar[frozenset[str]]

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._made: dict[str, str] = {}

    def __getitem__(self, kind: str) -> str:
        if kind not in self.KINDS:
            raise KeyError(kind)
        if kind not in self._made:
            self._made[kind] = getattr(self, _MAKE + kind)()
        return self._made[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.KINDS))

    def __len__(self) -> int:
        return len(self.KINDS)

    def __contains__(self, kind: object) -> bool:
        return kind in self.KINDS

    def _post(self, path: str, body: Any = None, *, status: int = 201) -> Any:
        return self._shop.ask("POST", path, body, status=status)

    def _row(self, model: type[Any], kind: str, /, **fields: Any) -> str:
        made = model.objects.create(
            seller_id=self._shop.seller.id, created_at=self._now(), **fields
        )
        return public_id(kind, made.id)

    def _uuid(self, kind: str) -> UUID:
        return parse_public_id(kind, self[kind])

    def _now(self) -> datetime:
        return CLOCK.now()

    def _today(self) -> date:
        return business_day(self._shop.seller, at=self._now())

    def _invoice_of(self, amount: int) -> Any:
        """One more open invoice."""
        order = self._post("/orders", {"buyer": self["buyer"], "amount": some(amount)})
        return self._post(f"/orders/{order['id']}/invoices")

    # The buyer and its credit.

    def _make_buyer(self) -> str:
        made = self._post("/buyers", {"name": "A", "country": "IT"})["id"]
        self._shop.ask("PUT", f"/buyers/{made}/credit-line", {"limit": some(10_000_000)})
        return str(made)

    def _make_member(self) -> str:
        buyer = self["buyer"]
        eva = {"name": "Eva", "email": f"eva-{buyer}@a.example", "role": "approver"}
        return str(self._post(f"/buyers/{buyer}/members", eva)["id"])

    def _make_cost_centre(self) -> str:
        return str(self._post(f"/buyers/{self['buyer']}/cost-centres", {"code": "1"})["id"])

    def _make_group_limit(self) -> str:
        line = {"buyer": self["buyer"], "currency": "EUR"}
        wide = {"name": "House", "limit": some(10_000_000), "lines": [line]}
        return str(self._post("/group-limits", wide)["id"])

    def _make_application(self) -> str:
        return str(self._post("/credit-applications", APPLIES)["id"])

    def _make_review(self) -> str:
        buyer = self._uuid("buyer")
        about = {"kind": "limit", "subject_id": buyer, "buyer_id": buyer, "roles": ["admin"]}
        return self._row(Review, "review", **about)

    def _make_policy(self) -> str:
        return str(self._shop.ask("GET", "/policies")["data"][0]["id"])

    def _make_backtest(self) -> str:
        tried = {"policy": {"terms": ["net_30"]}}
        return str(self._post("/policies/backtest", tried, status=202)["id"])

    def _make_watch(self) -> str:
        return str(self._post("/watches", WATCH)["id"])

    def _make_alarm(self) -> str:
        about = {"watch_id": self._uuid("watch"), "buyer_id": self._uuid("buyer")}
        return self._row(Alarm, "alarm", trigger="order.authorized", **about)

    # Orders, goods and invoices.

    def _make_order(self) -> str:
        made = self._post("/orders", {"buyer": self["buyer"], "amount": EUR})
        self._made["decision"] = made["decision_id"]
        return str(made["id"])

    def _make_decision(self) -> str:
        return self["order"] and self._made["decision"]

    def _make_shipment(self) -> str:
        part = {"amount": some(10)}
        made = self._post(f"/orders/{self['order']}/shipments", part)
        return str(made["shipment"]["id"])

    def _make_attachment(self) -> str:
        file = base64.b64encode(b"a;b\n1;2\n").decode()
        sent = {"content": file, "file_name": "hours.csv"}
        return str(self._post(f"/orders/{self['order']}/attachments", sent)["id"])

    def _make_invoice(self) -> str:
        made = self._post(f"/orders/{self['order']}/invoices", {"amount": some(400)})
        return str(made["id"])

    def _make_credit_note(self) -> str:
        note = {"amount": some(10)}
        return str(self._post(f"/invoices/{self['invoice']}/credit-notes", note)["id"])

    def _make_delivery(self) -> str:
        sent = self._post(f"/invoices/{self['invoice']}/send", {"channel": "download"}, status=202)
        return str(sent["data"][0]["id"])

    def _make_question(self) -> str:
        return str(self._post(f"/invoices/{self['invoice']}/questions", {"text": "Why?"})["id"])

    def _make_billing_run(self) -> str:
        return str(self._post("/billing-runs")["id"])

    def _make_bank_account(self) -> str:
        account = {"currency": "EUR", "iban": "DE02120300000000202051"}
        return str(self._post("/seller/bank-accounts", account)["id"])

    # Money in.

    def _make_payment(self) -> str:
        money = {"amount": some(400), "received_on": "2026-03-02", "buyer": self["buyer"]}
        return str(self._post("/payments", money)["id"])

    def _make_allocation(self) -> str:
        pair = {"payment": self["payment"], "invoice": self["invoice"], "amount": some(5)}
        return str(self._post("/allocations", pair)["id"])

    def _make_bank_statement(self) -> str:
        """It has a line that somebody has to look at: a part of what an invoice is for."""
        number = self._invoice_of(700)["number"]
        table = "Date,Amount,Currency,Counterparty,Description\n"
        line = f"2026-03-20,2.00,EUR,A,{number}\n"
        response = self._shop.send(
            "POST", "/bank-statements", raw=(table + line).encode(), content_type="text/csv"
        )
        assert response.status_code == 201, response.content
        return str(self._shop.ask("GET", "/bank-statements")["data"][0]["id"])

    def _make_bank_transaction(self) -> str:
        assert self["bank_statement"]
        return str(self._shop.ask("GET", "/bank-transactions")["data"][0]["id"])

    def _make_match_proposal(self) -> str:
        assert self["bank_statement"]
        return str(self._shop.ask("GET", "/match-proposals")["data"][0]["id"])

    def _make_remittance(self) -> str:
        sent = self._shop.send("POST", "/remittances", raw=TABLE, content_type="text/csv")
        assert sent.status_code == 201, sent.content
        return str(sent.json()["remittances"][0]["id"])

    def _make_mandate(self) -> str:
        who = {"buyer": self["buyer"], "scheme": "sepa_b2b", "debtor_name": "Nordwind"}
        given = who | {"account": IBAN, "signature": SIGNED}
        return str(self._post("/mandates", given)["id"])

    def _make_debit(self) -> str:
        taken = {"mandate": self["mandate"], "invoices": [self._invoice_of(500)["id"]]}
        return str(self._post("/debits", taken)["id"])

    def _make_debit_file(self) -> str:
        named = {"message_id": "M-1", "file_name": "m-1.xml", "format": "pain.008.001.08"}
        sums = {"number": 999, "currency": "EUR", "amount": 500, "count": 1}
        kept = {"content": encrypt("<Document/>"), "digest": "0" * 64}
        return self._row(DebitFile, "debit_file", **named, **sums, **kept)

    def _make_debit_answer(self) -> str:
        return self._row(Answer, "debit_answer", digest="0" * 64, format="pain.002")

    # Cards and early money, at providers that cannot be reached.

    def _make_connection(self) -> str:
        secrets = {"secret_key": "sk_test_x", "webhook_secret": "whsec_x"}
        stripe = {"kind": "stripe", "secrets": secrets}
        nowhere = {"settings": {"base_url": "https://127.0.0.1:9"}}
        return str(self._post("/connections", stripe | nowhere)["id"])

    def _make_card(self) -> str:
        at = {"buyer_id": self._uuid("buyer"), "connection_id": self._uuid("connection")}
        return self._row(StoredCard, "card", payer="cus_x", token=f"pm_{new_id().hex}", **at)

    def _make_card_page(self) -> str:
        at = {"buyer_id": self._uuid("buyer"), "connection_id": self._uuid("connection")}
        return self._row(CardPage, "card_page", kind="store", **at)

    def _make_card_authorization(self) -> str:
        held = {"card": self["card"], "amount": EUR}
        return str(self._post("/card-authorizations", held)["id"])

    def _make_card_payout(self) -> str:
        of = {"connection_id": self._uuid("connection"), "reference": f"po_{new_id().hex}"}
        part = {"reference": "txn_1", "kind": "charge", "amount": 900, "fee": 30, "dispute": ""}
        part |= {"authorization": "pi_1", "payout": "", "own_amount": None, "own_currency": ""}
        sums = {"currency": "EUR", "amount": 870, "arrives_on": self._today()}
        return self._row(CardPayout, "card_payout", parts=[part], **of, **sums)

    def _make_partner(self) -> str:
        """A connection too, of the kind that funds."""
        given = {"api_key": "k", "webhook_secret": SECRET}
        partner = {"kind": "funding_partner", "secrets": given}
        nowhere = {"settings": {"base_url": "https://127.0.0.1:9"}}
        return str(self._post("/connections", partner | nowhere)["id"])

    def _make_funding_program(self) -> str:
        bank = PROGRAM | {"connection": self["partner"]}
        return str(self._post("/funding-programs", bank)["id"])

    def _make_advance(self) -> str:
        asked = {"program": self["funding_program"]}
        return str(self._post(f"/invoices/{self._invoice_of(600)['id']}/advance", asked)["id"])

    # What is owed and late.

    def _make_pay_link(self) -> str:
        return str(self._post("/pay-links", {"buyer": self["buyer"]})["id"])

    def _make_promise(self) -> str:
        parts = [{"due_on": self._today().isoformat(), "amount": some(800)}]
        made = {"buyer": self["buyer"], "invoices": [self._invoice_of(800)["id"]], "parts": parts}
        return str(self._post("/promises", made)["id"])

    def _make_dispute(self) -> str:
        said = {"reason_code": "price", "amount": some(20)}
        return str(self._post(f"/invoices/{self['invoice']}/dispute", said)["id"])

    def _make_dispute_file(self) -> str:
        file = base64.b64encode(b"a;b\n1;2\n").decode()
        sent = {"content": file, "file_name": "counted.csv", "name": "Carla"}
        return str(self._post(f"/disputes/{self['dispute']}/files", sent)["files"][-1]["id"])

    def _make_write_off_request(self) -> str:
        self._shop.ask("PUT", "/matching-rules", {"second_person_from": 1})
        invoice = self._invoice_of(300)["id"]
        return str(self._post(f"/invoices/{invoice}/write-off-requests")["id"])

    def _make_late_charge(self) -> str:
        days = {"since_on": self._today() - timedelta(days=9), "until_on": self._today()}
        sums = {"interest": 10, "waived": 10, "amount": 0, "currency": "EUR", "law": "EU"}
        owed = {"buyer_id": self._uuid("buyer"), "invoice_id": self._uuid("invoice")}
        return self._row(LateCharge, "late_charge", author="test", **days, **sums, **owed)

    def _make_dunning_policy(self) -> str:
        made = self._post("/dunning/policies", DUNNING)["id"]
        self._post(f"/dunning/policies/{made}/preview", {"days": 5}, status=200)
        self._post(f"/dunning/policies/{made}/switch-on", status=200)
        return str(made)

    def _make_dunning_run(self) -> str:
        assert self["dunning_policy"]
        return str(self._post("/dunning/runs")["id"])

    def _make_dunning_case(self) -> str:
        account = {"buyer": self["buyer"], "currency": "EUR"}
        return str(self._post("/dunning/cases", account)["id"])

    def _make_dunning_message(self) -> str:
        of = {"case_id": self._uuid("dunning_case"), "policy_id": self._uuid("dunning_policy")}
        said = {"level": "friendly", "channels": ["email"], "currency": "EUR", "amount": 400}
        when = {"on": self._today(), "send_at": self._now() + timedelta(days=1)}
        buyer = self._uuid("buyer")
        return self._row(DunningMessage, "dunning_message", buyer_id=buyer, **of, **said, **when)

    def _make_dunning_task(self) -> str:
        of = {"case_id": self._uuid("dunning_case"), "buyer_id": self._uuid("buyer")}
        return self._row(DunningTask, "dunning_task", kind="call", due_on=self._today(), **of)

    def _make_dunning_handover(self) -> str:
        of = {"case_id": self._uuid("dunning_case"), "buyer_id": self._uuid("buyer")}
        said = {"agency": "Inkasso", "currency": "EUR", "amount": 400, "author": "test"}
        made = self._row(DunningHandover, "dunning_handover", on=self._today(), **of, **said)
        DunningClaimFile.objects.create(
            seller_id=self._shop.seller.id,
            created_at=self._now(),
            handover_id=parse_public_id("dunning_handover", made),
            file_name="claims.zip",
            size=1,
            digest=b"1",
            content=b"1",
        )
        return made

    # Programs that listen.

    def _make_webhook_endpoint(self) -> str:
        return str(self._post("/webhook-endpoints", {"url": "https://shop.example/hook"})["id"])

    def _make_event(self) -> str:
        assert self["buyer"]
        return str(self._shop.ask("GET", "/events")["data"][0]["id"])


Everything.KINDS = frozenset(
    name.removeprefix(_MAKE) for name in vars(Everything) if name.startswith(_MAKE)
)
