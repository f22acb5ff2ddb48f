"""Alarms, watches, notices and reviews of limits on the pages of the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.horizon import wait_for_events
from tests.web import house as houses
from tests.web.house import TODAY, House
from usance.flows import limit_reviews, monitoring, standing
from usance.records.credit.models import CreditLine, Report, Review
from usance.records.identity import public_id
from usance.records.monitoring.models import Alarm, ReviewCycle, Watch
from usance.rules.watch_templates import TEMPLATES

SignIn = Callable[[str], Client]


def text(response: Any) -> str:
    it = html.document_fromstring(response.content.decode())
    return " ".join(" ".join(it.xpath("//main")[0].itertext()).split())


def fields(client: Client, page: str) -> dict[str, str]:
    response = client.get(page)
    assert response.status_code == 200, page
    form = html.document_fromstring(response.content.decode()).xpath("//main//form")[-1]
    return {name: value or "" for name, value in form.form_values()}


def act(client: Client, page: str, **values: str) -> Any:
    return client.post(page, fields(client, page) | values)


def follow(house: House) -> None:
    wait_for_events(house.seller.id)
    for _ in range(60):
        wait_for_events(house.seller.id)
        counted = standing.follow_events(seller_id=house.seller.id, at=TODAY)
        if not counted + monitoring.watch(seller_id=house.seller.id, at=TODAY):
            return


def line(house: House, key: str) -> CreditLine:
    return CreditLine.objects.get(
        seller_id=house.seller.id, buyer_id=house.buyers[key].id, currency="EUR"
    )


def watch(house: House, client: Client, name: str, **values: Any) -> Watch:
    """A watch set through the form."""
    sent = {
        "name": name,
        "severity": "warning",
        "events": ["order.authorized"],
        "when": "",
        "quiet_days": "0",
        "do": "save",
    } | values
    response = client.post("/office/settings/watches/new", sent)
    assert response.status_code == 302, text(response)
    follow(house)
    return Watch.objects.get(seller_id=house.seller.id, name=name)


def test_a_watch_is_set_with_the_form_and_acts(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    made = watch(
        house,
        client,
        "Dutch orders",
        when="buyer.country == 'NL' && order.amount > 500",
        hold="on",
        lower="percent",
        percent="50",
        people="",
    )
    assert made.triggers == ["order.authorized"]
    assert made.actions == [{"do": "hold"}, {"do": "lower_limit", "percent": 50}]
    asked = houses.order(house, "kuijpers", 60_000, ago=0, name="watched")
    assert asked.state == "authorized"
    follow(house)
    alarm = Alarm.objects.get(seller_id=house.seller.id, watch=made)
    assert line(house, "kuijpers").state == "on_hold"
    page = client.get(f"/office/alarms/{public_id('alarm', alarm.id)}")
    said = text(page)
    assert "Limit lowered from €20,000.00 to €10,000.00." in said
    assert "On hold: EUR." in said
    assert "€600.00" in said
    listed = text(client.get("/office/alarms?state=open&q=Dutch"))
    assert "Dutch orders" in listed
    assert "An order is authorized" in listed
    response = act(
        client, f"/office/alarms/{public_id('alarm', alarm.id)}/acknowledge", note="Called them"
    )
    assert response.status_code == 302
    alarm.refresh_from_db()
    assert (alarm.state, alarm.note) == ("acknowledged", "Called them")
    assert alarm.acknowledged_by == public_id("staff", house.staff["chiara"].id)
    assert "Dutch orders" not in text(client.get("/office/alarms?state=open"))


def test_a_mistake_in_a_condition_is_shown_with_a_mark_and_nothing_is_kept(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("chiara")
    sent = {
        "name": "Wrong",
        "severity": "warning",
        "nightly": "on",
        "when": "true &&\n  history.ordrs > 3",
        "quiet_days": "1",
        "do": "save",
    }
    response = client.post("/office/settings/watches/new", sent)
    assert response.status_code == 422
    it = html.document_fromstring(response.content.decode())
    [caret] = it.xpath("//pre[contains(@class, 'caret')]")
    assert caret.text_content().splitlines()[:2] == ["  history.ordrs > 3", "  ^"]
    assert "line 2, column 3" in text(response)
    assert not Watch.objects.filter(seller_id=house.seller.id, name="Wrong").exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nightly": ""}, "triggers must be a list"),
        ({"notify": "on"}, "Say whom to tell."),
        ({"notify": "on", "people": "boss"}, "boss is no role and no address."),
        ({"lower": "percent"}, "Say to which share"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_other_mistakes_are_told_at_their_field(
    sign_in: SignIn, house: House, values: dict[str, str], said: str
) -> None:
    del house
    sent = {"name": "X", "severity": "notice", "nightly": "on", "quiet_days": "1", "do": "save"}
    response = sign_in("chiara").post("/office/settings/watches/new", sent | values)
    assert response.status_code == 422
    assert said in text(response)


def test_who_it_would_hit_today_is_shown_and_nothing_is_kept(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    sent = {
        "name": "Trial",
        "severity": "notice",
        "nightly": "on",
        "when": "line.limit >= 50000",
        "quiet_days": "1",
        "do": "try",
    }
    said = text(client.post("/office/settings/watches/new", sent))
    assert "It would hit 2 of 7 buyers today." in said
    assert house.buyers["nordmann"].name in said
    assert house.buyers["girard"].name not in said
    assert not Watch.objects.filter(seller_id=house.seller.id, name="Trial").exists()


def test_a_template_opens_as_a_form_and_is_offered_until_it_is_kept(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("chiara")
    page = "/office/settings/watches/new?template=insolvency"
    given = fields(client, page)
    assert given["name"] == TEMPLATES["insolvency"]["name"]
    assert given["hold"] == "on"
    assert "Begin with: Insolvency" in client.get("/office/settings/watches").content.decode()
    form = html.document_fromstring(client.get(page).content.decode()).xpath("//main//form")[-1]
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value or "")
    assert client.post(page, values | {"do": ["save"]}).status_code == 302
    kept = Watch.objects.get(seller_id=house.seller.id, name="Insolvency")
    assert kept.triggers == TEMPLATES["insolvency"]["triggers"]
    assert kept.actions == TEMPLATES["insolvency"]["actions"]
    said = client.get("/office/settings/watches").content.decode()
    assert 'aria-label="Begin with: Insolvency"' not in said


def test_a_watch_is_changed_and_switched_off_and_on(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    made = watch(house, client, "To change")
    address = f"/office/settings/watches/{public_id('watch', made.id)}"
    assert client.post(
        f"{address}/edit",
        {
            "name": "Changed",
            "severity": "critical",
            "changes": ["score.band"],
            "when": "change.after == 'E'",
            "quiet_days": "3",
            "do": "save",
        },
    )
    made.refresh_from_db()
    assert (made.name, made.version, made.triggers) == ("Changed", 2, ["change:score.band"])
    assert "Changes: Score band, A to E" in text(client.get(address))
    assert act(client, f"{address}/off").status_code == 302
    made.refresh_from_db()
    assert not made.is_active
    assert act(client, f"{address}/on").status_code == 302
    made.refresh_from_db()
    assert made.is_active


def test_notices_are_uploaded_and_a_person_settles_what_is_only_alike(
    sign_in: SignIn, house: House
) -> None:
    client = sign_in("chiara")
    watch(house, client, "Alike", events=["insolvency.suspected"])
    feed = (
        "notice id,name,number,country,court,kind,date\n"
        f"1/26,{house.buyers['kuijpers'].name},,NL,Utrecht,Faillissement,2026-11-18\n"
    )
    file = SimpleUploadedFile("notices.csv", feed.encode(), content_type="text/csv")
    response = client.post("/office/alarms/notices", {"file": file}, follow=True)
    assert "1 notice was read." in response.content.decode()
    assert "1 names somebody like a buyer." in response.content.decode()
    follow(house)
    alarm = Alarm.objects.get(seller_id=house.seller.id, trigger="insolvency.suspected")
    address = f"/office/alarms/{public_id('alarm', alarm.id)}"
    said = text(client.get(address))
    assert "Faillissement" in said
    assert "100 of 100" in said
    assert act(client, f"{address}/other", note="Another Kuijpers").status_code == 302
    report = Report.objects.get(
        seller_id=house.seller.id, buyer=house.buyers["kuijpers"], source="person"
    )
    assert report.outcome == "clear"
    alarm.refresh_from_db()
    assert alarm.state == "acknowledged"


def test_a_file_that_cannot_be_read_names_its_lines(sign_in: SignIn, house: House) -> None:
    del house
    file = SimpleUploadedFile("n.csv", b"notice id,name,kind,date\n1,,Opening,2026-11-18\n")
    response = sign_in("chiara").post("/office/alarms/notices", {"file": file})
    assert response.status_code == 422
    assert "Line 2" in text(response)


def test_cycles_are_set_and_ended(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    page = "/office/settings/review-cycles"
    assert act(client, f"{page}/set", tier="gold", days="180").status_code == 302
    cycle = ReviewCycle.objects.get(seller_id=house.seller.id, tier="gold")
    assert "180 days" in text(client.get(page))
    assert act(client, f"{page}/set", tier="gold", days="0").status_code == 422
    ended = act(client, f"{page}/{public_id('review_cycle', cycle.id)}/end")
    assert ended.status_code == 302
    assert not ReviewCycle.objects.filter(seller_id=house.seller.id).exists()


def test_a_limit_is_reviewed_with_another_figure(sign_in: SignIn, house: House) -> None:
    review = limit_reviews.open_limit_review(
        house.seller,
        buyer_id=house.buyers["girard"].id,
        currency="EUR",
        reasons=("review_due",),
        at=TODAY,
        by="calendar",
    )
    client = sign_in("chiara")
    address = f"/office/limit-reviews/{public_id('review', review.id)}"
    said = text(client.get(address))
    assert "The day of this review has come." in said
    assert "€12,000.00" in said
    assert act(client, f"{address}/approve", limit="15,000.00").status_code == 302
    assert line(house, "girard").limit == 1_500_000
    assert Review.objects.get(id=review.id, seller_id=house.seller.id).state == "approved"
    assert client.get(address).status_code == 200


def test_who_may_not_is_shown_and_refused(sign_in: SignIn, house: House) -> None:
    viewer = sign_in("viktor") if "viktor" in house.staff else None
    if viewer is None:
        who = next(
            name for name, one in house.staff.items() if one.role in ("viewer", "accountant")
        )
        viewer = sign_in(who)
    for page in (
        "/office/alarms",
        "/office/settings/watches",
        "/office/settings/review-cycles",
    ):
        assert viewer.get(page).status_code == 200, page
    for page in ("/office/settings/watches/new", "/office/alarms/notices"):
        assert viewer.get(page).status_code == 403, page
    assert viewer.get("/office/settings/review-cycles/set").status_code == 403


NOBODY = UUID(int=7)


@pytest.mark.parametrize(
    "page",
    [
        f"/office/alarms/{public_id('alarm', NOBODY)}",
        f"/office/settings/watches/{public_id('watch', NOBODY)}",
        f"/office/settings/watches/{public_id('watch', NOBODY)}/edit",
        f"/office/limit-reviews/{public_id('review', NOBODY)}",
        f"/office/settings/review-cycles/{public_id('review_cycle', NOBODY)}/end",
        "/office/alarms/nonsense",
    ],
)
def test_what_is_not_there_is_not_found(sign_in: SignIn, page: str) -> None:
    assert sign_in("chiara").get(page).status_code == 404
