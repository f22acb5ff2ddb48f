"""How the demo's latest documents reached their buyers, and what buyers asked about them.

They go through the real flows, to carriers in memory: nothing leaves the machine. What was issued
before counts as sent long ago; what is issued once the demo is served goes out for real.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape

from usance.flows import invoice_questions
from usance.flows.deliveries import queueing, receipts, sending
from usance.flows.deliveries.carriers import Carriers
from usance.gateways.mail import RecipientRefused
from usance.gateways.mail.memory import MemoryMail
from usance.gateways.outcome import Outcome
from usance.gateways.peppol import Participant
from usance.gateways.peppol.memory import MemoryAccessPoint
from usance.gateways.sdi.memory import MemorySdi
from usance.records.deliveries.models import Delivery
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Buyer, Member, Seller
from usance.worlds.demo_cast import SellerRole
from usance.worlds.demo_invoicing import WANTS, WITHOUT_ADDRESS

DELIVERED_DAYS: Final = 4
"""So many days before the last one the demo shows deliveries of."""
SHOWN: Final = (WITHOUT_ADDRESS, "Lumina Design SRL", "Stadt Seeburg, Gebäudeamt", "Belgolux NV")
"""Buyers of whom there is a delivery in any case: by hand, of the latest invoice, if by no other way."""
FULL: Final = "550 5.2.2 mailbox over quota"
UNKNOWN_NUMBER: Final = (
    "00305",
    "1.4.1.1.2 <IdCodice> non valido: partita IVA del cessionario non presente in anagrafe",
)
"""SdI's control of the buyer's VAT number (FatturaPA, list of controls 2.1)."""
OPENED: Final = 0.4
"""The share of documents that somebody has looked at in the portal."""

Draw = Callable[..., float]


class Post:
    """What carries one seller's documents in the demo."""

    def __init__(self, seller: Seller, role: SellerRole, *, draw: Draw) -> None:
        self._seller, self._role, self._draw = seller, role, draw
        self._mail, self._sdi = MemoryMail(), MemorySdi()
        wanted = [WANTS[buyer.name] for buyer in role.buyers if buyer.name in WANTS]
        self._point = MemoryAccessPoint(
            *(
                Participant(one.endpoint_scheme, one.endpoint)
                for one in wanted
                if "peppol" in one.channels
            )
        )
        self._carriers = Carriers(mail=self._mail, sdi=self._sdi, access_point=self._point)

    def deliver(self, day: date, *, at: datetime) -> None:
        """What was issued on ``day`` reaches its buyers by ``at``, or does not."""
        sent = Delivery.objects.filter(seller_id=self._seller.id).values("subject_id")
        issued = Invoice.objects.filter(seller_id=self._seller.id, issued_on=day)
        for invoice in issued.exclude(id__in=sent).order_by("sequence"):
            self._attend(
                queueing.queue_issued(self._seller, kind="invoice", subject_id=invoice.id, at=at),
                at=at,
            )

    def finish(self, *, at: datetime) -> None:
        """What went wrong, what is shown in any case, and what is asked; then only what is issued
        from now on is sent."""
        by = self._role.staff[2].email
        for name in SHOWN:
            buyer = Buyer.objects.filter(seller_id=self._seller.id, name=name).first()
            if buyer is None or Delivery.objects.filter(buyer_id=buyer.id).exists():
                continue
            latest = Invoice.objects.filter(seller_id=self._seller.id, buyer_id=buyer.id)
            invoice = latest.order_by("-sequence").first()
            if invoice is not None:
                self._attend(
                    queueing.send(
                        self._seller, kind="invoice", subject_id=invoice.id, at=at, by=by
                    ),
                    at=at,
                )
        self._send_again(at=at, by=by)
        for n in (0, 1):
            self._ask(n, at=at)

    def _send_again(self, *, at: datetime, by: str) -> None:
        """Somebody has seen to the mailbox that was full, and sends the document once more."""
        bounced = Delivery.objects.filter(
            seller_id=self._seller.id, channel="email", state="bounced"
        ).order_by("id")
        row = bounced.first()
        if row is not None:
            again = queueing.resend(self._seller, delivery_id=row.id, at=at, by=by)
            self._attend([again], at=at)

    def _attend(self, rows: list[Delivery], *, at: datetime) -> None:
        for row in rows:
            going = Delivery.objects.filter(seller_id=self._seller.id, channel=row.channel)
            if row.channel == "email" and not going.filter(state="bounced").exists():
                self._mail.failing = RecipientRefused(
                    "The mail server of the recipient refuses the message.",
                    counterpart="mail server",
                    detail=FULL,
                )
            self._step(row.id, at=at)
            self._mail.failing = None
            row.refresh_from_db()
            if row.channel == "sdi" and row.state == "sent":
                known = going.filter(state="rejected").exists()
                self._notify(row, () if known else UNKNOWN_NUMBER, at=at)
            elif row.channel == "peppol" and row.due_at is not None:
                self._point.outcomes[row.reference] = Outcome(state="delivered", code="AP")
                self._step(row.id, at=row.due_at)
            elif row.channel == "portal" and self._draw("opened", row.number) < OPENED:
                queueing.opened(
                    self._seller, kind="invoice", subject_id=row.subject_id, at=at, by="portal"
                )

    def _step(self, delivery_id: UUID, *, at: datetime) -> None:
        sending.attend(
            seller_id=self._seller.id,
            delivery_id=delivery_id,
            at=at,
            chance=0,
            carriers=self._carriers,
        )

    def _notify(self, row: Delivery, error: tuple[str, ...], *, at: datetime) -> None:
        """What SdI says about a file, without its signature: delivered, or rejected for an error."""
        root, inner = "RicevutaConsegna", ""
        if error:
            code, words = error
            root = "RicevutaScarto"
            inner = (
                f"<ListaErrori><Errore><Codice>{code}</Codice>"
                f"<Descrizione>{escape(words)}</Descrizione></Errore></ListaErrori>"
            )
        content = (
            f'<ns:{root} xmlns:ns="http://www.fatturapa.gov.it/sdi/messaggi/v1.0" versione="1.0">'
            f"<IdentificativoSdI>{row.id.int % 10**11}</IdentificativoSdI>"
            f"<NomeFile>{row.reference}</NomeFile>"
            f"<DataOraRicezione>{at.isoformat()}</DataOraRicezione>{inner}"
            f"<MessageId>{row.id.int % 10**9}</MessageId></ns:{root}>"
        )
        receipts.take_receipt(self._seller, source="sdi", content=content.encode(), at=at)

    def _ask(self, n: int, *, at: datetime) -> None:
        """Somebody of the seller's first buyer asks and is answered; the second buyer's question is
        open."""
        buyer = self._role.buyers[n]
        member = (
            Member.objects.filter(seller_id=self._seller.id, buyer__name=buyer.name)
            .order_by("id")
            .first()
        )
        rows = Invoice.objects.filter(seller_id=self._seller.id, buyer__name=buyer.name)
        invoice = rows.filter(state="open").order_by("-sequence").first()
        if member is None or invoice is None:
            return
        text, answer = _TALK[n]
        question = invoice_questions.ask(
            self._seller,
            invoice_id=invoice.id,
            line="1",
            text=text,
            at=at - timedelta(hours=2 - n),
            by=member.email,
            member_id=member.id,
        )
        if answer:
            clerk = self._role.staff[2]
            invoice_questions.answer(
                self._seller,
                question_id=question.id,
                text=answer,
                name=clerk.name,
                at=at,
                by=clerk.email,
            )


_TALK: Final = (
    (
        "We counted two pieces fewer than the invoice says. Did the rest leave later?",
        "Yes: two pieces were out of stock and follow on Monday. They are on this invoice because"
        " they left our warehouse on the same day; the carrier held them back.",
    ),
    ("Which of our projects is this for? There is no reference on the delivery note.", ""),
)
