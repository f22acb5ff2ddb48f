"""What was given can be taken back: keys and places in the back office."""

from __future__ import annotations

from datetime import datetime

import pytest

from usance.flows import onboarding
from usance.flows.refusals import NotFound
from usance.records.parties.models import Seller, Staff
from usance.web.api import keys
from usance.web.api.problems import NotSignedIn


def test_a_revoked_key_opens_nothing(seller: Seller, at: datetime) -> None:
    _, text = onboarding.create_api_key(seller, name="shop", scopes=["orders:read"], at=at)
    _, other = onboarding.create_api_key(seller, name="erp", scopes=["orders:read"], at=at)
    assert onboarding.revoke_api_key(seller, shown=text, at=at) == 1
    keys._kept.clear()
    with pytest.raises(NotSignedIn):
        keys.authenticate(f"Bearer {text}", scope="orders:read")
    assert keys.authenticate(f"Bearer {other}", scope="orders:read").seller.id == seller.id
    with pytest.raises(NotFound):
        onboarding.revoke_api_key(seller, shown=text, at=at)


def test_a_person_is_let_out_of_one_seller_only(seller: Seller, at: datetime) -> None:
    second = onboarding.create_seller(
        name="Second",
        handle=f"{seller.handle}-2",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    email = f"anna@{seller.handle}.example"
    for one in (seller, second):
        onboarding.add_staff(
            one, email=email, name="Anna", role="accountant", password="correct horse", at=at
        )
    onboarding.remove_staff(seller, email=email)
    assert [s.seller_id for s in Staff.objects.filter(user__email=email)] == [second.id]
    with pytest.raises(NotFound):
        onboarding.remove_staff(seller, email=email)
