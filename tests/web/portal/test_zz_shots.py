from tests.web.portal.test_approvals_browser import *  # noqa
def test_shots(visit, pages):
    for who, paths in pages.items():
        for width in (WIDE, NARROW):
            page = visit(paths[0], who=who, width=width)
            for n, path in enumerate(paths):
                page.goto(path)
                page.screenshot(path=f"/tmp/shot-{who}-{n}-{width}.png", full_page=True)
