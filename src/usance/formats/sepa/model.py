"""What is ordered of a bank in euro, and what the bank says to it: pain.008, pain.001, pain.002.

Amounts are whole minor units and positive; the kind of message says which way the money goes.

Source: EPC Customer-to-Bank Implementation Guidelines for SEPA Direct Debit (Core: EPC130-08,
B2B: EPC131-08) and Credit Transfer (EPC132-08); ISO 20022 message definitions of pain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Scheme = Literal["CORE", "B2B"]
"""The local instrument: Core is for everybody and may be refunded; B2B is for firms only, never
refunded, and the debtor's bank must know the mandate. ``COR1`` and others are read as they are."""

Sequence = Literal["FRST", "RCUR", "OOFF", "FNAL"]
"""SequenceType: first, recurrent, one-off, final."""

DirectDebitVersion = Literal["pain.008.001.02", "pain.008.001.08"]
CreditTransferVersion = Literal["pain.001.001.03", "pain.001.001.09"]

SAME_MANDATE_NEW_ACCOUNT: Final = "SMNDA"
"""Same Mandate, New Debtor Account: what stands in place of the account that was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What of a mandate has changed since it was last used (AT-24); None for what has not."""

    original_mandate_id: str | None = None
    original_creditor_identifier: str | None = None
    original_creditor_name: str | None = None
    original_debtor_iban: str | None = None
    """The account before, where the debtor has kept its bank and may be told apart by it."""
    new_debtor_account: bool = False
    """SMNDA: another account, at the same bank or at another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One direct debit."""

    end_to_end_id: str
    """Up to 35 characters; comes back in pain.002 and in camt, whatever becomes of the debit."""
    amount: int
    mandate_id: str
    """The unique mandate reference: up to 35 characters."""
    signed_on: date | None
    """None only in what is read."""
    debtor_name: str
    debtor_iban: str
    currency: str = "EUR"
    debtor_bic: str | None = None
    """Needed for accounts outside the European Economic Area only."""
    debtor_country: str | None = None
    """ISO 3166-1. Outside the European Economic Area an address is due: give town and country."""
    debtor_town: str | None = None
    debtor_address_lines: tuple[str, ...] = ()
    """Up to two lines of 70 characters: street, post code."""
    instruction_id: str | None = None
    amendment: Amendment | None = None
    ultimate_debtor: str | None = None
    remittance_text: str = ""
    """Up to 140 characters."""
    creditor_reference: str | None = None
    """An ISO 11649 reference; takes the place of ``remittance_text``."""
    purpose: str | None = None
    """An external purpose code such as SUPP or TRAD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditor:
    """Who collects, and into which account."""

    name: str
    iban: str
    identifier: str
    """The creditor identifier (AT-02), such as DE98ZZZ09999999999."""
    bic: str | None = None
    country: str | None = None
    town: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionGroup:
    """Direct debits that are collected together: a ``PmtInf``. The bank books it as one sum where
    ``batch_booking``; its own id then is what the bank statement shows."""

    id: str
    """Up to 35 characters."""
    creditor: Creditor
    scheme: str
    sequence: str
    collect_on: date
    """The day on which debtors are debited and the creditor credited: a TARGET day."""
    collections: tuple[Collection, ...]
    batch_booking: bool | None = True
    """None leaves it to the agreement with the bank."""

    @property
    def amount(self) -> int:
        """The sum of its collections, in minor units."""
        return sum(each.amount for each in self.collections)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebitFile:
    """One pain.008 message."""

    message_id: str
    """Up to 35 characters, never used twice with one bank."""
    created_at: datetime
    initiator: str
    groups: tuple[CollectionGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One credit transfer: what a buyer is paid back."""

    end_to_end_id: str
    amount: int
    creditor_name: str
    creditor_account: str
    """An IBAN; in what is read also another number of an account."""
    currency: str = "EUR"
    creditor_bic: str | None = None
    instruction_id: str | None = None
    remittance_text: str = ""
    creditor_reference: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferGroup:
    """Transfers from one account on one day."""

    id: str
    debtor_name: str
    debtor_account: str
    execute_on: date
    transfers: tuple[Transfer, ...]
    debtor_bic: str | None = None
    batch_booking: bool | None = None
    instrument: str | None = None
    """``INST`` for an instant transfer; None for an ordinary one."""

    @property
    def amounts(self) -> dict[str, int]:
        """The sum of its transfers in each currency, in minor units."""
        sums: dict[str, int] = {}
        for each in self.transfers:
            sums[each.currency] = sums.get(each.currency, 0) + each.amount
        return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTransferFile:
    """One pain.001 message."""

    message_id: str
    created_at: datetime
    initiator: str
    groups: tuple[TransferGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a status is what it is."""

    code: str | None
    """ISO 20022 external status reason (AC04, AM04, MD01, ...), or the bank's own."""
    text: str = ""
    originator: str | None = None
    """Who says so: a BIC or a name."""


Verdict = Literal["accepted", "rejected", "pending", "partly"]
"""What a status means for the money: on its way, not taken at all, not known yet, or see within."""

VERDICTS: Final[dict[str, Verdict]] = {
    "ACTC": "accepted",  # technical checks passed
    "ACCP": "accepted",  # the customer's profile too
    "ACSP": "accepted",  # in process of settlement
    "ACSC": "accepted",  # settled on the debtor's account
    "ACCC": "accepted",  # settled on the creditor's account
    "ACWC": "accepted",  # with a change
    "ACFC": "accepted",  # funds checked
    "ACWP": "accepted",  # without posting yet
    "RCVD": "pending",
    "PDNG": "pending",
    "PATC": "pending",  # some signatures are still missing
    "ACPD": "pending",
    "BLCK": "rejected",
    "CANC": "rejected",
    "RJCT": "rejected",
    "PART": "partly",
}
"""By ISO 20022 external payment group and transaction status codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionStatus:
    """What became of one payment of a message."""

    status: str | None
    end_to_end_id: str | None = None
    instruction_id: str | None = None
    reasons: tuple[Reason, ...] = ()
    amount: int | None = None
    currency: str | None = None
    collect_on: date | None = None
    mandate_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStatus:
    """What became of one ``PmtInf`` of a message, and of payments in it that are named."""

    id: str | None
    status: str | None = None
    reasons: tuple[Reason, ...] = ()
    transactions: tuple[TransactionStatus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """One pain.002 message: the bank's answer to one message of ours."""

    message_id: str
    created_at: datetime | None
    version: str
    """As in the namespace: ``pain.002.001.10``."""
    original_message_id: str | None
    original_message_name: str | None = None
    """Such as ``pain.008.001.08``."""
    status: str | None = None
    reasons: tuple[Reason, ...] = ()
    groups: tuple[GroupStatus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a report says of one payment, after groups and message have been looked at."""

    verdict: Verdict
    status: str | None
    reasons: tuple[Reason, ...] = ()
    level: Literal["transaction", "group", "message", "none"] = "none"
    """Where it was said; ``none`` where the report does not name the payment at all."""
