"""A seller's own names for payment terms, such as the keys of its ERP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import WrongFields
from usance.records.parties import invoicing_actions as actions
from usance.records.parties import invoicing_queries as queries
from usance.records.parties.models import Seller
from usance.rules.invoicing.faults import FieldFault
from usance.rules.terms import Terms, UnknownTerms, parse_terms, read_terms

LONGEST_KEY: Final = 40
MOST_KEYS: Final = 500


@transaction.atomic
def set_terms_keys(
    seller: Seller, *, keys: Mapping[str, str], at: datetime, by: str
) -> dict[str, str]:
    """Put ``keys`` in the place of all the seller's keys. Each leads to a terms code, or to words
    that can be read as one (``2/10 net 30``). Saying the same again changes nothing.

    Raises WrongFields, which names every key that cannot be.
    """
    kept = _checked(keys)
    actions.lock_seller(seller_id=seller.id)
    before = queries.terms_keys(seller_id=seller.id)
    if kept != before:
        actions.replace_terms_keys(kept, seller_id=seller.id, at=at)
        journal = Journal(seller, at=at, by=by)
        journal.tell(
            "seller.terms_keys_changed",
            object_type="seller",
            object_id=seller.id,
            data={"keys": len(kept)},
        )
        journal.close()
    return queries.terms_keys(seller_id=seller.id)


def terms_of(seller: Seller, *, text: str) -> Terms:
    """What ``text`` says, be it a code, a key of the seller's or words. A plain code costs no query,
    unless the seller uses one as a key. Raises UnknownTerms."""
    try:
        return parse_terms(text)
    except UnknownTerms:
        return read_terms(text, keys=queries.terms_keys(seller_id=seller.id))


def _checked(keys: Mapping[str, str]) -> dict[str, str]:
    faults: list[FieldFault] = []
    kept: dict[str, str] = {}
    folded: set[str] = set()
    if len(keys) > MOST_KEYS:
        raise WrongFields([FieldFault("keys", "too_many_keys", f"has at most {MOST_KEYS} keys")])
    for written, text in keys.items():
        key = " ".join(written.split())
        if not 0 < len(key) <= LONGEST_KEY or "\0" in key:
            detail = f"is not a key; one has 1 to {LONGEST_KEY} characters"
            faults.append(FieldFault(f"keys/{written}", "invalid_key", detail))
            continue
        if key.casefold() in folded:
            detail = "is there twice, in other letters; keep one"
            faults.append(FieldFault(f"keys/{written}", "duplicate_key", detail))
        if _is_code(key):
            detail = "is a terms code itself; choose another name"
            faults.append(FieldFault(f"keys/{written}", "key_is_a_code", detail))
        try:
            kept[key] = read_terms(text).code
        except UnknownTerms as error:
            faults.append(FieldFault(f"keys/{written}", "unknown_terms", str(error)))
        folded.add(key.casefold())
    if faults:
        raise WrongFields(faults)
    return dict(sorted(kept.items()))


def _is_code(text: str) -> bool:
    """Whether ``text`` is a code. A key may not be one: codes mean the same for every seller."""
    try:
        parse_terms(text)
    except UnknownTerms:
        return False
    return True
