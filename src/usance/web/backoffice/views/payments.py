"""Payments: the list, and one payment with what it pays and how the bank wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.parties.models import Buyer
from usance.records.payments import matching_queries
from usance.records.payments import queries as payments
from usance.records.payments.models import BankTransaction, Payment
from usance.records.payments.queries import AllocationLine
from usance.rules.matching.payers import name_key
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.card_payout_acts import IS_PAYOUT
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.found import buyer_at
from usance.web.backoffice.match_rows import ProposalRow, proposal_rows
from usance.web.backoffice.payment_acts import PAYMENT_ACTS, RECORD, TAKE_BACK
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import payment_table
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Noted, Row, State, Table
from usance.web.design.states import look
from usance.web.listing import cut
from usance.web.words.amounts import money_text
from usance.web.words.matching import deduction_text, repayment_text, rule_text
from usance.web.words.terms import method_text

STANDINGS: Final = ("waiting", "unidentified", "allocated", "returned", "refunded")


@require_safe
@office
def payments_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The payments, the newest first."""
    query = ListQuery.of(request, standings=STANDINGS)
    found = payments.find_payments(
        seller_id=desk.seller.id, text=query.text, standing=query.standing
    )
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="payments",
        heading=_("Payments"),
        query=query,
        tabs=query.tabs(STANDINGS, _standing_text, pgettext("payments", "All")),
        search_label=_("Search payments"),
        search_hint=_("Reference, payer or buyer"),
        table=payment_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(RECORD.label, reverse("office_payment_new")) if desk.may("money") else None,
        empty_icon="payment",
        empty_title=_("No payments"),
        empty_text=_("Upload a bank file, or record money that came in another way."),
        empty_link=Link(_("Upload a bank file"), reverse("office_bank_upload")),
    )


def _standing_text(standing: str) -> str:
    if standing == "waiting":
        return _("Waiting to be applied")
    if standing == "unidentified":
        return _("Payer not recognized")
    return str(look(standing, kind="receipt").label)


@require_safe
@office
def payment_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One payment."""
    payment = _payment(desk, public)
    made = payments.allocations_of_payment(seller_id=desk.seller.id, payment_id=payment.id)
    line = payment.bank_transaction
    return page(
        request,
        desk,
        "payment",
        current="payments",
        heading=_("Payment of %(amount)s")
        % {"amount": money_text(payment.amount, payment.currency)},
        crumbs=[Link(_("Payments"), reverse("office_payments"))],
        page_state=State("receipt", payment.state),
        page_facts=[
            Identifier(public),
            links.buyer_link(payment.buyer) if payment.buyer else _("Payer not recognized"),
        ],
        payment=payment,
        offers=offers(
            desk, payment, (*PAYMENT_ACTS, IS_PAYOUT), base=links.address("payment", payment.id)
        ),
        facts=_facts(payment),
        allocations=_allocation_table(desk, payment, made) if made else None,
        match=_match(desk, payment),
        repayments=_repayments(payment),
        bank_facts=_bank_facts(line) if line else None,
        history=history_of(desk, [payment.id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def payment_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a payment."""
    payment = _payment(desk, public)
    crumbs = [Link(_("Payments"), reverse("office_payments")), links.payment_link(payment)]
    acts = (*PAYMENT_ACTS, IS_PAYOUT, TAKE_BACK)
    return perform(request, desk, payment, acts, name=name, current="payments", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def payment_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Record a payment; ``?buyer=`` says whose."""
    crumbs = [Link(_("Payments"), reverse("office_payments"))]
    return perform(
        request,
        desk,
        _buyer(request, desk),
        [RECORD],
        name=RECORD.name,
        current="payments",
        crumbs=crumbs,
    )


def _buyer(request: HttpRequest, desk: Desk) -> Buyer | None:
    asked = request.GET.get("buyer")
    if not asked:
        return None
    return buyer_at(desk, asked)


def _payment(desk: Desk, public: str) -> Payment:
    payment_id = id_in(public, kind="payment")
    payment = payments.payment_with_bank_line(seller_id=desk.seller.id, payment_id=payment_id)
    if payment is None:
        raise Http404("There is no such payment.")
    return payment


def _facts(payment: Payment) -> list[Fact]:
    def money(amount: int) -> Money:
        return Money(amount, payment.currency)

    return [
        Fact(_("Not applied"), money(payment.unapplied)),
        Fact(_("Amount"), money(payment.amount)),
        Fact(_("Allocated"), money(payment.allocated)),
        *([Fact(_("Paid back"), money(payment.refunded))] if payment.refunded else []),
        *([Fact(_("Returned"), money(payment.returned))] if payment.returned else []),
        Fact(_("Received"), payment.received_on),
        Fact(_("Paid by"), method_text(payment.method)),
        Fact(_("Payer"), _payer(payment)),
        Fact(_("Reference"), payment.reference or None),
        Fact(_("Buyer"), links.buyer_link(payment.buyer) if payment.buyer else None),
    ]


def _payer(payment: Payment) -> object:
    """Who paid, and that it is not the buyer: a company of its group, a factor, an agent."""
    if not payment.payer or payment.buyer is None:
        return payment.payer or None
    if name_key(payment.payer) == name_key(payment.buyer.name):
        return payment.payer
    return Noted(payment.payer, _("pays for %(buyer)s") % {"buyer": payment.buyer.name})


@dataclass(frozen=True, slots=True)
class _Matched:
    """How a payment was matched, or what waits for a person."""

    state: State
    row: ProposalRow
    waits: bool


def _match(desk: Desk, payment: Payment) -> _Matched | None:
    """What the matching made of the payment's bank line, in words."""
    kept = matching_queries.proposals(seller_id=desk.seller.id, payment_id=payment.id)
    newest = kept.order_by("-id").first()
    if newest is None:
        return None
    [row] = proposal_rows([newest], seller_id=desk.seller.id)
    return _Matched(State("proposal", newest.state), row, newest.state == "open")


def _repayments(payment: Payment) -> Table | None:
    """What of it is gone again, and why."""
    found = payments.repayments_of(seller_id=payment.seller_id, payment_id=payment.id)
    if not found:
        return None
    return Table(
        caption=_("Gone again"),
        columns=[
            Column(label=_("On")),
            Column(label=_("How")),
            Column(label=_("Reason")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    one.on,
                    repayment_text(one.kind),
                    " ".join(filter(None, (one.reason_code, one.reason))) or None,
                    Money(one.amount, payment.currency),
                ]
            )
            for one in found
        ],
    )


