"""The office's pages of collections: a policy is written, seen, switched on; cases are worked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from lxml import html

from tests.web import house as houses
from tests.web.house import House
from usance.flows.dunning import runs, sending
from usance.records.dunning import queries
from usance.records.dunning.models import (
    DunningCase,
    DunningHandover,
    DunningNote,
    DunningPolicy,
    DunningTask,
)
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice

SignIn = Callable[[str], Client]
NEW = "/office/settings/dunning/new"
ONCE = "dunning-once-and-only-"


def read(response: Any, status: int = 200) -> html.HtmlElement:
    assert response.status_code == status, response.content[:2000]
    return html.document_fromstring(response.content.decode())


def said(response: Any, status: int = 200) -> str:
    main = read(response, status).xpath("//main")[0]
    return " ".join(" ".join(main.itertext()).split())


def filled_form(page: html.HtmlElement) -> dict[str, Any]:
    """What the form of a page would send as it stands."""
    [form] = [it for it in page.forms if it.method == "POST" and "name" in it.fields]
    return {
        name: [value for key, value in form.form_values() if key == name]
        for name, _ in form.form_values()
    }


def test_a_policy_is_written_seen_and_switched_on_and_a_case_is_worked_at(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("chiara")
    assert "No dunning policies" in said(client.get("/office/settings/dunning"))
    form = filled_form(read(client.get(NEW))) | {"name": "Usual"}
    refused = said(client.post(NEW, form | {"notice_2-days": "3"}), 422)
    assert "on a later day" in refused
    refused = said(client.post(NEW, form | {"quiet": "soon"}), 422)
    assert "2026-12-24" in refused
    done = client.post(NEW, form)
    assert done.status_code == 302
    page = done["Location"]
    shown = said(client.get(page))
    for words in ("Look first, then switch it on", "14 days after", "holds the credit line"):
        assert words in shown, words
    assert "Switch on" not in shown
    client.post(f"{page}/on", {"once": f"{ONCE}1"})
    assert DunningPolicy.objects.get(seller_id=house.seller.id).state == "draft"
    seen = said(client.post(f"{page}/preview"))
    for words in ("Messages today", "By day", "Who would be written to", "Switch on"):
        assert words in seen, words
    client.post(f"{page}/on", {"once": f"{ONCE}2"})
    kept = DunningPolicy.objects.get(seller_id=house.seller.id)
    assert kept.state == "active"

    texts = f"{page}/texts/it"
    shown_texts = read(client.get(texts))
    assert "Sollecito" in " ".join(shown_texts.xpath("//input/@value"))
    own = {"final-subject": "Pagate {sum}", "final-body": "Ora."}
    assert "{total}" in said(client.post(texts, own), 422)
    own["final-subject"] = "Pagate {total}"
    assert client.post(texts, own).status_code == 302
    latest = DunningPolicy.objects.filter(seller_id=house.seller.id).latest("version")
    assert latest.document["texts"] == {
        "final": {"it": {"subject": "Pagate {total}", "body": "Ora."}}
    }

    work_at_it(client, house)


def work_at_it(client: Client, house: House) -> None:
    """A run, a call, a pause, a task, a letter."""
    assert "under way" in said(client.post("/office/collections/runs/new", follow=True))
    run = queries.runs(seller_id=house.seller.id).latest("id")
    runs.work(house.seller, run_id=run.id, clock=lambda: houses.TODAY, by="test")
    sending.send_due(seller_id=house.seller.id, clock=lambda: houses.TODAY)
    assert queries.messages(seller_id=house.seller.id).count() > 0
    listed = read(client.get("/office/collections"))
    assert "Expected to be late" in " ".join(listed.itertext())
    [first, *_] = listed.xpath("//main//table//a/@href")
    opened = client.get(first)
    if opened.status_code == 200:
        assert "Begin a case" in said(opened)
        opened = client.post(first)
    page = opened["Location"]
    case = DunningCase.objects.get(seller_id=house.seller.id, id=page.rsplit("_", 1)[1])
    shown = said(client.get(page))
    for words in ("Open items", "Messages", "Note a contact", "Pause"):
        assert words in shown, words
    note = {"outcome": "will_pay", "words": "On Friday.", "contact": "Mr Kern"}
    client.post(f"{page}/note", note | {"once": f"{ONCE}3"})
    assert DunningNote.objects.get(seller_id=house.seller.id).words == "On Friday."
    pause = {"until": "2026-12-10", "reason": "Their bank is changing"}
    client.post(f"{page}/pause", pause | {"once": f"{ONCE}4"})
    shown = said(client.get(page))
    for words in ("Their bank is changing", "On Friday.", "Says that it will pay", "Go on"):
        assert words in shown, words
    assert case.buyer.name in said(client.get("/office/collections/cases?state=paused"))
    client.post(f"{page}/resume", {"once": f"{ONCE}5"})
    task = {"words": "Ring Mr Kern", "due_on": "2026-11-20", "once": f"{ONCE}6"}
    client.post(f"{page}/task", task)
    assert "Ring Mr Kern" in said(client.get("/office/collections/tasks"))
    row = DunningTask.objects.get(seller_id=house.seller.id, words="Ring Mr Kern")
    done = f"/office/collections/tasks/{public_id('dunning_task', row.id)}/done"
    assert "off the list" in said(client.post(done, {"do": "done"}, follow=True))
    message = queries.messages(seller_id=house.seller.id, state="sent").first()
    assert message is not None
    letter = f"/office/collections/messages/{public_id('dunning_message', message.id)}/letter"
    assert client.get(letter).content.startswith(b"%PDF-")
    assert "Messages today" in said(client.get("/office/collections/outlook"))


def test_who_may_only_look_changes_nothing(sign_in: SignIn, house: House) -> None:
    client = sign_in("vera")
    for page in ("", "/cases", "/tasks", "/runs", "/outlook"):
        assert said(client.get(f"/office/collections{page}"))
    assert "New policy" not in said(client.get("/office/settings/dunning"))
    assert client.get(NEW).status_code == 403
    assert client.post("/office/collections/runs/new").status_code == 403


def test_claims_are_handed_over_and_taken_back(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    found = Invoice.objects.filter(
        seller_id=house.seller.id, state="open", currency="EUR", due_on__lt=houses.TODAY.date(),
        outstanding__gt=0,
    )  # fmt: skip
    buyer = public_id("buyer", found.earliest("due_on", "id").buyer_id)
    opened = client.post(f"/office/collections/open?buyer={buyer}&currency=EUR")
    case = opened["Location"]
    form = {"agency": "Inkasso GmbH", "once": "hands-it-over-once-only"}
    for _ in range(2):
        said = client.post(f"{case}/hand-over", form, follow=True).content.decode()
    row = DunningHandover.objects.get(seller_id=house.seller.id)
    assert "Inkasso GmbH" in said and "File of the claims" in said
    page = f"/office/collections/handovers/{public_id('dunning_handover', row.id)}"
    archive = client.get(f"{page}/file")
    assert archive["Content-Type"] == "application/zip" and archive.content[:2] == b"PK"
    form = {"reason": "Came to terms", "once": "takes-it-back-once-only"}
    said = client.post(f"{page}/take-back", form, follow=True).content.decode()
    row.refresh_from_db()
    assert row.take_back_reason == "Came to terms" and row.taken_back_at is not None
    assert "Came to terms" in client.get(case).content.decode()
