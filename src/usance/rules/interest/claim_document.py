"""The debit note by which late interest and compensation are claimed.

Neither is consideration for a supply, so the note is outside the scope of VAT (Directive 2006/112/EC,
art. 2(1); CJEU, C-222/81, BAZ Bausystem): category O, and by EN 16931 (BR-O-02) without VAT numbers. Its
words are frozen with it, in the languages in which documents are printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from usance.rules.interest.accrual import Step
from usance.rules.interest.compensation import Compensation
from usance.rules.invoicing.composing import payment
from usance.rules.invoicing.document import (
    AllowanceCharge,
    DocumentReference,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Note,
    Period,
    Price,
)
from usance.rules.invoicing.profiles import BillingProfileView, SellerDetailsView
from usance.rules.invoicing.supplies import major
from usance.rules.invoicing.taxation import EXEMPTION_CODES, exemption_reason
from usance.rules.invoicing.totals import Exemption, total

DEBIT_NOTE: Final = "383"
"""Debit note (UNTDID 1001)."""
_ONE_PIECE: Final = "C62"
_OUTSIDE: Final = "O"

_WORDS: Final[dict[str, dict[str, str]]] = {
    "interest": {
        "en": "Late interest on {number}, {first} to {last}",
        "it": "Interessi di mora su {number}, dal {first} al {last}",
        "ro": "Dobândă penalizatoare la {number}, {first} - {last}",
        "hi": "{number} पर विलंब ब्याज, {first} से {last}",
    },
    "how": {
        "en": "{base} x {rate} % a year, {days} days ({day_count}); {clause}",
        "it": "{base} x {rate} % annuo, {days} giorni ({day_count}); {clause}",
        "ro": "{base} x {rate} % pe an, {days} zile ({day_count}); {clause}",
        "hi": "{base} x {rate} % वार्षिक, {days} दिन ({day_count}); {clause}",
    },
    "compensation": {
        "en": "Compensation for the cost of recovering {number}",
        "it": "Risarcimento dei costi di recupero di {number}",
        "ro": "Compensație pentru costurile de recuperare a {number}",
        "hi": "{number} की वसूली लागत का मुआवज़ा",
    },
    "costs": {
        "en": "Further costs of recovering {number}",
        "it": "Ulteriori costi di recupero di {number}",
        "ro": "Alte costuri de recuperare a {number}",
        "hi": "{number} की वसूली की अन्य लागत",
    },
    "waived": {
        "en": "Waived",
        "it": "Rinuncia",
        "ro": "Renunțare",
        "hi": "माफ़ किया गया",
    },
}


def _written(what: str, *, language: str, **values: object) -> str:
    known = _WORDS[what]
    return known.get(language.partition("-")[0], known["en"]).format(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is claimed: ``steps`` and ``compensation`` for the invoice ``number`` of ``issued_on``, less
    ``waived``; minor units of ``currency``."""

    number: str
    issued_on: date
    currency: str
    steps: tuple[Step, ...]
    compensation: Compensation
    waived: int = 0
    reason: str = ""

    @property
    def amount(self) -> int:
        """What is to be paid."""
        interest = sum(step.amount for step in self.steps)
        return interest + self.compensation.amount - self.waived


def claim_document(
    claim: Claim,
    *,
    seller: SellerDetailsView,
    profile: BillingProfileView,
    number: str,
    issued_on: date,
    due_on: date,
) -> InvoiceDocument:
    """The debit note ``number`` for ``claim``: one line a step, so that it can be checked by hand."""
    language, currency = profile.language, claim.currency
    lines = [
        _line(place, entry.name, entry.how, major(entry.amount, currency), entry.period)
        for place, entry in enumerate(entries(claim, language=language), 1)
    ]
    waived = _waived(claim, language=language)
    reason = exemption_reason(
        _OUTSIDE, seller_country=seller.country, language=language.partition("-")[0]
    )
    sums = total(
        lines,
        currency=currency,
        allowances_charges=waived,
        exemptions={_OUTSIDE: Exemption(reason, EXEMPTION_CODES[_OUTSIDE])},
        payable=major(claim.amount, currency),
    )
    firsts = [step.first for step in claim.steps]
    return InvoiceDocument(
        number=number,
        issued_on=issued_on,
        type_code=DEBIT_NOTE,
        currency=currency,
        seller=replace(seller.party(), vat_id=""),
        buyer=replace(profile.party(), vat_id=""),
        lines=tuple(lines),
        allowances_charges=waived,
        totals=sums.totals,
        vat=sums.vat,
        due_on=due_on,
        buyer_reference=profile.buyer_reference,
        notes=(Note(claim.reason),) if claim.reason else (),
        preceding=(DocumentReference(claim.number, claim.issued_on),),
        period=Period(min(firsts), max(step.last for step in claim.steps)) if firsts else None,
        payment=payment(
            seller, currency=currency, remittance="", payer_country=profile.address.country
        ),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of the debit note says: ``name``, ``how`` it is computed, and minor units."""

    name: str
    how: str
    amount: int
    period: Period | None = None


def entries(claim: Claim, *, language: str) -> list[Entry]:
    """The lines of the debit note in ``language``, without what was waived; nothing is left out but 0."""
    found = [_of_step(claim, step, language=language) for step in claim.steps]
    owed = claim.compensation
    for what, amount in (("compensation", owed.fixed), ("costs", owed.costs)):
        name = _written(what, language=language, number=claim.number)
        found.append(Entry(name, owed.clause, amount))
    return [entry for entry in found if entry.amount]


def _of_step(claim: Claim, step: Step, *, language: str) -> Entry:
    name = _written(
        "interest", language=language, number=claim.number, first=step.first, last=step.last
    )
    how = _written(
        "how",
        language=language,
        base=f"{claim.currency} {major(step.base, claim.currency)}",
        rate=f"{step.rate.normalize():f}",
        days=step.days,
        day_count=step.day_count,
        clause=step.clause,
    )
    return Entry(name, how, step.amount, Period(step.first, step.last))


def waived_name(*, language: str) -> str:
    """What the line of what was waived is called."""
    return _written("waived", language=language)


def _line(place: int, name: str, how: str, net: Decimal, period: Period | None) -> InvoiceLine:
    return InvoiceLine(
        id=str(place),
        item=Item(name=name, description=how),
        quantity=Decimal(1),
        unit=_ONE_PIECE,
        net=net,
        price=Price(net=net),
        vat_category=_OUTSIDE,
        period=period,
    )


def _waived(claim: Claim, *, language: str) -> tuple[AllowanceCharge, ...]:
    if not claim.waived:
        return ()
    return (
        AllowanceCharge(
            is_charge=False,
            amount=major(claim.waived, claim.currency),
            reason=waived_name(language=language),
            vat_category=_OUTSIDE,
        ),
    )


def steps_as_json(steps: Sequence[Step]) -> list[dict[str, object]]:
    """``steps`` as they are kept with a claim and shown by the API; rates as texts."""
    return [
        {
            "due_on": step.due_on.isoformat(),
            "first": step.first.isoformat(),
            "last": step.last.isoformat(),
            "days": step.days,
            "day_count": step.day_count,
            "base": step.base,
            "compounded": step.compounded,
            "rate": f"{step.rate.normalize():f}",
            "reference_rate": None if step.reference is None else f"{step.reference.normalize():f}",
            "reference_on": step.reference_on.isoformat() if step.reference_on else None,
            "amount": step.amount,
            "clause": step.clause,
        }
        for step in steps
    ]
