"""What can be done with mandates, debits and files of debits."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.debits import files, mandates, scheduling
from usance.records.debits.models import Debit, DebitFile, Mandate
from usance.web.backoffice.acts import Act, ActForm, Done
from usance.web.backoffice.desk import Desk


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label=_lazy("Reason"), required=False, max_length=400)


class AccountForm(ActForm):
    """Another account of the same debtor."""

    account = forms.CharField(label=_lazy("Account"), max_length=42)
    bank = forms.CharField(
        label=_lazy("Bank"),
        max_length=11,
        required=False,
        help_text=_lazy("The BIC, or the routing number in ACH."),
    )


def _cancel_mandate(desk: Desk, row: Mandate, data: dict[str, Any]) -> Done:
    mandates.cancel_mandate(
        desk.seller, mandate_id=row.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    return Done(_("Nothing is collected under this mandate any more."))


def _suspend(desk: Desk, row: Mandate, data: dict[str, Any]) -> Done:
    mandates.suspend_mandate(
        desk.seller, mandate_id=row.id, reason=data["reason"], at=desk.at, by=desk.by
    )
    return Done(_("Nothing is collected until you resume the mandate."))


def _resume(desk: Desk, row: Mandate, data: dict[str, Any]) -> Done:
    del data
    mandates.resume_mandate(desk.seller, mandate_id=row.id, at=desk.at, by=desk.by)
    return Done(_("The mandate may be used again."))


def _account(desk: Desk, row: Mandate, data: dict[str, Any]) -> Done:
    mandates.change_account(
        desk.seller,
        mandate_id=row.id,
        account=data["account"],
        bank=data["bank"] or ("" if row.scheme.startswith("sepa") else row.bank),
        at=desk.at,
        by=desk.by,
    )
    return Done(_("The next debit is taken from the new account."))


def _cancel_debit(desk: Desk, row: Debit, data: dict[str, Any]) -> Done:
    del data
    scheduling.cancel_debit(desk.seller, debit_id=row.id, at=desk.at, by=desk.by)
    return Done(_("The debit is canceled."))


def _sent(desk: Desk, row: DebitFile, data: dict[str, Any]) -> Done:
    del data
    files.mark_sent(desk.seller, file_id=row.id, at=desk.at, by=desk.by)
    return Done(_("The debits of the file are on their way."))


def _withdraw(desk: Desk, row: DebitFile, data: dict[str, Any]) -> Done:
    del data
    files.withdraw_file(desk.seller, file_id=row.id, at=desk.at, by=desk.by)
    return Done(_("The debits go into the next file."))


MANDATE_ACTS: Final = (
    Act(
        name="account",
        label=_lazy("Change account"),
        title=_lazy("Record another account"),
        explanation=_lazy("Of the same debtor. The mandate stays; its bank is told."),
        duty="money",
        form=AccountForm,
        run=_account,
        possible=lambda row: row.state in mandates.LIVE,
        icon="bank",
    ),
    Act(
        name="suspend",
        label=_lazy("Suspend"),
        title=_lazy("Suspend the mandate?"),
        explanation=_lazy("What is scheduled waits until you resume it."),
        duty="money",
        form=ReasonForm,
        run=_suspend,
        possible=lambda row: row.state == "active",
        icon="pause",
    ),
    Act(
        name="resume",
        label=_lazy("Resume"),
        title=_lazy("Resume the mandate?"),
        explanation=_lazy("Only if what suspended it is settled with the buyer."),
        duty="money",
        run=_resume,
        possible=lambda row: row.state == "suspended",
        icon="refresh",
        tone="primary",
    ),
    Act(
        name="cancel",
        label=_lazy("Cancel"),
        title=_lazy("Cancel the mandate?"),
        explanation=_lazy(
            "Nothing is collected under it any more. To collect again, the buyer has to give a new one."
        ),
        duty="money",
        form=ReasonForm,
        run=_cancel_mandate,
        possible=lambda row: row.state in mandates.LIVE,
        icon="ban",
        tone="danger",
    ),
)

DEBIT_ACTS: Final = (
    Act(
        name="cancel",
        label=_lazy("Cancel"),
        title=_lazy("Cancel the debit?"),
        explanation=_lazy("It is not collected. The buyer was told of it, so tell it of this too."),
        duty="money",
        run=_cancel_debit,
        possible=lambda row: row.state == "scheduled" and row.file_id is None,
        icon="ban",
        tone="danger",
    ),
)

FILE_ACTS: Final = (
    Act(
        name="sent",
        label=_lazy("The bank has it"),
        title=_lazy("Has the bank taken the file?"),
        explanation=_lazy("Its debits are on their way then, and pay their invoices on their day."),
        duty="money",
        run=_sent,
        possible=lambda row: row.state == "written",
        icon="send",
        tone="primary",
    ),
    Act(
        name="withdraw",
        label=_lazy("Withdraw"),
        title=_lazy("Withdraw the file?"),
        explanation=_lazy("Only if the bank has not got it. Its debits go into the next file."),
        duty="money",
        run=_withdraw,
        possible=lambda row: row.state == "written",
        icon="return",
    ),
)
