"""Writing who the seller is on its documents, how buyers want theirs, and keys for payment terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.parties.invoicing_models import (
    BillingProfile,
    SellerBankAccount,
    SellerDetails,
    TermsKey,
)
from usance.records.parties.models import Buyer, Seller


def lock_seller(*, seller_id: UUID) -> None:
    """Let what a seller says of itself change one after another. Checkouts do not wait for it."""
    Seller.objects.select_for_update(no_key=True).get(id=seller_id)


def write_details(
    row: SellerDetails | None, *, seller_id: UUID, at: datetime, **fields: Any
) -> None:
    """Set ``fields`` of what the locked seller says of itself, from the first time on."""
    if row is None:
        SellerDetails.objects.create(seller_id=seller_id, created_at=at, updated_at=at, **fields)
    else:
        kept = SellerDetails.objects.filter(seller_id=seller_id, id=row.id)
        kept.update(updated_at=at, **fields)


def add_account(*, seller_id: UUID, at: datetime, **fields: Any) -> SellerBankAccount:
    """A new account to pay to. IntegrityError if the seller has it already."""
    return SellerBankAccount.objects.create(seller_id=seller_id, created_at=at, **fields)


def remove_account(account: SellerBankAccount) -> None:
    """Delete an account."""
    SellerBankAccount.objects.filter(seller_id=account.seller_id, id=account.id).delete()


def write_profile(row: BillingProfile | None, *, buyer: Buyer, at: datetime, **fields: Any) -> None:
    """Set ``fields`` of how the locked buyer wants its invoices, from the first time on."""
    fields = {n: list(v) if isinstance(v, tuple) else v for n, v in fields.items()}
    if row is None:
        BillingProfile.objects.create(
            seller_id=buyer.seller_id, buyer_id=buyer.id, created_at=at, updated_at=at, **fields
        )
    else:
        kept = BillingProfile.objects.filter(seller_id=buyer.seller_id, id=row.id)
        kept.update(updated_at=at, **fields)


def replace_terms_keys(keys: Mapping[str, str], *, seller_id: UUID, at: datetime) -> None:
    """Put ``keys`` in the place of all that the locked seller has."""
    TermsKey.objects.filter(seller_id=seller_id).delete()
    TermsKey.objects.bulk_create(
        [
            TermsKey(seller_id=seller_id, created_at=at, key=key, terms=terms)
            for key, terms in keys.items()
        ]
    )
