"""How entries of camt messages become transactions."""

from __future__ import annotations

from datetime import date

import pytest

from tests.formats.camt_messages import OTHER, OWN, booked, entry, message, parties, payment, read
from usance.formats import camt
from usance.formats.errors import FormatError
from usance.rules.money import Money


class TestAmounts:
    @pytest.mark.parametrize(
        ("amount", "currency", "minor_units"),
        [
            ("10", "EUR", 1000),
            ("10.5", "EUR", 1050),
            ("10.500", "EUR", 1050),
            ("+10.50", "EUR", 1050),
            (".5", "EUR", 50),
            ("5.", "EUR", 500),
            ("0", "EUR", 0),
            ("1250", "JPY", 1250),
            ("1250.00", "JPY", 1250),
            ("1.234", "KWD", 1234),
            ("10000000000000.00", "EUR", 10**15),
        ],
    )
    def test_read_exactly(self, amount: str, currency: str, minor_units: int) -> None:
        [transaction] = booked(entry(amount=amount, currency=currency))
        assert (transaction.amount, transaction.currency) == (minor_units, currency)

    @pytest.mark.parametrize(
        ("amount", "currency", "code"),
        [
            ("12..34", "EUR", "invalid_amount"),
            ("-1.00", "EUR", "invalid_amount"),
            ("1,00", "EUR", "invalid_amount"),
            ("1e3", "EUR", "invalid_amount"),
            ("1_000", "EUR", "invalid_amount"),
            ("١٠", "EUR", "invalid_amount"),
            ("NaN", "EUR", "invalid_amount"),
            ("", "EUR", "invalid_amount"),
            ("1.001", "EUR", "invalid_amount"),
            ("1.5", "JPY", "invalid_amount"),
            ("10000000000000.01", "EUR", "invalid_amount"),
            ("1.00", "ABC", "unknown_currency"),
            ("1.00", "", "unknown_currency"),
        ],
    )
    def test_refused(self, amount: str, currency: str, code: str) -> None:
        with pytest.raises(FormatError) as caught:
            booked(entry() + entry(amount=amount, currency=currency))
        assert caught.value.code == code
        assert caught.value.path == "Document/BkToCstmrStmt/Stmt[1]/Ntry[2]/Amt"
        assert caught.value.line == 1

    def test_debits_are_negative(self) -> None:
        assert [t.amount for t in booked(entry() + entry(side="DBIT"))] == [1000, -1000]

    def test_other_indicators_are_refused(self) -> None:
        with pytest.raises(FormatError) as caught:
            booked(entry(side="BOTH"))
        assert caught.value.code == "invalid_indicator"


class TestStatus:
    def test_only_booked_entries_are_transactions(self) -> None:
        statement = read(
            entry(status="<Sts>PDNG</Sts>")
            + entry(status="<Sts>BOOK</Sts>")
            + entry(status="<Sts><Cd>PDNG</Cd></Sts>")
            + entry(status="<Sts><Cd>INFO</Cd></Sts>")
            + entry(status="<Sts><Prtry>HELD</Prtry></Sts>")
            + entry(amount="20.00", status="<Sts><Cd>BOOK</Cd></Sts>")
        )
        assert [(t.ordinal, t.amount) for t in statement.transactions] == [(1, 1000), (2, 2000)]
        assert statement.not_booked == (("HELD", 1), ("INFO", 1), ("PDNG", 2))

    def test_a_statement_without_status_is_booked_but_a_report_is_not(self) -> None:
        assert len(read(entry(status="")).transactions) == 1
        for kind in ("camt.052", "camt.054"):
            with pytest.raises(FormatError) as caught:
                read(entry(status=""), kind=kind)
            assert caught.value.code == "missing_element"

    def test_an_empty_status_is_refused(self) -> None:
        with pytest.raises(FormatError) as caught:
            read(entry(status="<Sts/>"))
        assert caught.value.code == "missing_element"


