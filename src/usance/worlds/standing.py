"""Where a simulated world stands: read from what is stored, so that whoever is interrupted goes on
from there and nothing has to be remembered besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import F, Sum

from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer
from usance.records.payments.models import BankStatement, BankTransaction, Payment
from usance.records.statements import execute

_UNAPPLIED = F("amount") - F("allocated") - F("refunded") - F("returned")


def buyers(*, seller_id: UUID) -> dict[str, Buyer]:
    """The seller's buyers by external_id."""
    rows = Buyer.objects.filter(seller_id=seller_id, external_id__isnull=False)
    return {str(buyer.external_id): buyer for buyer in rows}


def waiting_orders(*, seller_id: UUID) -> list[Order]:
    """Orders authorized and not shipped at all, the oldest first."""
    rows = Order.objects.filter(seller_id=seller_id, state="authorized")
    return list(rows.order_by("created_at", "external_id"))


def unapplied_payments(
    *, seller_id: UUID, currency: str, buyer_ids: Collection[UUID]
) -> dict[UUID, list[tuple[UUID, int]]]:
    """Payments of each buyer with what is unapplied of them (minor units), the oldest first."""
    found: defaultdict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    rows = (
        Payment.objects.filter(seller_id=seller_id, currency=currency, buyer_id__in=buyer_ids)
        .annotate(unapplied_now=_UNAPPLIED)
        .filter(unapplied_now__gt=0)
        .order_by("received_on", "bank_transaction__bank_reference", "id")
    )
    for buyer_id, payment_id, unapplied in rows.values_list("buyer_id", "id", "unapplied_now"):
        found[buyer_id].append((payment_id, unapplied))
    return dict(found)


def unapplied_on(*, seller_id: UUID, statement_id: UUID) -> list[tuple[str, UUID, int]]:
    """Bank reference, payment and unapplied amount of each line of a statement not used up."""
    rows = (
        Payment.objects.filter(seller_id=seller_id, bank_transaction__statement_id=statement_id)
        .annotate(unapplied_now=_UNAPPLIED)
        .filter(unapplied_now__gt=0)
        .order_by("bank_transaction__ordinal")
    )
    return list(rows.values_list("bank_transaction__bank_reference", "id", "unapplied_now"))


def still_open(*, seller_id: UUID, invoice_ids: Collection[UUID]) -> list[tuple[UUID, int]]:
    """Those of the invoices that are open, with what is outstanding, the one due first first."""
    rows = Invoice.objects.filter(seller_id=seller_id, id__in=invoice_ids, state="open")
    return list(rows.order_by("due_on", "number").values_list("id", "outstanding"))


def bank_balance(*, seller_id: UUID, currency: str) -> int:
    """The sum of all bank transactions kept, in minor units."""
    rows = BankTransaction.objects.filter(seller_id=seller_id, currency=currency)
    return int(rows.aggregate(total=Sum("amount"))["total"] or 0)


def last_day(*, seller_id: UUID, beginning: str) -> date | None:
    """The last simulated day that is done: that of the last bank file whose name is ``beginning``
    and a day."""
    rows = BankStatement.objects.filter(seller_id=seller_id, file_name__startswith=beginning)
    name = rows.order_by("-file_name").values_list("file_name", flat=True).first()
    return date.fromisoformat(name.removeprefix(beginning)[:10]) if name else None


def one_at_a_time(*, seller_id: UUID) -> None:
    """Wait until no other process plays a day for this seller; hold that until the day is done."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", [f"world {seller_id}"])


def statements_besides(*, seller_id: UUID, beginning: str, but: str) -> bool:
    """Whether a bank file's name has this beginning, and not the longer one ``but``."""
    rows = BankStatement.objects.filter(seller_id=seller_id, file_name__startswith=beginning)
    return rows.exclude(file_name__startswith=but).exists()
