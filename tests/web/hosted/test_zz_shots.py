from tests.web.hosted.test_browser import *
def test_shots(stage):
    page = stage.open("/accounts/login/")
    page.get_by_label("Email").fill(stage.house.email("chiara"))
    page.get_by_label("Password").fill(houses.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/office/")
    for w in (1440, 390):
        page.set_viewport_size({"width": w, "height": 844})
        for n, path in (("queue","/office/applications"),("app",f"/office/applications/{stage.waiting}"),("set","/office/settings/applications"),("conns","/office/settings/connections"),("conn","/office/settings/connections/new/creditsafe"),("approve",f"/office/applications/{stage.waiting}/approve"),("decline",f"/office/applications/{stage.waiting}/decline")):
            page.goto(path); page.screenshot(path=f"/tmp/shot-o-{n}-{w}.png", full_page=True)
        page.goto(stage.door+f"/{stage.asked}"); page.screenshot(path=f"/tmp/shot-o-standing-{w}.png", full_page=True)
    def letter():
        a = Application.objects.filter(name="Acciai Brescia S.p.A.").latest("created_at")
        return mails(a, "application_question")[0].html, mails(a, "application_code")[0].html
    q, c = aside(letter)
    for n, h in (("q", q), ("c", c)):
        p2 = stage.browser.new_page(viewport={"width": 700, "height": 600}); p2.set_content(h); p2.screenshot(path=f"/tmp/shot-mail-{n}.png", full_page=True)
