"""Debits at work in a line each: mandates, files, what the bank answers, and what it books."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.flows.trading import Trade
from usance.flows import (
    bank_statements,
    cash_application,
    credit_lines,
    fulfilment,
    seller_details,
)
from usance.flows.debits import answers, calendar, collection_rules, files, mandates, scheduling
from usance.flows.debits.mandates import Signature
from usance.formats import camt, nacha
from usance.formats.statement import Statement, Transaction
from usance.records.credit.models import CreditLine
from usance.records.debits.models import Answer, Debit, DebitFile, Mandate
from usance.records.invoices.models import Invoice
from usance.records.payments.models import Payment
from usance.rules.debits.schemes import SCHEMES
from usance.rules.invoicing.profiles import SellerFields

CREDITOR = "DE98ZZZ09999999999"
OWN_IBAN = "IT60X0542811101000000123456"
DEBTOR_IBAN = "DE89370400440532013000"
ROUTING = "231380104"
SIGNATURE = Signature(name="Anna Nord", method="paper", words="You may debit our account.")
ACH_RULES = {
    "ach_destination": ROUTING,
    "ach_destination_name": "First Bank",
    "ach_origin": "1234567890",
    "ach_odfi": "23138010",
    "ach_company_id": "1234567890",
    "ach_company_name": "Officine Brera",
    "prenote": False,
}


@dataclass
class Desk:
    """A seller that collects, at one moment."""

    trade: Trade

    @classmethod
    def of(cls, trade: Trade, **rules: Any) -> Desk:
        seller_details.set_seller_details(
            trade.seller,
            fields=SellerFields(legal_name="Officine Brera S.r.l.", creditor_id=CREDITOR),
            **trade.act,
        )
        seller_details.add_bank_account(
            trade.seller, currency="EUR", iban=OWN_IBAN, bic="UNCRITMM", **trade.act
        )
        collection_rules.set_rules(trade.seller, **(ACH_RULES | rules), **trade.act)
        credit_lines.set_credit_line(
            trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=1_000_000, **trade.act
        )
        return cls(trade)

    @property
    def today(self) -> date:
        return self.trade.at.date()

    def on(self, day: date) -> Desk:
        """The same desk on the morning of ``day``."""
        at = datetime.combine(day, time(9, 30), tzinfo=UTC)
        return Desk(replace(self.trade, at=at))

    def mandate(self, scheme: str = "sepa_core", **fields: Any) -> Mandate:
        account = (
            {"account": DEBTOR_IBAN}
            if scheme.startswith("sepa")
            else {"account": "744-5678-99", "bank": ROUTING}
        )
        given = account | {"debtor_name": "Nordwind Handels GmbH", "signature": SIGNATURE} | fields
        return mandates.create_mandate(
            self.trade.seller, buyer_id=self.trade.buyer.id, scheme=scheme, **given,
            **self.trade.act,
        )  # fmt: skip

    def invoice(self, amount: int, currency: str = "EUR") -> Invoice:
        order = self.trade.order(amount, currency=currency)
        return fulfilment.invoice_order(self.trade.seller, order_id=order.id, **self.trade.act)

    def debit(self, mandate: Mandate, *invoices: Invoice, **fields: Any) -> Debit:
        return scheduling.schedule_debit(
            self.trade.seller, mandate_id=mandate.id,
            invoice_ids=[invoice.id for invoice in invoices], **fields, **self.trade.act,
        )  # fmt: skip

    def owed(self, scheme: str = "sepa_core", amount: int = 100_00) -> tuple[Invoice, Debit]:
        """An invoice that is to be collected as soon as may be."""
        invoice = self.invoice(amount, SCHEMES[scheme].currency)
        return invoice, self.debit(self.mandate(scheme), invoice, wanted_on=self.today)

    def sent(self, debit: Debit) -> Desk:
        """The day on which the file with ``debit`` goes to the bank."""
        day = debit.collect_on
        for back in range(20):
            desk = self.on(day - timedelta(days=20 - back))
            if desk.today < self.today:
                continue
            for file in desk.write():
                desk.send(file)
            if self.now(debit).state == "submitted":
                return desk
        raise AssertionError("no file took the debit")

    def settled(self, debit: Debit) -> Desk:
        """The day on which ``debit`` settled."""
        desk = self.sent(debit)
        debit = self.now(debit)
        desk = desk.on(debit.collect_on)
        desk.tend()
        assert self.now(debit).state == "settled"
        return desk

    def write(self) -> list[DebitFile]:
        return files.build_files(self.trade.seller, **self.trade.act).files

    def send(self, file: DebitFile) -> DebitFile:
        return files.mark_sent(self.trade.seller, file_id=file.id, **self.trade.act)

    def tend(self) -> calendar.Tended:
        return calendar.tend(seller_id=self.trade.seller.id, at=self.trade.at)

    def answer(self, data: bytes) -> Answer:
        return answers.take_answer(self.trade.seller, data, **self.trade.act)[0]

    def report(self, debit: Debit, code: str, *, status: str = "RJCT") -> Answer:
        """The bank answers to the file of ``debit`` with a pain.002."""
        return self.answer(status_report(self.now(debit), code, status=status, at=self.trade.at))

    def returned(self, debit: Debit, code: str) -> Answer:
        """The debit comes back: a line of the bank in SEPA, a NACHA file in ACH."""
        if debit.currency == "USD":
            return self.answer(return_file(self.now(debit), code, on=self.today))
        self.bank(self.line(-debit.amount, debit=debit, reason=code))
        return Answer()

    def corrected(self, debit: Debit, code: str, **data: Any) -> Answer:
        corrected = nacha.CorrectedData(**data)
        return self.answer(correction_file(self.now(debit), code, corrected, on=self.today))

    def line(
        self, amount: int, *, debit: Debit | None = None, reason: str | None = None, **more: Any
    ) -> Transaction:
        """A line of the bank, about ``debit`` if that is named."""
        given: dict[str, Any] = {
            "ordinal": 1,
            "amount": amount,
            "currency": debit.currency if debit else "EUR",
            "booked_on": self.today,
            "end_to_end_id": debit.end_to_end_id if debit else None,
            "returned": reason is not None,
            "return_reason": reason,
        }
        return Transaction(**given | more)

    def bank(self, *lines: Transaction) -> cash_application.Settled:
        """The bank's statement of the day is taken and settled."""
        currency = lines[0].currency
        statement = Statement(
            id=f"S{self.trade.at.timestamp()}{len(lines)}{lines[0].amount}",
            account=OWN_IBAN if currency == "EUR" else "12345678",
            currency=currency,
            opening=0,
            closing=sum(line.amount for line in lines),
            transactions=tuple(replace(line, ordinal=n) for n, line in enumerate(lines, 1)),
        )
        data = camt.render([statement], message_id="M1", created_at=self.trade.at)
        bank_statements.take_statement(self.trade.seller, data, **self.trade.act)
        return cash_application.settle_all(self.trade.seller, **self.trade.act)

    def now(self, row: Any) -> Any:
        return self.trade.stored(type(row), row.id)

    def payment(self, debit: Debit) -> Payment:
        found: Payment = self.trade.stored(Payment, self.now(debit).payment_id)
        return found

    def line_of(self, currency: str) -> CreditLine:
        return CreditLine.objects.get(
            seller_id=self.trade.seller.id, buyer_id=self.trade.buyer.id, currency=currency
        )


