"""(h) shipments to invoices to documents kept as PDF with its XML inside and as XML: all of it, in bulk.

A cut-off run bills the shipments, in one process as its job does; then as many processes as there are
workers write and keep the documents, as their jobs do. Beside it one process writes the same PDF by
WeasyPrint, and one the same XML by drafthorse. Peers write; ours bills, reads, writes and keeps.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from benchmarks import bulk_documents, trade
from benchmarks.document_worker import FORMATS
from benchmarks.measure import Rates
from usance.flows import billing_profiles, billing_runs, checkout, documents
from usance.records.deliveries.models import KeptDocument
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order, Shipment
from usance.records.parties.models import Seller
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.profiles import ProfileFields

_CHUNK: Final = 200
_CUT_OFF: Final = date(2026, 3, 1)


@dataclass(frozen=True)
class _Part:
    """One round: seconds on the clock, and milliseconds of CPU an invoice, billing and documents."""

    seconds: float
    billing_cpu: float
    documents_cpu: float


def bulk(*, size: int, rounds: int, processes: int, peers: int, checked: bool) -> Rates:
    """Invoices a second from ``size`` shipments to the stored PDF and XML of each, ``rounds`` parts."""
    from benchmarks import drafthorse_invoice, weasyprint_invoice

    count = size // rounds
    parts: list[_Part] = []
    pages: list[float] = []
    xml: list[float] = []
    for _ in range(rounds):
        made = _shipped(count)
        part = _ours(made, count=count, processes=processes, checked=checked)
        parts.append(part)
        example = _example(made.seller)
        pages.append(_peer(weasyprint_invoice.pages, example, times=peers))
        xml.append(_peer(drafthorse_invoice.written, example, times=10 * peers))
    # A rate for the whole machine beside one for a single process would flatter: both are of CPU.
    ours = [1000 / (part.billing_cpu + part.documents_cpu) for part in parts]
    billing, written = (
        _middle([part.billing_cpu for part in parts]),
        _middle([part.documents_cpu for part in parts]),
    )
    wall = sum(part.seconds for part in parts)
    return Rates(
        f"(h) {rounds * count:,} shipments of {bulk_documents.LINES} lines to stored Factur-X PDF and"
        f" CII, {processes} processes{', by the official rules' if checked else ''}",
        "invoices a second of CPU, each with its two documents",
        ours,
        [1000 / one for one in pages],
        "the PDF alone by WeasyPrint",
        note=f"{2 * rounds * count / wall:.1f} documents a second on the clock; CPU for an invoice:"
        f" {billing:.1f} ms to bill, {written:.1f} ms for its two documents; WeasyPrint"
        f" {_middle(pages):.1f} ms for the PDF, drafthorse {_middle(xml):.1f} ms for the XML",
    )


def _middle(figures: list[float]) -> float:
    return sorted(figures)[len(figures) // 2]


def _peer(
    write: Callable[[InvoiceDocument], bytes], example: InvoiceDocument, *, times: int
) -> float:
    """Milliseconds of CPU for a document."""

    def work() -> int:
        for _ in range(times):
            assert write(example)
        return times

    assert write(example)
    return bulk_documents.measured(work).cpu


def _shipped(count: int) -> trade.Trade:
    """A seller whose buyers are billed monthly by the shipment, with ``count`` shipments of an order each."""
    made = bulk_documents.seller()
    for buyer in made.buyers:
        billing_profiles.set_billing_profile(
            made.seller,
            buyer_id=buyer,
            fields=ProfileFields(
                line_1="Corso Como 1",
                city="Milano",
                post_code="20154",
                vat_id="IT00488410010",
                schedule="per_shipment",
            ),
            at=trade.AT,
            by="bench",
        )
    for start in range(0, count, _CHUNK):
        requests = [bulk_documents.order(made, n) for n in range(start, min(start + _CHUNK, count))]
        for outcome in checkout.authorize_orders(requests, at=trade.AT):
            assert isinstance(outcome, checkout.Authorization)
    mine = Order.objects.filter(seller_id=made.seller.id)
    Shipment.objects.bulk_create(
        [
            Shipment(
                seller_id=made.seller.id,
                created_at=trade.AT,
                order_id=one.id,
                buyer_id=one.buyer_id,
                shipped_on=_CUT_OFF,
                amount=one.amount,
                tax_amount=one.tax_amount,
                lines=one.lines,
            )
            for one in mine
        ],
        batch_size=_CHUNK,
    )
    for one in mine.iterator(_CHUNK):
        Order.objects.filter(id=one.id).update(
            shipped_amount=one.amount, shipped_tax=one.tax_amount
        )
    return made


def _ours(made: trade.Trade, *, count: int, processes: int, checked: bool) -> _Part:
    began, before = time.perf_counter(), _cpu()
    run = billing_runs.open_run(made.seller, cut_off_on=_CUT_OFF, at=trade.AT, by="bench")
    done = billing_runs.work(made.seller, run_id=run.id, clock=lambda: trade.AT, by="bench")
    assert done.failures == [], done.failures
    billed = _cpu()
    workers = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.document_worker", str(made.seller.id)),
                *(str(place), str(processes), "checked" if checked else ""),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(processes)
    ]
    spent = 0.0
    for worker in workers:
        output, _ = worker.communicate()
        assert worker.returncode == 0, output
        spent += float(output)
    seconds = time.perf_counter() - began
    kept = KeptDocument.objects.filter(seller_id=made.seller.id).count()
    assert kept == count * len(FORMATS), (kept, count)
    return _Part(seconds, 1000 * (billed - before) / count, 1000 * spent / (count - processes))


def _example(seller: Seller) -> InvoiceDocument:
    first = Invoice.objects.filter(seller_id=seller.id).order_by("sequence")[0]
    return documents.issued(seller, kind="invoice", subject_id=first.id).document


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
