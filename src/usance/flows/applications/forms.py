"""How a seller takes applications: whether, from where, in which currencies, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from usance.flows.applications.consents import STANDARD
from usance.flows.applications.refusals import InvalidApplication
from usance.flows.journal import Journal
from usance.records.applications import actions
from usance.records.applications.models import ApplicationForm
from usance.records.parties.models import Seller
from usance.rules.money import exponent

MOST_CONSENTS: Final = 8
LONGEST_CONSENT: Final = 1000


@transaction.atomic
def set_form(
    seller: Seller,
    *,
    is_open: bool,
    at: datetime,
    by: str,
    countries: Sequence[str] = (),
    currencies: Sequence[str] = (),
    introduction: str = "",
    consents: Mapping[str, str] | None = None,
    prepaid_allowed: bool = False,
) -> ApplicationForm:
    """Open or close the form and say what it asks. Raises UnknownCurrency or InvalidApplication."""
    for currency in currencies:
        exponent(currency)
    own = {name: text.strip() for name, text in (consents or {}).items() if text.strip()}
    if len(own) > MOST_CONSENTS or any(len(text) > LONGEST_CONSENT for text in own.values()):
        raise InvalidApplication(
            f"At most {MOST_CONSENTS} sentences of {LONGEST_CONSENT} characters can be asked for."
        )
    if set(own) & set(STANDARD):
        raise InvalidApplication(
            f"{', '.join(STANDARD)} are always asked for; name yours otherwise."
        )
    ApplicationForm.objects.bulk_create(
        [ApplicationForm(seller=seller, created_at=at)], ignore_conflicts=True
    )
    form = ApplicationForm.objects.select_for_update(no_key=True).get(seller_id=seller.id)
    actions.change(
        form,
        is_open=is_open,
        countries=sorted(set(countries)),
        currencies=list(dict.fromkeys(currencies)),
        introduction=introduction.strip(),
        consents=own,
        prepaid_allowed=prepaid_allowed,
    )
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "application_form.changed",
        object_type="application_form",
        object_id=form.id,
        data={"is_open": is_open},
    )
    journal.close()
    return form
