"""(i) dunning: overdue invoices decided and their messages recorded, and messages composed and sent."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import connection, transaction

from benchmarks import trade
from benchmarks.measure import Rates, alternate, rate, server_time
from benchmarks.trade import AT, Trade
from usance.flows.dunning import policies, runs, sending
from usance.records.dunning.models import DunningMessage, DunningRun, DunningStep
from usance.records.parties.models import Buyer
from usance.rules.dunning.standard import standard_policy

_PLAIN = (
    "CREATE TABLE IF NOT EXISTS bench_step (id uuid PRIMARY KEY, seller_id uuid, invoice_id uuid,"
    " due_on date, level text, UNIQUE (seller_id, invoice_id, due_on, level))"
)
_COPY = (
    "INSERT INTO bench_step SELECT gen_random_uuid(), seller_id, id, due_on, 'notice_1'"
    " FROM invoices_invoice WHERE seller_id = %s AND state = 'open' AND due_on < %s"
    " AND buyer_id = ANY(%s)"
)


def run_over(*, rounds: int, invoices: int, buyers: int, messages: int) -> Rates:
    """Overdue invoices a second that one run decides and records, a message an account; beside the same
    steps copied by plain SQL that decides nothing. Then ``messages`` of them, decided again and composed,
    with a pay link and a mail each."""
    settings.EMAIL_HOST, settings.PUBLIC_URL = "localhost", "https://pay.bench.example"
    made = trade.lay_out(buyers=buyers)
    Buyer.objects.filter(seller_id=made.seller.id).update(email="accounts@buyer.example")
    trade.open_invoices(made, count=invoices)
    kept = policies.draft_policy(made.seller, standard_policy("Usual"), at=AT, by="bench")
    policies.mark_previewed(made.seller, policy_id=kept.id, at=AT, by="bench")
    policies.switch_on(made.seller, policy_id=kept.id, at=AT, by="bench")
    counts = {"messages": 0, "steps": 0}
    _known(made)
    figures, yardstick = alternate(lambda: _ours(made, counts), lambda: _plain(made), rounds=rounds)
    sent = _sending(made, most=messages)
    return Rates(
        f"(i) dunning of {invoices:,} open invoices of {buyers:,} buyers, one process",
        "overdue invoices/s decided and recorded",
        figures,
        yardstick,
        "copying as many steps by plain SQL",
        note=f"{counts['messages']:,} messages about {counts['steps']:,} invoices a run; {sent}",
    )


def _ours(made: Trade, counts: dict[str, int]) -> float:
    _forget(made)

    def work() -> int:
        run = runs.open_run(made.seller, at=AT, by="bench")
        done = runs.work(made.seller, run_id=run.id, clock=lambda: AT, by="bench")
        counts["messages"] = done.messages
        counts["steps"] = DunningStep.objects.filter(seller_id=made.seller.id).count()
        return counts["steps"]

    return rate(work)


def _plain(made: Trade) -> float:
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
        cursor.execute("TRUNCATE bench_step")

    def work() -> int:
        copied = 0
        for start in range(0, len(made.buyers), runs.BATCH):
            with transaction.atomic(), connection.cursor() as cursor:
                page = made.buyers[start : start + runs.BATCH]
                cursor.execute(_COPY, [made.seller.id, AT.date(), page])
                copied += cursor.rowcount
        return copied

    return rate(work)


def _sending(made: Trade, *, most: int) -> str:
    """How fast messages go out, in words."""
    due = DunningMessage.objects.filter(seller_id=made.seller.id, state="queued")
    due.update(send_at=AT)
    begun, ours, servers = time.perf_counter(), time.process_time(), server_time()
    looked = sending.send_due(seller_id=made.seller.id, clock=lambda: AT, limit=most)
    seconds = time.perf_counter() - begun
    ours, servers = time.process_time() - ours, server_time() - servers
    sent = DunningMessage.objects.filter(
        seller_id=made.seller.id, state="sent", pay_link__isnull=False
    ).exclude(sent_to="")
    assert sent.count() == looked > 0
    return (
        f"decided again, composed and handed to the outbox: {looked:,} at {looked / seconds:,.0f}"
        f" messages/s; of a processor {1000 * ours / looked:.1f} ms a message and"
        f" {1000 * servers / looked:.1f} ms of PostgreSQL's"
    )


def _known(made: Trade) -> None:
    """One batch of messages that is not measured, and that the server knows the kind of, as it does of a
    seller that has written before: of tables about which nothing is known it reads the wrong index."""
    run = runs.open_run(made.seller, at=AT, by="bench")
    done = iter([False, True])
    runs.work(made.seller, run_id=run.id, clock=lambda: AT, by="bench", stopping=lambda: next(done))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE dunning_step, dunning_message, dunning_case")


def _forget(made: Trade) -> None:
    with connection.cursor() as cursor:
        for table in ("dunning_step", "dunning_message"):
            cursor.execute(f"DELETE FROM {table} WHERE seller_id = %s", [made.seller.id])
            cursor.execute(f"VACUUM {table}")
    DunningRun.objects.filter(seller_id=made.seller.id).update(after=None)
