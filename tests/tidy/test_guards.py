"""What the database itself refuses: changes of state that do not exist, and changed history."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from usance.records.credit.models import CreditLine
from usance.records.identity import new_id
from usance.records.seller_scope import registry_of_scoped_models
from usance.records.statements import execute
from usance.rules import states

pytestmark = pytest.mark.usefixtures("db_committed")

NEVER_CHANGED = {
    "cards_receipt",
    "applications_document",
    "applications_message",
    "collections_disputefile",
    "collections_disputeremark",
    "collections_latecharge",
    "collections_latechargewaiver",
    "collections_remark",
    "collections_sentstatement",
    "connections_loadedfile",
    "credit_approval",
    "credit_creditpolicy",
    "credit_decision",
    "credit_exchangerate",
    "credit_policyrelease",
    "credit_report",
    "debits_notice",
    "debits_reversal",
    "dunning_claimfile",
    "dunning_note",
    "deliveries_document",
    "events_event",
    "invoices_cashforecast",
    "invoices_creditnote",
    "invoices_invoicepart",
    "ledger_entry",
    "ledger_posting",
    "orders_orderapproval",
    "payments_allocation",
    "payments_bankclaim",
    "payments_banktransaction",
    "payments_remittancefile",
    "payments_remittanceline",
    "payments_repayment",
}
SIMPLE = {
    "connections_connection",
    "credit_grouplimit",
    "events_webhookendpoint",
    "events_webhookdelivery",
    "monitoring_alarm",
}
"""Tables whose state goes to and fro and carries no money."""


def triggers(name: str) -> dict[str, bytes]:
    """The arguments of the enabled trigger ``name`` of each table that has it."""
    found = execute(
        "SELECT tgrelid::regclass::text, tgargs FROM pg_trigger"
        " WHERE tgname = %s AND tgenabled = 'O'",
        [name],
    )
    return {table: bytes(arguments) for table, arguments in found}


def test_the_database_knows_the_same_machines_as_the_rules() -> None:
    kept = {
        table: {tuple(pair.decode().split(">")) for pair in arguments.split(b"\0") if pair}
        for table, arguments in triggers("state_machine").items()
    }
    assert kept == {table: set(pairs) for table, pairs in states.MACHINES.items()}


def test_every_state_has_a_machine() -> None:
    tables = {
        model._meta.db_table
        for model in registry_of_scoped_models(apps)
        if any(field.column == "state" for field in model._meta.local_fields)
    }
    # An event tells of a state; it has none.
    assert tables - {"events_event"} - SIMPLE == set(states.MACHINES)


def test_every_state_is_checked() -> None:
    """A state that no machine knows cannot be stored."""
    known = {
        "orders_order": states.ORDER_STATES,
        "invoices_invoice": states.INVOICE_STATES,
        "payments_payment": states.PAYMENT_STATES,
        "credit_creditline": states.CREDIT_LINE_STATES,
    }
    for table, expected in known.items():
        checks = execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid = to_regclass(%s) AND conname LIKE '%%_state'",
            [table],
        )
        [(check,)] = checks
        assert set(check.split("'")[1::2]) == set(expected), table


def test_an_illegal_change_of_state_is_refused(line: CreditLine) -> None:
    mine = CreditLine.objects.filter(seller_id=line.seller_id, id=line.id)
    mine.update(state="closed")
    with pytest.raises(IntegrityError, match="cannot go from closed to active"):
        mine.update(state="active")
    with pytest.raises(IntegrityError, match="cannot go from closed to gone"):
        mine.update(state="gone")
    assert mine.get().state == "closed"


def test_history_is_guarded_where_it_must_be() -> None:
    assert set(triggers("append_only")) == NEVER_CHANGED


@pytest.mark.parametrize("table", sorted(NEVER_CHANGED))
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "UPDATE {} SET id = id WHERE false",
    ],
)
def test_history_cannot_be_changed(table: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=f"{table} is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_an_entry_that_does_not_balance_cannot_be_posted(seller: Any, buyer: Any, at: Any) -> None:
    from usance.records.ledger.actions import NewEntry, post
    from usance.rules.ledger import Posting

    lopsided = (Posting("bank", 100, buyer.id), Posting("receivable", -99, buyer.id))
    entry = NewEntry("test", new_id(), buyer.id, "EUR", lopsided)
    with pytest.raises(IntegrityError, match="do not sum to zero"), transaction.atomic():
        post([entry], seller_id=seller.id, at=at, on=at.date())
    assert execute("SELECT 1 FROM ledger_entry WHERE seller_id = %s", [seller.id]) == []


def test_a_counter_cannot_fall_below_nothing(line: CreditLine) -> None:
    for counter in ("commitments", "receivable", "external", "unapplied_cash", "limit"):
        with pytest.raises(IntegrityError, match="credit_line_not_negative"):
            CreditLine.objects.filter(seller_id=line.seller_id, id=line.id).update(**{counter: -1})
