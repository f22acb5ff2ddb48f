"""Statements to the bytes of a camt.053.001.08 message."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.statement import Statement, Transaction, is_iban
from usance.rules.money import Money, MoneyError

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"

# What XML 1.0 cannot carry at all (clause 2.2, production Char).
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOMAIN_CODE: Final = re.compile(r"([A-Z0-9]{4})/([A-Z0-9]{4})/([A-Z0-9]{4})")
_REASON_CODE: Final = re.compile(r"[A-Z0-9]{4}")


def render(statements: Iterable[Statement], *, message_id: str, created_at: datetime) -> bytes:
    """Write ``statements`` as one camt.053.001.08 message that :func:`parse` reads back the same.

    Every transaction becomes one booked entry with one payment inside. White space within texts
    is single spaces on reading. What camt.053 has no place for is left out: the counts of entries
    not booked, and the difference between a statement and other kinds. A statement needs an
    account, an id and at least one balance.

    Raises FormatError: ``missing_value`` for what the schema demands and the statement lacks,
    ``value_too_long`` for a text beyond the length the schema allows (nothing is ever cut),
    ``invalid_text`` for characters that XML cannot carry, ``invalid_amount``.
    """
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>\n'
        f"<GrpHdr>{_element('MsgId', message_id, limit=35)}"
        f"<CreDtTm>{created_at.isoformat()}</CreDtTm></GrpHdr>\n"
    ]
    count = 0
    for statement in statements:
        count += 1
        parts.append(_statement(statement, created_at=created_at))
    if not count:
        raise FormatError("A message needs at least one statement.", code="missing_value")
    parts.append("</BkToCstmrStmt></Document>\n")
    return "".join(parts).encode()


def _statement(statement: Statement, *, created_at: datetime) -> str:
    if statement.id is None or statement.account is None:
        raise FormatError(
            "A camt statement needs an id and an account; give both.", code="missing_value"
        )
    currency = statement.currency
    parts = [
        "<Stmt>",
        _element("Id", statement.id, limit=35),
        "<StmtPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
        if statement.partial
        else "",
        "" if statement.sequence is None else f"<ElctrncSeqNb>{statement.sequence}</ElctrncSeqNb>",
        f"<CreDtTm>{created_at.isoformat()}</CreDtTm>",
        _period(statement),
        f"<CpyDplctInd>{statement.copy_duplicate}</CpyDplctInd>"
        if statement.copy_duplicate
        else "",
        f"<Acct>{_account_id(statement.account)}",
        f"<Ccy>{currency}</Ccy>" if currency else "",
        "</Acct>",
        _balances(statement, otherwise_on=created_at.date()),
        "\n",
    ]
    parts.extend(_entry(transaction) for transaction in statement.transactions)
    parts.append("</Stmt>\n")
    return "".join(parts)


def _period(statement: Statement) -> str:
    start, end = statement.period_from, statement.period_to
    if start is None and end is None:
        return ""
    if start is None or end is None:
        raise FormatError(
            "A camt period has both a first and a last day; give both or none.",
            code="missing_value",
        )
    return (
        f"<FrToDt><FrDtTm>{start.isoformat()}T00:00:00</FrDtTm>"
        f"<ToDtTm>{end.isoformat()}T23:59:59</ToDtTm></FrToDt>"
    )


def _balances(statement: Statement, *, otherwise_on: date) -> str:
    days = [transaction.booked_on for transaction in statement.transactions]
    first = statement.period_from or min(days, default=otherwise_on)
    last = statement.period_to or max(days, default=otherwise_on)
    known = [
        (code, amount, on)
        for code, amount, on in (
            ("OPBD", statement.opening, first),
            ("CLBD", statement.closing, last),
        )
        if amount is not None
    ]
    if not known or statement.currency is None:
        raise FormatError(
            "A camt.053 statement needs at least one balance in the account's currency; "
            "give the opening or the closing balance.",
            code="missing_value",
        )
    return "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f"{_amount(amount, statement.currency)}{_indicator(amount)}"
        f"<Dt><Dt>{on.isoformat()}</Dt></Dt></Bal>"
        for code, amount, on in known
    )


def _entry(transaction: Transaction) -> str:
    t = transaction
    figures = _amount(t.amount, t.currency)
    indicator = _indicator(t.amount)
    code = f"<BkTxCd>{_transaction_code(t.bank_transaction_code)}</BkTxCd>"
    reference = _element("AcctSvcrRef", t.bank_reference, limit=35)
    end_to_end = _element("EndToEndId", t.end_to_end_id, limit=35)
    parts = [
        "<Ntry>",
        figures,
        indicator,
        "<RvslInd>true</RvslInd>" if t.returned else "",
        "<Sts><Cd>BOOK</Cd></Sts>",
        f"<BookgDt><Dt>{t.booked_on.isoformat()}</Dt></BookgDt>",
        f"<ValDt><Dt>{t.value_on.isoformat()}</Dt></ValDt>" if t.value_on else "",
        reference,
        code,
        f"<NtryDtls>{_batch(t)}<TxDtls>",
        f"<Refs>{end_to_end}</Refs>" if end_to_end else "",
        figures,
        indicator,
        _instructed(t.instructed),
        _parties(t),
        _remittance(t),
        _return_reason(t.return_reason),
        "</TxDtls></NtryDtls>",
        _element("AddtlNtryInf", t.additional_info, limit=500),
        "</Ntry>\n",
    ]
    return "".join(parts)


def _batch(transaction: Transaction) -> str:
    """What was booked as one, by its first two names and its count."""
    part, message = (*transaction.batch_ids, None, None)[:2]
    count = f"<NbOfTxs>{transaction.payments}</NbOfTxs>" if transaction.payments else ""
    inner = _element("MsgId", message, limit=35) + _element("PmtInfId", part, limit=35) + count
    return f"<Btch>{inner}</Btch>" if inner else ""


def _parties(transaction: Transaction) -> str:
    # A return keeps the parties of the payment that came back, in which the money went the
    # other way.
    debtor = (transaction.amount >= 0) != transaction.returned
    side = "Dbtr" if debtor else "Cdtr"
    name = _element("Nm", transaction.counterparty_name, limit=140)
    ultimate = _element("Nm", transaction.ultimate_counterparty_name, limit=140)
    account = transaction.counterparty_account
    inner = (
        (f"<{side}><Pty>{name}</Pty></{side}>" if name else "")
        + (f"<{side}Acct>{_account_id(account)}</{side}Acct>" if account else "")
        + (f"<Ultmt{side}><Pty>{ultimate}</Pty></Ultmt{side}>" if ultimate else "")
    )
    return f"<RltdPties>{inner}</RltdPties>" if inner else ""


def _remittance(transaction: Transaction) -> str:
    # The schema allows 140 characters a line; breaking at spaces reads back as the same text.
    lines = textwrap.wrap(
        transaction.remittance_text, 140, break_on_hyphens=False, break_long_words=False
    )
    inner = "".join(_element("Ustrd", line, limit=140) for line in lines)
    documents = "".join(
        f"<RfrdDocInf>{_element('Nb', number, limit=35)}</RfrdDocInf>"
        for number in transaction.further_references
    )
    reference = _element("Ref", transaction.structured_reference, limit=35)
    if documents or reference:
        creditor = f"<CdtrRefInf>{reference}</CdtrRefInf>" if reference else ""
        inner += f"<Strd>{documents}{creditor}</Strd>"
    return f"<RmtInf>{inner}</RmtInf>" if inner else ""


def _instructed(amount: Money | None) -> str:
    if amount is None:
        return ""
    return f"<AmtDtls><InstdAmt>{_amount(amount.amount, amount.currency)}</InstdAmt></AmtDtls>"


def _return_reason(reason: str | None) -> str:
    if reason is None:
        return ""
    name, limit = ("Cd", 4) if _REASON_CODE.fullmatch(reason) else ("Prtry", 35)
    return f"<RtrInf><Rsn>{_element(name, reason, limit=limit)}</Rsn></RtrInf>"


def _transaction_code(code: str | None) -> str:
    if code is None:
        return ""
    if domain := _DOMAIN_CODE.fullmatch(code):
        return (
            f"<Domn><Cd>{domain[1]}</Cd><Fmly><Cd>{domain[2]}</Cd>"
            f"<SubFmlyCd>{domain[3]}</SubFmlyCd></Fmly></Domn>"
        )
    return f"<Prtry>{_element('Cd', code, limit=35)}</Prtry>"


def _account_id(account: str) -> str:
    if is_iban(account):
        return f"<Id><IBAN>{account}</IBAN></Id>"
    return f"<Id><Othr>{_element('Id', account, limit=34)}</Othr></Id>"


def _amount(minor_units: int, currency: str) -> str:
    try:
        return f'<Amt Ccy="{currency}">{Money(abs(minor_units), currency).decimal()}</Amt>'
    except MoneyError as error:
        raise FormatError(str(error), code="invalid_amount") from None


def _indicator(minor_units: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if minor_units >= 0 else 'DBIT'}</CdtDbtInd>"


def _element(name: str, value: str | None, *, limit: int) -> str:
    """``<name>value</name>``; nothing for an empty value, which the schema forbids."""
    if not value:
        return ""
    if len(value) > limit:
        raise FormatError(
            f"{name} takes at most {limit} characters and {value[:20]!r}... has {len(value)}; "
            "shorten it.",
            code="value_too_long",
        )
    if _FORBIDDEN.search(value):
        raise FormatError(
            f"{name} {value[:40]!r} has control characters, which XML cannot carry; remove them.",
            code="invalid_text",
        )
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}>{escaped}</{name}>"
