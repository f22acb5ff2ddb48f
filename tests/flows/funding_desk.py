"""A seller whose invoices are funded: its partner in memory, and its jobs by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.flows import books
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import connections, credit_lines
from usance.flows.funding import following, notices, programs, sending
from usance.flows.funding.programs import ProgramTerms
from usance.gateways.funding.memory import MemoryPartner
from usance.records.connections.models import Connection
from usance.records.funding.models import Advance, FundingProgram
from usance.records.invoices.models import Invoice


@dataclass
class FundingDesk:
    """One seller's trade, funded. ``at`` is the moment of the desk; it may be moved on."""

    trade: Trade
    connection: Connection
    at: datetime
    partner: MemoryPartner = field(default_factory=MemoryPartner)

    @classmethod
    def of(cls, trade: Trade, **partner: Any) -> FundingDesk:
        made = connections.create_connection(
            trade.seller,
            kind="funding_partner",
            settings={"base_url": "https://partner.example/v1"},
            secrets={"api_key": "key", "webhook_secret": "whsec_c2VjcmV0"},
            **trade.act,
        )
        return cls(trade, made, trade.at, MemoryPartner(on=trade.at.date(), **partner))

    @classmethod
    def with_room(cls, trade: Trade) -> FundingDesk:
        """A desk whose buyer may buy for EUR 100,000.00."""
        credit_lines.set_credit_line(
            trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=10_000_000, **trade.act
        )
        return cls.of(trade)

    def program(self, kind: str = "with_recourse", **terms: Any) -> FundingProgram:
        given = {
            "name": terms.get("name", kind),
            "kind": kind,
            "currency": "EUR",
            "connection_id": None if kind == "own_book" else self.connection.id,
            "rate": 0 if kind == "own_book" else 8000,
            "flat_fee": 0 if kind == "own_book" else 200,
            "recourse_days": 60,
        } | terms
        return programs.create_program(
            self.trade.seller, terms=ProgramTerms(**given), at=self.at, by="test"
        )

    def work(self) -> None:
        """What the jobs do until there is nothing more to do."""
        for _ in range(20):
            wait_for_events(self.trade.seller.id)
            done = following.follow_events(seller_id=self.trade.seller.id, at=self.at)
            mine = [
                (seller_id, id_)
                for seller_id, id_ in sending.due(at=self.at)
                if seller_id == self.trade.seller.id
            ]
            for seller_id, id_ in mine:
                sending.attend(
                    seller_id=seller_id, instruction_id=id_, at=self.at, chance=0.0,
                    partner=self.partner,
                )  # fmt: skip
            for seller_id, id_ in notices.due(at=self.at):
                if seller_id == self.trade.seller.id:
                    notices.work_on(
                        seller_id=seller_id, event_id=id_, at=self.at, chance=0.0,
                        partner=self.partner,
                    )  # fmt: skip
                    done += 1
            if not done and not mine:
                return

    def later(self, days: int) -> None:
        """Days pass."""
        self.at += timedelta(days=days)
        self.partner.on = self.at.date()
        self.trade = replace(self.trade, at=self.at)

    def invoice(self, amount: int = 1_000_000) -> Invoice:
        """An invoice that has shipped, offered to the programmes."""
        made = self.trade.invoice(amount)
        self.work()
        return made

    def funded(self, amount: int = 1_000_000) -> tuple[Invoice, Advance]:
        """An invoice whose advance is paid out."""
        invoice = self.invoice(amount)
        self.pay_out(self.advance(invoice))
        return invoice, self.advance(invoice)

    def advance(self, invoice: Invoice) -> Advance:
        """The latest advance of an invoice, as stored."""
        found = Advance.objects.filter(seller_id=invoice.seller_id, invoice_id=invoice.id)
        return found.order_by("-id")[0]

    def pay_out(self, advance: Advance) -> None:
        """The partner pays and tells so."""
        self.partner.pay_out(advance.reference)
        self.tell(advance, "advance.paid_out")

    def tell(self, advance: Advance, type_: str, **changed: Any) -> None:
        """The partner does something and tells so."""
        if changed:
            self.partner.change(advance.reference, **changed)
        body, headers = self.partner.notice(advance.reference, type_, at=self.at)
        notices.take_notice(
            seller_id=self.trade.seller.id, connection_id=self.connection.id, body=body,
            headers=headers, at=self.at, partner=self.partner,
        )  # fmt: skip
        self.work()

    def recourse_on(self, day: date) -> None:
        """The desk opens on ``day``, and looks at what the partner waits for no longer."""
        self.later((day - self.at.date()).days)
        following.take_recourse(seller_id=self.trade.seller.id, at=self.at)
        self.work()


def accounts(desk: FundingDesk) -> dict[str, int]:
    """The accounts that funding moves, in cents."""
    kept = books.balances(desk.trade.seller, desk.trade.buyer.id)
    names = ("bank", "fees", "funding", "receivable", "bad_debt", "unapplied_cash")
    return {name: kept[name] for name in names if name in kept}
