"""Files that came back, taken in on the command line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tests.child_processes import usance
from tests.flows.countries import CASES, content, goods, placed, sold
from tests.flows.delivered import attend, invoiced, only
from tests.flows.registering import answer, irn_of
from tests.flows.test_delivery_receipts import bounce
from tests.flows.trading import Trade
from usance.flows.deliveries.carriers import Carriers
from usance.gateways.mail.memory import MemoryMail
from usance.records.credit.models import CreditLine
from usance.records.parties.models import Buyer, Seller


def test_bounces_are_taken_in_and_the_same_twice_changes_nothing(
    seller: Seller, buyer: Buyer, line: CreditLine, at: datetime, tmp_path: Path
) -> None:
    trade = Trade(seller, buyer, line, at)
    invoiced(trade, channels=("email",))
    row = attend(only(seller), Carriers(mail=MemoryMail()), at=at)
    good, strange = tmp_path / "1.eml", tmp_path / "2.eml"
    good.write_bytes(bounce(row.reference, row.recipient))
    strange.write_bytes(b"From: a@b.example\n\nHello\n")
    for _ in range(2):
        done = usance(
            "import", "bounces", str(good), str(strange), "--seller", seller.handle, "--json"
        )
        assert done.returncode == 0, done.stderr
        first, second = json.loads(done.stdout)["receipts"]
        assert (first["delivery"], first["code"]) == (f"dlv_{row.id.hex}", "5.2.2")
        assert second["problem"].startswith("not_a_bounce")
    assert only(seller).state == "bounced"


def test_answers_of_the_portal_find_their_documents(
    seller: Seller, at: datetime, tmp_path: Path
) -> None:
    case = CASES["IN in a state"]
    trade = placed(seller, at, case)
    invoice = sold(trade, case, goods(case.rate, net=12_345))
    gst = content(trade, "invoice", invoice.id, "gst")
    good, other = tmp_path / "1.json", tmp_path / "2.json"
    good.write_bytes(answer(gst, at=at))
    other.write_bytes(answer(gst, at=at, DocNo="INV-2026-000099"))
    command = ("import", "gst-registrations", "--seller", trade.seller.handle, "--json")
    for _ in range(2):
        done = usance(*command, str(good))
        assert done.returncode == 0, done.stderr
        [told] = json.loads(done.stdout)["registrations"]
        assert (told["document"], told["irn"]) == (f"inv_{invoice.id.hex}", irn_of(invoice.number))
    done = usance(*command, str(other))
    assert done.returncode == 1
    [told] = json.loads(done.stdout)["registrations"]
    assert told["problem"].startswith("not_found: There is no invoice INV-2026-000099")
