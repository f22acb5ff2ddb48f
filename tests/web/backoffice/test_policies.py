"""Policies written on the pages: every button of the editor, its mistakes, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import html

from tests.flows import books
from tests.web.backoffice import ruled
from tests.web.backoffice.ruled import RULES, Ruled
from tests.web.house import House
from usance.records.credit.models import CreditPolicy, Review
from usance.records.credit.policy_queries import standing
from usance.records.identity import parse_public_id
from usance.rules.credit.policy_rules import KINDS

SignIn = Callable[[str], Client]
NEW = "/office/policies/new"


@pytest.fixture(scope="module")
def ruling(house: House) -> Ruled:
    """The house under written rules."""
    return ruled.rule(house)


def tree(response: Any) -> Any:
    return html.document_fromstring(response.content.decode())


def told(response: Any) -> str:
    return " ".join(" ".join(tree(response).xpath("//main")[0].itertext()).split())


def fields(response: Any) -> dict[str, Any]:
    """What the editor would send, without any button."""
    [form] = tree(response).xpath("//main//form[.//input[@name='rules']]")
    values: dict[str, Any] = {}
    for name, value in form.form_values():
        if name in ("do", "csrfmiddlewaretoken"):
            continue
        # A browser leaves out the line break with which a text area begins, lxml does not.
        values.setdefault(name, []).append(value.removeprefix("\n"))
    return values


def press(client: Client, before: Any, do: str, *, at: str = NEW, **changes: Any) -> Any:
    """Press a button of the editor, with some fields typed anew."""
    sent = fields(before) | {"do": do}
    sent |= {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(at, sent)


def document(ruling: Ruled, public: str) -> Any:
    policy_id = parse_public_id("policy", public)
    return CreditPolicy.objects.get(seller_id=ruling.house.seller.id, id=policy_id).document


def newest(ruling: Ruled) -> CreditPolicy:
    return CreditPolicy.objects.filter(seller_id=ruling.house.seller.id).latest("version")


def state(ruling: Ruled, policy: CreditPolicy) -> str:
    from tests.web import house as houses

    return standing(seller_id=ruling.house.seller.id, at=houses.TODAY, policy_id=policy.id).state


@pytest.mark.parametrize("language", ["en", "it", "ro", "hi"])
def test_a_policy_that_is_opened_and_saved_is_the_same(
    sign_in: SignIn, ruling: Ruled, language: str
) -> None:
    """Whatever the reader's way to write amounts: 5.000,00 is 5,000.00 is 5000."""
    client = sign_in("chiara")
    client.cookies["django_language"] = language
    opened = client.get(f"{NEW}?from={ruling.deciding}")
    saved = press(client, opened, "draft")
    assert saved.status_code == 302, told(saved)
    kept = newest(ruling)
    assert kept.document == document(ruling, ruling.deciding)
    assert state(ruling, kept) == "draft"


