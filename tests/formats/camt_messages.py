"""Small camt messages, built piece by piece, and what they are read to."""

from __future__ import annotations

from usance.formats import camt
from usance.formats.statement import Statement, Transaction

OWN = "DE89370400440532013000"
OTHER = "DE02120300000000202051"


def message(
    entries: str = "",
    *,
    kind: str = "camt.053",
    head: str = "<CreDtTm>2026-04-30T17:00:00+02:00</CreDtTm>",
    before: str = "<Id>S1</Id>",
    account: str = f"<Acct><Id><IBAN>{OWN}</IBAN></Id></Acct>",
    balances: str = "",
) -> bytes:
    root, tag = {
        "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
        "camt.053": ("BkToCstmrStmt", "Stmt"),
        "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.08"><{root}>'
        f"<GrpHdr><MsgId>M1</MsgId>{head}</GrpHdr>"
        f"<{tag}>{before}{account}{balances}{entries}</{tag}></{root}></Document>"
    ).encode()


def entry(
    *,
    amount: str = "10.00",
    currency: str = "EUR",
    side: str = "CRDT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    days: str = "<BookgDt><Dt>2026-04-30</Dt></BookgDt>",
    rest: str = "",
    details: str = "",
) -> str:
    inside = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"{status}{days}{rest}{inside}</Ntry>"
    )


def payment(*, amount: str = "", side: str = "", rest: str = "") -> str:
    figures = f'<Amt Ccy="EUR">{amount}</Amt>' if amount else ""
    indicator = f"<CdtDbtInd>{side}</CdtDbtInd>" if side else ""
    return f"<TxDtls>{figures}{indicator}{rest}</TxDtls>"


def read(entries: str, *, kind: str = "camt.053") -> Statement:
    [statement] = camt.parse(message(entries, kind=kind)).statements
    return statement


def booked(entries: str) -> tuple[Transaction, ...]:
    return read(entries).transactions


def parties(debtor: str = "", creditor: str = "") -> str:
    def side(tag: str, account: str) -> str:
        return (
            f"<{tag}><Pty><Nm>{tag} {account[-4:]}</Nm></Pty></{tag}>"
            f"<{tag}Acct><Id><IBAN>{account}</IBAN></Id></{tag}Acct>"
            if account
            else ""
        )

    return f"<RltdPties>{side('Dbtr', debtor)}{side('Cdtr', creditor)}</RltdPties>"
