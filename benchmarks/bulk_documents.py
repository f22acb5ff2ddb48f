"""(f) invoices written and kept as PDF with its XML inside, and as XML: bulk, beside peers.

The PDF stands beside the same pages by WeasyPrint, the XML beside the same document by drafthorse. What
both sides do is to write; ours reads the frozen document from the database, and keeps the result, too.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks import trade
from benchmarks.measure import Rates, alternate
from usance.flows import billing_profiles, checkout, documents, fulfilment, seller_details
from usance.records.deliveries.models import KeptDocument
from usance.records.statements import execute
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.profiles import ProfileFields, SellerFields
from usance.rules.orders import Line

LINES = 40
"""Lines of an invoice: two pages."""
_PLACE = {"street": "Corso Como 1", "city": "Milano", "postal_code": "20154", "country": "IT"}


@dataclass
class Cost:
    """What a run cost: documents a second, and milliseconds of this process's CPU for each."""

    rate: float
    cpu: float


def measured(work: Callable[[], int]) -> Cost:
    """Run ``work``, which says how many documents it wrote."""
    before, begun = _cpu(), time.perf_counter()
    done = work()
    return Cost(done / (time.perf_counter() - begun), 1000 * (_cpu() - before) / done)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def seller() -> trade.Trade:
    """A seller that may invoice, and its buyers."""
    made = trade.lay_out(buyers=20)
    act: dict[str, Any] = {"at": trade.AT, "by": "bench"}
    seller_details.set_seller_details(
        made.seller,
        fields=SellerFields(
            legal_name="Officine Brera S.r.l.",
            line_1="Via Brera 12",
            city="Milano",
            post_code="20121",
            vat_id="IT00743110157",
        ),
        **act,
    )
    seller_details.add_bank_account(
        made.seller, currency="EUR", iban="IT60X0542811101000000123456", **act
    )
    return made


def lay_out(*, count: int) -> tuple[trade.Trade, list[tuple[documents.Kind, Any]]]:
    """A seller that may invoice, and ``count`` invoices of two pages."""
    made = seller()
    act: dict[str, Any] = {"at": trade.AT, "by": "bench"}
    for buyer in made.buyers:
        billing_profiles.set_billing_profile(
            made.seller,
            buyer_id=buyer,
            fields=ProfileFields(
                line_1="Corso Como 1", city="Milano", post_code="20154", vat_id="IT00488410010"
            ),
            **act,
        )
    subjects: list[tuple[documents.Kind, Any]] = []
    for start in range(0, count, 200):
        requests = [order(made, n) for n in range(start, min(start + 200, count))]
        for outcome in checkout.authorize_orders(requests, at=trade.AT):
            assert isinstance(outcome, checkout.Authorization)
            invoice = fulfilment.invoice_order(made.seller, order_id=outcome.order_id, **act)
            subjects.append(("invoice", invoice.id))
    return made, subjects


def order(made: trade.Trade, n: int) -> checkout.OrderRequest:
    """The ``n``-th order: as many lines as make two pages."""
    lines = [
        Line(
            description=f"Hex bolt DIN 933 M{4 + k % 20} x {10 + (n + k) % 90}, zinc plated",
            amount=1220 * (1 + k % 7),
            tax_amount=220 * (1 + k % 7),
            quantity=Decimal(1 + k % 7),
            sku=f"HB-{k:04}",
            unit="C62",
            tax_rate=Decimal(22),
        )
        for k in range(LINES)
    ]
    return checkout.OrderRequest(
        seller=made.seller,
        buyer_id=made.buyers[n % len(made.buyers)],
        amount=sum(line.amount for line in lines),
        tax_amount=sum(line.tax_amount for line in lines),
        currency="EUR",
        lines=lines,
        ship_to=_PLACE,
    )


def hybrids(*, rounds: int, count: int, peers: int) -> Rates:
    """PDF with its XML inside (Factur-X), from the frozen document to the kept file."""
    from benchmarks.weasyprint_invoice import pages

    return _beside(
        "facturx",
        rounds=rounds,
        count=count,
        peers=peers,
        peer=pages,
        name=f"(f) two-page Factur-X invoices of {LINES} lines, written and kept, one process",
        peer_name="the same pages as PDF by WeasyPrint",
    )


def xml(*, rounds: int, count: int, peers: int) -> Rates:
    """XML (CII), from the frozen document to the kept file."""
    from benchmarks.drafthorse_invoice import written

    return _beside(
        "cii",
        rounds=rounds,
        count=count,
        peers=peers,
        peer=written,
        name=f"(g) CII invoices of {LINES} lines, written and kept, one process",
        peer_name="the same document by drafthorse",
    )


def _beside(
    format_: str,
    *,
    rounds: int,
    count: int,
    peers: int,
    peer: Callable[[InvoiceDocument], bytes],
    name: str,
    peer_name: str,
) -> Rates:
    made, subjects = lay_out(count=count * rounds)
    example = documents.issued(made.seller, kind="invoice", subject_id=subjects[0][1]).document
    pages = iter(range(rounds))
    ours_cpu: list[float] = []
    peer_cpu: list[float] = []

    def ours() -> float:
        part = next(pages)
        mine = subjects[part * count : (part + 1) * count]
        cost = measured(
            lambda: documents.keep_many(
                made.seller, mine, formats=(format_,), at=trade.AT, checked=False
            )
        )
        ours_cpu.append(cost.cpu)
        return cost.rate

    def theirs() -> float:
        def work() -> int:
            for _ in range(peers):
                assert peer(example)
            return peers

        cost = measured(work)
        peer_cpu.append(cost.cpu)
        return cost.rate

    figures, yardstick = alternate(ours, theirs, rounds=rounds)
    kept = KeptDocument.objects.filter(seller_id=made.seller.id, format=format_).count()
    assert kept == count * rounds
    [(size,)] = execute(
        "SELECT avg(size)::int FROM deliveries_document WHERE seller_id = %s", [made.seller.id]
    )
    ours_middle = sorted(ours_cpu)[len(ours_cpu) // 2]
    peer_middle = sorted(peer_cpu)[len(peer_cpu) // 2]
    return Rates(
        name,
        "documents/s",
        figures,
        yardstick,
        peer_name,
        note=f"CPU for each: ours {ours_middle:.1f} ms, theirs {peer_middle:.1f} ms; {kept} kept,"
        f" {size} bytes each",
    )
