"""Reading who the seller is on its documents, how buyers want theirs, and keys for payment terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields as fields_of
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from usance.records.parties.invoicing_models import (
    BillingProfile,
    SellerBankAccount,
    SellerDetails,
    TermsKey,
)
from usance.records.parties.models import Buyer, Seller
from usance.rules.invoicing import national
from usance.rules.invoicing.profiles import (
    BankAccount,
    BillingProfileView,
    BuyerFacts,
    Logo,
    ProfileFields,
    SellerDetailsView,
    SellerFields,
    profile_view,
    seller_view,
)

_LISTS: Final = frozenset({"channels", "email_to", "email_cc", "formats"})
Kept = TypeVar("Kept", SellerFields, ProfileFields)


def details_row(*, seller_id: UUID, with_logo: bool = False) -> SellerDetails | None:
    """What a seller has said of itself; the logo's bytes only where they are asked for."""
    found = SellerDetails.objects.filter(seller_id=seller_id)
    return (found if with_logo else found.defer("logo")).first()


def seller_fields(row: SellerDetails | None) -> SellerFields:
    """What is kept of a seller, as its rules know it."""
    return SellerFields() if row is None else _fields(SellerFields, row)


def bank_accounts(*, seller_id: UUID) -> QuerySet[SellerBankAccount]:
    """The seller's accounts to pay to."""
    return SellerBankAccount.objects.filter(seller_id=seller_id)


def bank_account(*, seller_id: UUID, account_id: UUID) -> SellerBankAccount | None:
    """One account to pay to."""
    return SellerBankAccount.objects.filter(seller_id=seller_id, id=account_id).first()


def seller_details(*, seller_id: UUID, with_logo: bool = False) -> SellerDetailsView:
    """The seller as its documents show it: three statements, the logo's bytes only where asked for.

    Raises Seller.DoesNotExist.
    """
    seller = Seller.objects.get(id=seller_id)
    row = details_row(seller_id=seller_id, with_logo=with_logo)
    fields = seller_fields(row)
    accounts = bank_accounts(seller_id=seller_id).order_by("currency", "created_at", "id")
    logo = None
    if with_logo and row is not None and row.logo is not None:
        logo = Logo(bytes(row.logo), row.logo_type)
    return seller_view(
        fields,
        seller_id=seller_id,
        name=seller.name,
        country=seller.country,
        currency=seller.currency,
        language=seller.language,
        national=national.kept_seller(fields.national, country=fields.country or seller.country),
        accounts=tuple(_account(account) for account in accounts),
        logo_digest=row.logo_digest if row is not None else "",
        logo=logo,
    )


def profile_row(*, seller_id: UUID, buyer_id: UUID) -> BillingProfile | None:
    """What has been said of a buyer's invoices."""
    return BillingProfile.objects.filter(seller_id=seller_id, buyer_id=buyer_id).first()


def profile_fields(row: BillingProfile | None) -> ProfileFields:
    """What is kept of a buyer's invoices, as the rules know it."""
    return ProfileFields() if row is None else _fields(ProfileFields, row)


def billing_profile(
    *, seller_id: UUID, buyer_id: UUID, seller: SellerDetailsView | None = None
) -> BillingProfileView:
    """How a buyer's invoices are made, sent and fall due. Raises Buyer.DoesNotExist."""
    found = billing_profiles(seller_id=seller_id, buyer_ids=[buyer_id], seller=seller)
    try:
        return found[buyer_id]
    except KeyError:
        raise Buyer.DoesNotExist(f"There is no buyer {buyer_id}.") from None


def billing_profiles(
    *, seller_id: UUID, buyer_ids: Collection[UUID], seller: SellerDetailsView | None = None
) -> dict[UUID, BillingProfileView]:
    """The same of many buyers, by id, in two statements (and those of ``seller_details`` where the
    seller is not given). Buyers whom the seller does not have are left out."""
    if not buyer_ids:
        return {}
    seller = seller or seller_details(seller_id=seller_id)
    kept = BillingProfile.objects.filter(seller_id=seller_id, buyer_id__in=list(buyer_ids))
    rows = {row.buyer_id: row for row in kept}
    buyers = Buyer.objects.filter(seller_id=seller_id, id__in=list(buyer_ids))
    return {buyer.id: _view(buyer, rows.get(buyer.id), seller) for buyer in buyers}


def profiles_with(*, seller_id: UUID, schedules: Collection[str]) -> QuerySet[BillingProfile]:
    """What has been said of buyers who are invoiced on one of ``schedules``."""
    return BillingProfile.objects.filter(seller_id=seller_id, schedule__in=list(schedules))


def terms_keys(*, seller_id: UUID) -> dict[str, str]:
    """The seller's own names for payment terms, and their codes, in order."""
    found = TermsKey.objects.filter(seller_id=seller_id).order_by("key")
    return dict(found.values_list("key", "terms"))


def buyer_facts(buyer: Buyer) -> BuyerFacts:
    """What is known of a buyer without any profile, as the rules know it."""
    return BuyerFacts(
        id=buyer.id,
        name=buyer.name,
        country=buyer.country,
        email=buyer.email,
        tax_id=buyer.tax_id,
        registration_number=buyer.registration_number,
        language=buyer.language,
    )


def _view(
    buyer: Buyer, row: BillingProfile | None, seller: SellerDetailsView
) -> BillingProfileView:
    fields = profile_fields(row) if row is not None else None
    kept: Mapping[str, Any] = fields.national if fields else {}
    country = (fields.country if fields else "") or buyer.country
    return profile_view(
        fields,
        buyer=buyer_facts(buyer),
        seller=seller,
        national=national.kept_buyer(kept, country=country),
    )


def _fields(kind: type[Kept], row: SellerDetails | BillingProfile) -> Kept:
    values: dict[str, Any] = {field.name: getattr(row, field.name) for field in fields_of(kind)}
    for name in _LISTS & values.keys():
        values[name] = tuple(values[name])
    return kind(**values)


def _account(row: SellerBankAccount) -> BankAccount:
    return BankAccount(
        id=row.id,
        currency=row.currency,
        iban=row.iban,
        account_number=row.account_number,
        bic=row.bic,
        holder=row.holder,
        bank_name=row.bank_name,
        qr_iban=row.qr_iban,
    )
