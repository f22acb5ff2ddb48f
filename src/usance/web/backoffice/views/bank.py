"""Bank files: the list, and what became of each line of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from usance.flows import bank_findings
from usance.records.identity import public_id
from usance.records.payments import queries as payments
from usance.records.payments.bank_queries import claims_of_lines
from usance.records.payments.models import (
    BankClaim,
    BankStatement,
    BankTransaction,
    Payment,
    SetAsideLine,
)
from usance.records.payments.queries import StatementResult
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import (
    Badge,
    Column,
    Figure,
    Identifier,
    Link,
    Noted,
    Row,
    State,
    Table,
)
from usance.web.listing import cut
from usance.web.words.bank import CLAIMS, finding_text, finding_title


@require_safe
@office
def bank_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The bank files that were taken, the newest first."""
    found = payments.bank_statements(seller_id=desk.seller.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="bank",
        heading=_("Bank files"),
        query=ListQuery.of(request, standings=()),
        table=_statement_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("Upload bank files"), reverse("office_bank_upload"))
        if desk.may("money")
        else None,
        empty_icon="bank",
        empty_title=_("No bank files"),
        empty_text=_(
            "Upload the statement of your account. Each line finds the invoice it pays; what cannot"
            " be told stays for a person."
        ),
    )


@require_safe
@office
def bank_statement(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One bank file: what became of its lines."""
    statement = (
        payments.bank_statements(seller_id=desk.seller.id)
        .filter(id=id_in(public, kind="bank_statement"))
        .first()
    )
    if statement is None:
        raise Http404("There is no such bank file.")
    lines = payments.bank_lines(seller_id=desk.seller.id, statement_id=statement.id)
    part = cut(lines, request=request, order=("booked_on", "id"), size=100)
    made = payments.payments_of_lines(
        seller_id=desk.seller.id, line_ids=[line.id for line in part.rows]
    )
    aside = payments.reasons_set_aside(
        seller_id=desk.seller.id, line_ids=[line.id for line in part.rows]
    )
    claims = claims_of_lines(seller_id=desk.seller.id, line_ids=[line.id for line in part.rows])
    result = payments.statement_result(seller_id=desk.seller.id, statement_id=statement.id)
    return page(
        request,
        desk,
        "statement",
        current="bank",
        heading=_name(statement),
        crumbs=[Link(_("Bank files"), reverse("office_bank"))],
        page_facts=[
            Identifier(public_id("bank_statement", statement.id)),
            *([statement.account] if statement.account else []),
            statement.created_at,
        ],
        figures=_figures(statement, result),
        waiting=result.waiting,
        findings=[
            (finding_title(one), finding_text(one))
            for one in (
                *statement.findings,
                *bank_findings.as_json(
                    bank_findings.in_series(seller_id=desk.seller.id, statement_id=statement.id)
                ),
            )
        ],
        lines=_line_table(part.rows, made, aside, claims) if part.rows else None,
        pagination=part.page,
        history=history_of(desk, [statement.id]),
    )


def _name(statement: BankStatement) -> str:
    return statement.file_name or _("Bank file …%(end)s") % {"end": statement.id.hex[-8:]}


def _figures(statement: BankStatement, result: StatementResult) -> list[Figure]:
    payments_href = reverse("office_payments")
    return [
        Figure(
            label=_("Lines"),
            value=result.lines,
            note=_("%(count)s were known already") % {"count": statement.duplicates}
            if statement.duplicates
            else _("all of them new"),
        ),
        Figure(label=_("Matched"), value=result.matched, note=_("paid invoices by themselves")),
        Figure(
            label=_("Unapplied"),
            value=result.unapplied,
            note=_("payer known, invoice not told"),
            tone="caution" if result.unapplied else "neutral",
            href=f"{payments_href}?state=waiting" if result.unapplied else "",
        ),
        Figure(
            label=pgettext("bank lines", "Not recognized"),
            value=result.unidentified,
            note=_("payer unknown"),
            tone="caution" if result.unidentified else "neutral",
            href=f"{payments_href}?state=unidentified" if result.unidentified else "",
        ),
        *(
            [
                Figure(
                    label=_("Recognized"),
                    value=result.claimed,
                    note=_("debits, card payouts and early money that are in the books already"),
                )
            ]
            if result.claimed
            else []
        ),
        Figure(label=_("Money out"), value=result.paid_out, note=_("lines that pay nothing in")),
        *(
            [
                Figure(
                    label=_("Split"),
                    value=result.split,
                    note=_("batches whose payments were named and stand in their place"),
                )
            ]
            if result.split
            else []
        ),
    ]


def _statement_table(rows: Sequence[BankStatement]) -> Table:
    return Table(
        caption=_("Bank files"),
        columns=[
            Column(label=_("File")),
            Column(label=_("Account")),
            Column(label=_("Taken")),
            Column(label=_("Lines"), numeric=True),
            Column(label=_("Known already"), numeric=True),
            Column(label=_("Findings"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(_name(row), links.address("bank_statement", row.id)),
                    row.account or None,
                    row.created_at,
                    row.transactions,
                    row.duplicates,
                    len(row.findings),
                ]
            )
            for row in rows
        ],
    )


def _line_table(
    rows: Sequence[BankTransaction],
    made: Mapping[UUID, Payment],
    aside: Mapping[UUID, SetAsideLine],
    claims: Mapping[UUID, BankClaim],
) -> Table:
    return Table(
        caption=_("Lines of the file"),
        columns=[
            Column(label=_("Counterparty")),
            Column(label=_("Booked")),
            Column(label=_("Text")),
            Column(label=_("Outcome")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    _counterparty(line, made.get(line.id)),
                    line.booked_on,
                    (line.structured_reference or line.text)[:120] or None,
                    _claimed(claims[line.id])
                    if line.id in claims
                    else _outcome(line, made.get(line.id), aside.get(line.id)),
                    Money(line.amount, line.currency),
                ]
            )
            for line in rows
        ],
    )


def _counterparty(line: BankTransaction, payment: Payment | None) -> object:
    name = line.counterparty or line.counterparty_account or _("Line %(n)s") % {"n": line.ordinal}
    return Link(name, links.address("payment", payment.id)) if payment else name


_PAGES: Final = {
    "card_payout": ("office_card_payout", "card_payout"),
    "debit": ("office_debit", "debit"),
    "debit_batch": ("office_debit_file", "debit_file"),
    "funding": ("office_advance", "advance"),
}
"""The page of what a line books, and of which kind of object that is. What came back may be several."""


def _claimed(claim: BankClaim) -> object:
    """A line that books what is in the books already, and where that is."""
    shown: object = str(CLAIMS.get(claim.kind, claim.kind))
    if claim.kind in _PAGES:
        address, kind = _PAGES[claim.kind]
        shown = Link(shown, reverse(address, args=[public_id(kind, claim.subject_id)]))
    return Noted(shown, claim.reference) if claim.reference else shown


def _outcome(line: BankTransaction, payment: Payment | None, aside: SetAsideLine | None) -> object:
    if payment is None and aside is not None:
        return Noted(Badge(label=_("Set aside"), tone="negative", icon="alert"), aside.reason[:120])
    if payment is None:
        return _("Money out") if line.amount <= 0 else _("Waits for the worker")
    state = State("receipt", payment.state)
    return Noted(state, payment.buyer.name if payment.buyer else _("Payer not recognized"))
