"""Disputes as both sides see them: which lines, what was said, and the form that opens one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.dispute_evidence import MOST_AT_ONCE, Handed
from usance.flows.dispute_talk import LONGEST_TEXT
from usance.flows.invoice_questions import lines_of
from usance.records.collections import dispute_queries
from usance.records.collections.models import (
    DISPUTE_REASONS,
    Dispute,
    DisputeFile,
    DisputeRemark,
)
from usance.records.invoices.models import Invoice
from usance.rules.attachments import LARGEST_ATTACHMENT, MEDIA_TYPES
from usance.rules.invoicing.crediting import CreditedLine
from usance.rules.money import Money
from usance.web.acts import ActForm
from usance.web.backoffice.bank_forms import SeveralFiles
from usance.web.backoffice.fields import AmountField
from usance.web.design.parts import Column, Entry, Link, Row, Table
from usance.web.design.states import look
from usance.web.question_parts import talk
from usance.web.words.amounts import file_size
from usance.web.words.disputes import DISPUTE_WORDS


class EvidenceField(forms.FileField):
    """Some files, or none; what they are, the flow looks at."""

    def __init__(self) -> None:
        kinds = ",".join((*MEDIA_TYPES, *MEDIA_TYPES.values()))
        super().__init__(
            label=_lazy("Files"),
            required=False,
            help_text=_lazy(
                "A photo or a delivery note, say: up to 5 PDF, PNG, JPEG, CSV, XLSX or ODS files of at"
                " most 5 MB each. They cannot be removed later."
            ),
            widget=SeveralFiles(attrs={"accept": kinds}),
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, none of them empty or larger than one may be."""
        given = data if isinstance(data, list | tuple) else [data]
        if len(given) > MOST_AT_ONCE:
            raise ValidationError(
                _("These are more than %(most)s files. Hand them in in parts."),
                params={"most": MOST_AT_ONCE},
            )
        found: list[UploadedFile[bytes] | None] = [
            super(EvidenceField, self).clean(one, initial) for one in given
        ]
        files = [one for one in found if one]
        if any((one.size or 0) > LARGEST_ATTACHMENT for one in files):
            raise ValidationError(_("A file is larger than 5 MB. Save it smaller."))
        return files


def handed_in(data: dict[str, Any]) -> list[Handed]:
    """The files of a form with an :class:`EvidenceField`, as the flow takes them."""
    return [Handed(one.read(), one.name or "") for one in data["evidence"]]


class DisputeForm(ActForm):
    """Which lines of an invoice are disputed, how much of them, and why."""

    reason_code = forms.ChoiceField(
        label=_lazy("Why the buyer does not pay"),
        choices=[(code, DISPUTE_WORDS[code]) for code in DISPUTE_REASONS],
    )
    lines = forms.MultipleChoiceField(
        label=_lazy("Lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_lazy("Choose none for the whole invoice."),
    )
    quantity = forms.DecimalField(
        label=_lazy("Quantity"),
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=18,
        decimal_places=6,
        help_text=_lazy("Of the one line that is chosen. Leave empty for all of it."),
    )
    amount = AmountField(
        label=_lazy("Amount with tax"),
        required=False,
        help_text=_lazy("Leave empty for all of the lines, or all that is open."),
    )
    words = forms.CharField(
        label=_lazy("What the buyer says"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = EvidenceField()

    def prepare(self) -> None:
        """Offer the invoice's lines, and no more than is open and not disputed yet."""
        invoice: Invoice = self.subject
        amount, lines = self.fields["amount"], self.fields["lines"]
        assert isinstance(amount, AmountField) and isinstance(lines, forms.MultipleChoiceField)
        amount.currency, amount.most = invoice.currency, disputable(invoice)
        lines.choices = [(n, f"{n} {text}"[:80]) for n, text in lines_of(invoice).items()]

    def clean(self) -> dict[str, Any]:
        """A quantity is of one line, and takes no amount."""
        data = super().clean() or {}
        if data.get("quantity") is not None:
            if len(data.get("lines", [])) != 1:
                self.add_error("quantity", _("Choose the one line that the quantity is of."))
            if data.get("amount") is not None:
                self.add_error("amount", _("Give a quantity or an amount, not both."))
        return data


def disputable(invoice: Invoice) -> int:
    """What is open of an invoice and not disputed, in minor units."""
    if invoice.state != "open":
        return 0
    found = dispute_queries.disputed(seller_id=invoice.seller_id, invoice_ids=[invoice.id])
    left: int = invoice.outstanding - found.get(invoice.id, 0)
    return max(0, left)


def asked_for(data: dict[str, Any]) -> dict[str, Any]:
    """What a :class:`DisputeForm` says, as the flow takes it."""
    return {
        "reason_code": data["reason_code"],
        "lines": [CreditedLine(line, data["quantity"]) for line in data["lines"]],
        "amount": data["amount"],
        "words": data["words"],
    }


class SayForm(ActForm):
    """What one side says to the other, files or both."""

    text = forms.CharField(
        label=_lazy("Message"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = EvidenceField()

    def clean(self) -> dict[str, Any]:
        """Something at least."""
        data = super().clean() or {}
        if not self.errors and not data["text"] and not data["evidence"]:
            self.add_error("text", _("Write something, or choose a file."))
        return data


def disputed_table(dispute: Dispute) -> Table | None:
    """The lines in dispute; None where it is the whole invoice."""
    if not dispute.lines:
        return None
    return Table(
        caption=_("Disputed lines"),
        columns=[
            Column(label=_("Line")),
            Column(label=_("Quantity"), numeric=True),
            Column(label=_("Amount with tax"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    f"{one['line']}  {one['subject']}".strip(),
                    Decimal(one["quantity"]),
                    Money(one["amount"], dispute.currency),
                ]
            )
            for one in dispute.lines
        ],
    )


def dispute_talk(
    dispute: Dispute,
    said: Sequence[DisputeRemark],
    files: Sequence[DisputeFile],
    *,
    seller: str,
    buyer: str,
    address: Callable[[DisputeFile], str],
) -> list[Entry]:
    """All that was said about a dispute and handed in, how it ended among it, the latest first;
    ``address`` is where a file is downloaded."""
    words = zip(reversed(said), talk(said, seller=seller, buyer=buyer), strict=True)
    told = {one.id: entry for one, entry in words}
    for file in files:
        side = buyer if file.author == "buyer" else seller
        told[file.id] = _file_entry(file, side=side, href=address(file))
    # Ids are UUIDv7: their order is that of being said.
    entries = [told[id_] for id_ in sorted(told, reverse=True)]
    if dispute.words:
        opening = Entry(
            at=dispute.created_at,
            title=dispute.words,
            actor=buyer,
            icon="question",
            tone="caution",
        )
        entries = [*entries, opening]
    if dispute.resolved_at is not None:
        # What the seller noted when it was withdrawn is its own; the words of a rejection were said.
        is_credited = dispute.state == "resolved_credit"
        ending = Entry(
            at=dispute.resolved_at,
            title=str(look(dispute.state, kind="dispute").label),
            detail=dispute.resolution if is_credited else "",
            actor="" if dispute.state == "withdrawn" else seller,
            icon="check",
            tone="info",
        )
        entries = [ending, *entries]
    return entries


def _file_entry(file: DisputeFile, *, side: str, href: str) -> Entry:
    return Entry(
        at=file.created_at,
        title=Link(file.file_name, href),
        detail=file_size(file.size),
        actor=file.name or side,
        icon="upload",
        tone="caution" if file.author == "buyer" else "info",
    )
