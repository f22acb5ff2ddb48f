"""The pages in the real browser: what a person sees, reaches by keyboard and is read aloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

WIDE, NARROW = 1440, 390
PAGES = [
    "/styleguide",
    "/styleguide/buyer",
    "/styleguide/invoices",
    "/styleguide/form",
    "/styleguide/portal",
    "/styleguide/sign-in",
    "/accounts/login/",
]

Open = Callable[..., Page]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with its place."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {node['target']}" for it in found for node in it["nodes"]]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Open, path: str, scheme: str, width: int
) -> None:
    page = visit(path, scheme=scheme, width=width)
    assert violations(page) == []
    assert sideways(page) <= 0


@pytest.mark.parametrize("width", [320, 768, 1100])
@pytest.mark.parametrize("language", ["it", "hi"])
def test_no_width_runs_off_the_screen(visit: Open, width: int, language: str) -> None:
    page = visit("/styleguide", width=width, language=language)
    assert sideways(page) <= 0
    for path in PAGES[1:5]:
        page.goto(path)
        assert sideways(page) <= 0, path


@pytest.mark.parametrize(
    ("path", "width", "open_it"),
    [
        ("/styleguide/buyer", NARROW, ".top-bar button"),
        ("/styleguide/buyer", WIDE, "[commandfor=hold]"),
        ("/styleguide/portal", NARROW, ".portal-bar summary"),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(
    visit: Open, path: str, width: int, open_it: str, scheme: str
) -> None:
    page = visit(path, width=width, scheme=scheme)
    page.click(open_it)
    assert violations(page) == []


VISIBLE_CONTROLS = """
() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary'
)].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled
    && !e.closest('[popover]:not(:popover-open)')?.matches(':not(.side)')
    && (e.type !== 'radio' || e.checked)
).map((e, i) => (e.dataset.stop = i, i))
"""


@pytest.mark.parametrize("path", ["/styleguide", "/styleguide/portal", "/accounts/login/"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_control_is_reached_and_seen_by_keyboard(visit: Open, path: str, width: int) -> None:
    page = visit(path, width=width)
    controls = page.evaluate(VISIBLE_CONTROLS)
    assert len(controls) > 5
    reached: list[int] = []
    # A date field is three stops, so there are more steps than controls.
    for _ in range(2 * len(controls) + 10):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const e = document.activeElement;
                if (!e || e === document.body) return null;
                const seen = [e, ...e.querySelectorAll('*')].some(x =>
                    ['', '::after'].some(p => getComputedStyle(x, p).outlineStyle !== 'none'));
                const box = e.getBoundingClientRect();
                const top = document.elementFromPoint(
                    Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2),
                    Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 2));
                const hidden = !(top && (e.contains(top) || top.contains(e)
                    || e.labels?.length && top.closest('.field, tr')));
                return {
                    stop: e.dataset.stop, seen, hidden,
                    html: e.outerHTML.slice(0, 120),
                };
            }"""
        )
        if stop is None:
            break
        assert stop["seen"], stop["html"]
        assert not stop["hidden"], stop["html"]
        if stop["stop"] is not None:
            reached.append(int(stop["stop"]))
    assert set(reached) == set(controls)
    assert reached == sorted(reached), "the order of the keyboard is the order of the page"


