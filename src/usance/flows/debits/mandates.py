"""Mandates: given by a buyer or recorded by staff, put right, suspended, ended."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, Refused, WrongState, external_id_once
from usance.formats.nacha import fitted, is_routing_number
from usance.formats.sepa import transliterated
from usance.formats.statement import is_iban
from usance.records.debits import actions, queries
from usance.records.debits.models import Debit, Mandate
from usance.records.events.secrets import decrypt, encrypt
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller
from usance.rules import states
from usance.rules.debits.mandates import UNUSED_MONTHS, expires_on
from usance.rules.debits.schemes import SCHEMES, PullScheme
from usance.rules.invoicing.identifiers import bic as checked_bic
from usance.rules.terms.days import day_of_month

LIVE: Final = ("pending", "active", "suspended")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9+?/:().,'-]{1,35}")
_ACH_ACCOUNT: Final = re.compile(r"[A-Za-z0-9-]{1,17}")
KINDS: Final = ("checking", "savings")


class InvalidMandate(Refused):
    """A field of the mandate is wrong; the text names it."""

    code = "invalid_mandate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who agreed, how, and to which words: what is shown to a bank that asks for the mandate.

    ``method`` is ``portal``, ``paper`` or ``api``; ``words`` the text that was shown.
    """

    name: str
    method: str
    words: str = ""
    email: str = ""
    ip: str = ""
    user_agent: str = ""


