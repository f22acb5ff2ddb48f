"""One worker of the bulk measure: it writes and keeps its share of a seller's documents.

``python -m benchmarks.document_worker SELLER PLACE WORKERS [checked]`` prints its seconds of CPU. The
start is not counted: a worker of the product starts once a day, not once a run.
"""

from __future__ import annotations

import resource
import sys
from typing import Final
from uuid import UUID

FORMATS: Final = ("facturx", "cii")
"""What is written of each invoice."""


def main() -> None:
    """Write and keep every document whose turn it is."""
    import django

    django.setup()
    from benchmarks.trade import AT
    from usance.flows import documents
    from usance.records.invoices.models import Invoice
    from usance.records.parties.models import Seller

    place, workers, checked = int(sys.argv[2]), int(sys.argv[3]), "checked" in sys.argv
    seller = Seller.objects.get(id=UUID(sys.argv[1]))
    found = Invoice.objects.filter(seller_id=seller.id).order_by("sequence")
    ids = list(found.values_list("id", flat=True))[place::workers]
    mine: list[tuple[documents.Kind, UUID]] = [("invoice", one) for one in ids]
    # The first one warms the fonts, the templates and the rules up.
    documents.keep_many(seller, mine[:1], formats=FORMATS, at=AT, checked=checked)
    before = _cpu()
    documents.keep_many(seller, mine[1:], formats=FORMATS, at=AT, checked=checked)
    print(_cpu() - before)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
