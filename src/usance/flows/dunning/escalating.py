"""What a step does beside its message: tasks for people, people who are told, a line that is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows import credit_lines
from usance.flows.dunning.rechecks import BY
from usance.flows.journal import business_day
from usance.flows.outgoing_mails import queue_mail
from usance.gateways.mail import Action, Letter
from usance.records.credit import actions as credit
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.models import DunningMessage, DunningTask
from usance.records.identity import new_id, public_id
from usance.records.parties.models import Seller, Staff, User
from usance.rules.dunning.policy import Step


@dataclass(frozen=True, slots=True)
class Reached:
    """A message that goes out, the account it is about, and the step that it takes."""

    row: DunningMessage
    known: KnownAccount
    step: Step


def escalate(seller: Seller, reached: Sequence[Reached], *, at: datetime) -> list[list[str]]:
    """Do what each step asks for; what was done, by message. The accounts' credit lines are locked."""
    wanted = [(one, _tasks(one.step, one.known)) for one in reached]
    DunningTask.objects.bulk_create(
        [_task(seller, one.row, kind=kind, at=at) for one, kinds in wanted for kind in kinds]
    )
    done = []
    for one, kinds in wanted:
        deeds = [f"task:{kind}" for kind in kinds]
        if one.step.hold and _hold(seller, one.row, at=at):
            deeds.append("hold")
        for email, language in _people(seller, one.step.tell).items():
            _tell(seller, one.row, one.known, to=email, language=language, at=at)
            deeds.append(f"told:{email}")
        done.append(deeds)
    return done


def _task(seller: Seller, row: DunningMessage, *, kind: str, at: datetime) -> DunningTask:
    """A task for a person, about a message, for today."""
    return DunningTask(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        case_id=row.case_id,
        buyer_id=row.buyer_id,
        message_id=row.id,
        kind=kind,
        due_on=business_day(seller, at=at),
    )


def _tasks(step: Step, known: KnownAccount) -> list[str]:
    kinds = []
    if "letter" in step.channels:
        kinds.append("post_letter")
    if "email" in step.channels and not known.email:
        kinds.append("no_address")
    if "task" in step.channels:
        kinds.append("hand_over" if step.level == "handover" else "call")
    return kinds


def _hold(seller: Seller, row: DunningMessage, *, at: datetime) -> bool:
    """Hold the account's line if it is in use; whether it was."""
    line = credit.lock_line(seller_id=seller.id, buyer_id=row.buyer_id, currency=row.currency)
    if line is None or line.state != "active":
        return False
    credit_lines.change_line_state(
        seller,
        buyer_id=row.buyer_id,
        currency=row.currency,
        state="on_hold",
        reason=f"dunning: {row.level}",
        at=at,
        by=BY,
    )
    return True


def _people(seller: Seller, names: tuple[str, ...]) -> dict[str, str]:
    """Each address that is told, and its language: those named, and everybody with a role named."""
    if not names:
        return {}
    named = {one.lower() for one in names if "@" in one}
    staff = Staff.objects.filter(
        seller_id=seller.id, role__in=[one for one in names if "@" not in one]
    )
    people = dict(staff.order_by("user__email").values_list("user__email", "user__language"))
    known = dict(User.objects.filter(email__in=named).values_list("email", "language"))
    return people | {email: known.get(email, seller.language) for email in sorted(named)}


def _tell(
    seller: Seller,
    row: DunningMessage,
    known: KnownAccount,
    *,
    to: str,
    language: str,
    at: datetime,
) -> None:
    with translation.override(language):
        action = None
        if settings.PUBLIC_URL:
            place = f"/office/collections/cases/{public_id('dunning_case', row.case_id)}"
            action = Action(_("See the case"), settings.PUBLIC_URL + place)
        letter = Letter(
            language=language,
            sender=seller.name,
            subject=_("%(buyer)s does not pay: please speak to them") % {"buyer": known.name},
            greeting=_("Hello,"),
            paragraphs=(
                _("This account has reached a step of dunning that you are to be told of."),
            ),
            facts=((_("Buyer"), known.name), (_("Message sent"), row.subject)),
            action=action,
        )
    queue_mail(
        seller,
        letter,
        kind="dunning_told",
        to=to,
        object_type="dunning_case",
        object_id=row.case_id,
        at=at,
    )
