"""The two sides of a payment in a camt message (``RltdPties``)."""

from __future__ import annotations

from lxml import etree

from usance.formats.camt.elements import text
from usance.formats.statement import compact
from usance.formats.xml_elements import child


def counterparty(
    parties: etree._Element | None,
    *,
    debtor_is_other: bool,
    returned: bool,
    own_account: str | None,
) -> tuple[str | None, str | None, str | None]:
    """Name, account and ultimate party of the other side; each None if it is not told.

    ``debtor_is_other``: money came from the debtor. ``returned``: a payment came back, in which banks
    keep the parties of the original or do not.
    """
    if parties is None:
        return None, None, None
    sides = ("Dbtr", "Cdtr") if debtor_is_other else ("Cdtr", "Dbtr")
    found = _party(parties, sides[0])
    if returned and found[1] is not None and found[1] == own_account:
        # Banks disagree on whether a return keeps the original parties; our own account tells.
        other = _party(parties, sides[1])
        found = other if any(other) else found
    return found


def _party(parties: etree._Element, side: str) -> tuple[str | None, str | None, str | None]:
    account = child(parties, f"{side}Acct")
    name = _name(child(parties, side)) or text(account, "Nm")
    return name, account_number(account), _name(child(parties, f"Ultmt{side}"))


def _name(party: etree._Element | None) -> str | None:
    # The name stands in the element itself until version 07, then in Pty, or in Agt for a bank.
    return text(party, "Pty", "Nm") or text(party, "Nm") or text(party, "Agt", "FinInstnId", "Nm")


def account_number(account: etree._Element | None) -> str | None:
    """The IBAN without spaces, or another identification of ``account``."""
    identification = child(account, "Id")
    iban = text(identification, "IBAN")
    if iban is not None:
        return compact(iban)
    return (
        text(identification, "Othr", "Id")
        or text(identification, "BBAN")  # version 01, as the next two
        or text(identification, "PrtryAcct", "Id")
        or text(identification, "UPIC")
    )