class TestDays:
    @pytest.mark.parametrize(
        ("days", "booked_on", "value_on"),
        [
            ("<BookgDt><Dt>2026-04-29</Dt></BookgDt>", date(2026, 4, 29), None),
            ("<BookgDt><Dt>2026-04-29Z</Dt></BookgDt>", date(2026, 4, 29), None),
            ("<BookgDt><Dt>2026-04-29+02:00</Dt></BookgDt>", date(2026, 4, 29), None),
            # The bank's day, even where it is another one in UTC.
            (
                "<BookgDt><DtTm>2026-04-29T23:59:59-11:00</DtTm></BookgDt>",
                date(2026, 4, 29),
                None,
            ),
            ("<BookgDt><DtTm>2026-04-29T24:00:00</DtTm></BookgDt>", date(2026, 4, 29), None),
            ("<ValDt><Dt>2026-04-28</Dt></ValDt>", date(2026, 4, 28), date(2026, 4, 28)),
            # Neither day: the statement was made on 30 April.
            ("", date(2026, 4, 30), None),
        ],
    )
    def test_taken_as_written(self, days: str, booked_on: date, value_on: date | None) -> None:
        [transaction] = booked(entry(days=days))
        assert (transaction.booked_on, transaction.value_on) == (booked_on, value_on)

    @pytest.mark.parametrize("day", ["2026-02-30", "30.04.2026", "", "26-04-30", "2026-04-30x"])
    def test_refused(self, day: str) -> None:
        with pytest.raises(FormatError) as caught:
            booked(entry(days=f"<BookgDt><Dt>{day}</Dt></BookgDt>"))
        assert caught.value.code == "invalid_date"

    def test_an_entry_without_any_day_is_refused(self) -> None:
        with pytest.raises(FormatError) as caught:
            camt.parse(message(entry(days=""), head=""))
        assert caught.value.code == "missing_element"


class TestBatches:
    def test_payments_that_add_up_are_split(self) -> None:
        details = payment(amount="7.00") + payment(amount="3.00")
        assert [(t.ordinal, t.amount) for t in booked(entry(details=details))] == [
            (1, 700),
            (2, 300),
        ]

    def test_a_payment_the_other_way_counts_against(self) -> None:
        details = payment(amount="12.00", side="CRDT") + payment(amount="2.00", side="DBIT")
        assert [t.amount for t in booked(entry(details=details))] == [1200, -200]

    def test_indicators_given_from_the_other_side_follow_the_entry(self) -> None:
        details = payment(amount="7.00", side="CRDT") + payment(amount="3.00", side="CRDT")
        assert [t.amount for t in booked(entry(side="DBIT", details=details))] == [-700, -300]

    def test_amounts_may_stand_in_the_details_of_the_amount(self) -> None:
        inside = (
            "<AmtDtls><InstdAmt><Amt Ccy='USD'>{0}</Amt></InstdAmt>"
            "<TxAmt><Amt Ccy='EUR'>{1}</Amt></TxAmt></AmtDtls>"
        )
        details = payment(rest=inside.format("8.00", "7.00")) + payment(
            rest=inside.format("4.00", "3.00")
        )
        assert [(t.amount, t.instructed) for t in booked(entry(details=details))] == [
            (700, Money(800, "USD")),
            (300, Money(400, "USD")),
        ]

    def test_amounts_may_stand_in_different_places(self) -> None:
        details = payment(amount="7.00") + payment(
            rest="<AmtDtls><TxAmt><Amt Ccy='EUR'>3.00</Amt></TxAmt></AmtDtls>"
        )
        assert [t.amount for t in booked(entry(details=details))] == [700, 300]

    @pytest.mark.parametrize(
        "details",
        [
            payment(amount="7.00") + payment(amount="2.99"),
            payment(amount="7.00") + payment(),
            payment() + payment(),
            payment(amount="7.00") + "<TxDtls><Amt Ccy='USD'>3.00</Amt></TxDtls>",
        ],
    )
    def test_payments_that_do_not_add_up_stay_one_transaction(self, details: str) -> None:
        assert [t.amount for t in booked(entry(details=details))] == [1000]

    def test_one_transaction_keeps_every_reference_and_text(self) -> None:
        def told(name: str, reference: str) -> str:
            return payment(
                rest=f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>"
                f"<RmtInf><Ustrd>for {name}</Ustrd>"
                f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>"
            )

        [transaction] = booked(entry(details=told("A", "R1") + told("B", "R2")))
        assert transaction.remittance_text == "for A for B"
        assert transaction.structured_reference is None
        assert transaction.further_references == ("R1", "R2")
        assert transaction.counterparty_name is None
        [same] = booked(entry(details=told("A", "R1") + told("A", "R1")))
        assert (same.counterparty_name, same.structured_reference) == ("A", "R1")

    def test_one_payment_takes_the_amount_of_the_entry(self) -> None:
        [transaction] = booked(entry(side="DBIT", details=payment(amount="99.00", side="CRDT")))
        assert transaction.amount == -1000

    def test_details_in_several_groups_are_one_batch(self) -> None:
        details = payment(amount="7.00") + "</NtryDtls><NtryDtls>" + payment(amount="3.00")
        assert [t.amount for t in booked(entry(details=details))] == [700, 300]


