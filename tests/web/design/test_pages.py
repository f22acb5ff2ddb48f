"""What is written into the pages: language, direction, headings, labels, and nothing inline."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.safestring import mark_safe
from lxml import html

from usance.rules.money import Money
from usance.web.design.parts import Column, Link, Row, Shell, Table

GUIDE = ["", "/buyer", "/invoices", "/form", "/portal", "/sign-in"]
PAGES = [f"/styleguide{page}" for page in GUIDE] + [
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/no-such-page",
    "/refuse",
    "/misunderstand",
    "/fail",
]
LANGUAGES = ["en", "it", "ro", "hi"]


def page(visitor: Client, address: str, language: str = "en") -> html.HtmlElement:
    response = visitor.get(address, headers={"accept-language": language})
    return html.document_fromstring(response.content.decode())


def test_our_sign_in_pages_stand_before_allauths() -> None:
    # Of two templates of one name Django takes that of the application listed first.
    assert settings.INSTALLED_APPS.index("usance.web.design") < settings.INSTALLED_APPS.index(
        "allauth"
    )


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_whole(visitor: Client, address: str, language: str) -> None:
    it = page(visitor, address, language)
    assert (it.get("lang"), it.get("dir")) == (language, "ltr")
    assert len(it.xpath("//h1")) == 1
    assert it.xpath("normalize-space(//title)")
    assert it.xpath("//main[@id='main']")
    assert it.xpath("//a[@href='#main'][contains(@class, 'skip-link')]")
    # One id is one element; every drawing used is in the sprite.
    ids = it.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {use.lstrip("#") for use in it.xpath("//use/@href")} <= set(ids)
    # Every control has a name.
    for control in it.xpath("//input[not(@type='hidden')]|//select|//textarea"):
        labelled = control.get("aria-label") or it.xpath(f"//label[@for='{control.get('id')}']")
        assert labelled or control.xpath("ancestor::label"), html.tostring(control)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_inline(visitor: Client, address: str) -> None:
    it = page(visitor, address)
    assert it.xpath("//style|//*[@style]|//base|//iframe") == []
    assert it.xpath("//*[@*[starts-with(name(), 'on')]]") == []
    assert it.xpath("//script[not(@src)]") == []
    for source in it.xpath("//script/@src|//link/@href|//img/@src"):
        assert source.startswith("/static/"), source


def test_a_right_to_left_language_turns_the_page(visitor: Client) -> None:
    with translation.override("ar"):
        it = html.document_fromstring(render_to_string("404.html"))
    assert (it.get("lang"), it.get("dir")) == ("ar", "rtl")


@pytest.mark.parametrize(
    ("address", "status"),
    [("/no-such-page", 404), ("/refuse", 403), ("/misunderstand", 400), ("/fail", 500)],
)
def test_an_error_says_what_to_do(visitor: Client, address: str, status: int) -> None:
    response = visitor.get(address)
    assert response.status_code == status
    it = html.document_fromstring(response.content.decode())
    assert it.xpath(f"//main//*[contains(., 'Error {status}')]")
    assert it.xpath("//main//a[@href='/']")


def test_a_forged_form_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/preferences/theme", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()


def test_language_is_chosen_without_a_script(visitor: Client) -> None:
    buttons = page(visitor, "/styleguide").xpath("//button[@name='language']")
    assert [b.get("value") for b in buttons] == LANGUAGES
    assert [b.get("aria-pressed") for b in buttons] == ["true", "false", "false", "false"]
    assert [b.get("lang") for b in buttons] == LANGUAGES
    visitor.post("/preferences/language", {"language": "it", "next": "/styleguide"})
    assert page(visitor, "/styleguide").get("lang") == "it"


def test_theme_is_kept_and_can_be_given_back(visitor: Client) -> None:
    def chosen() -> str | None:
        theme: str | None = page(visitor, "/styleguide").get("data-theme")
        return theme

    assert chosen() is None
    answer = visitor.post("/preferences/theme", {"theme": "dark", "next": "/styleguide"})
    assert (answer.status_code, answer["Location"]) == (302, "/styleguide")
    assert chosen() == "dark"
    visitor.post("/preferences/theme", {"theme": "system", "next": "/styleguide"})
    assert chosen() is None


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", "", "x:y"])
def test_theme_never_leads_away(visitor: Client, away: str) -> None:
    answer = visitor.post("/preferences/theme", {"theme": "dark", "next": away})
    assert answer["Location"] == "/"


def test_a_forged_theme_cookie_is_not_written_into_the_page(visitor: Client) -> None:
    visitor.cookies["theme"] = '"><script>'
    assert page(visitor, "/styleguide").get("data-theme") is None


def render(source: str, **values: object) -> html.HtmlElement:
    text = Template("{% load design locale %}" + source).render(Context(values))
    return html.fragment_fromstring(text, create_parent="div")


def test_what_a_buyer_writes_is_escaped() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    table = Table(
        caption=nasty,
        columns=[Column(label=nasty), Column(label=nasty)],
        rows=[Row(cells=[Link(nasty, "/x"), nasty])],
    )
    it = render(
        "{% table t %}{% copyable n %}{% badge n %}"
        "{% alert 'info' title=n %}{{ n }}{% endalert %}{% empty n %}{{ n }}{% endempty %}"
        "{% panel n %}{{ n }}{% endpanel %}{% dialog 'd' n %}{{ n }}{% enddialog %}",
        t=table,
        n=nasty,
    )
    assert it.xpath("//img") == []
    assert it.text_content().count(nasty) >= 11


def test_a_table_names_each_value_for_the_card() -> None:
    table = Table(
        caption="Invoices",
        columns=[
            Column(label="Invoice"),
            Column(label="Total", numeric=True),
            Column(label="Paid"),
        ],
        rows=[Row(cells=["2026/1", Money(5, "EUR")])],
        footer=["Together", Money(5, "EUR"), ""],
    )
    it = render("{% table t %}", t=table)
    assert it.xpath("//tbody//th[@scope='row']/text()") == ["2026/1"]
    assert it.xpath("//tbody//td/@data-label") == ["Total", "Paid"]
    assert it.xpath("//tbody//td[@data-label='Total']/@class") == ["number"]
    # A value that there is not is said, a blank of the footer is not.
    assert it.xpath("string(//tbody//td[2])") == "–None"
    assert it.xpath("string(//tfoot//td[2])") == ""


class Promise(forms.Form):
    """A form with help and a rule of its own."""

    amount = forms.IntegerField(help_text="In whole euros.")

    def clean(self) -> dict[str, object]:
        raise forms.ValidationError("The invoice is paid already.")


def test_a_field_is_tied_to_its_help_and_error() -> None:
    it = render("{% error_summary f %}{% form_fields f %}", f=Promise({"amount": "x"}))
    field = it.xpath("//input")[0]
    assert field.get("aria-invalid") == "true"
    tied = field.get("aria-describedby").split()
    assert [it.xpath(f"string(//*[@id='{name}'])").strip() for name in tied] == [
        "In whole euros.",
        "Enter a whole number.",
    ]
    summary = it.xpath("//*[@role='alert']")[0]
    assert summary.xpath(".//li[1]//text()") == ["The invoice is paid already."]
    assert summary.xpath(".//a/@href") == ["#id_amount"]


def test_a_form_without_errors_has_no_summary() -> None:
    assert render("{% error_summary f %}", f=Promise()).text_content().strip() == ""


def test_messages_become_alerts() -> None:
    told = [Message(constants.SUCCESS, "Allocated."), Message(constants.ERROR, mark_safe("<b>"))]
    it = render("{% page_messages %}", messages=told)
    assert it.xpath("//*[@role='status']/@class") == [
        "alert tone-positive",
        "alert tone-negative",
    ]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Chiara Fontana", "CF"), ("Ana Maria Popescu", "AP"), ("Zoë", "Z"), ("", ""), ("42 –", "")],
)
def test_initials(name: str, initials: str) -> None:
    assert Shell(person=name).initials == initials


def test_the_sample_pages_show_indian_grouping(visitor: Client) -> None:
    text = page(visitor, "/styleguide", "hi").text_content()
    assert "₹12,34,567.00" in text
    assert re.search(r"€1,42,409\.60", text)


def test_an_unknown_pattern_is_not_found(visitor: Client) -> None:
    assert visitor.get("/styleguide/nowhere").status_code == 404
