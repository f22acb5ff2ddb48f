"""The late charges of an invoice as its page shows them: the steps, what is claimed, what was waived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from usance.flows import late_charges
from usance.flows.late_charges import LateCharges
from usance.records.collections import late_charge_queries as queries
from usance.records.collections.models import LateCharge, LateChargeWaiver
from usance.records.invoices.models import Invoice
from usance.rules.interest import LAWS, Accrual
from usance.rules.interest.accrual import EXCHANGE_RATE_MISSING
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import Offer, offers
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.late_charge_acts import CLAIM_ACTS, LATE_ACTS
from usance.web.design.parts import Column, Fact, Link, Noted, Percent, Row, State, Table
from usance.web.words.amounts import day_text
from usance.web.words.late_charges import warning_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePanel:
    """What a page says of the late charges of one invoice, or of one claim."""

    facts: list[Fact]
    steps: Table | None
    claimed: Table | None = None
    waived: Table | None = None
    warnings: list[str] = field(default_factory=list)
    held_from: str = ""
    unknown: str = ""
    offers: list[Offer] = field(default_factory=list)


def late_panel(desk: Desk, invoice: Invoice) -> LatePanel | None:
    """The panel of an invoice; None where it was never late."""
    if invoice.kind == "late_charge":
        return _of_claim(desk, invoice)
    if not _was_late(invoice, on=desk.on):
        return None
    found = late_charges.late_charges_of(desk.seller, invoice, on=desk.on)
    return _of_invoice(desk, found) if found.has_any else None


def _was_late(invoice: Invoice, *, on: date) -> bool:
    """Whether it may have cost anything, by the invoice alone: most pages ask nothing more."""
    if invoice.state == "void":
        return False
    first = min((part["due_on"] for part in invoice.schedule), default=str(invoice.due_on))
    return date.fromisoformat(first) < (invoice.closed_on or on)


def _of_invoice(desk: Desk, found: LateCharges) -> LatePanel:
    invoice, accrual, currency = found.invoice, found.accrual, found.invoice.currency
    owed = found.compensation
    base = f"{links.address('invoice', invoice.id)}/late"
    return LatePanel(
        facts=[
            Fact(_("Law"), LAWS[accrual.law].name),
            Fact(_("Interest not claimed yet"), Money(accrual.interest, currency)),
            *(
                [Fact(_("Compensation"), Noted(Money(owed.amount, currency), owed.clause))]
                if owed.amount
                else []
            ),
            *([Fact(_("Waived"), Money(-found.waived, currency))] if found.waived else []),
            Fact(_("To claim"), Money(found.open_amount, currency)),
        ],
        steps=step_table(found) if accrual.steps else None,
        claimed=claim_table(found.claimed, with_invoice=False) if found.claimed else None,
        waived=_waiver_table(found.waivers) if found.waivers else None,
        warnings=[_warning(code, accrual) for code in accrual.warnings],
        held_from=day_text(found.held_from) if found.held_from else "",
        unknown=str(found.unknown) if found.unknown else "",
        offers=offers(desk, found, LATE_ACTS, base=base),
    )


def _warning(code: str, accrual: Accrual) -> str:
    """A warning for a person; of a rate of exchange that is missing, which one to store."""
    owed = accrual.compensation
    if code != EXCHANGE_RATE_MISSING or owed.rate_on is None:
        return warning_text(code)
    return _(
        "The fixed sum is left out: by this law it is converted at the rate of %(day)s, and that of"
        " %(currencies)s to %(currency)s of that day is not stored."
    ) % {
        "day": day_text(owed.rate_on),
        "currencies": ", ".join(owed.missing),
        "currency": owed.currency,
    }


def _of_claim(desk: Desk, note: Invoice) -> LatePanel | None:
    charge = queries.charge_of_claim(seller_id=desk.seller.id, claim_id=note.id)
    if charge is None:
        return None
    currency = charge.currency
    waived = queries.waivers(seller_id=desk.seller.id, invoice_ids=[charge.invoice_id]).filter(
        charge_id=charge.id
    )
    return LatePanel(
        facts=[
            Fact(_("Claimed for"), links.invoice_link(charge.invoice)),
            Fact(_("Law"), LAWS[charge.law].name if charge.law in LAWS else charge.law),
            Fact(
                _("Days"),
                _("%(start)s to %(end)s")
                % {"start": day_text(charge.since_on), "end": day_text(charge.until_on)},
            ),
            Fact(_("Interest"), Money(charge.interest, currency)),
            Fact(
                _("Compensation"),
                Noted(Money(charge.compensation + charge.costs, currency), charge.clause),
            ),
            *([Fact(_("Waived before"), Money(-charge.waived, currency))] if charge.waived else []),
        ],
        steps=_kept_steps(charge) if charge.steps else None,
        waived=_waiver_table(list(waived)) if waived else None,
        offers=offers(desk, charge, CLAIM_ACTS, base=f"{links.address('invoice', note.id)}/late"),
    )


def _columns() -> list[Column]:
    return [
        Column(label=_("Days of interest")),
        Column(label=_("Days"), numeric=True),
        Column(label=_("Amount overdue"), numeric=True),
        Column(label=_("Rate a year"), numeric=True),
        Column(label=_("Interest"), numeric=True),
        Column(label=_("Clause")),
    ]


def step_table(found: LateCharges) -> Table:
    """The steps of what has accrued."""
    currency = found.invoice.currency
    return Table(
        caption=_("Late interest, step by step"),
        columns=_columns(),
        rows=[
            _step(
                first=step.first,
                last=step.last,
                days=step.days,
                base=Money(step.base, currency),
                rate=step.rate,
                amount=Money(step.amount, currency),
                clause=step.clause,
                day_count=step.day_count,
            )
            for step in found.accrual.steps
        ],
        footer=[_("Sum"), None, None, None, Money(found.accrual.interest, currency), None],
    )


def _kept_steps(charge: LateCharge) -> Table:
    return Table(
        caption=_("Late interest, step by step"),
        columns=_columns(),
        rows=[
            _step(
                first=date.fromisoformat(step["first"]),
                last=date.fromisoformat(step["last"]),
                days=step["days"],
                base=Money(step["base"], charge.currency),
                rate=Decimal(step["rate"]),
                amount=Money(step["amount"], charge.currency),
                clause=step["clause"],
                day_count=step["day_count"],
            )
            for step in charge.steps
        ],
        footer=[_("Sum"), None, None, None, Money(charge.interest, charge.currency), None],
    )


def _step(
    *,
    first: date,
    last: date,
    days: int,
    base: Money,
    rate: Decimal,
    amount: Money,
    clause: str,
    day_count: str,
) -> Row:
    days_text = _("%(start)s to %(end)s") % {"start": day_text(first), "end": day_text(last)}
    cells: list[Any] = [
        days_text,
        days,
        base,
        Percent(rate / 100),
        amount,
        Noted(clause, day_count),
    ]
    return Row(cells=cells)


def claim_table(rows: Sequence[LateCharge], *, with_invoice: bool = True) -> Table:
    """What was claimed, as a table."""
    return Table(
        caption=_("Late charges claimed"),
        columns=[
            Column(label=_("Debit note")),
            Column(label=_("State")),
            *([Column(label=_("Invoice")), Column(label=_("Buyer"))] if with_invoice else []),
            Column(label=_("Until")),
            Column(label=_("Interest"), numeric=True),
            Column(label=_("Claimed"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    links.invoice_link(row.claim) if row.claim else _("Waived"),
                    State("invoice", row.claim.state) if row.claim else None,
                    *(
                        [links.invoice_link(row.invoice), links.buyer_link(row.buyer)]
                        if with_invoice
                        else []
                    ),
                    row.until_on,
                    Money(row.interest, row.currency),
                    Money(row.amount, row.currency),
                ]
            )
            for row in rows
        ],
    )


def _waiver_table(rows: Sequence[LateChargeWaiver]) -> Table:
    return Table(
        caption=_("Late charges waived"),
        columns=[
            Column(label=_("Waived on")),
            Column(label=_("Why")),
            Column(label=_("By")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(cells=[row.waived_on, row.reason, row.author, Money(row.amount, row.currency)])
            for row in rows
        ],
    )


def accrued_table(rows: Sequence[LateCharges]) -> Table:
    """What a buyer's invoices have cost by being paid late, as a table."""
    return Table(
        caption=_("Late charges not claimed yet"),
        columns=[
            Column(label=_("Invoice")),
            Column(label=_("Due")),
            Column(label=_("Interest"), numeric=True),
            Column(label=_("Compensation"), numeric=True),
            Column(label=_("Waived"), numeric=True),
            Column(label=_("To claim"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.invoice.number, links.address("invoice", row.invoice.id)),
                    row.invoice.due_on,
                    Money(row.accrual.interest, row.invoice.currency),
                    Money(row.compensation.amount, row.invoice.currency),
                    Money(-row.waived, row.invoice.currency) if row.waived else None,
                    Money(row.open_amount, row.invoice.currency),
                ]
            )
            for row in rows
        ],
    )
