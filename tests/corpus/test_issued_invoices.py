"""Invoices and credit notes as this house composes them, against the official rules.

Whatever a shop sends, the document of its invoice has no fatal finding in the rules of EN 16931 and
of Peppol BIS Billing 3. ``USANCE_INVOICES`` says how many are drawn.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.corpus.test_validation_corpus import rules
from tests.rules.invoicing_supplies import made, supplies
from usance.formats.einvoice.profiles import EN16931, PEPPOL_BIS_3, Profile
from usance.formats.ubl import render
from usance.formats.validation import validate
from usance.rules.billing import tax_share
from usance.rules.invoicing.credited_lines import lines_to_credit
from usance.rules.invoicing.crediting import (
    CreditedLine,
    credit_document,
    line_amounts,
    take_back,
)
from usance.rules.invoicing.document import InvoiceDocument

DRAWN = int(os.environ.get("USANCE_INVOICES", "25"))
GROUPS = st.sampled_from(["none", "cost_centre", "purchase_order", "ship_to"])
AS_DRAWN = settings(
    max_examples=DRAWN,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def fatals(document: InvoiceDocument, profile: Profile) -> list[str]:
    report = validate(render(document, profile=profile), rules=rules())
    assert not report.missing
    return [f"{found.rule}: {found.message}" for found in report.fatals]


@pytest.mark.parametrize("profile", [EN16931, PEPPOL_BIS_3], ids=lambda profile: profile.key)
@AS_DRAWN
@given(found=st.lists(supplies(), min_size=1, max_size=4), group_by=GROUPS)
def test_an_invoice_keeps_the_rules(profile: Profile, found: list[Any], group_by: str) -> None:
    assert fatals(made(*found, group_by=group_by), profile) == []


@AS_DRAWN
@given(
    found=st.lists(supplies(), min_size=1, max_size=3),
    how=st.sampled_from(["whole", "amount", "lines"]),
    part=st.integers(1, 100),
)
def test_a_credit_note_keeps_the_rules(found: list[Any], how: str, part: int) -> None:
    invoice = made(*found)
    amount = sum(one.amount for one in found)
    tax = sum(one.tax_amount for one in found)
    taken: list[Any] = []
    if how == "amount":
        now = max(amount * part // 100, 1)
        tax = tax_share(tax_left=tax, amount_left=amount, amount_now=now)
        amount = now
    elif how == "lines":
        amounts = line_amounts(invoice, amount=amount, tax_amount=tax)
        wanted = [
            CreditedLine(line.id, quantity=line.quantity * part / Decimal(100))
            for line in lines_to_credit(invoice)
            if amounts[line.id][0] * part > 100 and line.quantity > 0
        ]
        taken = take_back(invoice, wanted, amounts=amounts, before={})
        if not taken:
            return
        amount, tax = sum(one.amount for one in taken), sum(one.tax_amount for one in taken)
    note = credit_document(
        invoice,
        amount=amount,
        tax_amount=tax,
        number="CN-2026-000001",
        issued_on=date(2026, 4, 9),
        language="en",
        taken=taken,
        whole=how == "whole",
    )
    assert note.totals.payable == Decimal(amount).scaleb(-2)
    assert fatals(note, PEPPOL_BIS_3) == []
