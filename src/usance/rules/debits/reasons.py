"""The shape of what is known of a reason code, and how the tables of them are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["sepa", "ach"]

Cause = Literal[
    "funds", "account", "mandate", "unauthorised", "refused", "person", "law", "data", "duplicate",
    "bank", "ours", "unknown",
]  # fmt: skip
"""What was the matter: too little money; the account; the mandate; a claim that there was none; the
buyer did not want it; death or incapacity; law or a court; what we wrote; sent twice; a bank; asked
for by our own bank or us; nobody knows."""

Retry = Literal["again", "corrected", "agreed", "never"]
"""Whether it may be sent again: as it was; after what was wrong is put right; after the buyer has
agreed to it anew, with another mandate or account where one ended; not at all."""

Stage = Literal["return", "dishonored", "contested"]
"""``return``: the debit came back. ``dishonored``: our bank sent the return back, so the money is
ours again. ``contested``: the other bank upheld its return, so it is gone for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReason:
    """What one reason code means for the money, the mandate, the account and the buyer."""

    code: str
    scheme: Scheme
    meaning: str
    """One English sentence for a person, in our own words."""
    cause: Cause
    retry: Retry
    most_retries: int = 0
    """How often the same debit may be sent again, where ``retry`` is ``again``."""
    ends_mandate: bool = False
    """Nothing more may be pulled under this mandate (in ACH: this authorization)."""
    ends_account: bool = False
    """Nothing more may be pulled from this account until the buyer has named or freed one."""
    buyer_fault: bool = False
    """The buyer could have prevented it: the cost of the return may be claimed from it."""
    unauthorised: bool = False
    """The buyer says it never agreed; counts against us at the bank."""
    stage: Stage = "return"
    known: bool = True


def table(text: str, *, scheme: Scheme) -> dict[str, ReturnReason]:
    """The reasons of a table with one row a code.

    A row is: code, cause, retry (``again:2`` with the most retries), marks, meaning. Marks: M ends
    the mandate, A the account, B the buyer's fault, U unauthorised, or a dash.
    """
    found: dict[str, ReturnReason] = {}
    for line in text.strip().splitlines():
        code, cause, retry, marks, meaning = line.split(maxsplit=4)
        kind, _, most = retry.partition(":")
        if code in found:
            raise ValueError(f"{code} stands twice in the table.")
        found[code] = ReturnReason(
            code=code,
            scheme=scheme,
            meaning=meaning,
            cause=cause,  # type: ignore[arg-type]
            retry=kind,  # type: ignore[arg-type]
            most_retries=int(most or 0),
            ends_mandate="M" in marks,
            ends_account="A" in marks,
            buyer_fault="B" in marks,
            unauthorised="U" in marks,
            stage=_stage(code) if scheme == "ach" else "return",
        )
    return found


def unknown(code: str, *, scheme: Scheme) -> ReturnReason:
    """What is made of a code that no table has."""
    return ReturnReason(
        code=code,
        scheme=scheme,
        meaning=f"The bank gave the reason {code}, which is not known here; ask the bank.",
        cause="unknown",
        retry="never",
        known=False,
    )


def _stage(code: str) -> Stage:
    if "R61" <= code <= "R70":
        return "dishonored"
    return "contested" if "R71" <= code <= "R77" else "return"
