"""Programmes of early money: set up, changed, paused, closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.funding.partners import KINDS as FUNDING
from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused, WrongState, external_id_once
from usance.records.connections import queries as connections
from usance.records.events import queries as events
from usance.records.funding import actions
from usance.records.funding.models import FundingProgram
from usance.records.identity import new_id
from usance.records.monitoring import actions as places
from usance.records.parties.models import Seller
from usance.rules.credit.expressions import InvalidExpression
from usance.rules.funding.choice import KINDS, OWN_BOOK, condition_program
from usance.rules.funding.terms import BASIS
from usance.rules.money import LARGEST_AMOUNT, exponent
from usance.rules.states import FUNDING_PROGRAM

READER: Final = "funding"
"""How far the seller's events have been followed for funding."""
MOST_DAYS: Final = 3650


class InvalidProgram(Refused):
    """A programme that cannot be as it was given."""

    code = "invalid_funding_program"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramTerms:
    """All that a programme is but for its state; see FundingProgram for the meanings."""

    name: str
    kind: str
    currency: str
    connection_id: UUID | None = None
    place: int = 0
    condition: str = ""
    rate: int = 0
    flat_fee: int = 0
    period_fee: int = 0
    interest: int = 0
    minimum_fee: int = 0
    recourse_days: int = 60
    total_limit: int | None = None
    buyer_limit: int | None = None
    concentration: int | None = None
    smallest: int | None = None
    oldest_days: int | None = None
    longest_days: int | None = None
    insurer: str = ""
    insured_share: int = 0
    premium: int = 0
    claim_days: int = 0


@transaction.atomic
def create_program(
    seller: Seller,
    *,
    terms: ProgramTerms,
    at: datetime,
    by: str,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> FundingProgram:
    """Set up a programme; invoices that are opened from now on are offered to it.

    Raises InvalidProgram, UnknownCurrency, NotFound (the connection) or ExternalIdTaken.
    """
    _check(seller, terms)
    program = FundingProgram(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        external_id=external_id,
        metadata=dict(metadata or {}),
        **asdict(terms),
    )
    with external_id_once("funding programme", external_id):
        program.save(force_insert=True)
    _begin_now(seller, at=at)
    _tell(seller, program, "funding_program.created", at=at, by=by)
    return program


@transaction.atomic
def change_program(
    seller: Seller,
    *,
    program_id: UUID,
    terms: ProgramTerms,
    at: datetime,
    by: str,
    state: str | None = None,
) -> FundingProgram:
    """Change a programme, or pause, resume or close it. Advances that were made stay as they are.

    Raises NotFound, WrongState or as ``create_program``.
    """
    program = actions.lock_program(seller_id=seller.id, program_id=program_id)
    if program is None:
        raise NotFound("There is no such funding programme.")
    if state is not None and state != program.state:
        if (program.state, state) not in FUNDING_PROGRAM:
            raise WrongState(f"The programme is {program.state}; it cannot become {state}.")
    elif program.state == "closed":
        raise WrongState("The programme is closed; set up another one.")
    _check(seller, terms)
    actions.change(program, state=state or program.state, **asdict(terms))
    _tell(seller, program, "funding_program.changed", at=at, by=by)
    return program


def _check(seller: Seller, terms: ProgramTerms) -> None:
    exponent(terms.currency)
    if terms.kind not in KINDS:
        raise InvalidProgram(f"{terms.kind!r} is no kind of programme; choose {', '.join(KINDS)}.")
    if not terms.name.strip():
        raise InvalidProgram("A programme has a name.")
    _check_partner(seller, terms)
    _check_figures(terms)
    if terms.kind == "insured" and not (terms.insurer and terms.insured_share and terms.claim_days):
        raise InvalidProgram("An insured programme names its insurer, the share and the days.")
    if terms.kind != "insured" and (terms.insured_share or terms.premium):
        raise InvalidProgram("Only a programme of the kind insured has a policy of an insurer.")
    if terms.condition.strip():
        try:
            condition_program(terms.condition, currency=terms.currency)
        except InvalidExpression as error:
            raise InvalidProgram(f"The condition cannot be read: {error}") from None


def _check_partner(seller: Seller, terms: ProgramTerms) -> None:
    if terms.kind == OWN_BOOK:
        if terms.connection_id is not None or terms.rate:
            raise InvalidProgram("Your own book has no partner and advances nothing.")
        return
    if terms.connection_id is None:
        raise InvalidProgram("Name the connection of the partner that funds the programme.")
    found = connections.connection(seller_id=seller.id, connection_id=terms.connection_id)
    if found is None or found.kind not in FUNDING:
        raise NotFound("There is no such funding partner.")
    if not terms.rate:
        raise InvalidProgram("Say which part of an invoice is advanced, in basis points.")


def _check_figures(terms: ProgramTerms) -> None:
    shares = ("rate", "flat_fee", "period_fee", "interest", "insured_share", "premium")
    if any(not 0 <= getattr(terms, name) <= BASIS for name in shares):
        raise InvalidProgram(f"Rates and shares are from 0 to {BASIS} basis points.")
    if terms.concentration is not None:
        if not 0 < terms.concentration <= BASIS:
            raise InvalidProgram(f"The concentration is from 1 to {BASIS} basis points.")
        if terms.total_limit is None:
            raise InvalidProgram("A concentration is a share of the total limit; set that too.")
    for name in ("minimum_fee", "total_limit", "buyer_limit", "smallest"):
        value = getattr(terms, name)
        if value is not None and not 0 <= value <= LARGEST_AMOUNT:
            raise InvalidProgram(f"{name} is from 0 to {LARGEST_AMOUNT} minor units.")
    for name in ("recourse_days", "oldest_days", "longest_days", "claim_days"):
        value = getattr(terms, name)
        if value is not None and not 0 <= value <= MOST_DAYS:
            raise InvalidProgram(f"{name} is from 0 to {MOST_DAYS} days.")


def _begin_now(seller: Seller, *, at: datetime) -> None:
    """Follow the seller's events from here on, unless they are followed already."""
    if places.place(seller_id=seller.id, reader=READER) is None:
        places.move_place(seller_id=seller.id, reader=READER, to=events.end_of_events(), at=at)


def _tell(seller: Seller, program: FundingProgram, type_: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="funding_program",
        object_id=program.id,
        currency=program.currency,
        data={"name": program.name, "kind": program.kind, "state": program.state},
    )
    journal.close()
