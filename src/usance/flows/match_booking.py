"""Writing what a reading of a bank line says: its shares become allocations of one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from usance.flows.allocating import Applications, InvoiceState
from usance.records.payments import matching_queries
from usance.records.payments.models import Payment
from usance.rules.matching.model import Proposal, Share


@dataclass(slots=True)
class _Source:
    """Money that pays: ``left`` minor units of it may still be used."""

    payment: Payment
    left: int


class Booking:
    """The invoices and the freed credits that readings settle, locked through their credit lines.

    Whoever moves the money of a buyer holds the lock on its credit line, so what is read here stays
    as it is until the transaction ends.
    """

    def __init__(self, seller_id: UUID) -> None:
        self._seller_id = seller_id
        self.invoices: dict[UUID, InvoiceState] = {}
        self.credits: dict[UUID, Payment] = {}

    def read(self, ids: Collection[UUID]) -> None:
        """Read those of the invoices and credits that were not read yet."""
        new = [id_ for id_ in ids if id_ not in self.invoices and id_ not in self.credits]
        if not new:
            return
        for row in matching_queries.invoice_figures(seller_id=self._seller_id, ids=new):
            self.invoices[row["id"]] = InvoiceState(**row)
        freed = Payment.objects.filter(seller_id=self._seller_id, id__in=new)
        for payment in freed.select_for_update(no_key=True).order_by("id"):
            self.credits[payment.id] = payment

    def fits(self, proposal: Proposal) -> bool:
        """Whether every share still finds what it is to settle."""
        self.read(items_of([proposal]))
        for share in proposal.shares:
            if share.kind == "invoice":
                invoice = self.invoices.get(share.item_id)
                if (
                    invoice is None
                    or invoice.state != "open"
                    or invoice.outstanding < share.settles
                ):
                    return False
            else:
                freed = self.credits.get(share.item_id)
                if freed is None or freed.unapplied < share.amount:
                    return False
        return True

    def book(
        self, applied: Applications, payment: Payment, proposal: Proposal, *, rule: str
    ) -> None:
        """Let ``payment``, and the credits among the shares, pay the invoices among them.

        The caller has asked whether it :meth:`fits`.
        """
        sources = [_Source(payment, payment.unapplied - proposal.unapplied)]
        sources += [
            _Source(self.credits[share.item_id], share.amount)
            for share in proposal.shares
            if share.kind == "credit_note"
        ]
        for share in proposal.shares:
            if share.kind == "invoice":
                self._pay(applied, share, sources, rule=rule)

    def _pay(
        self,
        applied: Applications,
        share: Share,
        sources: list[_Source],
        *,
        rule: str,
    ) -> None:
        invoice = self.invoices[share.item_id]
        deductions = [
            (kind, amount)
            for kind, amount in (
                ("discount", share.discount),
                ("bank_charges", share.charges),
                ("tolerance", share.tolerance),
            )
            if amount
        ]
        left, last = share.amount, None
        for source in sources:
            part = min(left, source.left)
            if part <= 0:
                continue
            kind, deduction = deductions.pop(0) if deductions and part == left else ("", 0)
            applied.add(
                source.payment,
                invoice,
                amount=part + deduction,
                rule=rule,
                reverses=None,
                deduction=deduction,
                deduction_kind=kind,
            )
            source.left -= part
            left, last = left - part, source.payment
        assert not left, "the shares of a reading use the money exactly"
        for kind, deduction in deductions:
            applied.add(
                last or sources[0].payment,
                invoice,
                amount=deduction,
                rule=rule,
                reverses=None,
                deduction=deduction,
                deduction_kind=kind,
            )


def items_of(proposals: Sequence[Proposal]) -> set[UUID]:
    """The ids of all that ``proposals`` settle."""
    return {share.item_id for proposal in proposals for share in proposal.shares}
