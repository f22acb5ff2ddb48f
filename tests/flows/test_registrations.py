"""Indian documents wait for the portal, and bear its code once it has answered (rule 48(4), CGST Rules)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.flows import books
from tests.flows.countries import CASES, INDIAN_SELLER, Case, content, goods, placed, sold
from tests.flows.delivered import attend, deliveries, only
from tests.flows.registering import answer, cancellation, irn_of, portal_key
from tests.flows.trading import Trade
from tests.formats.printed_codes import printed_code
from tests.formats.printed_pages import text_of
from usance.flows import billing, billing_profiles
from usance.flows.deliveries import queueing, registrations
from usance.flows.deliveries.carriers import Carriers
from usance.flows.deliveries.registrations import (
    AlreadyRegistered,
    NotRegistered,
    RegistrationDiffers,
    UnsuitableAnswer,
)
from usance.flows.refusals import NotFound
from usance.formats.payment_codes import qr_modules
from usance.gateways.mail.memory import MemoryMail
from usance.records.deliveries import queries
from usance.records.deliveries.models import Delivery, KeptDocument, Registration
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.parties.models import Seller

IN_STATE = CASES["IN in a state"]
REGISTERS: Case = replace(
    IN_STATE,
    seller=replace(INDIAN_SELLER, national={**INDIAN_SELLER.national, "e_invoicing": "yes"}),
    buyer=replace(IN_STATE.buyer, channels=("email",), email_to=("ap@mumbai.example",)),
)


@pytest.fixture
def trade(at: datetime, seller: Seller) -> Iterator[Trade]:
    made = placed(seller, at, REGISTERS)
    yield made
    assert books.broken(made.seller) == []


@pytest.fixture
def invoice(trade: Trade) -> Invoice:
    return sold(trade, REGISTERS, goods(REGISTERS.rate, net=12_345))


def said(trade: Trade, row: Invoice | CreditNote, **changed: Any) -> bytes:
    kind = "credit_note" if isinstance(row, CreditNote) else "invoice"
    return answer(content(trade, kind, row.id, "gst"), at=trade.at, **changed)


def register(trade: Trade, row: Invoice | CreditNote, **changed: Any) -> Registration:
    kind: Any = "credit_note" if isinstance(row, CreditNote) else "invoice"
    return registrations.register(
        trade.seller, kind=kind, subject_id=row.id, content=said(trade, row, **changed), **trade.act
    )


def queued(trade: Trade, invoice: Invoice) -> Delivery:
    queueing.queue_issued(trade.seller, kind="invoice", subject_id=invoice.id, at=trade.at)
    return only(trade.seller, subject_id=invoice.id)


def pdfs(trade: Trade, invoice: Invoice) -> list[KeptDocument]:
    kept = queries.kept_documents(seller_id=trade.seller.id, subject_id=invoice.id)
    return [one for one in kept if one.format == "pdf"]


def test_the_pdf_bears_the_signed_code_from_then_on(trade: Trade, invoice: Invoice) -> None:
    before = content(trade, "invoice", invoice.id, "pdf")
    kept = register(trade, invoice)
    after = content(trade, "invoice", invoice.id, "pdf")
    # What was kept before stays as it was, and is not what is shown any more.
    assert [one.revision for one in pdfs(trade, invoice)] == [1, 2]
    assert queries.content_of(KeptDocument.objects.get(id=pdfs(trade, invoice)[0].id)) == before
    wanted = qr_modules(kept.signed_qr)
    # Two inches, as the portal wants it.
    assert printed_code(after, size=len(wanted), least_mm=45) == wanted
    with pytest.raises(LookupError):
        printed_code(before, size=len(wanted), least_mm=45)
    text = "".join(text_of(after).split())
    for words in (kept.irn, "112610098765432", "02/03/202615:00"):
        assert words in text
        assert words not in "".join(text_of(before).split())
    assert content(trade, "invoice", invoice.id, "pdf") == after


def test_the_same_again_changes_nothing(trade: Trade, invoice: Invoice) -> None:
    first = register(trade, invoice)
    with books.nothing_written(trade.seller):
        assert register(trade, invoice).id == first.id
        with pytest.raises(AlreadyRegistered, match="one IRN for good"):
            register(trade, invoice, irn="b" * 64)
    other = sold(trade, REGISTERS, goods(REGISTERS.rate, net=6_789))
    with pytest.raises(AlreadyRegistered, match="another document"):
        register(trade, other, irn=first.irn)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"DocNo": "INV-2026-999999"}, ("number",)),
        ({"TotInvVal": 140.0}, ("total",)),
        ({"SellerGstin": "29AAGCB7383J1Z4"}, ("seller",)),
        ({"Irn": "c" * 64}, ("irn",)),
        ({"DocDt": "01/03/2026", "DocTyp": "CRN"}, ("date", "kind")),
    ],
)
def test_the_answer_to_another_document_is_refused(
    trade: Trade, invoice: Invoice, changed: dict[str, Any], differs: tuple[str, ...]
) -> None:
    given = said(trade, invoice, **changed)
    with books.nothing_written(trade.seller), pytest.raises(RegistrationDiffers) as refused:
        registrations.register(
            trade.seller, kind="invoice", subject_id=invoice.id, content=given, **trade.act
        )
    assert refused.value.differences == differs


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"<html>", "malformed_json"),
        (b"{}", "not_a_registration"),
        (b'{"ErrorDetails": [{"ErrorCode": "2150", "ErrorMessage": "Duplicate IRN"}]}',
         "refused_by_portal"),
        (json.dumps({"Irn": "a" * 64, "SignedQRCode": "a.b"}).encode(), "malformed_token"),
        (b"[" * 100_000, "malformed_json"),
        (b"{" + b" " * (2 * 2**20), "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_registration_says_so(
    trade: Trade, invoice: Invoice, given: bytes, code: str
) -> None:
    with pytest.raises(UnsuitableAnswer) as refused:
        registrations.register(
            trade.seller, kind="invoice", subject_id=invoice.id, content=given, **trade.act
        )
    assert refused.value.code == code


def test_a_forged_answer_is_refused_where_the_key_is_known(trade: Trade, invoice: Invoice) -> None:
    given = said(trade, invoice)
    whole = json.loads(given)
    header, body, signature = whole["SignedQRCode"].split(".")
    whole["SignedQRCode"] = f"{header}.{body}.{signature[:-4]}AAAA"
    act: dict[str, Any] = {"kind": "invoice", "subject_id": invoice.id, "public_key": portal_key()}
    with pytest.raises(UnsuitableAnswer) as refused:
        registrations.register(trade.seller, content=json.dumps(whole).encode(), **act, **trade.act)
    assert refused.value.code == "invalid_signature"
    assert registrations.register(trade.seller, content=given, **act, **trade.act).verified


def test_a_delivery_waits_for_the_portal_and_then_goes_by_itself(
    trade: Trade, invoice: Invoice
) -> None:
    mail = MemoryMail()
    row = queued(trade, invoice)
    row = attend(row, Carriers(mail=mail), at=trade.at)
    assert (row.state, row.reason_code) == ("queued", "not_registered")
    assert "hand in the answer" in row.reason
    assert mail.sent == []
    assert row.due_at is not None
    assert row.due_at > trade.at
    with pytest.raises(NotRegistered):
        registrations.require_deliverable(
            trade.seller, kind="invoice", subject_id=invoice.id, at=trade.at
        )
    register(trade, invoice)
    row = attend(only(trade.seller, subject_id=invoice.id), Carriers(mail=mail), at=trade.at)
    assert (row.state, row.reason_code) == ("sent", "")
    [letter] = mail.sent
    picture = next(one for one in letter.enclosures if one.media_type == "application/pdf")
    assert picture.content == content(trade, "invoice", invoice.id, "pdf")
    assert irn_of(invoice.number) in "".join(text_of(picture.content).split())


def test_who_need_not_register_does_not_wait(at: datetime, seller: Seller) -> None:
    """The seller is below the turnover; or the buyer is no registered person."""
    below = replace(REGISTERS, seller=INDIAN_SELLER)
    consumer = replace(REGISTERS, buyer=replace(REGISTERS.buyer, national={"state_code": "27"}))
    for n, case in enumerate((below, consumer)):
        named = Seller(id=seller.id, handle=f"{seller.handle}-{n}")
        trade = placed(named, at, case)
        invoice = sold(trade, case, goods(case.rate, net=12_345))
        if case is consumer:
            billing_profiles.set_billing_profile(
                trade.seller,
                buyer_id=trade.buyer.id,
                fields=replace(case.buyer, formats=("pdf",)),
                **trade.act,
            )
        row = attend(queued(trade, invoice), Carriers(mail=MemoryMail()), at=at)
        assert row.state == "sent", row.reason


def test_a_registration_is_cancelled_within_a_day(trade: Trade, invoice: Invoice) -> None:
    row = queued(trade, invoice)
    act: dict[str, Any] = {"kind": "invoice", "subject_id": invoice.id}
    irn = irn_of(invoice.number)
    with pytest.raises(NotRegistered):
        registrations.cancel(
            trade.seller, content=cancellation(irn, at=trade.at), **act, **trade.act
        )
    register(trade, invoice)
    late = cancellation(irn, at=trade.at + timedelta(hours=24, seconds=1))
    with pytest.raises(UnsuitableAnswer) as refused:
        registrations.cancel(trade.seller, content=late, **act, **trade.act)
    assert refused.value.code == "cancelled_too_late"
    with pytest.raises(RegistrationDiffers):
        registrations.cancel(
            trade.seller, content=cancellation("d" * 64, at=trade.at), **act, **trade.act
        )
    in_time = cancellation(irn, at=trade.at + timedelta(hours=24))
    for _ in range(2):
        kept = registrations.cancel(trade.seller, content=in_time, **act, **trade.act)
        assert (kept.state, kept.cancelled_at) == ("cancelled", trade.at + timedelta(hours=24))
    row = attend(row, Carriers(mail=MemoryMail()), at=trade.at)
    assert (row.state, row.reason_code) == ("failed", "registration_cancelled")
    # The portal gives a number out once.
    with pytest.raises(AlreadyRegistered, match="Credit it"):
        register(trade, invoice)
    told = [type_ for type_, _, _ in books.events(trade.seller, invoice.id)]
    assert [one for one in told if one.startswith("document.")] == [
        "document.registered",
        "document.cancelled",
    ]


def test_a_credit_note_is_registered_likewise(trade: Trade, invoice: Invoice) -> None:
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=5_000, **trade.act)
    kept = registrations.register_by_number(trade.seller, content=said(trade, note), **trade.act)
    assert (kept.kind, kept.subject_id) == ("credit_note", note.id)
    assert kept.irn in "".join(text_of(content(trade, "credit_note", note.id, "pdf")).split())
    assert deliveries(trade.seller, subject_id=invoice.id) == []


def test_an_answer_about_nothing_of_ours_is_not_found(trade: Trade, invoice: Invoice) -> None:
    given = said(trade, invoice, DocNo="INV-2026-777777")
    with pytest.raises(NotFound, match="777777"):
        registrations.register_by_number(trade.seller, content=given, **trade.act)


def test_another_sellers_invoice_is_not_found(
    trade: Trade, invoice: Invoice, at: datetime, seller: Seller
) -> None:
    given = said(trade, invoice)
    with pytest.raises(NotFound):
        registrations.register(
            seller, kind="invoice", subject_id=invoice.id, content=given, at=at, by="test"
        )
