"""Works at a billing run in a process of its own, and dies where it is told to.

Arguments: seller id, run id, the number of invoices after which it is killed (as by the kernel), and
whether that is ``before`` or ``after`` the commit of the last of them.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import django


def main() -> None:
    django.setup()
    from usance.flows import billing_runs
    from usance.records.parties.models import Seller

    seller_id, run_id, most, moment = sys.argv[1:]
    bill, made = billing_runs.bill, 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        if made == int(most) and moment == "before":
            issue = billing_runs.issue

            def last(*inner: Any, **also: Any) -> Any:
                issue(*inner, **also)
                os.kill(os.getpid(), signal.SIGKILL)

            billing_runs.issue = last  # type: ignore[assignment]
        invoice = bill(*arguments, **named)
        if made == int(most):
            os.kill(os.getpid(), signal.SIGKILL)
        return invoice

    billing_runs.bill = counted  # type: ignore[assignment]
    billing_runs.work(
        Seller.objects.get(id=UUID(seller_id)),
        run_id=UUID(run_id),
        clock=lambda: datetime(2026, 4, 1, 0, 10, tzinfo=UTC),
        by="killed",
    )


if __name__ == "__main__":
    main()