class TestCounterparty:
    @pytest.mark.parametrize(
        ("side", "rest", "returned", "found"),
        [
            ("CRDT", "", False, "Dbtr 2051"),
            ("DBIT", "", False, "Cdtr 2051"),
            # A transfer of ours comes back: the other side is whom it had been sent to.
            ("CRDT", "<RvslInd>true</RvslInd>", True, "Cdtr 2051"),
            # A direct debit of ours comes back: the other side is who had been debited.
            ("DBIT", "<RvslInd>true</RvslInd>", True, "Dbtr 2051"),
            ("DBIT", "<RvslInd>false</RvslInd>", False, "Cdtr 2051"),
        ],
    )
    def test_is_the_other_side(self, side: str, rest: str, returned: bool, found: str) -> None:
        debtor, creditor = (OTHER, OWN) if found.startswith("Dbtr") else (OWN, OTHER)
        [transaction] = booked(
            entry(side=side, rest=rest, details=payment(rest=parties(debtor, creditor)))
        )
        assert transaction.returned is returned
        assert transaction.counterparty_name == found
        assert transaction.counterparty_account == OTHER

    def test_in_returns_our_own_account_is_never_the_other_side(self) -> None:
        """Some banks swap the parties of a return, some do not."""
        for debtor, creditor in ((OWN, OTHER), (OTHER, OWN)):
            details = payment(rest=parties(debtor, creditor))
            [transaction] = booked(entry(rest="<RvslInd>true</RvslInd>", details=details))
            assert transaction.counterparty_account == OTHER

    def test_names_and_numbers_wherever_they_stand(self) -> None:
        where = {
            "<Dbtr><Nm>A</Nm></Dbtr>": ("A", None),
            "<Dbtr><Agt><FinInstnId><Nm>Bank</Nm></FinInstnId></Agt></Dbtr>": ("Bank", None),
            "<DbtrAcct><Id><IBAN>DE02 1203 0000 0000 2020 51</IBAN></Id></DbtrAcct>": (None, OTHER),
            "<DbtrAcct><Id><Othr><Id>12-34 5</Id></Othr></Id><Nm>N</Nm></DbtrAcct>": (
                "N",
                "12-34 5",
            ),
        }
        for rest, expected in where.items():
            [t] = booked(entry(details=payment(rest=f"<RltdPties>{rest}</RltdPties>")))
            assert (t.counterparty_name, t.counterparty_account) == expected

    def test_the_creditor_of_a_credit_is_ourselves_not_the_other_side(self) -> None:
        [transaction] = booked(entry(details=payment(rest=parties(creditor=OTHER))))
        assert transaction.counterparty_name is None


