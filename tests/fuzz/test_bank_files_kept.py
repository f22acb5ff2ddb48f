"""A spoilt bank file is kept whole or not at all: a refused one leaves nothing behind."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from tests.flows import books
from tests.flows.bank_files import Booking, camt_053, table
from tests.flows.conftest import trade
from tests.flows.trading import Trade
from tests.fuzz.mutations import files_to_try, spoilt
from usance.flows import bank_statements
from usance.formats import bank_files
from usance.formats.errors import FormatError
from usance.records.payments.models import AccountStatement, BankStatement, BankTransaction

__all__ = ["trade"]

LINES = tuple(Booking(100 * n, f"INV {n}", reference=f"R{n}") for n in range(1, 9))
MT940 = (
    ":20:S1\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260301EUR0,00\r\n"
    + "".join(
        f":61:2603090309C{n},00NTRFNONREF//B{n}\r\n:86:166?20SVWZ+INV {n}?32NORDWIND\r\n"
        for n in range(1, 9)
    )
    + ":62F:C260309EUR36,00\r\n-\r\n"
).encode()
DOCUMENTS = {"a.xml": camt_053(*LINES), "b.csv": table(*LINES), "c.sta": MT940}
SEED = 20261201


@pytest.mark.timeout(0)
def test_a_spoilt_file_is_kept_whole_or_not_at_all(trade: Trade) -> None:
    taken = refused = 0
    for number in range(min(files_to_try(quick=120), 2000)):
        data, story = spoilt(DOCUMENTS, seed=SEED, number=number)
        before = books.contents(trade.seller) if refused % 10 == 0 else None
        try:
            read = bank_files.read(data, currency="EUR").statements
            kept, new = bank_statements.take_statement(trade.seller, data, **trade.act)
        except FormatError:
            refused += 1
            if before is not None:
                assert books.contents(trade.seller) == before, (number, story)
            continue
        taken += 1
        lines = sum(len(statement.transactions) for statement in read)
        assert kept.transactions + kept.duplicates == lines, (number, story)
        if new:
            rows = BankTransaction.objects.filter(statement_id=kept.id)
            assert rows.count() == kept.transactions, (number, story)
            parts = AccountStatement.objects.filter(statement_id=kept.id)
            told = parts.aggregate(Sum("transactions"), Sum("duplicates"))
            assert told["transactions__sum"] in (None, kept.transactions)
            assert told["duplicates__sum"] in (None, kept.duplicates)
    assert taken > 10
    assert refused > 30
    assert BankStatement.objects.filter(seller_id=trade.seller.id).count() <= taken
