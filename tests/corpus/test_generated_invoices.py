"""Invoices that nobody thought of: drawn by hypothesis, summed by our rules, written in both syntaxes.

A thousand in continuous integration. ``USANCE_GENERATED_INVOICES=100000`` draws more, each batch with a
seed of its own, so that the batches can be shared out to processes (``pytest -n 2``) and a failing one be
drawn again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.corpus.drawn_invoices import invoices
from tests.corpus.locations import corpora
from tests.formats import sample_invoices
from usance.formats import cii, ubl
from usance.formats.einvoice.profiles import EN16931
from usance.formats.validation import RuleBook, validate
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.money import exponent

NIGHTLY: Final = "USANCE_GENERATED_INVOICES"
COUNT: Final = int(os.environ.get(NIGHTLY, "1000"))
BATCH: Final = 500
WRITERS: Final[tuple[Callable[..., bytes], ...]] = (ubl.render, cii.render)


@cache
def rules() -> RuleBook:
    """CEN's own rules for both syntaxes, with the schemas."""
    return RuleBook.scanned(corpora() / "en16931" / "schema")


def broken(document: InvoiceDocument, *, write: Callable[..., bytes]) -> list[str]:
    """What is wrong with ``document`` as ``write`` writes it."""
    report = validate(write(document, profile=EN16931), rules=rules())
    found = [f"{each.rule} at {each.path}: {each.message}" for each in report.fatals]
    return found or ([] if report.verdict == "valid" else [str(report.missing)])


def batches() -> list[tuple[int, int]]:
    """Seed and size of each batch."""
    whole = [(number, BATCH) for number in range(COUNT // BATCH)]
    rest = COUNT % BATCH
    return [*whole, (len(whole), rest)] if rest else whole


def features(document: InvoiceDocument) -> Iterator[str]:
    """What a batch has to have tried at least once."""
    yield from (f"category {each.category}" for each in document.vat)
    yield f"decimals {exponent(document.currency)}"
    yield "credit note" if document.is_credit else "invoice"
    totals = document.totals
    for name in ("allowances", "charges", "prepaid", "rounding", "vat_in_tax_currency"):
        if getattr(totals, name) is not None:
            yield name
    if any(line.allowances_charges for line in document.lines):
        yield "allowance or charge of a line"
    if totals.without_vat < 0:
        yield "negative total"


EVERY_FEATURE: Final = {
    *(f"category {category}" for category in "SZEKGOLMB"),
    "category AE",
    *(f"decimals {count}" for count in (0, 2, 3)),
    "credit note",
    "invoice",
    "allowances",
    "charges",
    "prepaid",
    "rounding",
    "vat_in_tax_currency",
    "allowance or charge of a line",
    "negative total",
}


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("number", "size"), batches())
def test_no_drawn_invoice_breaks_a_rule(number: int, size: int) -> None:
    """In continuous integration the invoices of a batch take turns between the syntaxes; a nightly run
    writes each in both."""
    drawn = 0
    tried: set[str] = set()

    @seed(number)
    @settings(
        max_examples=size,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(invoices())
    def check(document: InvoiceDocument) -> None:
        nonlocal drawn
        drawn += 1
        tried.update(features(document))
        # By the invoice itself, so that a failing one is written the same way when it is made smaller.
        turn = sum(map(ord, document.number)) % len(WRITERS)
        writers = WRITERS if NIGHTLY in os.environ else WRITERS[turn : turn + 1]
        for write in writers:
            assert broken(document, write=write) == []

    rules()
    check()
    assert drawn == size
    if size == BATCH:
        assert tried == EVERY_FEATURE


@pytest.mark.parametrize("write", WRITERS)
def test_a_wrong_total_would_be_noticed(write: Callable[..., bytes]) -> None:
    document = sample_invoices.domestic()
    assert broken(document, write=write) == []
    totals = replace(document.totals, with_vat=document.totals.with_vat + 1)
    [first, *_] = broken(replace(document, totals=totals), write=write)
    assert first.startswith("BR-CO-15 at ")
