"""What a release answers about a world: run as a process of the release that is asked.

``python -m tests.upgrade.answers WORLD.json`` reads the keys and the addresses from the file and
prints each seller's documents as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.upgrade.api import Api, set_clock, set_up

SELLERS_OWN = (
    "/v1/reports/aging?on={now}",
    "/v1/reports/aging?on={now}&by=buyer",
    "/v1/reports/aging?on={before}&by=buyer",
    "/v1/reports/dso?on={now}",
    "/v1/reports/dso?on={before}",
    "/v1/reports/exposure",
    "/v1/buyers?limit=100",
    "/v1/orders?limit=5",
    "/v1/invoices?limit=100",
    "/v1/invoices?overdue=true",
    "/v1/payments?limit=100",
    "/v1/bank-transactions?limit=100",
    "/v1/policies",
    "/v1/events?limit=50",
    "/v1/webhook-endpoints",
    "/v1/reviews?limit=100",
    "/v1/group-limits",
    "/v1/exchange-rates",
    "/v1/credit-applications",
    "/v1/watches",
    "/v1/alarms",
)
SINCE_0_3_0 = (
    "/v1/seller",
    "/v1/seller/bank-accounts",
    "/v1/terms-keys",
    "/v1/shipments?limit=100",
    "/v1/billing-runs?limit=100",
    "/v1/invoice-questions?limit=100",
    "/v1/deliveries?limit=100",
)
"""Keys of earlier worlds may not ask these."""
OF_EACH_BUYER = (
    "/v1/buyers/{id}/members",
    "/v1/buyers/{id}/credit",
    "/v1/buyers/{id}/statement?on={now}",
    "/v1/buyers/{id}/statement?on={before}",
    "/v1/buyers/{id}/cost-centres",
    "/v1/buyers/{id}/approval-chain",
    "/v1/buyers/{id}/billing-profile",
)


def answers(api: Api, days: dict[str, str], *, release: str) -> dict[str, Any]:
    """Every document by its address."""
    asked = SELLERS_OWN + (SINCE_0_3_0 if release not in ("0.1.0", "0.2.0") else ())
    found = {address: api.read(address.format(**days)) for address in asked}
    for buyer in found["/v1/buyers?limit=100"]["data"]:
        for address in OF_EACH_BUYER:
            place = address.format(id=buyer["id"], **days)
            found[place] = api.read(place)
    for order in found["/v1/orders?limit=5"]["data"]:
        place = f"/v1/decisions/{order['decision_id']}"
        found[place] = api.read(place)
    return found


def main() -> None:
    """Print the answers to all that the file asks."""
    file = Path(sys.argv[1])
    world = json.loads(file.read_text())
    release = file.name.removeprefix("usance-").removesuffix(".world.json")
    set_up()
    set_clock(datetime.fromisoformat(world["moment"]))
    told = {
        handle: answers(Api(seller["key"]), world["days"], release=release)
        for handle, seller in world["sellers"].items()
    }
    sys.stdout.write(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