class TestReturns:
    @pytest.mark.parametrize(
        "code", ["PMNT/ICDT/RRTN", "PMNT/IDDT/UPDD", "PMNT/IDDT/PRDD", "PMNT/ICDT/RPCR"]
    )
    def test_known_by_the_transaction_code(self, code: str) -> None:
        domain, family, sub = code.split("/")
        rest = (
            f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd>"
            f"<SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        )
        [transaction] = booked(entry(rest=rest))
        assert transaction.returned
        assert transaction.bank_transaction_code == code

    def test_known_by_the_return_information_with_its_reason(self) -> None:
        details = payment(rest="<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>")
        [transaction] = booked(entry(side="DBIT", details=details))
        assert (transaction.returned, transaction.return_reason) == (True, "AM04")


class TestTexts:
    def test_text_is_joined_on_one_line(self) -> None:
        details = payment(
            rest="<RmtInf><Ustrd> INV\n 1 </Ustrd><Ustrd>and 2</Ustrd><Strd>"
            "<RfrdDocInf><Nb>INV-1</Nb></RfrdDocInf><RfrdDocInf><Nb>INV-2</Nb></RfrdDocInf>"
            "<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf>"
            "<AddtlRmtInf>less 2%</AddtlRmtInf></Strd></RmtInf><AddtlTxInf>a</AddtlTxInf>"
        )
        [t] = booked(entry(details=details + "</NtryDtls><AddtlNtryInf>b</AddtlNtryInf><NtryDtls>"))
        assert t.remittance_text == "INV 1 and 2 less 2%"
        assert t.structured_reference == "RF18539007547034"
        assert t.further_references == ("INV-1", "INV-2")
        assert t.additional_info == "a b"

    def test_a_comment_does_not_cut_a_text(self) -> None:
        details = payment(rest="<RmtInf><Ustrd>INV<!-- -->-117</Ustrd></RmtInf>")
        assert booked(entry(details=details))[0].remittance_text == "INV-117"

    def test_words_for_no_reference_are_none(self) -> None:
        details = payment(rest="<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>")
        assert booked(entry(details=details))[0].end_to_end_id is None

    def test_reference_of_the_payment_comes_before_that_of_the_entry(self) -> None:
        rest = "<AcctSvcrRef>ENTRY</AcctSvcrRef>"
        details = payment(rest="<Refs><AcctSvcrRef>PAYMENT</AcctSvcrRef></Refs>")
        assert booked(entry(rest=rest, details=details))[0].bank_reference == "PAYMENT"
        assert booked(entry(rest=rest, details=payment()))[0].bank_reference == "ENTRY"
        assert booked(entry(rest=rest))[0].bank_reference == "ENTRY"


class TestInstructed:
    @pytest.mark.parametrize(
        ("inside", "instructed"),
        [
            ("<InstdAmt><Amt Ccy='USD'>12.00</Amt></InstdAmt>", Money(1200, "USD")),
            # Charges taken on the way: the payer ordered more than arrived.
            ("<InstdAmt><Amt Ccy='EUR'>12.00</Amt></InstdAmt>", Money(1200, "EUR")),
            ("<InstdAmt><Amt Ccy='EUR'>10.00</Amt></InstdAmt>", None),
            ("<TxAmt><Amt Ccy='EUR'>12.00</Amt></TxAmt>", None),
            ("<TxAmt><Amt Ccy='USD'>12.00</Amt></TxAmt>", Money(1200, "USD")),
            ("<InstdAmt><Amt Ccy='USD'>0</Amt></InstdAmt>", None),
            # An unusual currency is not worth losing the statement.
            ("<InstdAmt><Amt Ccy='HRK'>12.00</Amt></InstdAmt>", None),
        ],
    )
    def test_what_the_payer_ordered(self, inside: str, instructed: Money | None) -> None:
        details = payment(rest=f"<AmtDtls>{inside}</AmtDtls>")
        assert booked(entry(details=details))[0].instructed == instructed

    def test_has_the_sign_of_the_booking(self) -> None:
        details = payment(rest="<AmtDtls><InstdAmt><Amt Ccy='USD'>12</Amt></InstdAmt></AmtDtls>")
        assert booked(entry(side="DBIT", details=details))[0].instructed == Money(-1200, "USD")


class TestNamesOfBatches:
    """What the bank booked as one is known by what its sender called it."""

    def test_names_of_the_batch_and_of_its_payments(self) -> None:
        batch = "<Btch><MsgId>M7</MsgId><PmtInfId>M7-1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>"
        [one] = booked(entry(details=batch))
        assert (one.batch_ids, one.payments) == (("M7-1", "M7"), 3)
        refs = "<Refs><MsgId>M7</MsgId><PmtInfId>NOTPROVIDED</PmtInfId></Refs>"
        [one] = booked(entry(details=payment(rest=refs)))
        assert one.batch_ids == ("M7",)

    def test_a_batch_told_apart_leaves_its_names_to_the_booking(self) -> None:
        parts = payment(amount="4.00") + payment(amount="6.00")
        named = "<Btch><PmtInfId>M7-1</PmtInfId></Btch>" + parts
        assert [one.batch_ids for one in booked(entry(details=named))] == [(), ()]

    def test_one_that_stays_whole_keeps_what_its_orders_were_called(self) -> None:
        orders = "".join(
            payment(rest=f"<Refs><EndToEndId>{name}</EndToEndId></Refs>") for name in ("E1", "E2")
        )
        [one] = booked(entry(details=orders))
        assert (one.end_to_end_id, one.further_references) == (None, ("E1", "E2"))
