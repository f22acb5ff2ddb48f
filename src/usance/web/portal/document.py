"""An invoice as plain text: all there is of those that were issued before documents were kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from usance.records.invoices.models import CreditNote, Invoice
from usance.web.portal.account import Account
from usance.web.words.amounts import day_text, money_text
from usance.web.words.terms import terms_text

_WIDTH = 72


def text_document(account: Account, invoice: Invoice, notes: Sequence[CreditNote]) -> str:
    """The invoice in the reader's language, 72 characters wide."""
    return "\n".join(_rows(account, invoice, notes)) + "\n"


def _rows(account: Account, invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[str]:
    def money(amount: int) -> str:
        return money_text(amount, invoice.currency)

    yield account.seller.name
    yield ""
    yield _("Invoice %(number)s") % {"number": invoice.number}
    yield "=" * _WIDTH
    yield _beside(_("Buyer"), account.buyer.name)
    if account.buyer.tax_id:
        yield _beside(_("Tax number"), account.buyer.tax_id)
    yield _beside(_("Issued"), day_text(invoice.issued_on))
    yield _beside(_("Due"), day_text(invoice.due_on))
    yield _beside(_("Payment terms"), terms_text(invoice.terms))
    if invoice.order and invoice.order.po_number:
        yield _beside(_("Purchase order"), invoice.order.po_number)
    yield "-" * _WIDTH
    for line in invoice.lines:
        quantity = f"{line['quantity']} × " if line.get("quantity") else ""
        yield _beside(f"{quantity}{line.get('description') or ''}", money(line["amount"]))
    yield "-" * _WIDTH
    yield _beside(_("Net"), money(invoice.amount - invoice.tax_amount))
    yield _beside(_("Tax"), money(invoice.tax_amount))
    yield _beside(_("Total"), money(invoice.amount))
    for note in notes:
        yield _beside(_("Credit note %(number)s") % {"number": note.number}, money(-note.amount))
    if invoice.allocated:
        yield _beside(_("Paid"), money(-invoice.allocated))
    yield _beside(_("To pay"), money(invoice.outstanding))


def _beside(name: str, value: str) -> str:
    """A name and its value at both ends of a line; on two lines where they do not fit on one."""
    room = _WIDTH - len(name) - len(value)
    return f"{name}{' ' * room}{value}" if room > 1 else f"{name}\n{value:>{_WIDTH}}"
