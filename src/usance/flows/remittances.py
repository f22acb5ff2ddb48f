"""What happens to a remittance advice: it is kept as it came, and finds the payment that it is of.

An advice that comes after its money lets that be matched again; one that comes before waits, and is given
to the money when it is settled (``flows.remittance_joining``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows import advice_tables, remittance_keeping, table_mappings
from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, WrongState
from usance.flows.remittance_matching import join_and_match, look_for_payment
from usance.formats import remittance_files
from usance.formats.remittance_table import AdviceMapping
from usance.records.parties.models import Seller
from usance.records.payments import remittance_queries
from usance.records.payments.models import Payment, Remittance, RemittanceFile
from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class Taken:
    """A file of advices as it is kept. ``new`` is False for bytes that were taken before."""

    file: RemittanceFile
    remittances: tuple[Remittance, ...]
    new: bool


def take_advice(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    file_name: str = "",
    source: str = "upload",
    currency: str | None = None,
    mapping: AdviceMapping | None = None,
) -> Taken:
    """Keep the advices of a file, whole or not at all, and let each find its payment.

    The same bytes give the same advices. ``currency`` stands in where a table or a text tells none;
    without it, the seller's does. A table is read as ``mapping`` says, which is remembered for tables of
    the same headings; without it, as was said for such a table before. ``source`` is one of
    ``records.payments.remittance_models.SOURCES``.
    Raises FormatError, with its place, if the file cannot be read.
    """
    taken = _keep(
        seller, data, at=at, by=by, file_name=file_name, source=source, currency=currency,
        mapping=mapping,
    )  # fmt: skip
    if taken.new:
        for remittance in taken.remittances:
            look_for_payment(seller, remittance_id=remittance.id, at=at, by=by)
        taken = Taken(taken.file, _of_file(seller, taken.file), True)
    return taken


@transaction.atomic
def _keep(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    file_name: str,
    source: str,
    currency: str | None,
    mapping: AdviceMapping | None,
) -> Taken:
    digest = hashlib.sha256(data).digest()
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", [str(seller.id)])
    known = remittance_queries.file_of(seller_id=seller.id, digest=digest)
    if known is not None:
        return Taken(known, _of_file(seller, known), False)
    said = advice_tables.reading_of(seller, data, mapping=mapping, currency=currency)
    advices = remittance_files.detect_and_parse(
        data,
        file_name,
        currency=said.currency or seller.currency,
        mapping=said.mapping,
        layout=advice_tables.lockbox_layout(seller),
    )
    if mapping is not None:
        advice_tables.remember(seller, data, said=said, at=at, by=by)
    file = remittance_keeping.keep(
        seller, advices, data=data, at=at, by=by, file_name=file_name, source=source
    )
    table_mappings.forget_waiting(seller, digest=digest)
    return Taken(file, _of_file(seller, file), True)


def _of_file(seller: Seller, file: RemittanceFile) -> tuple[Remittance, ...]:
    found = Remittance.objects.filter(seller_id=seller.id, file_id=file.id)
    return tuple(found.order_by("ordinal"))


@transaction.atomic
def join_by_hand(
    seller: Seller, *, remittance_id: UUID, payment_id: UUID, at: datetime, by: str
) -> Payment:
    """A person says which payment a waiting advice is of; it is matched again if nothing of it is placed.

    Again changes nothing. Raises NotFound, or WrongState (the advice does not wait, or the payment has
    one).
    """
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
    remittance = _locked(seller, remittance_id)
    payment = (
        Payment.objects.select_related("bank_transaction")
        .filter(seller_id=seller.id, id=payment_id)
        .first()
    )
    if payment is None:
        raise NotFound("There is no such payment.")
    if remittance.payment_id == payment.id:
        return payment
    if remittance.state != "waiting":
        raise WrongState(f"The advice is {remittance.state}; it waits for no payment.")
    if remittance_queries.of_payment(seller_id=seller.id, payment_id=payment.id) is not None:
        raise WrongState("The payment has an advice already; part the two first.")
    return join_and_match(seller, remittance, payment=payment, found_by="person", at=at, by=by)


@transaction.atomic
def part(seller: Seller, *, remittance_id: UUID, at: datetime, by: str) -> Remittance:
    """A joined advice is not of its payment: it waits again. What was booked stays; undo it at the payment.

    Raises NotFound or WrongState.
    """
    return _move(seller, remittance_id, "waiting", after=("joined",), at=at, by=by)


@transaction.atomic
def dismiss(seller: Seller, *, remittance_id: UUID, at: datetime, by: str) -> Remittance:
    """An advice is of no use, such as one that came twice. Raises NotFound or WrongState."""
    return _move(seller, remittance_id, "dismissed", after=("waiting", "joined"), at=at, by=by)


@transaction.atomic
def take_up(seller: Seller, *, remittance_id: UUID, at: datetime, by: str) -> Remittance:
    """A dismissed advice waits again. Raises NotFound or WrongState."""
    return _move(seller, remittance_id, "waiting", after=("dismissed",), at=at, by=by)


def _move(
    seller: Seller,
    remittance_id: UUID,
    state: str,
    *,
    after: tuple[str, ...],
    at: datetime,
    by: str,
) -> Remittance:
    remittance = _locked(seller, remittance_id)
    if remittance.state == state:
        return remittance
    if remittance.state not in after:
        raise WrongState(f"The advice is {remittance.state}; it cannot become {state}.")
    Remittance.objects.filter(seller_id=seller.id, id=remittance.id).update(
        state=state, payment_id=None, found_by="", changed_at=at
    )
    remittance.state, remittance.payment_id = state, None
    remittance.found_by, remittance.changed_at = "", at
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"remittance.{state}",
        object_type="remittance",
        object_id=remittance.id,
        state=state,
        currency=remittance.currency or None,
        data={"reference": remittance.reference},
    )
    journal.close()
    return remittance


def _locked(seller: Seller, remittance_id: UUID) -> Remittance:
    found = (
        Remittance.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=remittance_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such remittance advice.")
    return found
