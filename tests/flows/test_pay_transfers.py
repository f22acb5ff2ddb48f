"""To which account, and with which reference, chosen invoices are paid by transfer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.flows.trading import Trade
from usance.flows import pay_transfers
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import SellerBankAccount
from usance.rules.invoicing.document import CreditTransfer, PaymentInstructions
from usance.rules.invoicing.serial import from_json, to_json

IBAN, QR_IBAN = "CH5604835012345678009", "CH4431999123000889012"
REFERENCE = "000000000000000020260001237"


@pytest.fixture
def invoices(trade: Trade) -> list[Invoice]:
    """Two invoices that ask for a QR reference to the seller's QR-IBAN."""
    SellerBankAccount.objects.create(
        id=new_id(),
        seller_id=trade.seller.id,
        created_at=trade.at,
        currency="CHF",
        iban=IBAN,
        qr_iban=QR_IBAN,
    )
    made = []
    for amount in (10_000, 20_000):
        invoice = trade.stored(Invoice, trade.invoice(amount).id)
        asked = PaymentInstructions(
            code="30", remittance=REFERENCE, transfers=(CreditTransfer(account=QR_IBAN),)
        )
        invoice.document = to_json(replace(from_json(invoice.document), payment=asked))
        made.append(invoice)
    return made


def transfer(chosen: list[tuple[Invoice, int]]) -> Any:
    found = pay_transfers.transfer_for(chosen)
    assert found is not None
    return found


def test_one_invoice_goes_to_the_qr_iban_with_its_reference(invoices: list[Invoice]) -> None:
    one = transfer([(invoices[0], 10_000)])
    assert (one.account.replace(" ", ""), one.reference) == (QR_IBAN, REFERENCE)


def test_several_go_to_the_ordinary_iban_with_their_numbers(invoices: list[Invoice]) -> None:
    both = transfer([(invoices[0], 10_000), (invoices[1], 20_000)])
    assert both.account.replace(" ", "") == IBAN
    assert both.reference == " ".join(invoice.number for invoice in invoices)
    assert both.amount == 30_000
