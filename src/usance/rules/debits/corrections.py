"""Notifications of change in ACH: what the other bank wants written differently from now on.

The numbers are everybody's; what they mean is said in our own words. Source: Nacha Operating Rules,
section 3.9 and Appendix Five.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Field = Literal["account", "routing_number", "transaction_code", "name", "identification"]
"""What of a buyer's bank details is corrected. ``transaction_code`` says checking or savings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one code of a notification asks for."""

    code: str
    meaning: str
    fields: tuple[Field, ...] = ()
    """What to take over before the next entry; none where a person must look."""


_CHANGES: Final = """
C01 account The account number is wrong.
C02 routing_number The routing number is wrong, most often after a merger.
C03 routing_number,account Routing number and account number are wrong.
C04 name The name is not the account's.
C05 transaction_code The account is a savings account, or is not.
C06 account,transaction_code The account number and the kind of account are wrong.
C07 routing_number,account,transaction_code Routing number, account number and kind are wrong.
C08 - The identification of the foreign bank is wrong.
C09 identification The number by which the receiver knows the payment is wrong.
C10 - Our name is wrong in the batch.
C11 - Our company identification is wrong in the batch.
C12 - Our name and company identification are wrong in the batch.
C13 - The addenda could not be read; the entry was posted.
C14 - The payment goes abroad and should be sent as such.
C61 - Our refusal of a change: it came to the wrong bank.
C62 - Our refusal of a change: its trace number is wrong.
C63 - Our refusal of a change: its company identification is wrong.
C64 - Our refusal of a change: its identification number is wrong.
C65 - Our refusal of a change: its corrected data are wrong.
C66 - Our refusal of a change: the code and the data do not fit.
C67 - Our refusal of a change: its routing number is wrong.
C68 - Our refusal of a change: the account number is wrong.
C69 - Our refusal of a change: the transaction code is wrong.
"""


def _changes() -> dict[str, Change]:
    found = {}
    for line in _CHANGES.strip().splitlines():
        code, fields, meaning = line.split(maxsplit=2)
        named = () if fields == "-" else tuple(fields.split(","))
        found[code] = Change(code=code, meaning=meaning, fields=named)  # type: ignore[arg-type]
    return found


CHANGES: Final = _changes()


def change(code: str) -> Change:
    """What a notification with this code asks for; of an unknown one, that a person look at it."""
    return CHANGES.get(code) or Change(
        code=code,
        meaning=f"The bank sent the notification {code}, which is not known here; ask it.",
    )


def is_refusal(code: str) -> bool:
    """Whether ``code`` (C61 to C69) refuses a notification rather than making one."""
    return "C61" <= code <= "C69"