def _bank_facts(line: BankTransaction) -> list[Fact]:
    """The line as the bank wrote it, word for word."""
    statement = line.statement
    return [
        Fact(_("Counterparty"), line.counterparty or None),
        Fact(_("Pays for"), line.ultimate_counterparty or None),
        Fact(_("Its account"), line.counterparty_account or None),
        Fact(_("Text"), line.text or None),
        Fact(_("Structured reference"), line.structured_reference or None),
        Fact(_("End-to-end id"), line.end_to_end_id or None),
        Fact(_("Bank's reference"), line.bank_reference or None),
        Fact(_("Booked"), line.booked_on),
        Fact(_("Value date"), line.value_on),
        Fact(_("Amount"), Money(line.amount, line.currency)),
        Fact(
            _("Bank file"),
            Link(
                statement.file_name or f"…{statement.id.hex[-8:]}",
                links.address("bank_statement", statement.id),
            ),
        ),
    ]


def _allocated(row: AllocationLine) -> object:
    """What an allocation settles, and what of it is given up instead of paid."""
    amount = Money(row.amount, row.currency)
    if row.converted is not None:
        return Noted(amount, money_text(row.converted, row.paid_in))
    if not row.deduction:
        return amount
    given_up = money_text(row.deduction, row.currency)
    return Noted(amount, f"{deduction_text(row.deduction_kind)}: {given_up}")


def _allocation_table(desk: Desk, payment: Payment, rows: list[AllocationLine]) -> Table:
    base = links.address("payment", payment.id)

    def taken(row: AllocationLine) -> object:
        if not row.left:
            return _("Taken back")
        if not desk.may("money"):
            return None
        left = money_text(row.left, row.currency)
        text = _("Take back %(amount)s") % {"amount": left}
        return Link(text, f"{base}/{TAKE_BACK.name}?allocation={row.id}")

    return Table(
        caption=_("Allocations"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("Matched by")),
            Column(label=_("Allocated"), numeric=True),
            Column(label=_("Correction")),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.invoice_number, links.address("invoice", row.invoice_id)),
                    Noted(rule_text(row.rule), row.created_at),
                    _allocated(row),
                    taken(row),
                ]
            )
            for row in rows
        ],
    )
