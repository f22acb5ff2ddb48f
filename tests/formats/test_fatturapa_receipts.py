"""What SdI answers, in the wording of its two families of messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from usance.formats import fatturapa
from usance.formats.errors import FormatError
from usance.formats.fatturapa import Receipt, ReceiptKind
from usance.formats.fatturapa.names import FileName, read_file_name
from usance.formats.fatturapa.receipts import ACCEPTED, REFUSED, SdiError

PRIVATE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"
PUBLIC = "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"

FILE = "<IdentificativoSdI>3452345</IdentificativoSdI><NomeFile>IT00743110157_00A1F.xml</NomeFile>"
RECEIVED = "<DataOraRicezione>2026-11-02T10:30:00.000+01:00</DataOraRicezione>"
BY = "<MessageId>98765</MessageId>"
ROME = timezone(timedelta(hours=1))
AT = datetime(2026, 11, 2, 10, 30, tzinfo=ROME)


def message(root: str, inside: str, *, namespace: str = PRIVATE) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ns3:{root} xmlns:ns3="{namespace}" versione="1.0">'
        f"{FILE}{inside}</ns3:{root}>"
    ).encode()


def test_delivered() -> None:
    receipt = fatturapa.read_receipt(
        message(
            "RicevutaConsegna",
            RECEIVED
            + "<DataOraConsegna>2026-11-02T10:34:12+01:00</DataOraConsegna>"
            + "<Destinatario><Codice>ABC1234</Codice><Descrizione>ROSSI</Descrizione></Destinatario>"
            + BY,
        )
    )
    assert receipt == Receipt(
        kind=ReceiptKind.DELIVERED,
        identifier="3452345",
        file_name="IT00743110157_00A1F.xml",
        message_id="98765",
        received_at=AT,
        delivered_at=datetime(2026, 11, 2, 10, 34, 12, tzinfo=ROME),
        recipient_code="ABC1234",
        recipient_name="ROSSI",
    )


@pytest.mark.parametrize(
    ("root", "namespace"), [("RicevutaScarto", PRIVATE), ("NotificaScarto", PUBLIC)]
)
def test_rejected_with_reasons(root: str, namespace: str) -> None:
    errors = (
        "<ListaErrori><Errore><Codice>00423</Codice><Descrizione>PrezzoTotale errato</Descrizione>"
        "<Suggerimento>Verificare</Suggerimento></Errore>"
        "<Errore><Codice>00404</Codice><Descrizione>Fattura duplicata</Descrizione></Errore>"
        "</ListaErrori>"
    )
    receipt = fatturapa.read_receipt(message(root, RECEIVED + errors + BY, namespace=namespace))
    assert receipt.kind is ReceiptKind.REJECTED
    assert receipt.errors == (
        SdiError("00423", "PrezzoTotale errato", "Verificare"),
        SdiError("00404", "Fattura duplicata"),
    )


def test_undelivered_to_a_company_is_in_its_drawer() -> None:
    receipt = fatturapa.read_receipt(
        message(
            "RicevutaImpossibilitaRecapito",
            RECEIVED
            + "<DataMessaADisposizione>2026-11-02</DataMessaADisposizione>"
            + "<Descrizione>Casella piena</Descrizione>"
            + BY,
        )
    )
    assert receipt.kind is ReceiptKind.UNDELIVERED
    assert receipt.made_available_at is not None
    assert receipt.made_available_at.isoformat() == "2026-11-02T00:00:00"
    assert receipt.description == "Casella piena"


@pytest.mark.parametrize(("outcome", "words"), [(ACCEPTED, ""), (REFUSED, "Ordine errato")])
def test_what_a_public_body_decided(outcome: str, words: str) -> None:
    answer = (
        "<EsitoCommittente><IdentificativoSdI>3452345</IdentificativoSdI><RiferimentoFattura>"
        "<NumeroFattura>FT-2026-18</NumeroFattura><AnnoFattura>2026</AnnoFattura>"
        f"</RiferimentoFattura><Esito>{outcome}</Esito><Descrizione>{words}</Descrizione>"
        "</EsitoCommittente>"
    )
    receipt = fatturapa.read_receipt(message("NotificaEsito", answer + BY, namespace=PUBLIC))
    assert receipt.kind is ReceiptKind.BUYER_OUTCOME
    assert (receipt.outcome, receipt.outcome_description) == (outcome, words)
    assert (receipt.invoice_number, receipt.invoice_year) == ("FT-2026-18", 2026)


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ("NotificaMancataConsegna", "MC"),
        ("NotificaDecorrenzaTermini", "DT"),
        ("AttestazioneTrasmissioneFattura", "AT"),
        ("MetadatiInvioFile", "MT"),
        ("FileMetadati", "MT"),
        ("NotificaEsitoCommittente", "EC"),
        ("ScartoEsitoCommittente", "SE"),
    ],
)
def test_the_other_kinds(root: str, kind: str) -> None:
    receipt = fatturapa.read_receipt(
        message(root, "<HashFileOriginale>ab</HashFileOriginale>" + BY, namespace=PUBLIC)
    )
    assert (str(receipt.kind), receipt.file_hash) == (kind, "ab")


def test_an_instant_in_utc() -> None:
    inside = "<DataOraRicezione>2026-11-02T09:30:00Z</DataOraRicezione>"
    receipt = fatturapa.read_receipt(message("RicevutaConsegna", inside))
    assert receipt.received_at == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_xml"),
        (b"<a/>", "not_a_receipt"),
        (b"<RicevutaConsegna/>", "missing_element"),
        (
            message("RicevutaConsegna", "<DataOraRicezione>ieri</DataOraRicezione>"),
            "invalid_date",
        ),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><RicevutaConsegna>&b;</RicevutaConsegna>', ""),
    ],
)
def test_what_is_no_receipt(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as raised:
        fatturapa.read_receipt(data)
    assert raised.value.code == (code or "doctype_refused")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IT00743110157_00A1F.xml", FileName("IT00743110157_00A1F")),
        ("IT00743110157_00A1F.xml.p7m", FileName("IT00743110157_00A1F")),
        ("IT00743110157_00A1F_NS_001.xml", FileName("IT00743110157_00A1F", "NS", "001")),
        ("ITRSSMRA80A01H501U_1_RC_00A.xml", FileName("ITRSSMRA80A01H501U_1", "RC", "00A")),
        ("fattura.xml", None),
        ("../IT00743110157_00A1F.xml", None),
        ("IT00743110157_00A1FG.xml", None),
    ],
)
def test_names_of_files(name: str, expected: FileName | None) -> None:
    assert read_file_name(name) == expected
