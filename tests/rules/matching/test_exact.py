"""Which invoices a transfer pays: what is certain is allocated, what is not stays unapplied."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.matching.exact import (
    LONGEST_REFERENCE,
    Match,
    OpenInvoice,
    Remittance,
    match,
    references,
)

NORDWIND, SUDWIND = UUID(int=1), UUID(int=2)


def book() -> list[OpenInvoice]:
    """Two buyers' open invoices, in cents."""
    return [
        invoice(1, NORDWIND, "INV2026000001", 100_00, "2026-03-01"),
        invoice(2, NORDWIND, "INV2026000002", 250_00, "2026-03-15"),
        invoice(3, NORDWIND, "INV2026000003", 250_00, "2026-04-01"),
        invoice(4, SUDWIND, "INV2026000004", 80_00, "2026-03-01"),
        invoice(5, NORDWIND, "INV2026000005", 77_00, "2026-03-01", "USD"),
    ]


def invoice(
    number: int, buyer: UUID, reference: str, amount: int, due_on: str, currency: str = "EUR"
) -> OpenInvoice:
    return OpenInvoice(UUID(int=100 + number), buyer, reference, currency, amount, due_on)


def found(
    text: str, amount: int, payer: UUID | None = None, currency: str = "EUR"
) -> tuple[UUID | None, list[tuple[str, int]], str | None]:
    result = matched(book(), text, amount, payer, currency)
    rules = {share.rule for share in result.shares}
    assert len(rules) <= 1
    shares = [(s.invoice.reference[-1], s.amount) for s in result.shares]
    return result.buyer_id, shares, rules.pop() if rules else None


def matched(
    invoices: list[OpenInvoice],
    text: str,
    amount: int,
    payer: UUID | None,
    currency: str = "EUR",
) -> Match:
    by_reference: dict[str, list[OpenInvoice]] = {}
    for each in invoices:
        by_reference.setdefault(each.reference, []).append(each)
    return match(
        Remittance(amount, currency, (text,), payer),
        by_reference=by_reference,
        of_payer=[each for each in invoices if each.buyer_id == payer],
    )


@pytest.mark.parametrize(
    ("text", "amount", "payer", "buyer", "shares", "rule"),
    [
        # the number is named: whoever paid, it pays that invoice
        ("INV-2026-000001", 100_00, NORDWIND, NORDWIND, [("1", 100_00)], "reference"),
        ("Rechnung INV 2026 000001", 100_00, None, NORDWIND, [("1", 100_00)], "reference"),
        ("inv2026000004", 80_00, NORDWIND, SUDWIND, [("4", 80_00)], "reference"),
        # less than the invoice pays part of it; more leaves the rest unapplied
        ("INV-2026-000002", 200_00, None, NORDWIND, [("2", 200_00)], "reference"),
        ("INV-2026-000001", 130_00, None, NORDWIND, [("1", 100_00)], "reference"),
        # several: the one due first before the others
        ("INV-2026-000002, INV-2026-000001", 350_00, None, NORDWIND,
         [("1", 100_00), ("2", 250_00)], "reference"),
        ("INV-2026-000002; INV-2026-000001", 120_00, None, NORDWIND,
         [("1", 100_00), ("2", 20_00)], "reference"),
        # numbers of two buyers in one text: nobody's
        ("INV-2026-000001 INV-2026-000004", 180_00, None, None, [], None),
        # no number: amount and payer, if exactly one invoice fits
        ("thank you", 100_00, NORDWIND, NORDWIND, [("1", 100_00)], "amount_and_payer"),
        ("thank you", 250_00, NORDWIND, NORDWIND, [], None),
        ("thank you", 100_00, None, None, [], None),
        ("thank you", 100_01, NORDWIND, NORDWIND, [], None),
        # the whole balance
        ("account cleared", 600_00, NORDWIND, NORDWIND,
         [("1", 100_00), ("2", 250_00), ("3", 250_00)], "balance_and_payer"),
        # a number nobody knows
        ("INV-2026-000009", 80_00, SUDWIND, SUDWIND, [("4", 80_00)], "amount_and_payer"),
    ],
)  # fmt: skip
def test_matches(
    text: str,
    amount: int,
    payer: UUID | None,
    buyer: UUID | None,
    shares: list[tuple[str, int]],
    rule: str | None,
) -> None:
    assert found(text, amount, payer) == (buyer, shares, rule)


def test_an_invoice_in_another_currency_is_not_paid() -> None:
    assert found("INV-2026-000005", 77_00, NORDWIND) == (NORDWIND, [], None)
    assert found("INV-2026-000005", 77_00, None, "USD") == (NORDWIND, [("5", 77_00)], "reference")


def test_what_one_line_has_paid_the_next_cannot_pay() -> None:
    invoices = book()
    first = matched(invoices, "INV-2026-000001", 60_00, None)
    second = matched(invoices, "INV-2026-000001", 60_00, None)
    third = matched(invoices, "INV-2026-000001", 60_00, None)
    assert [share.amount for share in first.shares] == [60_00]
    assert [share.amount for share in second.shares] == [40_00]
    assert third.shares == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("INV-2026-000123", "INV2026000123"),
        ("Payment of INV-2026-000123.", "INV2026000123"),
        ("INV 2026 000123", "INV2026000123"),
        ("(inv/2026/000123)", "INV2026000123"),
        ("INV-2026-000122,INV-2026-000123", "INV2026000123"),
    ],
)
def test_numbers_are_found_in_texts(text: str, number: str) -> None:
    assert number in references([text])


def test_a_run_of_words_is_not_endless() -> None:
    assert max(map(len, references(["1234567890 " * 50]))) <= LONGEST_REFERENCE


OPEN = st.lists(
    st.builds(
        OpenInvoice,
        id=st.uuids(),
        buyer_id=st.sampled_from([NORDWIND, SUDWIND]),
        reference=st.integers(1, 12).map(lambda n: f"INV2026{n:06d}"),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
        outstanding=st.integers(0, 500),
        due_on=st.dates(),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)
TEXTS = st.lists(
    st.integers(1, 12).map(lambda n: f"INV-2026-{n:06d}") | st.sampled_from(["rent", "2026", "x"]),
    max_size=4,
).map(" ".join)


@given(OPEN, TEXTS, st.integers(1, 1500), st.sampled_from([None, NORDWIND, SUDWIND]))
def test_no_match_ever_pays_too_much_or_two_owners(
    invoices: list[OpenInvoice], text: str, amount: int, payer: UUID | None
) -> None:
    before = {each.id: each.outstanding for each in invoices}
    result = matched(invoices, text, amount, payer)
    paid = {share.invoice.id: share.amount for share in result.shares}
    assert len(paid) == len(result.shares), "an invoice stands in a match once"
    assert sum(paid.values()) <= amount
    assert all(0 < share <= before[invoice_id] for invoice_id, share in paid.items())
    assert {share.invoice.buyer_id for share in result.shares} <= {result.buyer_id}
    assert {share.invoice.currency for share in result.shares} <= {"EUR"}
    for each in invoices:
        assert each.outstanding == before[each.id] - paid.get(each.id, 0)
    for share in result.shares:
        if share.rule != "reference":
            assert share.invoice.buyer_id == payer
            assert share.amount == before[share.invoice.id]
        else:
            assert share.invoice.reference in references([text])
    if any(share.rule != "reference" for share in result.shares):
        assert sum(paid.values()) == amount