def test_the_skip_link_comes_first_and_leads_to_the_content(visit: Open) -> None:
    page = visit("/styleguide")
    page.keyboard.press("Tab")
    skip = page.locator(".skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard_without_a_script(visit: Open) -> None:
    page = visit("/styleguide/buyer", width=NARROW, scripts=False)
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.locator(".top-bar button").press("Enter")
    expect(side).to_be_visible()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(page.locator(".top-bar button")).to_be_focused()


def test_the_navigation_stands_beside_the_work_on_a_wide_screen(visit: Open) -> None:
    page = visit("/styleguide/buyer")
    expect(page.locator("#side")).to_be_visible()
    expect(page.locator(".top-bar")).to_be_hidden()
    current = page.locator("#side [aria-current=page]")
    expect(current).to_have_text("Buyers")


def test_language_changes_without_a_script(visit: Open) -> None:
    page = visit("/styleguide/portal", scripts=False)
    page.click(".portal-bar summary")
    page.click("button[name=language][value=it]")
    expect(page).to_have_url(page.url.split("/styleguide")[0] + "/styleguide/portal")
    expect(page.locator("html")).to_have_attribute("lang", "it")
    expect(page.locator(".figure").filter(has_text="18.452,20").first).to_be_visible()


def ground(page: Page) -> str:
    """The colour the page lies on."""
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_the_readers_theme_goes_before_the_systems(visit: Open) -> None:
    light, dark = "rgb(247, 247, 245)", "rgb(16, 18, 22)"
    page = visit("/styleguide/portal", scheme="light")
    assert ground(page) == light
    page.click(".portal-bar summary")
    page.click("button[name=theme][value=dark]")
    page.wait_for_selector("html[data-theme=dark]")
    assert ground(page) == dark
    page = visit("/styleguide/portal", scheme="dark")
    assert ground(page) == dark
    page.emulate_media(media="print", color_scheme="light")
    assert ground(page) == light


def test_a_row_becomes_a_labelled_card(visit: Open) -> None:
    page = visit("/styleguide/invoices", width=NARROW)
    cell = page.locator("tbody tr").first.locator("td[data-label=Total]")
    label = "e => [getComputedStyle(e, '::before').content, getComputedStyle(e).display]"
    assert cell.evaluate(label) == ['"Total"', "flex"]
    # A table it stays, to who hears the page.
    expect(page.get_by_role("table", name="Invoices")).to_be_visible()
    expect(page.get_by_role("rowheader", name="2026/0418")).to_be_visible()


def test_figures_of_a_column_end_on_one_line(visit: Open) -> None:
    page = visit("/styleguide/invoices")
    edges = page.locator("tbody td[data-label=Total] .figure").evaluate_all(
        "all => all.map(e => Math.round(e.getBoundingClientRect().right))"
    )
    assert len(edges) == 8
    assert len(set(edges)) == 1


def test_a_dialog_keeps_the_focus_and_gives_it_back(visit: Open) -> None:
    page = visit("/styleguide/buyer")
    opener = page.locator("[commandfor=hold]")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Put this credit line on hold?")
    expect(dialog).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        inside = "document.querySelector('dialog').contains(document.activeElement)"
        assert page.evaluate(f"{inside} || document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_dialogs_open_where_the_browser_does_not_know_commands(
    visit: Open, browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.add_init_script("delete HTMLButtonElement.prototype.commandForElement")
    page.goto("/styleguide/buyer")
    # The browser answers the attribute all the same, but not by calling this.
    page.evaluate(
        """() => {
            const dialog = document.querySelector('dialog');
            dialog.showModal = () => { dialog.dataset.asked = 1; };
        }"""
    )
    page.click("[commandfor=hold]")
    expect(page.locator("dialog")).to_have_attribute("data-asked", "1")
    context.close()


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(visit: Open) -> None:
    page = visit("/styleguide/form")
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="New limit: Enter a number.").press("Enter")
    expect(page.get_by_label("New limit")).to_be_focused()


def test_the_summary_takes_the_focus_on_a_real_sign_in(visit: Open) -> None:
    page = visit("/accounts/login/", scripts=False)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".error-summary")).to_be_focused()


def test_an_identifier_is_copied(visit: Open) -> None:
    page = visit("/styleguide/buyer")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy buy_01kaj3v8t5f0ye7m2c6q").first
    button.click()
    expect(button).to_have_attribute("data-copied", "")
    assert page.evaluate("navigator.clipboard.readText()") == "buy_01kaj3v8t5f0ye7m2c6q"


def test_an_alert_can_be_dismissed(visit: Open) -> None:
    page = visit("/styleguide")
    alert = page.locator(".alert", has_text="The payment was allocated")
    alert.get_by_role("button", name="Dismiss").click()
    expect(alert).to_have_count(0)


def test_menus_close_by_escape_and_by_a_click_elsewhere(visit: Open) -> None:
    page = visit("/styleguide/portal")
    menu = page.locator(".portal-bar details")
    summary = menu.locator("summary")
    summary.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_slash_leads_to_the_search_but_not_while_writing(visit: Open) -> None:
    page = visit("/styleguide/invoices")
    page.keyboard.press("/")
    search = page.locator("#side input[type=search]")
    expect(search).to_be_focused()
    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")


def test_a_form_marked_once_goes_once(visit: Open) -> None:
    page = visit("/styleguide/sign-in")
    sent = page.evaluate(
        """() => {
            const form = document.querySelector('main form');
            form.dataset.once = '';
            let sent = 0;
            // Registered after the page's own listener, so it sees what that one decided.
            document.addEventListener('submit', e => {
                if (!e.defaultPrevented) sent += 1;
                e.preventDefault();
            });
            const button = form.querySelector('button');
            form.requestSubmit(button);
            form.requestSubmit(button);
            return [sent, button.getAttribute('aria-busy')];
        }"""
    )
    assert sent == [1, "true"]


def test_htmx_runs_under_the_policy_and_tells_when_it_fails(visit: Open) -> None:
    page = visit("/styleguide/portal")
    assert page.evaluate("[htmx.config.allowEval, htmx.config.includeIndicatorStyles]") == [
        False,
        False,
    ]
    page.evaluate("htmx.ajax('GET', '/styleguide', {target: 'main', select: '#states'})")
    expect(page.locator("main #states")).to_be_visible()
    page.evaluate("htmx.ajax('GET', '/no-such-page', 'main')")
    expect(page.locator("#toasts .alert")).to_contain_text("The server did not answer")
    assert page.locator("style").count() == 0


def test_an_inline_script_or_style_would_be_refused(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/styleguide/sign-in")
    refused: list[str] = page.evaluate(
        """() => new Promise(done => {
            const seen = [];
            document.addEventListener('securitypolicyviolation', e => {
                seen.push(e.effectiveDirective);
                if (seen.length === 2) done(seen.sort());
            });
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            document.body.insertAdjacentHTML('beforeend', '<p style="color: red"></p>');
        })"""
    )
    assert refused == ["script-src-elem", "style-src-attr"]
    assert page.evaluate("window.ran") is None
    context.close()
