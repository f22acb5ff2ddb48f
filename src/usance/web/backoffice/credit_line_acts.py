"""Taking back lines of an invoice, and putting another in its place, at the desk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows import billing, corrections
from usance.flows.credit_notes import issued_document
from usance.records.invoices import queries as invoices
from usance.records.invoices.models import Invoice
from usance.rules.invoicing.credited_lines import lines_to_credit
from usance.rules.invoicing.crediting import CreditedLine, line_amounts
from usance.rules.invoicing.document import InvoiceLine
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField


class QuantityField(forms.CharField):
    """How many of a line; nothing typed gives None. ``most`` is what was billed."""

    def __init__(self, *, most: Decimal, **options: Any) -> None:
        super().__init__(
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )
        self.most = most

    def clean(self, value: Any) -> Any:
        """A number above nothing, or None."""
        text = super().clean(value).replace(",", ".")
        if not text:
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal(0)
        if not found.is_finite() or not 0 < found <= self.most:
            raise ValidationError(
                _("Enter a number up to %(most)s.") % {"most": f"{self.most.normalize():f}"},
                code="invalid",
            )
        return found


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the invoice with the fields that take it back. A line that is itself taken off has no
    quantity to take back."""

    name: str
    note: str
    quantity: Decimal
    left: Money
    quantity_field: BoundField | None
    amount_field: BoundField


class CreditLinesForm(ActForm):
    """What of which lines is taken back, and why."""

    reason = forms.CharField(
        label=_lazy("Reason"), max_length=500, help_text=_lazy("Printed on the credit note.")
    )

    def prepare(self) -> None:
        """Two fields for each line of which something is left."""
        self._lines: list[tuple[InvoiceLine, int]] = []
        invoice: Invoice = self.subject
        if not creditable_by_line(invoice):
            return
        document = issued_document(self.desk.seller, invoice=invoice)
        amounts = line_amounts(document, amount=invoice.amount, tax_amount=invoice.tax_amount)
        gone: defaultdict[str, int] = defaultdict(int)
        for note in invoices.credit_notes(seller_id=invoice.seller_id, invoice_id=invoice.id):
            for line in note.lines:
                gone[line["line"]] += line["amount"]
        for line in lines_to_credit(document):
            left = amounts[line.id][0] - gone[line.id]
            if left <= 0:
                continue
            self._lines.append((line, left))
            self.fields[f"quantity_{line.id}"] = QuantityField(
                most=line.quantity,
                label=_("Quantity to credit of line %(line)s") % {"line": line.id},
            )
            amount = AmountField(
                label=_("Amount to credit of line %(line)s") % {"line": line.id}, required=False
            )
            amount.currency, amount.most = invoice.currency, left
            self.fields[f"amount_{line.id}"] = amount
            for name in (f"quantity_{line.id}", f"amount_{line.id}"):
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def rows(self) -> list[LineRow]:
        """The lines as they are drawn."""
        return [
            LineRow(
                name=f"{line.id}. {line.item.name}",
                note=line.note,
                quantity=line.quantity,
                left=Money(left, self.subject.currency),
                quantity_field=self[f"quantity_{line.id}"],
                amount_field=self[f"amount_{line.id}"],
            )
            for line, left in self._lines
        ]

    def clean(self) -> dict[str, Any]:
        """At least one line, and of each a quantity or an amount."""
        data = super().clean() or {}
        found = []
        for line, _left in self._lines:
            quantity, amount = data.get(f"quantity_{line.id}"), data.get(f"amount_{line.id}")
            if quantity is not None and amount is not None:
                self.add_error(
                    f"amount_{line.id}", _("Enter a quantity or an amount, not both of one line.")
                )
            elif quantity is not None or amount is not None:
                found.append(CreditedLine(line.id, quantity=quantity, amount=amount))
        if not found and not self.errors:
            self.add_error(None, _("Enter a quantity or an amount for at least one line."))
        data["lines"] = found
        return data


class CorrectForm(ActForm):
    """Why."""

    reason = forms.CharField(
        label=_lazy("Reason"),
        max_length=500,
        help_text=_lazy("Printed on the credit note and on the new invoice."),
    )


def creditable_by_line(invoice: Invoice) -> bool:
    """Whether a line of the invoice can be taken back."""
    return bool(invoice.lines) and invoice.amount > invoice.credited + invoice.written_off


def _credit(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    note = billing.credit_invoice(
        desk.seller,
        invoice_id=invoice.id,
        lines=data["lines"],
        reason=data["reason"],
        at=desk.at,
        by=desk.by,
    )
    return Done(_("Credit note %(number)s is issued.") % {"number": note.number})


def _correct(desk: Desk, invoice: Invoice, data: dict[str, Any]) -> Done:
    made = corrections.correct_invoice(
        desk.seller, invoice_id=invoice.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    return Done(
        _("Invoice %(number)s takes its place; credit note %(note)s took it back.")
        % {"number": made.invoice.number, "note": made.credit_note.number},
        href=links.address("invoice", made.invoice.id),
    )


CREDIT_LINES: Final = Act(
    name="credit-lines",
    label=_lazy("Credit lines"),
    title=_lazy("Credit lines of this invoice"),
    explanation=_lazy(
        "Say of each line what is taken back: how many, or how much. Tax is taken back at the rate"
        " at which it was charged."
    ),
    duty="billing",
    form=CreditLinesForm,
    run=_credit,
    possible=creditable_by_line,
    icon="return",
    seldom=True,
    template="credit_lines",
)
CORRECT: Final = Act(
    name="correct",
    label=_lazy("Correct"),
    title=_lazy("Correct this invoice?"),
    explanation=_lazy(
        "An issued invoice never changes. It is credited in full, and a new one is issued with your"
        " details and the buyer's billing profile as they are now. What was paid of it pays the new"
        " one."
    ),
    duty="billing",
    form=CorrectForm,
    run=_correct,
    possible=lambda invoice: not invoice.credited and not invoice.written_off,
    icon="edit",
    seldom=True,
)
