"""The same money in several files: reports, notifications, statements, other formats. Amounts are cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, DAY
from tests.flows.trading import Trade
from usance.flows import bank_findings, bank_statements, cash_application, settlement
from usance.formats import camt
from usance.formats.statement import Statement, Transaction
from usance.records.identity import new_id
from usance.records.payments.models import BankClaim, BankStatement, BankTransaction, Payment

XMLNS = "urn:iso:std:iso:20022:tech:xsd:camt.05{}.001.08"


def line(amount: int, text: str = "", *, reference: str | None = None, n: int = 1) -> Transaction:
    return Transaction(
        ordinal=n,
        amount=amount,
        currency="EUR",
        booked_on=DAY,
        value_on=DAY,
        bank_reference=reference,
        remittance_text=text,
    )


def message(
    kind: str, entries: str, *, sequence: int = 1, balances: tuple[int, int] | None = None
) -> bytes:
    """A camt message of the seller's account; ``kind`` is 2, 3 or 4."""
    outer, inner = {
        "2": ("BkToCstmrAcctRpt", "Rpt"),
        "3": ("BkToCstmrStmt", "Stmt"),
        "4": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    known = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount / 100:.2f}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{DAY}</Dt></Dt></Bal>"
        for code, amount in zip(("OPBD", "CLBD"), balances or (), strict=False)
    )
    return (
        f'<Document xmlns="{XMLNS.format(kind)}"><{outer}><GrpHdr><MsgId>M{kind}{sequence}</MsgId>'
        f"<CreDtTm>2026-03-10T06:00:00</CreDtTm></GrpHdr><{inner}><Id>I{sequence}</Id>"
        f"<ElctrncSeqNb>{sequence}</ElctrncSeqNb><CreDtTm>2026-03-10T06:00:00</CreDtTm>"
        f"<FrToDt><FrDtTm>{DAY}T00:00:00</FrDtTm><ToDtTm>{DAY}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>{known}{entries}"
        f"</{inner}></{outer}></Document>"
    ).encode()


def entry(
    amount: int,
    *,
    reference: str = "",
    payments: Sequence[tuple[int, str]] = (),
    count: int | None = None,
    text: str = "",
) -> str:
    """A booked credit; ``payments`` are amount and text of each payment that it names."""
    details = "".join(
        f"<TxDtls><Amt Ccy='EUR'>{one / 100:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<RmtInf><Ustrd>{said}</Ustrd></RmtInf></TxDtls>"
        for one, said in payments
    )
    batch = f"<Btch><NbOfTxs>{count}</NbOfTxs></Btch>" if count else ""
    inner = f"<NtryDtls>{batch}{details}</NtryDtls>" if batch or details else ""
    ref = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    info = f"<AddtlNtryInf>{text}</AddtlNtryInf>" if text else ""
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount / 100:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{DAY}</Dt></BookgDt>{ref}"
        f"<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>{inner}{info}</Ntry>"
    )


def take(trade: Trade, data: bytes) -> BankStatement:
    return bank_statements.take_statement(trade.seller, data, **trade.act)[0]


def settle(trade: Trade) -> None:
    cash_application.settle_all(trade.seller, **trade.act)


def money_in(trade: Trade) -> list[int]:
    """What is there of each payment, the smallest first."""
    found = Payment.objects.filter(seller_id=trade.seller.id)
    return sorted(p.amount - p.returned for p in found if p.amount > p.returned)


PAYMENTS = [(5_000, "INV 1"), (3_000, "INV 2"), (2_000, "INV 3")]
STATEMENT = message("3", entry(10_000, reference="B1", count=3), balances=(0, 10_000))
DETAILS = message("4", entry(10_000, reference="B1", payments=PAYMENTS))
REPORT = message("2", entry(10_000, reference="B1", text="Sammelgutschrift"))


@pytest.mark.parametrize("order", list(permutations((STATEMENT, DETAILS, REPORT))))
@pytest.mark.parametrize("settling", ["after each file", "at the end"])
def test_a_batch_is_booked_once_in_whatever_order_its_files_come(
    trade: Trade, order: tuple[bytes, ...], settling: str
) -> None:
    for data in order:
        take(trade, data)
        if settling == "after each file":
            settle(trade)
    settle(trade)
    assert money_in(trade) == [2_000, 3_000, 5_000]
    assert not books.broken(trade.seller)


def test_without_references_the_sum_and_the_day_tell_the_batch(trade: Trade) -> None:
    take(trade, message("3", entry(10_000, count=3)))
    settle(trade)
    take(trade, message("4", entry(10_000, payments=PAYMENTS)))
    settle(trade)
    assert money_in(trade) == [2_000, 3_000, 5_000]
    lines = BankTransaction.objects.filter(seller_id=trade.seller.id)
    assert lines.filter(batch__isnull=False).count() == 3


def test_a_batch_that_pays_an_invoice_stays_one(trade: Trade) -> None:
    invoice = trade.invoice(10_000, 0)
    take(trade, STATEMENT)
    settle(trade)
    payment = Payment.objects.get(seller_id=trade.seller.id)
    settlement.allocate(trade.seller, payment_id=payment.id, invoice_id=invoice.id, **trade.act)
    kept = take(trade, DETAILS)
    settle(trade)
    assert money_in(trade) == [10_000]
    assert [one["code"] for one in kept.findings] == ["batch_in_use"]
    assert kept.findings[0]["data"] == {"count": 3}
    assert not books.broken(trade.seller)


