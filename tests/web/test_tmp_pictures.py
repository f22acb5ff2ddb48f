import json
from datetime import timedelta
import pytest
from playwright.sync_api import sync_playwright
from tests.web import house as houses
from tests.web.live import CHROMIUM, FLAGS, served
from usance.flows import backtests
from usance.records.credit.backtests import Backtest, BacktestChange
from usance.records.identity import public_id
from usance.formats import policy_file
from pathlib import Path
from tests.web.test_browser import *

def test_pics(house, address, browser):
    on = houses.TODAY.date()
    pol = policy_file.read(Path("docs/policies/cautious.toml").read_bytes(), shape="toml", currency="EUR")
    ids = []
    for state in ("done", "running", "failed"):
        b = backtests.request_backtest(house.seller, policy=pol, from_on=on - timedelta(days=300), until_on=on, at=houses.TODAY, by="stf_x")
        if state == "done":
            backtests.run_backtest(seller_id=house.seller.id, backtest_id=b.id, clock=lambda: houses.TODAY)
            doc = json.loads(Path("/tmp/bt.json").read_text()); doc.pop("changes", None)
            Backtest.objects.filter(id=b.id).update(result=doc)
        else:
            Backtest.objects.filter(id=b.id).update(state="running", total=1200, done=430)
            if state == "failed": Backtest.objects.filter(id=b.id).update(state="failed", error="Something went wrong on our side; it has been logged. Start it again.")
        ids.append(public_id("backtest", b.id))
    from django.test import Client
    row = house.staff["chiara"]
    c = Client(); c.force_login(row.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for width in (1440, 390):
        ctx = browser.new_context(viewport={"width": width, "height": 900})
        ctx.add_cookies([{"name": "sessionid", "value": c.cookies["sessionid"].value, "url": address}])
        page = ctx.new_page()
        for name, path in [("list","/office/policies/backtests"),("new","/office/policies/backtests/new"),("done",f"/office/policies/backtests/{ids[0]}"),("running",f"/office/policies/backtests/{ids[1]}"),("failed",f"/office/policies/backtests/{ids[2]}")]:
            page.goto(address + path)
            page.screenshot(path=f"/tmp/pic-{name}-{width}.png", full_page=True)
            if name == "done":
                page.screenshot(path=f"/tmp/top-{width}.png")
            try: print(violations(page))
            except Exception as e: print(e)