@transaction.atomic
def create_mandate(
    seller: Seller,
    *,
    buyer_id: UUID,
    scheme: str,
    debtor_name: str,
    account: str,
    at: datetime,
    by: str,
    bank: str = "",
    account_kind: str = "",
    signature: Signature | None = None,
    signed_on: date | None = None,
    reference: str | None = None,
    one_off: bool = False,
    notice_days: int | None = None,
    debtor_town: str = "",
    debtor_country: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Mandate:
    """Record a buyer's word that its account may be debited.

    With a ``signature`` it is active at once, without it waits for one. ``account`` is an IBAN, or in
    ACH the number at the ``bank`` of that routing number. Raises NotFound, InvalidMandate or
    Duplicate.
    """
    if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    way = _scheme(scheme)
    number, bank, account_kind = checked_account(
        way, account=account, bank=bank, account_kind=account_kind
    )
    id_ = new_id()
    reference = reference or f"M{id_.hex[:12]}{id_.hex[-6:]}".upper()
    _check_texts(way, debtor_name=debtor_name, reference=reference, notice_days=notice_days)
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    mandate = Mandate(
        id=id_,
        seller_id=seller.id,
        created_at=at,
        buyer_id=buyer_id,
        scheme=scheme,
        state="active" if signature else "pending",
        reference=reference,
        one_off=one_off,
        debtor_name=debtor_name.strip(),
        account=encrypt(number),
        last4=number[-4:],
        account_kind=account_kind,
        bank=bank,
        debtor_town=debtor_town.strip(),
        debtor_country=debtor_country.strip().upper(),
        notice_days=notice_days,
        verification="wanted" if way.family == "ach" and rules.prenote else "none",
        external_id=external_id,
        metadata=metadata or {},
        **_signed(signature, signed_on or business_day(seller, at=at), at=at),
    )
    if Mandate.objects.filter(seller_id=seller.id, reference=reference).exists():
        raise InvalidMandate(f"reference {reference} is another mandate's.")
    with external_id_once("mandate", external_id):
        mandate.save(force_insert=True)
    _tell(seller, mandate, "created", at=at, by=by)
    return mandate


@transaction.atomic
def sign_mandate(
    seller: Seller,
    *,
    mandate_id: UUID,
    signature: Signature,
    at: datetime,
    by: str,
    signed_on: date | None = None,
) -> Mandate:
    """The buyer signs a mandate that waits for it. Raises NotFound or WrongState."""
    mandate = _locked(seller, mandate_id)
    fields = _signed(signature, signed_on or business_day(seller, at=at), at=at)
    _move(mandate, "active", **fields)
    _tell(seller, mandate, "signed", at=at, by=by)
    return mandate


@transaction.atomic
def cancel_mandate(
    seller: Seller, *, mandate_id: UUID, at: datetime, by: str, reason: str = ""
) -> Mandate:
    """The buyer or the seller ends it: nothing is collected under it any more, and what was scheduled
    is not. What is with the bank already runs on. Raises NotFound or WrongState."""
    actions.lock_scheduled(seller_id=seller.id, mandate_id=mandate_id)
    mandate = _locked(seller, mandate_id)
    end(seller, mandate, state="canceled", at=at, by=by, reason=reason)
    return mandate


def end(
    seller: Seller,
    mandate: Mandate,
    *,
    state: str,
    at: datetime,
    by: str,
    reason: str = "",
    reason_code: str = "",
) -> None:
    """Bring a locked mandate to ``state`` and cancel what was scheduled under it, but for a state that
    can be left again. Raises WrongState."""
    ends = state in ("canceled", "expired", "completed")
    _move(
        mandate,
        state,
        reason=reason,
        reason_code=reason_code,
        ended_at=at if ends else None,
    )
    _tell(seller, mandate, state, at=at, by=by, reason=reason, reason_code=reason_code)
    if not ends:
        return
    # What stands in a file that is not sent yet goes with it: the file cannot be sent any more.
    scheduled = queries.debits(seller_id=seller.id, mandate_id=mandate.id, state="scheduled")
    journal = Journal(seller, at=at, by=by)
    for debit in scheduled.filter(file__isnull=True):
        drop(journal, debit, reason="mandate_ended")
    journal.close()


def drop(journal: Journal, debit: Debit, *, reason: str) -> None:
    """A scheduled debit will not be sent."""
    actions.change(debit, state="canceled", reason=reason, ended_on=journal.on)
    journal.tell(
        "debit.canceled",
        object_type="debit",
        object_id=debit.id,
        buyer_id=debit.buyer_id,
        state="canceled",
        currency=debit.currency,
        data={"amount": debit.amount, "reason": reason},
    )


@transaction.atomic
def suspend_mandate(
    seller: Seller, *, mandate_id: UUID, at: datetime, by: str, reason: str = ""
) -> Mandate:
    """Collect nothing under it until it is resumed. Raises NotFound or WrongState."""
    mandate = _locked(seller, mandate_id)
    end(seller, mandate, state="suspended", at=at, by=by, reason=reason)
    return mandate


@transaction.atomic
def resume_mandate(seller: Seller, *, mandate_id: UUID, at: datetime, by: str) -> Mandate:
    """What made a person or a return suspend it is settled. Raises NotFound or WrongState."""
    mandate = _locked(seller, mandate_id)
    if mandate.state != "suspended":
        raise WrongState(f"The mandate is {mandate.state}; only a suspended one is resumed.")
    _move(mandate, "active", reason="", reason_code="")
    _tell(seller, mandate, "resumed", at=at, by=by)
    return mandate


@transaction.atomic
def change_account(
    seller: Seller,
    *,
    mandate_id: UUID,
    account: str,
    at: datetime,
    by: str,
    bank: str = "",
    account_kind: str = "",
    debtor_name: str = "",
) -> Mandate:
    """The buyer has named another account; one suspended for its account is active again.

    In SEPA the next collection tells the banks, in ACH the account is asked for first. Raises
    NotFound, WrongState or InvalidMandate.
    """
    mandate = _locked(seller, mandate_id)
    if mandate.state not in LIVE:
        raise WrongState(f"The mandate is {mandate.state}; have the buyer give a new one.")
    way = _scheme(mandate.scheme)
    number, bank, kind = checked_account(way, account=account, bank=bank, account_kind=account_kind)
    if decrypt(mandate.account) == number and mandate.bank == bank:
        return mandate
    set_account(seller, mandate, number=number, bank=bank, account_kind=kind, at=at)
    if debtor_name.strip():
        actions.change(mandate, debtor_name=debtor_name.strip())
    if mandate.state == "suspended":
        _move(mandate, "active", reason="", reason_code="")
    _tell(seller, mandate, "account_changed", at=at, by=by)
    return mandate


def set_account(
    seller: Seller,
    mandate: Mandate,
    *,
    number: str,
    bank: str,
    account_kind: str,
    at: datetime,
    verify: bool = True,
) -> None:
    """Put another account under a locked mandate. ``verify``: ask for it first, where the seller does."""
    way = _scheme(mandate.scheme)
    fields: dict[str, Any] = {
        "account": encrypt(number),
        "last4": number[-4:],
        "bank": bank,
        "account_kind": account_kind,
    }
    if way.family == "sepa":
        fields["amendment"] = {"new_account": True} if mandate.used else {}
    elif verify and queries.collection_rules(seller_id=seller.id, at=at).prenote:
        fields |= {"verification": "wanted", "prenote_trace": "", "live_from": None}
    actions.change(mandate, **fields)


@transaction.atomic
def expire_unused(seller: Seller, *, at: datetime, by: str) -> int:
    """End the mandates under which nothing was collected for 36 months; how many."""
    on = business_day(seller, at=at)
    since = day_of_month(on.day, month_of=on, later=-UNUSED_MONTHS)
    count = 0
    for found in queries.lapsing_mandates(seller_id=seller.id, unused_since=since):
        actions.lock_scheduled(seller_id=seller.id, mandate_id=found.id)
        mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=found.id)
        if mandate is None or mandate.state not in ("active", "suspended"):
            continue
        assert mandate.signed_on is not None
        last = expires_on(mandate.signed_on, last_collected_on=mandate.last_collected_on)
        if _scheme(mandate.scheme).family == "sepa" and on > last:
            end(seller, mandate, state="expired", at=at, by=by, reason="unused")
            count += 1
    return count