def test_a_batch_that_booked_what_others_collected_stays_one(trade: Trade) -> None:
    take(trade, STATEMENT)
    batch = BankTransaction.objects.get(seller_id=trade.seller.id)
    BankClaim.objects.create(
        id=new_id(),
        seller_id=trade.seller.id,
        created_at=trade.at,
        bank_transaction_id=batch.id,
        kind="debit_batch",
        subject_id=new_id(),
        currency="EUR",
        amount=batch.amount,
    )
    kept = take(trade, DETAILS)
    settle(trade)
    assert money_in(trade) == [], "the debits are in the books already"
    assert [one["code"] for one in kept.findings] == ["batch_in_use"]


def test_two_notifications_of_the_same_amount_are_two_bookings(trade: Trade) -> None:
    take(trade, message("4", entry(700, reference="N1")))
    take(trade, message("4", entry(700, reference="N2"), sequence=2))
    statement = message("3", entry(700, reference="N1") + entry(700, reference="N2"))
    kept = take(trade, statement)
    assert (kept.transactions, kept.duplicates) == (0, 2)
    settle(trade)
    assert money_in(trade) == [700, 700]


def test_what_names_another_payer_is_another_booking(trade: Trade) -> None:
    one = replace(line(900, "x"), counterparty_account="DE89370400440532013000")
    other = replace(one, counterparty_account="NL91ABNA0417164300")
    report = Statement(kind="report", id="1", account=ACCOUNT, currency="EUR", transactions=(one,))
    from usance.formats import bank_csv

    take(trade, bank_csv.render([report]))
    kept = take(
        trade,
        camt.render(
            [replace(report, kind="statement", opening=0, transactions=(other,))],
            message_id="M",
            created_at=datetime(2026, 3, 10, tzinfo=UTC),
        ),
    )
    assert (kept.transactions, kept.duplicates) == (1, 0)


MT940 = (
    ":20:S\r\n:25:{account}\r\n:28C:{number}/1\r\n:60F:C260306EUR{before}\r\n"
    ":61:2603090309C100,00NTRFNONREF\r\n"
    ":86:166?00GUTSCHRIFT?20SVWZ+INV 1?31DE89370400440532013000?32NORDWIND\r\n"
    ":62F:C260309EUR{after}\r\n-\r\n"
)


def mt940(*, number: int = 1, before: str = "0,00", after: str = "100,00") -> bytes:
    return MT940.format(account=ACCOUNT, number=number, before=before, after=after).encode()


def test_the_same_day_as_mt940_and_as_camt_is_booked_once(trade: Trade) -> None:
    take(trade, mt940())
    kept = take(trade, message("3", entry(10_000, reference="XY", text="Gutschrift")))
    assert (kept.transactions, kept.duplicates) == (0, 1)
    assert {one["code"] for one in kept.findings} == {"lines_known"}
    assert BankStatement.objects.get(seller_id=trade.seller.id, format="mt940").transactions == 1


def series(trade: Trade, kept: BankStatement) -> list[tuple[str, dict[str, object]]]:
    found = bank_findings.in_series(seller_id=trade.seller.id, statement_id=kept.id)
    return [(one.code, one.data) for one in found]


def daily(day: int, *, number: int, opening: int, closing: int) -> bytes:
    on = date(2026, 3, day)
    statement = Statement(
        id=f"D{number}",
        sequence=number,
        account=ACCOUNT,
        currency="EUR",
        opening=opening,
        closing=closing,
        period_from=on,
        period_to=on,
        transactions=(replace(line(closing - opening, f"day {day}"), booked_on=on),),
    )
    return camt.render(
        [statement], message_id=f"M{number}", created_at=datetime(2026, 3, day, 20, tzinfo=UTC)
    )


def test_a_gap_is_said_until_the_missing_statement_comes(trade: Trade) -> None:
    first = take(trade, daily(2, number=11, opening=0, closing=100))
    third = take(trade, daily(4, number=13, opening=150, closing=400))
    assert series(trade, first) == []
    assert series(trade, third) == [("sequence_gap", {"first": 12, "last": 12})]
    second = take(trade, daily(3, number=12, opening=100, closing=150))
    assert series(trade, second) == series(trade, third) == []


def test_a_balance_that_does_not_continue_is_said(trade: Trade) -> None:
    take(trade, daily(2, number=11, opening=0, closing=100))
    next_ = take(trade, daily(3, number=12, opening=90, closing=150))
    assert series(trade, next_) == [
        ("balance_does_not_continue", {"closing_before": 100, "opening": 90})
    ]


def test_a_new_year_begins_its_numbers_anew(trade: Trade) -> None:
    take(trade, daily(2, number=250, opening=0, closing=100))
    assert series(trade, take(trade, daily(3, number=1, opening=100, closing=150))) == []


def test_periods_that_overlap_are_said(trade: Trade) -> None:
    first = take(trade, daily(2, number=11, opening=0, closing=100))
    again = take(trade, daily(2, number=11, opening=0, closing=100).replace(b"M11", b"M12"))
    assert (again.transactions, again.duplicates) == (0, 1)
    found = {one["code"]: one["data"] for one in again.findings}
    assert found["lines_known"] == {"count": 1, "of": 1}
    assert found["period_overlaps"] == {
        "first": "2026-03-02",
        "last": "2026-03-02",
        "statement": str(first.id),
    }


def test_a_balance_that_does_not_add_up_is_said_with_its_figures(trade: Trade) -> None:
    kept = take(trade, message("3", entry(10_000), balances=(0, 9_000)))
    [found] = kept.findings
    assert (found["code"], found["account"], found["currency"]) == (
        "balance_does_not_add_up",
        ACCOUNT,
        "EUR",
    )
    assert found["data"] == {"opening": 0, "movements": 10_000, "closing": 9_000}
