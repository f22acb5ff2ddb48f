"""A shop's process: waits for a word, then checks out for the buyers it was given.

Run by the concurrency test as ``python -m tests.flows.checkout_process SELLER BUYER ...``; writes
the state of each order as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from uuid import UUID


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from usance.flows.checkout import Authorization, OrderRequest, authorize_orders
    from usance.records.parties.models import Seller

    seller = Seller.objects.get(id=sys.argv[1])
    requests = [
        OrderRequest(seller=seller, buyer_id=UUID(buyer), amount=100, currency="EUR")
        for buyer in sys.argv[2:]
    ]
    print("ready", flush=True)
    sys.stdin.readline()
    states = []
    for request in requests:
        [made] = authorize_orders([request], at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        states.append(made.state if isinstance(made, Authorization) else repr(made))
    print(json.dumps(states), flush=True)


if __name__ == "__main__":
    main()