def status_report(
    debit: Debit, code: str, *, at: datetime, status: str = "RJCT", message_id: str | None = None
) -> bytes:
    """A pain.002 about one debit of a file, the others taken."""
    file = debit.file
    assert file is not None or message_id
    said = message_id or (file.message_id if file else "")
    reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if status == "RJCT" else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>R-{at.timestamp()}</MsgId><CreDtTm>{at.isoformat()}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{said}</OrgnlMsgId>
<OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{debit.group}</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<TxInfAndSts><OrgnlEndToEndId>{debit.end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>
{reason}</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>""".encode()


def _answer_file(entry: nacha.Entry, entry_class: str, *, on: date) -> bytes:
    batch = nacha.Batch(
        entry_class=entry_class,
        company_name="Officine Brera",
        company_id="1234567890",
        description="PAYMENT",
        odfi="23138010",
        effective_on=on,
        service_class=nacha.MIXED,
        settlement_day=on.timetuple().tm_yday,
        entries=(entry,),
    )
    header = nacha.FileHeader(
        destination=ROUTING, origin="1234567890", created_on=on, created_at=time(6)
    )
    first = 1 + hash((entry.account, on)) % 9_000_000
    return nacha.render(
        nacha.NachaFile(header=header, batches=(nacha.numbered(batch, first=first),))
    )


def return_file(debit: Debit, code: str, *, on: date, dishonors: str = "R01") -> bytes:
    """A file of the ACH operator with one return."""
    returned = nacha.Return(
        code=code,
        original_trace=debit.trace_number,
        original_receiver=ROUTING[:8],
        dishonored=nacha.DishonoredReturn(
            return_trace="231380100000001", return_settlement_day=1, return_code=dishonors
        )
        if "R61" <= code <= "R70"
        else None,
        contested=nacha.ContestedReturn(
            returned_on=on,
            original_settlement_day=1,
            return_trace="231380100000001",
            return_settlement_day=1,
            return_code=dishonors,
            dishonored_trace="231380100000002",
            dishonored_settlement_day=1,
            dishonored_code="R68",
        )
        if "R71" <= code <= "R77"
        else None,
    )
    entry = nacha.Entry(
        transaction_code=26,
        routing_number=ROUTING,
        account="744-5678-99",
        amount=debit.amount,
        name="Nordwind Handels GmbH",
        returned=returned,
    )
    entry_class = SCHEMES[debit.mandate.scheme].entry_class
    if entry_class == "CTX":
        entry = replace(entry, name="Nordwind Handels")
    return _answer_file(entry, entry_class, on=on)


def correction_file(debit: Debit, code: str, corrected: nacha.CorrectedData, *, on: date) -> bytes:
    """A file of the ACH operator with one notification of change."""
    entry = nacha.Entry(
        transaction_code=26,
        routing_number=ROUTING,
        account="744-5678-99",
        amount=0,
        name="Nordwind Handels GmbH",
        correction=nacha.Correction(
            code=code,
            original_trace=debit.trace_number,
            original_receiver=ROUTING[:8],
            corrected=corrected,
        ),
    )
    return _answer_file(entry, "COR", on=on)
