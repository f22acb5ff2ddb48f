"""What is around the entries of camt messages: statements, balances, headers, envelopes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.formats.camt_messages import OWN, entry, message, payment
from usance.formats import camt
from usance.formats.errors import FormatError
from usance.formats.statement import Statement


def balance(code: str, amount: str, *, side: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-04-30</Dt></Dt></Bal>"
    )


class TestStatementFields:
    def of(self, **parts: str) -> Statement:
        [statement] = camt.parse(message(entry(), **parts)).statements
        return statement

    def test_balances(self) -> None:
        statement = self.of(
            balances=balance("CLAV", "9") + balance("OPBD", "5") + balance("CLBD", "3", side="DBIT")
        )
        assert (statement.opening, statement.closing) == (500, -300)

    def test_closing_balance_of_the_day_before_opens(self) -> None:
        assert self.of(balances=balance("PRCD", "5")).opening == 500
        assert self.of(balances=balance("PRCD", "5") + balance("OPBD", "6")).opening == 600

    def test_balance_in_another_currency_is_unknown(self) -> None:
        both = balance("OPBD", "5") + balance("CLBD", "6", currency="SEK")
        statement = self.of(balances=both)
        assert (statement.currency, statement.opening, statement.closing) == ("EUR", 500, None)

    def test_currency_of_the_account_comes_first(self) -> None:
        account = f"<Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>CHF</Ccy></Acct>"
        assert self.of(account=account, balances=balance("OPBD", "5")).currency == "CHF"

    def test_unknown_currency_of_the_account_is_refused(self) -> None:
        with pytest.raises(FormatError) as caught:
            self.of(account="<Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>ABC</Ccy></Acct>")
        assert caught.value.code == "unknown_currency"

    def test_an_empty_statement_has_no_currency(self) -> None:
        [statement] = camt.parse(message()).statements
        assert (statement.currency, statement.transactions) == (None, ())

    def test_number_period_and_duplicate(self) -> None:
        statement = self.of(
            before="<Id>S1</Id><ElctrncSeqNb>118</ElctrncSeqNb><LglSeqNb>7</LglSeqNb>"
            "<FrToDt><FrDtTm>2026-04-01T00:00:00</FrDtTm><ToDtTm>2026-04-30T24:00:00</ToDtTm>"
            "</FrToDt><CpyDplctInd>DUPL</CpyDplctInd>"
        )
        assert statement.sequence == 118
        assert (statement.period_from, statement.period_to) == (date(2026, 4, 1), date(2026, 4, 30))
        assert statement.copy_duplicate == "DUPL"

    @pytest.mark.parametrize(
        ("page", "last", "partial"),
        [("1", "true", False), ("00001", "1", False), ("1", "false", True), ("2", "true", True)],
    )
    def test_pages(self, page: str, last: str, partial: bool) -> None:
        pages = f"<PgNb>{page}</PgNb><LastPgInd>{last}</LastPgInd>"
        assert self.of(before=f"<Id>S</Id><StmtPgntn>{pages}</StmtPgntn>").partial is partial
        assert self.of(head=f"<MsgPgntn>{pages}</MsgPgntn>").partial is partial

    @pytest.mark.parametrize(
        ("parts", "code"),
        [
            ({"before": ""}, "missing_element"),
            ({"account": ""}, "missing_element"),
            ({"account": "<Acct/>"}, "missing_element"),
            ({"account": "<Acct><Id/></Acct>"}, "missing_element"),
            ({"before": "<Id>S</Id><ElctrncSeqNb>x</ElctrncSeqNb>"}, "invalid_number"),
            ({"before": "<Id>S</Id><CpyDplctInd>MAYBE</CpyDplctInd>"}, "invalid_indicator"),
            ({"head": "<CreDtTm>yesterday</CreDtTm>"}, "invalid_date"),
            ({"balances": "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp></Bal>"}, None),
        ],
    )
    def test_what_is_missing_or_wrong_is_named(
        self, parts: dict[str, str], code: str | None
    ) -> None:
        with pytest.raises(FormatError) as caught:
            self.of(**parts)
        assert caught.value.code == (code or "missing_element")


class TestMessage:
    def test_kinds(self) -> None:
        for kind, meaning in (
            ("camt.052", "report"),
            ("camt.053", "statement"),
            ("camt.054", "notification"),
        ):
            document = camt.parse(message(entry(), kind=kind))
            assert (document.kind, document.version, document.message_id) == (kind, "08", "M1")
            assert document.statements[0].kind == meaning

    @pytest.mark.parametrize(
        ("written", "instant"),
        [
            (
                "2026-04-30T17:00:00+02:00",
                datetime(2026, 4, 30, 17, tzinfo=timezone(timedelta(hours=2))),
            ),
            ("2026-04-30T17:00:00Z", datetime(2026, 4, 30, 17, tzinfo=UTC)),
            (
                "2026-04-30T17:00:00.371123999Z",
                datetime(2026, 4, 30, 17, 0, 0, 371123, tzinfo=UTC),
            ),
            ("2026-04-30T17:00:00", datetime(2026, 4, 30, 17)),  # noqa: DTZ001
        ],
    )
    def test_creation(self, written: str, instant: datetime) -> None:
        document = camt.parse(message(head=f"<CreDtTm>{written}</CreDtTm>"))
        assert document.created_at == instant

    def test_an_envelope_around_the_document_does_not_matter(self) -> None:
        inner = message(entry())
        document = camt.parse(b"<Envelope><AppHdr><Fr/></AppHdr>" + inner + b"</Envelope>")
        assert len(document.statements[0].transactions) == 1

    def test_without_namespace_the_version_is_unknown(self) -> None:
        plain = message(entry()).replace(
            b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"', b""
        )
        document = camt.parse(plain)
        assert (document.kind, document.version) == ("camt.053", "")

    def test_prefixes_and_other_encodings(self) -> None:
        text = message(entry(details=payment(rest="<RmtInf><Ustrd>Käufer</Ustrd></RmtInf>")))
        for encoding in ("utf-8-sig", "utf-16", "iso-8859-15", "windows-1252"):
            declared = encoding.removesuffix("-sig")
            data = f'<?xml version="1.0" encoding="{declared}"?>{text.decode()}'.encode(encoding)
            [statement] = camt.parse(data).statements
            assert statement.transactions[0].remittance_text == "Käufer"

    def test_two_messages_in_one_file_are_refused(self) -> None:
        with pytest.raises(FormatError) as caught:
            camt.parse(b"<A>" + message(entry()) + message(entry()) + b"</A>")
        assert caught.value.code == "unsupported_message"

    def test_the_line_of_a_mistake_is_right_beyond_65535(self) -> None:
        good = entry() + "\n"
        data = message(good * 70_000 + entry(amount="x"))
        with pytest.raises(FormatError) as caught:
            camt.parse(data)
        assert caught.value.line == 70_001
        assert caught.value.path is not None
        assert "Ntry[70001]" in caught.value.path
