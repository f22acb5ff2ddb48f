"""How a seller says who it is on its documents: name, numbers, look, and where to pay to."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Duplicate, NotFound, external_id_once, fields_checked
from usance.formats.invoice_pdf import require_drawable
from usance.formats.logo import read_logo
from usance.records.invoices.queries import series_prefixes
from usance.records.parties import invoicing_actions as actions
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import Seller, SellerBankAccount
from usance.rules.invoicing.profiles import SellerDetailsView, SellerFields
from usance.rules.invoicing.seller_checks import checked_account, checked_seller, require_own_series
from usance.rules.money import exponent


@transaction.atomic
def set_seller_details(
    seller: Seller, *, fields: SellerFields, at: datetime, by: str
) -> SellerDetailsView:
    """Say who the seller is; what was said before is replaced, its logo and accounts stay.

    Saying the same again changes nothing. Raises WrongFields, which names every field.
    """
    with fields_checked():
        kept = checked_seller(fields, country=seller.country)
    actions.lock_seller(seller_id=seller.id)
    with fields_checked():
        require_own_series(
            kept,
            given_out=series_prefixes(seller_id=seller.id, year=business_day(seller, at=at).year),
        )
    row = queries.details_row(seller_id=seller.id)
    before, after = asdict(queries.seller_fields(row)), asdict(kept)
    changed = sorted(name for name, value in after.items() if value != before[name])
    if row is None or changed:
        actions.write_details(row, seller_id=seller.id, at=at, **after)
        _tell(seller, "seller.updated", at=at, by=by, changed=changed)
    return queries.seller_details(seller_id=seller.id)


def set_logo(seller: Seller, *, content: bytes, at: datetime, by: str) -> SellerDetailsView:
    """Put a picture at the head of the seller's documents: PNG, or SVG without anything that acts.

    It is drawn once before it is kept: one that cannot be would stop every document. Raises
    FormatError.
    """
    logo = read_logo(content)
    require_drawable(logo.content)
    digest = hashlib.sha256(logo.content).hexdigest()
    fields = {"logo": logo.content, "logo_type": logo.media_type, "logo_digest": digest}
    with transaction.atomic():
        _change_logo(seller, fields, at, by)
        return queries.seller_details(seller_id=seller.id)


@transaction.atomic
def remove_logo(seller: Seller, *, at: datetime, by: str) -> SellerDetailsView:
    """Let the seller's documents begin with its name alone."""
    _change_logo(seller, {"logo": None, "logo_type": "", "logo_digest": ""}, at, by)
    return queries.seller_details(seller_id=seller.id)


def _change_logo(seller: Seller, logo: dict[str, Any], at: datetime, by: str) -> None:
    actions.lock_seller(seller_id=seller.id)
    row = queries.details_row(seller_id=seller.id)
    if (row.logo_digest if row else "") != logo["logo_digest"]:
        actions.write_details(row, seller_id=seller.id, at=at, **logo)
        _tell(seller, "seller.updated", at=at, by=by, changed=["logo"])


@transaction.atomic
def add_bank_account(
    seller: Seller,
    *,
    currency: str,
    at: datetime,
    by: str,
    iban: str = "",
    account_number: str = "",
    bic: str = "",
    holder: str = "",
    bank_name: str = "",
    qr_iban: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> SellerBankAccount:
    """An account that invoices in ``currency`` ask to be paid to; the first of a currency is the one
    they name first. Raises UnknownCurrency, WrongFields or Duplicate."""
    exponent(currency)
    with fields_checked():
        kept = checked_account(
            currency=currency,
            iban=iban,
            account_number=account_number,
            bic=bic,
            holder=holder,
            bank_name=bank_name,
            qr_iban=qr_iban,
        )
    actions.lock_seller(seller_id=seller.id)
    known = queries.bank_accounts(seller_id=seller.id).filter(
        currency=currency, iban=kept["iban"], account_number=kept["account_number"]
    )
    number = kept["iban"] or kept["account_number"]
    if known.exists():
        raise Duplicate(f"The account {number} for {currency} is there already.")
    with external_id_once("bank account", external_id), transaction.atomic():
        account = actions.add_account(
            seller_id=seller.id, at=at, external_id=external_id, metadata=metadata or {}, **kept
        )
    data = {"account": public_number(number), "currency": currency}
    _tell(seller, "seller.bank_account_added", at=at, by=by, **data)
    return account


@transaction.atomic
def remove_bank_account(
    seller: Seller, *, account_id: UUID, at: datetime, by: str
) -> SellerBankAccount:
    """Let no further invoice name an account. Those that name it stay as they are. Raises NotFound."""
    actions.lock_seller(seller_id=seller.id)
    account = queries.bank_account(seller_id=seller.id, account_id=account_id)
    if account is None:
        raise NotFound("There is no such bank account.")
    actions.remove_account(account)
    number = public_number(account.iban or account.account_number)
    _tell(
        seller,
        "seller.bank_account_removed",
        at=at,
        by=by,
        account=number,
        currency=account.currency,
    )
    return account


def public_number(number: str) -> str:
    """A bank account's number in an event: its beginning and end are enough to tell which it is."""
    return number if len(number) <= 8 else f"{number[:4]}...{number[-4:]}"


def _tell(seller: Seller, type_: str, *, at: datetime, by: str, **data: Any) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(type_, object_type="seller", object_id=seller.id, data=data)
    journal.close()
