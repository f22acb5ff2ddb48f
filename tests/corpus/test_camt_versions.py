"""One statement in the schema of each version, read to the same transactions."""

from __future__ import annotations

import re
from datetime import date

import pytest
from lxml import etree

from tests.corpus.locations import corpora, schema
from usance.formats import camt
from usance.formats.statement import Transaction

ROOTS = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
SCHEMAS = [(kind, version) for kind in ROOTS for version in (2, 4, 6, 8, 10, 12)]
VERSIONS = [(kind, version) for kind in ROOTS for version in range(2, 14)]


def written(kind: str, version: int) -> bytes:
    """A statement as ``version`` lays it out: status as text until 06, parties in Pty from 08."""
    root, tag = ROOTS[kind]
    status = "BOOK" if version < 7 else "<Cd>BOOK</Cd>"
    pty = ("<Pty>", "</Pty>") if version >= 8 else ("", "")
    own = '<Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>' if version >= 3 else ""
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"
        '<Amt Ccy="EUR">110.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-30</Dt></Dt></Bal>'
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.{version:02}"><{root}>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-04-30T17:00:00+02:00</CreDtTm></GrpHdr>
<{tag}><Id>S1</Id><CreDtTm>2026-04-30T17:00:00+02:00</CreDtTm>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
{"" if kind == "camt.054" else balance}
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts>
<BookgDt><DtTm>2026-04-29T23:30:00+02:00</DtTm></BookgDt><ValDt><Dt>2026-04-30</Dt></ValDt>
<AcctSvcrRef>BANK-1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId></Refs>{own}
<RltdPties><Dbtr>{pty[0]}<Nm>Käufer AG</Nm>{pty[1]}</Dbtr>
<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct>
<UltmtDbtr>{pty[0]}<Nm>Filiale</Nm>{pty[1]}</UltmtDbtr></RltdPties>
<RmtInf><Ustrd>Rechnung</Ustrd><Ustrd>2026-117</Ustrd>
<Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls><AddtlNtryInf>Gutschrift</AddtlNtryInf></Ntry>
</{tag}></{root}></Document>""".encode()


def test_the_schemas_are_there() -> None:
    found = sorted(p.name for p in (corpora() / "camt" / "schema").rglob("*.xsd"))
    assert found == sorted(f"{kind}.001.{version:02}.xsd" for kind, version in SCHEMAS)
    assert len(found) == 18


@pytest.mark.parametrize(("kind", "version"), SCHEMAS)
def test_the_example_is_valid_in_its_version(kind: str, version: int) -> None:
    path = schema("camt", f"iso20022/{kind}/{kind}.001.{version:02}.xsd")
    etree.XMLSchema(etree.parse(path)).assertValid(etree.fromstring(written(kind, version)))


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_every_version_reads_to_the_same_transaction(kind: str, version: int) -> None:
    document = camt.parse(written(kind, version))
    assert (document.kind, document.version) == (kind, f"{version:02}")
    [statement] = document.statements
    assert statement.closing == (None if kind == "camt.054" else 11000)
    assert statement.transactions == (
        Transaction(
            ordinal=1,
            amount=1000,
            currency="EUR",
            booked_on=date(2026, 4, 29),
            value_on=date(2026, 4, 30),
            bank_reference="BANK-1",
            end_to_end_id="E2E-1",
            structured_reference="RF18539007547034",
            remittance_text="Rechnung 2026-117",
            counterparty_name="Käufer AG",
            counterparty_account="DE02120300000000202051",
            ultimate_counterparty_name="Filiale",
            bank_transaction_code="PMNT/RCDT/ESCT",
            additional_info="Gutschrift",
        ),
    )


def test_version_01_lays_details_and_balances_out_differently() -> None:
    data = written("camt.053", 2).decode()
    data = data.replace("camt.053.001.02", "camt.053.001.01").replace(
        "BkToCstmrStmt>", "BkToCstmrStmtV01>"
    )
    data = re.sub(r"</?(CdOrPrtry|NtryDtls)>", "", data)
    data = data.replace(
        "<Id><IBAN>DE89370400440532013000</IBAN></Id>",
        "<Id><PrtryAcct><Id>4711</Id></PrtryAcct></Id>",
    )
    [statement] = camt.parse(data.encode()).statements
    assert (statement.account, statement.closing) == ("4711", 11000)
    assert statement.transactions[0].end_to_end_id == "E2E-1"
