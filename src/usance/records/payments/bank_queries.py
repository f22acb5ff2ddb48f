"""Reading what a new bank file is compared with: known lines, earlier statements, mappings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.payments.models import (
    AccountStatement,
    BankClaim,
    BankTransaction,
    TableMapping,
    WaitingBankFile,
)


def account_names(*, seller_id: UUID) -> list[str]:
    """Every name under which bank files have named an account of the seller's."""
    return list(
        AccountStatement.objects.filter(seller_id=seller_id)
        .order_by()
        .values_list("account", flat=True)
        .distinct()
    )


def claims_of_lines(*, seller_id: UUID, line_ids: Sequence[UUID]) -> dict[UUID, BankClaim]:
    """What each bank line books that is in the books already, where it does."""
    found = BankClaim.objects.filter(seller_id=seller_id, bank_transaction_id__in=list(line_ids))
    return {claim.bank_transaction_id: claim for claim in found}


def known_lines(
    *,
    seller_id: UUID,
    accounts: Collection[str],
    first: date,
    last: date,
    fingerprints: Collection[str],
) -> Sequence[BankTransaction]:
    """The lines of the accounts that were booked from ``first`` to ``last``.

    Of files that were taken before accounts were kept, those whose file names one of ``accounts`` and
    no other, and those with one of ``fingerprints``.
    """
    return list(
        BankTransaction.objects.select_related("part", "statement")
        .filter(seller_id=seller_id, booked_on__range=(first, last))
        .filter(
            Q(part__account__in=accounts)
            | Q(part__isnull=True, statement__account__in=accounts)
            | Q(part__isnull=True, fingerprint__in=fingerprints)
        )
        .order_by("booked_on", "id")
    )


def split_lines(*, seller_id: UUID, among: Collection[UUID]) -> set[UUID]:
    """Which of the lines have been split into their payments."""
    found = BankTransaction.objects.filter(seller_id=seller_id, batch_id__in=among)
    return {batch for batch in found.values_list("batch_id", flat=True) if batch is not None}


def account_statements(
    *, seller_id: UUID, accounts: Collection[str], currency: str
) -> QuerySet[AccountStatement]:
    """The statements of one account in one currency, of every kind."""
    return AccountStatement.objects.filter(
        seller_id=seller_id, account__in=accounts, currency=currency
    )


def parts_of(*, seller_id: UUID, statement_id: UUID) -> QuerySet[AccountStatement]:
    """What one bank file says of each account, in its order."""
    return AccountStatement.objects.filter(seller_id=seller_id, statement_id=statement_id).order_by(
        "ordinal"
    )


def table_mapping(*, seller_id: UUID, headings: str) -> TableMapping | None:
    """How a table of these headings is read, if somebody has said so."""
    return TableMapping.objects.filter(seller_id=seller_id, headings=headings).first()


def waiting_file(*, seller_id: UUID, file_id: UUID) -> WaitingBankFile | None:
    """A table that waits for somebody to say how it is read."""
    return WaitingBankFile.objects.filter(seller_id=seller_id, id=file_id).first()
