"""Which lines of an invoice a dispute is about, and what of each: as a credit note would take them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from usance.flows.credit_notes import credit_of_lines
from usance.flows.invoice_questions import lines_of
from usance.flows.refusals import AmountTooLarge, Refused, WrongState
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.billing import shares
from usance.rules.invoicing.crediting import CannotCredit, CreditedLine


class InvalidDispute(Refused):
    """A dispute is of a positive amount, for one of the known reasons, about lines of the invoice."""

    code = "invalid_dispute"


def lines_in_dispute(
    seller: Seller, *, invoice: Invoice, lines: Sequence[CreditedLine], amount: int | None
) -> list[dict[str, Any]]:
    """What is kept of the ``lines`` of the locked ``invoice`` that are disputed: all of each, a quantity,
    or an amount. An ``amount`` in minor units for all of them is spread over whole lines.

    Raises InvalidDispute, AmountTooLarge (more than the lines come to) or WrongState (a line is in
    dispute already).
    """
    open_already = dispute_queries.disputed_lines(seller_id=seller.id, invoice_id=invoice.id)
    for one in lines:
        if one.line in open_already:
            raise WrongState(f"Line {one.line} is in dispute already; say more there.")
    subjects = lines_of(invoice)
    try:
        credit = credit_of_lines(seller, invoice=invoice, lines=lines)
    except CannotCredit as error:
        raise InvalidDispute(str(error)) from error
    kept = [
        {
            **taken.to_document(),
            "subject": subjects.get(taken.line, ""),
            "asked": str(asked.quantity) if asked.quantity is not None else "",
        }
        for taken, asked in zip(credit.taken, lines, strict=True)
    ]
    if amount is None or amount == credit.amount:
        return kept
    if any(one.quantity is not None or one.amount is not None for one in lines):
        raise InvalidDispute(
            f"The lines come to {credit.amount} minor units, not {amount}; leave the amount out."
        )
    if not 0 < amount <= credit.amount:
        raise AmountTooLarge(f"The lines come to {credit.amount} minor units; dispute up to that.")
    parts = _spread(amount, [one.amount for one in credit.taken])
    named = [replace(one, amount=part) for one, part in zip(lines, parts, strict=True) if part]
    return lines_in_dispute(seller, invoice=invoice, lines=named, amount=None)


def lines_to_credit(
    dispute: Dispute, *, amount: int | None, lines: Sequence[CreditedLine]
) -> list[CreditedLine]:
    """What a credit note is to take back of the lines in ``dispute``: ``lines`` of them, or ``amount``
    spread over all of them, or all that is disputed.

    Raises InvalidDispute (a line that is not in dispute) or AmountTooLarge (more than is disputed).
    """
    kept = {one["line"]: one for one in dispute.lines}
    if lines:
        for one in lines:
            if one.line not in kept:
                raise InvalidDispute(f"Line {one.line} is not in this dispute.")
            quantity, most = Decimal(kept[one.line]["quantity"]), kept[one.line]["amount"]
            if (one.quantity or 0) > quantity or (one.amount or 0) > most:
                raise AmountTooLarge(
                    f"Of line {one.line} a quantity of {quantity:f} is disputed, {most} minor units;"
                    " credit up to that."
                )
        return [
            _all_of(kept[one.line]) if one.quantity is None and one.amount is None else one
            for one in lines
        ]
    if amount is None or amount == dispute.amount:
        return [_all_of(one) for one in kept.values()]
    if not 0 < amount <= dispute.amount:
        raise AmountTooLarge(f"{dispute.amount} minor units are disputed; credit from 1 to that.")
    parts = _spread(amount, [one["amount"] for one in kept.values()])
    return [CreditedLine(name, amount=part) for name, part in zip(kept, parts, strict=True) if part]


def _all_of(kept: dict[str, Any]) -> CreditedLine:
    if kept["asked"]:
        return CreditedLine(kept["line"], quantity=Decimal(kept["asked"]))
    return CreditedLine(kept["line"], amount=kept["amount"])


def _spread(amount: int, like: Sequence[int]) -> list[int]:
    found = shares(amount=amount, tax_amount=0, like=[(one, 0) for one in like])
    return [part for part, _ in found]