def test_amounts_are_shown_as_the_reader_writes_them(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    values = fields(client.get(f"{NEW}?from={ruling.deciding}"))
    assert values["r0c0-value"] == ["5,000.00"]
    client.cookies["django_language"] = "it"
    values = fields(client.get(f"{NEW}?from={ruling.deciding}"))
    assert values["r0c0-value"] == ["5.000,00"]
    assert values["s-order_ceiling_EUR"] == ["60.000,00"]


def test_a_rule_is_written_without_a_line_of_code(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.former}")
    page = press(client, page, "add:hold")
    page = press(
        client, page, "row:0", r0__name="Owes too much",
        r0c0__fact="history.overdue", r0c0__operator=">", r0c0__value="1,250.50",
    )  # fmt: skip
    assert tree(page).xpath("//*[@autofocus]/@name") == ["r0c1-fact"]
    page = press(
        client, page, "draft", r0__joined="or", r0__then="review",
        r0c1__fact="score.band", r0c1__operator="in", r0c1__value="D, E",
        p__note="First rule",
    )  # fmt: skip
    assert page.status_code == 302, told(page)
    [rule] = newest(ruling).document["rules"]
    assert rule == {
        "kind": "hold",
        "name": "owes_too_much",
        "when": "history.overdue > 1250.5 || score.band in ['D', 'E']",
        "then": "review",
        "tell_buyer": False,
        "note": "",
    }
    assert newest(ruling).note == "First rule"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_can_be_added_filled_in_and_taken_away(
    sign_in: SignIn, ruling: Ruled, kind: str
) -> None:
    client = sign_in("chiara")
    empty = client.get(f"{NEW}?from={ruling.former}")
    page = press(client, empty, f"add:{kind}")
    assert fields(page)["r0-kind"] == [kind]
    gone = press(client, page, "remove:0")
    assert "r0-kind" not in fields(gone)
    filled = {
        "r0__name": "one", "r0c0__fact": "order.amount", "r0c0__operator": ">=",
        "r0c0__value": "1", "r0__otherwise": "review", "r0__then": "review", "r0__use": "cap",
        "r0__fixed": "2,500.00", "r0__offer": "net_30", "r0__terms": "net_30",
        "r0__percent": "-1.5", "r0__roles": ["admin"], "r0__people": "2", "r0__verdict": "review",
    }  # fmt: skip
    saved = press(client, page, "draft", **filled)
    assert saved.status_code == 302, told(saved)
    [rule] = newest(ruling).document["rules"]
    assert (rule["kind"], rule["name"]) == (kind, "one")
    if kind == "limit":
        assert rule["amount"] == "2500"
    if kind == "price":
        assert rule["percent"] == "-1.5"


def test_rules_are_moved(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    page = press(client, page, "down:0")
    page = press(client, page, "up:7")
    names = [fields(page)[f"r{n}-name"][0] for n in range(len(RULES))]
    assert names == [
        "tax_number_confirmed", "much_overdue", "risky_country", "two_months", "new_buyer",
        "gold", "large_amounts", "sixty_days",
    ]  # fmt: skip


def test_rows_become_text_and_text_becomes_rows(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = press(client, client.get(f"{NEW}?from={ruling.deciding}"), "text:0")
    assert fields(page)["r0-when"] == ["history.overdue > 5000 && buyer.days_overdue > 45"]
    page = press(client, page, "rows:0", r0__when="history.orders < 3 || buyer.insolvent")
    values = fields(page)
    assert (values["r0c0-fact"], values["r0-joined"]) == (["history.orders"], ["or"])
    page = press(client, page, "text:0")
    page = press(client, page, "rows:0", r0__when="history.overdue > line.limit")
    assert fields(page)["r0-mode"] == ["text"], "more than rows can say stays text"


def test_a_template_brings_rules_and_none_twice(sign_in: SignIn, ruling: Ruled) -> None:
    from usance.web.backoffice.policy_templates import TEMPLATES

    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.former}")
    for _ in range(2):
        for template in TEMPLATES:
            page = press(client, page, f"template:{template.name}")
    names = [rule["name"] for template in TEMPLATES for rule in template.rules]
    assert fields(page)["rules"] == [str(len(names))]
    checked = press(client, page, "check")
    assert checked.status_code == 200, told(checked)
    assert "Every rule can be read" in told(checked)


def test_checking_says_what_differs_and_keeps_nothing(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    with books.nothing_written(ruling.house.seller):
        checked = press(client, page, "check", r0c0__value="7,000.00", s__overdue_days="10")
    said = told(checked)
    assert "history.overdue > 5000 && buyer.days_overdue > 45" in said
    assert "history.overdue > 7000 && buyer.days_overdue > 45" in said
    assert "Decline when overdue by more than 30 days 10 days" in said


MISTAKES = [
    # what is typed                                          what is said
    ({"r0c0__value": "much"}, "Enter an amount such as 1,234.00."),
    ({"r0c0__value": ""}, "Enter what it is compared with."),
    ({"r0c0__operator": "in"}, "This cannot be asked here"),
    ({"r0c0__fact": ""}, "This field is required."),
    ({"r0__name": "!!!"}, "Enter a name with letters."),
    ({"r0__name": "tax_number_confirmed"}, "the name is taken"),
    ({"r0__name": "overdue"}, "the name is taken"),
    ({"r3__formula": "month *"}, "Line 1, column 8: something is missing at the end"),
    ({"r3__formula": "history.orders"}, "Line 1, column 1"),
    ({"r3__formula": ""}, "Enter an amount, or a formula below."),
    ({"r3__fixed": "5"}, "Enter an amount or a formula, not both."),
    ({"v0__text": "history.turnovr / 12"}, "did you mean"),
    ({"r5__offer": "net_9999"}, "net_9999 is no code of payment terms"),
    ({"r6__percent": "a lot"}, "Enter a number such as 0.25."),
    ({"r7__roles": []}, "This field is required."),
    ({"r7__people": "9"}, "Ensure this value is less than or equal to 5."),
    ({"s__terms": "soon"}, "soon is no code of payment terms"),
    ({"s__overdue_days": "-1"}, "Ensure this value is greater than or equal to 0."),
]


@pytest.mark.parametrize(("typed", "said"), MISTAKES)
def test_a_mistake_is_said_where_it_is_and_nothing_is_kept(
    sign_in: SignIn, ruling: Ruled, typed: dict[str, Any], said: str
) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    with books.nothing_written(ruling.house.seller):
        refused = press(client, page, "publish", **typed)
    assert refused.status_code == 422
    [summary] = tree(refused).xpath("//*[@class='error-summary']")
    assert said in " ".join(summary.itertext())
    for href in summary.xpath(".//a/@href"):
        assert tree(refused).xpath(f"//*[@id='{href[1:]}']"), href
    for name, value in typed.items():
        assert fields(refused).get(name.replace("__", "-"), [""])[:1] == [value or ""][:1] or not (
            value
        ), "what was typed is still there"


def test_the_place_of_a_mistake_is_marked(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = press(client, client.get(f"{NEW}?from={ruling.deciding}"), "text:0")
    text = "history.overdue > 5 &&\n  history.ordrs > 3"
    refused = press(client, page, "check", r0__when=text)
    [mark] = tree(refused).xpath("//pre[contains(@class, 'caret')]/code")
    assert mark.text_content().split("\n") == ["  history.ordrs > 3", "  ^"]
    assert "Line 2, column 3: there is no fact 'history.ordrs'; did you mean" in told(refused)


def test_publishing_waits_for_the_second_person(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    assert "A second person must approve" in told(page)
    done = press(client, page, "publish", p__effective_at="2026-12-01T08:00", p__note="December")
    assert done.status_code == 302
    kept = newest(ruling)
    assert state(ruling, kept) == "waiting_for_second_person"
    review = Review.objects.get(seller_id=ruling.house.seller.id, subject_id=kept.id)
    assert review.proposal == {"effective_at": "2026-12-01T08:00:00+01:00"}, "the seller's clock"
    assert "waits for a second person" in told(client.get(done["location"]))


def test_the_same_form_sent_twice_writes_one_version(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    first = press(client, page, "draft")
    with books.nothing_written(ruling.house.seller):
        second = press(client, page, "draft")
    assert first["location"] == second["location"]


def test_the_past_is_refused(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    with books.nothing_written(ruling.house.seller):
        refused = press(client, page, "publish", p__effective_at="2020-01-01T08:00")
    assert refused.status_code == 422
    assert "A policy cannot begin to decide in the past." in told(refused)


@pytest.mark.parametrize(
    "do", ["remove:99", "remove:-1", "remove:x", "row", "up:", "nothing", "add:wish", "unrow:0:9"]
)
def test_a_button_that_is_not_there_does_nothing(sign_in: SignIn, ruling: Ruled, do: str) -> None:
    client = sign_in("chiara")
    page = client.get(f"{NEW}?from={ruling.deciding}")
    after = press(client, page, do)
    assert after.status_code == 200
    before = fields(page)
    assert {k: v for k, v in fields(after).items() if not k.startswith("p-")} == {
        k: v for k, v in before.items() if not k.startswith("p-")
    }


def test_hostile_forms_are_answered(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    for sent in (
        {},
        {"rules": "99999999999999999999", "do": "check"},
        {"rules": "3", "r0-kind": "hold", "r0-rows": "-5", "do": "check"},
        {"rules": "1", "r0-kind": "hold", "r0-name": "a\0b", "r0-mode": "text", "do": "check"},
        {"rules": "²", "values": "٣", "do": "row:²"},
        {"do": "draft", "p-once": "x"},
    ):
        with books.nothing_written(ruling.house.seller):
            assert client.post(NEW, sent).status_code in (200, 422)


@pytest.mark.parametrize("who", ["marco", "vera"])
def test_others_read_and_do_not_write(sign_in: SignIn, ruling: Ruled, who: str) -> None:
    client = sign_in(who)
    for path in ("", f"/{ruling.deciding}", f"/{ruling.former}/diff/{ruling.deciding}"):
        page = client.get(f"/office/policies{path}")
        assert page.status_code == 200
        assert "New version" not in told(page)
        assert "Write a new version" not in told(page)
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, {"do": "draft"}).status_code == 403
    for act in ("publish", "try", "end-trial"):
        assert client.get(f"/office/policies/{ruling.trial}/{act}").status_code == 403


def test_a_trial_ends_and_a_draft_is_tried(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("chiara")
    place = f"/office/policies/{ruling.trial}"
    for act, said in (("end-trial", "ended"), ("try", "is on trial")):
        page = client.get(f"{place}/{act}")
        [form] = tree(page).xpath("//main//form")
        done = client.post(f"{place}/{act}", dict(form.form_values()))
        assert said in told(client.get(done["location"]))


def test_another_sellers_version_is_not_there(sign_in: SignIn, ruling: Ruled) -> None:
    from usance.records.identity import new_id, public_id

    client = sign_in("chiara")
    strange = public_id("policy", new_id())
    for path in (strange, f"{strange}/diff/{ruling.deciding}", f"new?from={strange}", "pol_x"):
        assert client.get(f"/office/policies/{path}").status_code == 404


def test_a_decision_says_why_and_is_taken_again(sign_in: SignIn, ruling: Ruled) -> None:
    client = sign_in("vera")
    page = client.get(f"/office/decisions/{ruling.decision}")
    said = told(page)
    assert "Tax number confirmed Yes Oct 31, 2026" in said
    assert "Applies: €160,000.00" in said
    again = client.post(f"/office/decisions/{ruling.decision}/replay")
    assert "The same answer" in told(again)


def test_a_decision_of_before_the_rules_is_shown_and_taken_again(
    sign_in: SignIn, ruling: Ruled
) -> None:
    client = sign_in("vera")
    page = client.get(f"/office/decisions/{ruling.old_decision}")
    assert "An order of this size is decided by a person." in told(page)
    assert "Written rules" not in told(page)
    again = client.post(f"/office/decisions/{ruling.old_decision}/replay")
    assert "The same answer" in told(again)
