"""Debits of SEPA mandates as a pain.008."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from usance.formats.sepa import (
    Amendment,
    Collection,
    Creditor,
    DirectDebitFile,
    Due,
    grouped,
    render_direct_debits,
)
from usance.formats.sepa.model import DirectDebitVersion
from usance.records.debits.models import DebitPart, Mandate
from usance.records.events.secrets import decrypt
from usance.records.parties.models import SellerBankAccount
from usance.rules.debits.mandates import RECURRENT, sequence_after_new_account, sequence_type
from usance.rules.debits.schemes import SCHEMES

if TYPE_CHECKING:
    from usance.flows.debits.files import Line


@dataclass(frozen=True, slots=True)
class Place:
    """Where a debit stands in the file."""

    group: str
    sequence: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The file, its groups, and where each debit stands in it."""

    content: bytes
    groups: list[dict[str, Any]]
    places: dict[UUID, Place]


def draw(
    lines: Sequence[Line],
    *,
    seller_name: str,
    creditor_id: str,
    account: SellerBankAccount,
    message_id: str,
    version: str,
    with_first: bool,
    at: datetime,
) -> Drawn:
    """The debits as one message, grouped by day, scheme and sequence. Raises FormatError."""
    creditor = Creditor(
        name=account.holder or seller_name,
        iban=account.iban,
        identifier=creditor_id,
        bic=account.bic or None,
    )
    seen: set[UUID] = set()
    due = []
    of_id = {}
    for line in sorted(lines, key=lambda it: (it.collect_on, it.debit.id)):
        sequence = _sequence(line.mandate, first=line.mandate.id not in seen, with_first=with_first)
        seen.add(line.mandate.id)
        of_id[line.debit.end_to_end_id] = line.debit.id
        due.append(
            Due(
                collection=_collection(line),
                scheme=SCHEMES[line.mandate.scheme].entry_class,
                sequence=sequence,
                collect_on=line.collect_on,
            )
        )
    groups = grouped(due, creditor=creditor, prefix=message_id)
    file = DirectDebitFile(
        message_id=message_id, created_at=at, initiator=seller_name, groups=groups
    )
    return Drawn(
        content=render_direct_debits(file, version=cast(DirectDebitVersion, version)),
        groups=[
            {
                "id": group.id,
                "day": group.collect_on.isoformat(),
                "class": f"{group.scheme} {group.sequence}",
                "count": len(group.collections),
                "amount": group.amount,
            }
            for group in groups
        ],
        places={
            of_id[each.end_to_end_id]: Place(group.id, group.sequence)
            for group in groups
            for each in group.collections
        },
    )


def _sequence(mandate: Mandate, *, first: bool, with_first: bool) -> str:
    if not mandate.one_off and not first:
        return RECURRENT
    if mandate.amendment.get("new_account") and not mandate.one_off:
        return sequence_after_new_account(used=mandate.used, same_bank=False, with_first=with_first)
    used = mandate.used or mandate.last_collected_on is not None
    return sequence_type(one_off=mandate.one_off, used=used, with_first=with_first)


def _collection(line: Line) -> Collection:
    mandate = line.mandate
    has_address = bool(mandate.debtor_town and mandate.debtor_country)
    return Collection(
        end_to_end_id=line.debit.end_to_end_id,
        amount=line.debit.amount,
        mandate_id=mandate.reference,
        signed_on=mandate.signed_on,
        debtor_name=mandate.debtor_name,
        debtor_iban=decrypt(mandate.account),
        debtor_bic=mandate.bank or None,
        debtor_country=mandate.debtor_country if has_address else None,
        debtor_town=mandate.debtor_town if has_address else None,
        amendment=Amendment(new_debtor_account=True)
        if mandate.amendment.get("new_account")
        else None,
        remittance_text=remittance(line.parts),
    )


def remittance(parts: Sequence[DebitPart]) -> str:
    """The numbers of the invoices, as many as there is room for; then how many more there are."""
    numbers = [part.invoice.number for part in parts]
    for shown in range(len(numbers), 0, -1):
        more = f" +{len(numbers) - shown}" if shown < len(numbers) else ""
        text = " ".join(numbers[:shown]) + more
        if len(text) <= 140:
            return text
    return ""