def checked_account(
    scheme: PullScheme, *, account: str, bank: str, account_kind: str
) -> tuple[str, str, str]:
    """Account, bank and kind as they are kept. Raises InvalidMandate."""
    number = re.sub(r"\s", "", account)
    bank = re.sub(r"\s", "", bank).upper()
    if scheme.family == "sepa":
        number = number.upper()
        if not is_iban(number):
            raise InvalidMandate("account is no IBAN; check it with the buyer.")
        if bank and checked_bic(bank) != bank:
            raise InvalidMandate("bank is no BIC (ISO 9362); it may be left out.")
        return number, bank, ""
    if not _ACH_ACCOUNT.fullmatch(number):
        raise InvalidMandate("account is up to 17 letters, digits and hyphens.")
    if not is_routing_number(bank):
        raise InvalidMandate(
            "bank is a routing number: 9 digits, of which the last checks the others."
        )
    kind = account_kind or "checking"
    if kind not in KINDS:
        raise InvalidMandate(f"account_kind is one of {', '.join(KINDS)}.")
    return number, bank, kind


def _scheme(code: str) -> PullScheme:
    if code not in SCHEMES:
        raise InvalidMandate(f"scheme is one of {', '.join(SCHEMES)}.")
    return SCHEMES[code]


def _check_texts(
    scheme: PullScheme, *, debtor_name: str, reference: str, notice_days: int | None
) -> None:
    written = transliterated(debtor_name) if scheme.family == "sepa" else debtor_name
    if not fitted(written, most=16):
        raise InvalidMandate(
            "debtor_name is the name in which the account is kept, in letters that a bank can write."
        )
    if scheme.family == "sepa" and not _REFERENCE.fullmatch(reference):
        raise InvalidMandate(
            "reference is up to 35 letters, digits and + ? / - : ( ) . , ' without spaces."
        )
    if len(reference) > 35:
        raise InvalidMandate("reference is up to 35 characters.")
    if notice_days is not None and not 0 <= notice_days <= 60:
        raise InvalidMandate("notice_days is from 0 to 60.")


def _signed(signature: Signature | None, signed_on: date, *, at: datetime) -> dict[str, Any]:
    if signature is None:
        return {}
    if not signature.name.strip():
        raise InvalidMandate("signature.name is who signed.")
    return {"signed_on": signed_on, "signature": {**asdict(signature), "at": at.isoformat()}}


def _locked(seller: Seller, mandate_id: UUID) -> Mandate:
    mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=mandate_id)
    if mandate is None:
        raise NotFound("There is no such mandate.")
    return mandate


def _move(mandate: Mandate, state: str, **fields: Any) -> None:
    try:
        states.require(states.MANDATE, before=mandate.state, after=state)
    except states.IllegalTransition:
        raise WrongState(f"The mandate is {mandate.state}; it cannot become {state}.") from None
    actions.change(mandate, state=state, **fields)


def _tell(
    seller: Seller, mandate: Mandate, what: str, *, at: datetime, by: str, **data: Any
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"mandate.{what}",
        object_type="mandate",
        object_id=mandate.id,
        buyer_id=mandate.buyer_id,
        state=mandate.state,
        data={"reference": mandate.reference, "scheme": mandate.scheme, **data},
    )
    journal.close()
