"""The watch over applications and letters, and a real worker with a real mail server."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.child_processes import environment
from tests.flows import applying
from tests.flows.applying import CLEAR, again, decide_by, open_form
from tests.gateways.mailbox import mail_taken
from usance.flows import connections
from usance.jobs import applications as jobs
from usance.records.applications.models import Application
from usance.records.parties.models import Seller

pytestmark = pytest.mark.usefixtures("own_database")

LIST = b"id,schema,name\nNK-1,Person,Viktor Example\n"


def rules() -> list[dict[str, object]]:
    """Whom no list has, and whose address is proved, gets an account."""
    clear = {
        "kind": "application",
        "name": "clear",
        "when": "!application.sanctions_hit && application.email_verified",
        "then": "approve",
    }
    return [clear, CLEAR[-1]]


def prepared(seller: Seller, *, at: datetime) -> Application:
    open_form(seller, at=at)
    decide_by(seller, *rules(), at=at)
    made = connections.create_connection(seller, kind="sanctions_list", at=at, by="test")
    connections.load_list(
        seller, connection_id=made.id, file_name="list.csv", content=LIST, at=at, by="test"
    )
    return applying.submitted(seller, at=at)


def jobs_about(application: Application) -> list[str]:
    found = ProcrastinateJob.objects.filter(args__object_id=str(application.id))
    return list(found.order_by("id").values_list("task_name", flat=True))


def test_what_is_due_becomes_one_job_however_often_it_is_looked_for(
    seller: Seller, at: datetime
) -> None:
    application = prepared(seller, at=at)
    for _ in range(3):
        jobs.enqueue_due()
    assert jobs_about(application) == ["check_application"]
    jobs.check_application(seller_id=str(seller.id), object_id=str(application.id))
    assert again(application).state == "approved"
    ProcrastinateJob.objects.filter(args__object_id=str(application.id))
    jobs.check_application(seller_id=str(seller.id), object_id=str(application.id))
    assert again(application).state == "approved"


@contextlib.contextmanager
def working(**variables: str) -> Iterator[None]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "usance.jobs.worker"], env=environment(**variables)
    )
    try:
        yield
    finally:
        worker.terminate()
        assert worker.wait(20) == 0


def eventually(holds: Callable[[], bool], *, seconds: float = 200) -> float:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds
        time.sleep(0.1)
    return time.monotonic() - begun


@pytest.mark.slow
def test_a_clear_case_is_decided_and_told_by_a_worker(seller: Seller) -> None:
    now = datetime.now(UTC)
    with mail_taken() as (box, port):
        mail = {
            "USANCE_EMAIL_HOST": "127.0.0.1",
            "USANCE_EMAIL_PORT": str(port),
            "USANCE_EMAIL_TLS": "0",
            "USANCE_EMAIL_FROM": "usance@trade.example",
        }
        application = prepared(seller, at=now)

        def told() -> list[str]:
            address = application.contact_email
            return [str(m["Subject"]) for _, to, m in list(box.taken) if to == [address]]

        with working(**mail):
            eventually(lambda: any("is open" in subject for subject in told()))
    assert again(application).decided_by == "policy"
    # The link, the code, the confirmation and the decision, each once.
    assert sorted(told()) == sorted(
        [
            f"Your application for a trade account with {seller.name}",
            f"Your code for {seller.name}",
            f"{seller.name} has received your application",
            f"Your trade account with {seller.name} is open",
        ]
    )
