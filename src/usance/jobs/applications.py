"""Applications for trade accounts move by themselves, and letters go out, within a second.

A watch finds what is due and makes a job of each; a counterpart that keeps one waiting holds up no
other. Anything may be killed and run again.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import outgoing_mails
from usance.flows.applications import checks
from usance.gateways.mail.smtp import SmtpMail, is_configured
from usance.jobs import tasks
from usance.jobs.once import enqueue_once
from usance.jobs.retry import AgainWhenAsked, TryAgain

APPLICATIONS: Final = "applications"
"""The queue of what is asked outside and of what is sent."""
WATCH_SECONDS: Final = 55.0
POLL_SECONDS: Final = 0.5


@app.periodic(cron="* * * * *")
@app.task(name="watch_applications", queue=tasks.RELAY, lock="applications", retry=AgainWhenAsked())
def watch_applications(timestamp: int) -> None:
    """Make jobs of due checks and letters for about a minute; the next job takes over."""
    del timestamp
    end = CLOCK.now() + timedelta(seconds=WATCH_SECONDS)
    while not tasks.stopping.is_set() and CLOCK.now() < end:
        enqueue_due()
        tasks.stopping.wait(POLL_SECONDS)
    if tasks.stopping.is_set():
        raise TryAgain(CLOCK.now())


def enqueue_due() -> int:
    """A job for each check and each letter that is due and has none yet; how many were made."""
    at = CLOCK.now()
    made = 0
    for seller_id, application_id in checks.due(at=at):
        made += enqueue_once(check_application, seller_id, application_id)
    if is_configured():
        for seller_id, mail_id in outgoing_mails.due(at=at):
            made += enqueue_once(send_mail, seller_id, mail_id)
    return made


@app.task(name="check_application", queue=APPLICATIONS)
def check_application(*, seller_id: str, object_id: str) -> None:
    """Run the checks of one application; what could not be asked is due again later."""
    checks.run_checks(seller_id=UUID(seller_id), application_id=UUID(object_id), at=CLOCK.now())


@app.task(name="send_mail", queue=APPLICATIONS)
def send_mail(*, seller_id: str, object_id: str) -> None:
    """Send one letter; what is not taken is due again later."""
    outgoing_mails.send_mail(
        seller_id=UUID(seller_id),
        mail_id=UUID(object_id),
        sender=SmtpMail(),
        at=CLOCK.now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )
