"""Invoices and money: credit notes, write-offs, payments, allocations, bank files."""

from __future__ import annotations

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, Booking, table
from tests.simulation import model
from tests.simulation.market import AMOUNTS, PERCENT, PICK, Market
from usance.flows import bank_statements, billing, cash_application, repayments, settlement
from usance.flows.refusals import Duplicate
from usance.records.payments.matching_models import Proposal
from usance.records.payments.models import Allocation, Payment
from usance.rules.billing import tax_share


class Settling(Market):
    """What accountants and banks do."""

    @precondition(lambda self: self.books.invoices)
    @rule(n=PICK, percent=PERCENT)
    def credit(self, n: int, percent: int) -> None:
        invoice = self.pick_live(self.books.invoices, n, lambda i: i.state != "void")
        amount = (invoice.amount - invoice.credited) * percent // 100
        left = invoice.amount - invoice.credited
        allowed = 0 < amount <= left - invoice.written_off
        note = self.expect(
            bool(allowed),
            partial(
                billing.credit_invoice,
                self.seller,
                invoice_id=invoice.id,
                amount=amount,
                **self.act,
            ),
        )
        if note:
            if amount > invoice.outstanding:
                self.books.free(invoice, amount - invoice.outstanding)
            tax = tax_share(
                tax_left=invoice.tax - invoice.credited_tax, amount_left=left, amount_now=amount
            )
            assert (note.amount, note.tax_amount) == (amount, tax)
            invoice.credited += amount
            invoice.credited_tax += tax

    @precondition(lambda self: self.books.invoices)
    @rule(n=PICK)
    def write_off(self, n: int) -> None:
        invoice = self.pick_live(self.books.invoices, n, lambda i: i.outstanding)
        flow = partial(billing.write_off_invoice, self.seller, invoice_id=invoice.id, **self.act)
        if self.expect(invoice.outstanding > 0, flow):
            invoice.written_off += invoice.outstanding

    @rule(n=PICK, amount=AMOUNTS, known=st.booleans(), twice=st.booleans())
    def pay(self, n: int, amount: int, known: bool, twice: bool) -> None:
        buyer = list(self.books.lines)[n % 3] if known else None
        act = partial(
            settlement.record_payment,
            self.seller,
            amount=amount,
            currency="EUR",
            received_on=self.at.date(),
            buyer_id=buyer,
            external_id=f"P-{len(self.books.payments)}",
            **self.act,
        )
        made = act()
        self.books.payments[made.id] = model.Payment(made.id, buyer, amount)
        if twice:
            with books.refused(self.seller, Duplicate):
                act()

    @precondition(lambda self: self.books.payments and self.books.invoices)
    @rule(n=PICK, m=PICK, percent=PERCENT)
    def allocate(self, n: int, m: int, percent: int) -> None:
        payment = self.pick_live(self.books.payments, n, lambda p: p.unapplied)
        invoice = self.pick_live(
            self.books.invoices, m, lambda i: i.outstanding and payment.buyer in (None, i.buyer)
        )
        amount = payment.amount * percent // 100
        if invoice.written_off and not invoice.outstanding:
            return  # money for what was given up recovers it, which the model does not play
        most = min(payment.unapplied, invoice.outstanding)
        allowed = payment.buyer in (None, invoice.buyer) and 0 < amount <= most
        made = self.expect(
            allowed,
            partial(
                settlement.allocate,
                self.seller,
                payment_id=payment.id,
                invoice_id=invoice.id,
                amount=amount,
                **self.act,
            ),
        )
        if made:
            self.books.allocate(made.id, payment, invoice, amount)

    @precondition(lambda self: self.books.invoices)
    @rule(n=PICK, percent=st.sampled_from([33, 50, 100, 150]), twice=st.booleans())
    def remit(self, n: int, percent: int, twice: bool) -> None:
        """The plain course of trade: money for an invoice, allocated in part or in two parts."""
        invoice = self.pick_live(self.books.invoices, n, lambda i: i.outstanding)
        amount = invoice.outstanding * percent // 100
        if amount:
            made = settlement.record_payment(
                self.seller,
                amount=amount,
                currency="EUR",
                received_on=self.at.date(),
                buyer_id=invoice.buyer,
                **self.act,
            )
            payment = self.books.payments[made.id] = model.Payment(made.id, invoice.buyer, amount)
            self._allocate(payment, invoice, (min(amount, invoice.outstanding) + 1) // 2)
            rest = min(payment.unapplied, invoice.outstanding)
            if twice and rest:
                self._allocate(payment, invoice, rest)

    def _allocate(self, payment: model.Payment, invoice: model.Invoice, amount: int) -> None:
        made = settlement.allocate(
            self.seller,
            payment_id=payment.id,
            invoice_id=invoice.id,
            amount=amount,
            **self.act,
        )
        self.books.allocate(made.id, payment, invoice, amount)

    @precondition(lambda self: self.books.allocations)
    @rule(n=PICK, percent=st.sampled_from([50, 100]))
    def allocate_more(self, n: int, percent: int) -> None:
        """The same payment pays the same invoice again."""
        before = self.pick(self.books.allocations, n)
        payment = self.books.payments[before.payment]
        invoice = self.books.invoices[before.invoice]
        amount = min(payment.unapplied, invoice.outstanding) * percent // 100
        if amount:
            self._allocate(payment, invoice, amount)

    @precondition(lambda self: self.books.allocations)
    @rule(n=PICK)
    def release(self, n: int) -> None:
        allocation = self.pick_live(self.books.allocations, n, lambda a: a.left)
        act = partial(
            settlement.release_allocation,
            self.seller,
            allocation_id=allocation.id,
            **self.act,
        )
        if self.expect(allocation.left > 0, act):
            self.books.take_back(allocation, allocation.left)

    @precondition(lambda self: self.books.payments)
    @rule(n=PICK, percent=PERCENT)
    def refund(self, n: int, percent: int) -> None:
        payment = self.pick_live(self.books.payments, n, lambda p: p.unapplied)
        amount = payment.amount * percent // 100
        act = partial(
            repayments.refund_payment, self.seller, payment_id=payment.id, amount=amount, **self.act
        )
        if self.expect(0 < amount <= payment.unapplied, act):
            payment.gone += amount

    @precondition(lambda self: self.books.payments)
    @rule(n=PICK, percent=PERCENT, fee=st.sampled_from([0, 0, 350]), twice=st.booleans())
    def return_(self, n: int, percent: int, fee: int, twice: bool) -> None:
        """A bank takes a payment back in part or whole, however long it has paid an invoice."""
        payment = self.pick_live(self.books.payments, n, lambda p: p.amount - p.gone)
        amount = payment.amount * percent // 100
        self.returns += 1
        act = partial(
            repayments.return_payment,
            self.seller,
            payment_id=payment.id,
            amount=amount,
            fee=fee,
            external_id=f"RET-{self.returns}",
            **self.act,
        )
        if self.expect(0 < amount <= payment.amount - payment.gone, act):
            self.books.return_(payment, amount)
            if twice:
                with books.nothing_written(self.seller):
                    act()

    @rule(
        lines=st.lists(st.tuples(PICK, AMOUNTS, st.booleans()), min_size=1, max_size=4),
        overlap=st.booleans(),
    )
    def bank_file(self, lines: list[tuple[int, int, bool]], overlap: bool) -> None:
        """Each line names one invoice, or none; payers are not known by name or account."""
        first = sum(len(bookings) for bookings, _ in self.files)
        fresh = []
        for number, (n, amount, named) in enumerate(lines, first):
            invoice = self.pick(self.books.invoices, n) if named and self.books.invoices else None
            text = f"paid {invoice.number}" if invoice else "thank you"
            fresh.append(Booking(amount, text, reference=f"R{number}", on=self.at.date()))
        known = self.files[-1][0] if overlap and self.files else []
        data = table(*known, *fresh)
        kept, new = bank_statements.take_statement(self.seller, data, account=ACCOUNT, **self.act)
        assert new
        assert (kept.transactions, kept.duplicates) == (len(fresh), len(known))
        settled = cash_application.settle_all(self.seller, **self.act)
        assert settled.lines == len(fresh)
        self.files.append((fresh, data))
        self._follow(fresh)

    def _follow(self, fresh: list[Booking]) -> None:
        """Do in the model what the lines of a file did."""
        numbers = {invoice.number: invoice for invoice in self.books.invoices.values()}
        for booking in fresh:
            stored = Payment.objects.get(
                seller_id=self.seller.id, bank_transaction__bank_reference=booking.reference
            )
            payment = model.Payment(stored.id, None, booking.amount)
            self.books.payments[stored.id] = payment
            invoice = numbers.get(booking.text.split()[-1])
            if invoice and invoice.outstanding:
                mine = {"seller_id": self.seller.id, "payment_id": stored.id}
                booked = list(Allocation.objects.filter(**mine))
                if not booked:  # other numbers are near it; the amount does not say which
                    assert booking.amount != invoice.outstanding
                    assert Proposal.objects.filter(state="open", **mine).exists()
                    continue
                [made] = booked
                amount = min(booking.amount, invoice.outstanding)
                self.books.allocate(made.id, payment, invoice, amount)

    @precondition(lambda self: self.files)
    @rule(n=PICK)
    def same_file_again(self, n: int) -> None:
        _, data = self.files[-1 - n % len(self.files)]
        with books.nothing_written(self.seller):
            _, new = bank_statements.take_statement(self.seller, data, account=ACCOUNT, **self.act)
            assert not new
            assert cash_application.settle_all(self.seller, **self.act).lines == 0
