import time, statistics
from pathlib import Path
from tests.flows.trading import Trade
from tests.flows.organised import Company, step
from tests.flows.conftest import *  # noqa
from usance.records.statements import execute
from django.db import connection

def load(path):
    with connection.cursor() as c: c.execute(Path(path).read_text())
    connection.close()

def test_ab(account, at):
    t = Trade(account.seller, account.buyer, account.line, at)
    from usance.flows import credit_lines
    credit_lines.set_credit_line(t.seller, buyer_id=t.buyer.id, currency="EUR", limit=10**11, **t.act)
    ruled = Company(t.other_buyer(limit=10**11)); ruled.rules(po_unique=True); ruled.chain(step(10**9))
    anna = ruled.person("anna", period_limit=10**10)
    n=[0]
    def run(trade, k=200, **f):
        reqs=[]
        for _ in range(k):
            n[0]+=1
            reqs.append(trade.request(100, po_number=f"P{n[0]}", **f))
        s=time.perf_counter()
        for r in reqs: trade.authorize(r)
        return k/(time.perf_counter()-s)
    def batch(trade, k=200, **f):
        reqs=[]
        for _ in range(k):
            n[0]+=1
            reqs.append(trade.request(100, po_number=f"P{n[0]}", **f))
        s=time.perf_counter(); trade.authorize(*reqs)
        return k/(time.perf_counter()-s)
    old, new = "/tmp/auth_old.sql", "/work/main/src/usance/records/orders/sql/authorize.sql"
    ratios=[]; ratb=[]; rr=[]; rrb=[]
    for i in range(8):
        res={}
        for which in ((old,new) if i%2 else (new,old)):
            load(which); run(t, 30)
            res[which]=run(t); res[which,"b"]=batch(t)
        ratios.append(res[new]/res[old]); ratb.append(res[new,"b"]/res[old,"b"])
        load(new); run(t,30); run(ruled.trade, 30, member=anna.id)
        base=run(t); rr.append(run(ruled.trade, member=anna.id)/base)
        base=batch(t); rrb.append(batch(ruled.trade, member=anna.id)/base)
    f=lambda x: f"{statistics.median(x):.3f} ({min(x):.3f}..{max(x):.3f})"
    print("\nnew/old single", f(ratios), "batch200", f(ratb)); print("ruled/plain single", f(rr), "batch200", f(rrb), "last plain/s", round(base))
    load(new)
