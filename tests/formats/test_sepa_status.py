"""What a bank says of a message that it was given."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from tests.corpus.locations import schema
from usance.formats import sepa
from usance.formats.errors import FormatError

REJECTED = """<StsRsnInf><Orgtr><Id><OrgId><AnyBIC>COBADEFFXXX</AnyBIC></OrgId></Id></Orgtr>
<Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto</AddtlInf><AddtlInf>aufgelöst</AddtlInf></StsRsnInf>"""


def report(*, message: str = "", groups: str = "", version: str = "10") -> bytes:
    """A pain.002 that answers MSG-1."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S-1</MsgId><CreDtTm>2026-12-01T10:00:00+01:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>MSG-1</OrgnlMsgId>
<OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{message}</OrgnlGrpInfAndSts>
{groups}</CstmrPmtStsRpt></Document>""".encode()


def group(name: str, *, status: str = "", inside: str = "") -> str:
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{name}</OrgnlPmtInfId>{status}{inside}</OrgnlPmtInfAndSts>"


def payment(end_to_end_id: str, *, status: str | None = "RJCT", reason: str = REJECTED) -> str:
    said = f"<TxSts>{status}</TxSts>" if status else ""
    return f"""<TxInfAndSts><OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId>{said}{reason}
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">119.00</InstdAmt></Amt><ReqdColltnDt>2026-12-07</ReqdColltnDt>
<MndtRltdInf>%s</MndtRltdInf></OrgnlTxRef></TxInfAndSts>"""


V03 = "<MndtId>M-17</MndtId>"
V10 = "<DrctDbtMndt><MndtId>M-17</MndtId></DrctDbtMndt>"
TAKEN = payment("E2", status="ACCP", reason="")
PART = group("G-1", status="<PmtInfSts>PART</PmtInfSts>", inside=payment("E1") + TAKEN)


@pytest.mark.parametrize(("version", "mandate"), [("03", V03), ("10", V03), ("14", V10)])
def test_every_level_is_read(version: str, mandate: str) -> None:
    data = report(groups=PART.replace("%s", mandate), version=version)
    if version == "03":
        data = data.replace(b"AnyBIC", b"BICOrBEI")
    known = etree.XMLSchema(
        etree.parse(schema("pain", f"iso20022/pain.002/pain.002.001.{version}.xsd"))
    )
    known.assertValid(etree.fromstring(data))
    read = sepa.parse_status_report(data)
    assert (read.message_id, read.original_message_id, read.original_message_name) == (
        "S-1",
        "MSG-1",
        "pain.008.001.08",
    )
    assert read.version == f"pain.002.001.{version}"
    (only,) = read.groups
    assert (only.id, only.status) == ("G-1", "PART")
    assert only.transactions[0] == sepa.TransactionStatus(
        status="RJCT",
        end_to_end_id="E1",
        reasons=(sepa.Reason(code="AC04", text="Konto aufgelöst", originator="COBADEFFXXX"),),
        amount=11900,
        currency="EUR",
        collect_on=date(2026, 12, 7),
        mandate_id="M-17",
    )


WHOLE = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>"
GROUP = "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>BE05</Cd></Rsn></StsRsnInf>"

SAID = [
    # message, groups -> of E1 in G-1: verdict, status, level, codes
    (WHOLE, "", ("rejected", "RJCT", "message", ["FF01"])),
    ("<GrpSts>ACTC</GrpSts>", "", ("accepted", "ACTC", "message", [])),
    ("<GrpSts>PART</GrpSts>", "", ("accepted", "PART", "message", [])),
    ("<GrpSts>RCVD</GrpSts>", "", ("pending", "RCVD", "message", [])),
    ("", group("G-1", status=GROUP), ("rejected", "RJCT", "group", ["BE05"])),
    ("<GrpSts>PART</GrpSts>", group("G-2", status=GROUP), ("accepted", "PART", "message", [])),
    ("", group("G-2", status=GROUP), ("pending", None, "none", [])),
    ("", PART, ("rejected", "RJCT", "transaction", ["AC04"])),
    ("", group("G-1", inside=payment("E9")), ("pending", None, "none", [])),
    (
        "",
        group("G-1", status="<PmtInfSts>PART</PmtInfSts>", inside=payment("E9")),
        ("accepted", "PART", "group", []),
    ),
    ("", group("NOTPROVIDED", inside=payment("E1")), ("rejected", "RJCT", "transaction", ["AC04"])),
    (
        "",
        group("G-1", status=GROUP, inside=payment("E1", status=None, reason="")),
        ("rejected", "RJCT", "transaction", ["BE05"]),
    ),
    (
        WHOLE,
        group("G-1", inside=payment("E1", status=None, reason="")),
        ("rejected", "RJCT", "transaction", ["FF01"]),
    ),
    (
        "",
        group("G-1", inside=payment("E1", status="ACSC", reason="")),
        ("accepted", "ACSC", "transaction", []),
    ),
]


@pytest.mark.parametrize(("message", "groups", "expected"), SAID)
def test_what_is_said_of_one_payment(
    message: str, groups: str, expected: tuple[str, str | None, str, list[str]]
) -> None:
    read = sepa.parse_status_report(report(message=message, groups=groups.replace("%s", V10)))
    outcome = sepa.outcome_of(read, group_id="G-1", end_to_end_id="E1")
    assert (
        outcome.verdict,
        outcome.status,
        outcome.level,
        [reason.code for reason in outcome.reasons],
    ) == expected


def test_a_status_that_nobody_knows_is_not_guessed() -> None:
    read = sepa.parse_status_report(report(message="<GrpSts>WHAT</GrpSts>"))
    with pytest.raises(FormatError) as refused:
        sepa.outcome_of(read, group_id="G-1", end_to_end_id="E1")
    assert refused.value.code == "unknown_status"


def test_payments_that_name_their_group_themselves() -> None:
    """As until version 02 of pain.002."""
    alone = payment("E1").replace("<OrgnlEnd", "<OrgnlPmtInfId>G-1</OrgnlPmtInfId><OrgnlEnd")
    read = sepa.parse_status_report(report(groups=alone.replace("%s", V03), version="02"))
    outcome = sepa.outcome_of(read, group_id="G-1", end_to_end_id="E1")
    assert (outcome.verdict, outcome.level) == ("rejected", "transaction")


@pytest.mark.parametrize("kind", ["pain.008.001.08", "camt.053.001.08"])
def test_another_message_is_refused(kind: str) -> None:
    data = report().replace(b"pain.002.001.10", kind.encode())
    with pytest.raises(FormatError) as refused:
        sepa.parse_status_report(data)
    assert refused.value.code == "unsupported_message"
