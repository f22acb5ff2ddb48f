"""Every event as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from usance.records.events.models import Event
from usance.web.words import checks
from usance.web.words.amounts import day_text, money_text
from usance.web.words.card_events import CARD_TELLINGS
from usance.web.words.debit_events import DEBIT_TELLINGS
from usance.web.words.deliveries import channel_text
from usance.web.words.dunning import DUNNING_TELLINGS
from usance.web.words.funding_events import FUNDING_TELLINGS
from usance.web.words.late_charges import LATE_TELLINGS
from usance.web.words.statements import STATEMENT_TELLINGS
from usance.web.words.telling import Telling

TELLINGS: Final[Mapping[str, Telling]] = {
    **CARD_TELLINGS,
    **DEBIT_TELLINGS,
    **FUNDING_TELLINGS,
    **LATE_TELLINGS,
    **DUNNING_TELLINGS,
    **STATEMENT_TELLINGS,
    "order.authorized": Telling(_("The order of %(amount)s was authorized"), "shield", "info"),
    "order.declined": Telling(
        _("The order of %(amount)s was declined"), "cross-circle", "negative"
    ),
    "order.pending_review": Telling(
        _("The order of %(amount)s waits for a person"), "review", "caution"
    ),
    "order.pending_approval": Telling(
        _("The order of %(amount)s waits for the buyer's approval"), "clock", "caution"
    ),
    "order.declined_by_buyer": Telling(
        _("%(member_name)s declined the order of %(amount)s"), "cross-circle", "negative"
    ),
    "order.step_approved": Telling(
        _("%(member_name)s approved the order of %(amount)s; it waits for the next step"),
        "check",
        "info",
    ),
    "order.approved_by_buyer": Telling(
        _("%(member_name)s approved the order of %(amount)s for the buyer"), "check", "info"
    ),
    "order.partially_invoiced": Telling(_("Part of the order was invoiced"), "partial", "info"),
    "order.invoiced": Telling(_("The order is invoiced"), "check-circle", "positive"),
    "order.rest_voided": Telling(
        _("The rest of the order, %(voided)s, was let go"), "ban", "neutral"
    ),
    "order.voided": Telling(_("The rest of the order, %(voided)s, was let go"), "ban", "neutral"),
    "order.canceled": Telling(_("The order was canceled"), "ban"),
    "order.expired": Telling(_("The authorization ran out"), "calendar"),
    "order.adjusted": Telling(_("The order was changed from %(before)s to %(amount)s"), "edit"),
    "order.attachment_added": Telling(_("%(name)s was attached"), "upload", "info"),
    "order.attachment_removed": Telling(_("The attachment %(name)s was removed"), "ban"),
    "order.renewed": Telling(_("The authorization was extended to %(expires_on)s"), "refresh"),
    "invoice.opened": Telling(
        _("Invoice %(number)s of %(amount)s was issued, due on %(due_on)s"), "invoice", "info"
    ),
    "invoice.credited": Telling(
        _("Credit note %(number)s of %(amount)s was issued"), "return", "special"
    ),
    "invoice.written_off": Telling(_("%(amount)s was written off"), "minus", "special"),
    "invoice.paid": Telling(
        _("Invoice %(number)s was paid in full with %(amount)s"), "check-circle", "positive"
    ),
    "invoice.partially_paid": Telling(
        _("%(amount)s paid part of invoice %(number)s; %(outstanding)s is outstanding"),
        "partial",
        "info",
    ),
    "invoice.reopened": Telling(
        _("A payment was taken back from invoice %(number)s; %(outstanding)s is outstanding again"),
        "refresh",
        "caution",
    ),
    "invoice.payment_released": Telling(
        _("A payment was taken back from invoice %(number)s; %(outstanding)s is outstanding"),
        "return",
        "caution",
    ),
    "payment.received": Telling(_("%(amount)s was received"), "arrow-down", "positive"),
    "payment.allocated": Telling(
        _("%(amount)s was allocated to invoice %(invoice)s"), "check-circle", "positive"
    ),
    "payment.released": Telling(
        _("%(amount)s was taken back from invoice %(invoice)s"), "return", "caution"
    ),
    "invoice.write_off_recovered": Telling(
        _("%(amount)s that was written off is owed again"), "return", "info"
    ),
    "invoice.write_off_asked": Telling(
        _("Writing off %(amount)s waits for a second person"), "clock", "caution"
    ),
    "invoice.write_off_seconded": Telling(
        _("One person agreed to write off %(amount)s; another must"), "check", "info"
    ),
    "invoice.write_off_declined": Telling(_("%(amount)s is not written off"), "ban"),
    "invoice.disputed": Telling(_("The buyer disputes %(amount)s"), "question", "caution"),
    "invoice.dispute_credited": Telling(
        _("The dispute ended: %(amount)s is credited"), "check-circle", "positive"
    ),
    "invoice.dispute_rejected": Telling(
        _("The dispute of %(amount)s was rejected"), "cross-circle", "info"
    ),
    "invoice.dispute_said": Telling(
        _("%(name)s wrote about the dispute of %(amount)s"), "question", "info"
    ),
    "invoice.dispute_file_added": Telling(
        _("%(name)s handed in %(file_name)s about the dispute of %(amount)s"), "upload", "info"
    ),
    "invoice.dispute_near": Telling(
        _("The dispute of %(amount)s is to be answered by %(answer_on)s"), "clock", "caution"
    ),
    "dispute_rules.changed": Telling(_("The rules of answering disputes were changed"), "edit"),
    "invoice.dispute_withdrawn": Telling(_("The dispute of %(amount)s was withdrawn"), "return"),
    "matching_rules.changed": Telling(_("The rules of the matching were changed"), "edit"),
    "buyer.payer_forgotten": Telling(_("What was learnt of a payer was forgotten"), "minus"),
    "payment.refunded": Telling(_("%(amount)s was given back"), "send", "special"),
    "payment.returned": Telling(
        _("%(amount)s was taken back by the payer's bank or the provider"), "return", "negative"
    ),
    "payment.unidentified": Telling(_("The payer is unknown again"), "question", "caution"),
    "payment.identified": Telling(_("The payer was recognized"), "person", "info"),
    "credit_line.changed": Telling(
        _("The limit was set from %(before)s to %(limit)s"), "edit", "info"
    ),
    "credit_line.on_hold": Telling(_("The credit line was put on hold"), "pause", "caution"),
    "credit_line.active": Telling(_("The credit line was released"), "check-circle", "positive"),
    "credit_line.suspended": Telling(_("The credit line was suspended"), "ban", "negative"),
    "credit_line.closed": Telling(_("The credit line was closed"), "lock"),
    "bank_statement.received": Telling(
        _("A bank file was taken: %(transactions)s new lines, %(duplicates)s known"), "bank"
    ),
    "remittance.received": Telling(_("A remittance advice came in"), "application", "info"),
    "remittance.joined": Telling(
        _("The advice and its payment found each other"), "check-circle", "positive"
    ),
    "remittance.waiting": Telling(_("The advice waits for its payment again"), "return"),
    "remittance.dismissed": Telling(_("The advice was put aside"), "ban"),
    "buyer.created": Telling(_("The buyer %(name)s was added"), "plus", "info"),
    "buyer.updated": Telling(_("What is known of the buyer was changed"), "edit"),
    "buyer.billing_profile_changed": Telling(
        _("How the buyer's invoices are made and sent was changed"), "edit"
    ),
    "seller.updated": Telling(_("What documents say of the company was changed"), "edit"),
    "seller.bank_account_added": Telling(
        _("The bank account %(account)s for %(currency)s was added"), "bank", "info"
    ),
    "seller.bank_account_removed": Telling(
        _("The bank account %(account)s for %(currency)s was removed"), "bank", "caution"
    ),
    "seller.terms_keys_changed": Telling(_("The keys of payment terms were set"), "edit"),
    "buyer.approval_chain_changed": Telling(_("The buyer's approval rules were set"), "edit"),
    "member.created": Telling(_("A member was added"), "person"),
    "member.updated": Telling(_("What %(name)s may do was changed"), "edit"),
    "member.removed": Telling(_("%(name)s was removed"), "ban"),
    "member.rejoined": Telling(_("%(name)s was added again"), "person"),
    "cost_centre.created": Telling(_("The cost centre %(name)s was added"), "plus"),
    "cost_centre.closed": Telling(_("The cost centre %(name)s was closed"), "lock"),
    "cost_centre.reopened": Telling(_("The cost centre %(name)s was opened again"), "refresh"),
    "policy.published": Telling(
        _("Version %(version)s of the credit policy decides now"), "policy"
    ),
    "policy.drafted": Telling(_("Version %(version)s of the credit policy was written"), "draft"),
    "policy.tried": Telling(
        _("Version %(version)s of the credit policy is on trial"), "partial", "special"
    ),
    "policy.trial_ended": Telling(
        _("The trial of version %(version)s of the credit policy ended"), "partial"
    ),
    "review.opened": Telling(_("A person must decide"), "review", "caution"),
    "review.approved": Telling(_("The review ended with a yes"), "check-circle", "positive"),
    "review.declined": Telling(_("The review ended with a no"), "cross-circle", "negative"),
    "review.seconded": Telling(_("One person has approved; another must"), "check", "info"),
    "review.escalated": Telling(_("Nobody answered in time; it was passed on"), "clock", "caution"),
    "delegation.created": Telling(_("%(deputy)s stands in for %(principal)s"), "person", "info"),
    "delegation.ended": Telling(_("%(deputy)s stands in for %(principal)s no more"), "person"),
    "application.begun": Telling(_("The application of %(name)s was begun"), "draft"),
    "application.email_verified": Telling(_("The e-mail address was proved"), "mail", "positive"),
    "application.submitted": Telling(
        _("%(name)s asks for a trade account with a limit of %(amount)s"), "send", "info"
    ),
    "application.checked": Telling(_("The checks were run"), "search"),
    "application.in_review": Telling(_("The application waits for a person"), "review", "caution"),
    "application.information_requested": Telling(
        _("The applicant was asked for more"), "question", "caution"
    ),
    "application.answered": Telling(_("The applicant answered"), "mail", "info"),
    "application.document_added": Telling(_("The applicant sent a document"), "upload", "info"),
    "application.approved": Telling(
        _("The trade account was opened with a limit of %(limit)s"), "check-circle", "positive"
    ),
    "application.declined": Telling(
        _("The application of %(name)s was declined"), "cross-circle", "negative"
    ),
    "application.withdrawn": Telling(_("The application was withdrawn"), "return"),
    "application_form.changed": Telling(_("The form for applications was changed"), "settings"),
    "connection.created": Telling(_("The connection %(name)s was added"), "connection", "info"),
    "connection.changed": Telling(_("The connection %(name)s was changed"), "connection"),
    "connection.tested": Telling(_("The connection %(name)s was tried"), "connection"),
    "connection.loaded": Telling(
        _("A list with %(entries)s entries was loaded into %(name)s"), "upload", "info"
    ),
    "credit_line.external_changed": Telling(
        _("What the ERP has open went from %(before)s to %(external)s"), "refresh", "info"
    ),
    "credit_line.joined_group": Telling(_("The credit line shares a limit now"), "shield", "info"),
    "credit_line.left_group": Telling(_("The credit line shares no limit any more"), "shield"),
    "report.received": Telling(_("%(kind)s, %(source)s: %(outcome)s"), "search"),
    "score_file.taken": Telling(
        _("A file of scores of %(bureau)s was taken: %(new)s new reports"), "upload", "info"
    ),
    "exchange_rate.set": Telling(
        _("From %(on)s one %(source)s is worth %(rate)s %(target)s"), "globe"
    ),
    "group_limit.created": Telling(_("The shared limit of %(limit)s was made"), "shield", "info"),
    "group_limit.changed": Telling(_("The shared limit was changed to %(limit)s"), "edit", "info"),
    "alarm.raised": Telling(_("Alarm: %(watch)s"), "alert", "caution"),
    "alarm.acknowledged": Telling(_("The alarm was acknowledged"), "check-circle"),
    "watch.created": Telling(_("The watch %(name)s was set"), "shield", "info"),
    "watch.changed": Telling(_("The watch %(name)s was changed"), "edit"),
    "watch.switched_on": Telling(_("The watch %(name)s was switched on"), "check", "info"),
    "watch.switched_off": Telling(_("The watch %(name)s was switched off"), "pause"),
    "standing.changed": Telling(_("What is known of the buyer has changed"), "refresh"),
    "credit_line.details_changed": Telling(
        _("Tier, insurance or day of review of the credit line was changed"), "edit"
    ),
    "review_cycle.changed": Telling(_("It was changed how often limits are reviewed"), "calendar"),
    "insolvency.reported": Telling(
        _("A notice of insolvency names the buyer: %(name)s"), "alert", "negative"
    ),
    "insolvency.suspected": Telling(
        _("A notice of insolvency names somebody like the buyer: %(name)s"), "question", "caution"
    ),
    "webhook_endpoint.created": Telling(_("A webhook endpoint was added"), "connection"),
    "webhook_endpoint.enabled": Telling(_("A webhook endpoint was enabled"), "connection"),
    "webhook_endpoint.disabled": Telling(
        _("A webhook endpoint was disabled"), "connection", "caution"
    ),
    "webhook_endpoint.secret_rotated": Telling(
        _("The secret of a webhook endpoint was changed"), "lock"
    ),
    "webhook_endpoint.replayed": Telling(_("%(events)s events are sent again"), "refresh"),
    "credit_line.secured": Telling(_("Cards hold %(secured)s for orders"), "shield", "info"),
    "order.card_short": Telling(_("Cards do not cover all of the order"), "alert", "caution"),
    "pay_link.created": Telling(_("A link to the pay page was made"), "external", "info"),
    "pay_link.revoked": Telling(_("A link to the pay page was taken back"), "ban"),
    "promise.proposed": Telling(_("Instalments were proposed"), "question", "caution"),
    "promise.accepted": Telling(_("Instalments were agreed"), "calendar", "info"),
    "promise.declined": Telling(_("Instalments were declined"), "cross-circle", "negative"),
    "promise.kept": Telling(_("The promised instalments were paid"), "check-circle", "positive"),
    "promise.broken": Telling(_("A promised instalment was not paid"), "alert", "negative"),
    "promise.withdrawn": Telling(_("The promise of instalments was withdrawn"), "return"),
    "promise_rules.changed": Telling(_("What may be promised in instalments was changed"), "edit"),
    "document.queued": Telling(_("%(number)s is to be sent: %(channel)s"), "clock"),
    "document.sent": Telling(_("%(number)s was sent: %(channel)s"), "send", "info"),
    "document.registered": Telling(
        _("%(number)s was registered with the portal: %(acknowledgement)s"), "check", "positive"
    ),
    "document.cancelled": Telling(
        _("The registration of %(number)s was cancelled at the portal"), "ban", "caution"
    ),
    "document.delivered": Telling(_("%(number)s arrived: %(channel)s"), "check", "positive"),
    "document.opened": Telling(_("%(number)s was opened: %(channel)s"), "check", "positive"),
    "document.bounced": Telling(_("%(number)s came back: %(channel)s"), "return", "negative"),
    "document.rejected": Telling(
        _("%(number)s was rejected: %(channel)s"), "cross-circle", "negative"
    ),
    "document.failed": Telling(_("%(number)s could not be sent: %(channel)s"), "alert", "negative"),
    "question.open": Telling(_("%(name)s asked about invoice %(number)s"), "question", "caution"),
    "question.answered": Telling(
        _("%(name)s answered a question about invoice %(number)s"), "send", "info"
    ),
    "question.closed": Telling(_("The question about invoice %(number)s was closed"), "check"),
    "shipment.created": Telling(_("%(amount)s shipped on %(shipped_on)s"), "send", "info"),
    "shipment.canceled": Telling(_("A shipment of %(amount)s was taken back"), "return", "caution"),
    "shipment.delivered": Telling(_("The shipment arrived on %(delivered_on)s"), "check", "info"),
    "billing_run.finished": Telling(
        _("The billing run of %(cut_off_on)s issued %(invoices)s invoices"), "invoice", "info"
    ),
    "webhook_endpoint.delivery_failed": Telling(
        _("A webhook could not be delivered"), "alert", "negative"
    ),
}
"""Every type of event; ``order.rest_voided`` is an ``order.invoiced`` that let the rest go,
``order.declined_by_buyer`` an ``order.declined`` by the buyer's own house."""

_AMOUNTS: Final = (
    "advanced",
    "amount",
    "authorized",
    "before",
    "captured",
    "external",
    "limit",
    "outstanding",
    "payout",
    "refund_failed",
    "refunded",
    "secured",
    "voided",
)


class _Told(dict[str, str]):
    """What an event tells; what it does not say is left out of its sentence."""

    def __missing__(self, name: str) -> str:
        return ""


_OF_A_CHECK: Final[Mapping[str, Callable[[str], str]]] = {
    "kind": checks.kind_text,
    "source": checks.source_text,
    "outcome": lambda outcome: checks.outcome_badge(outcome).label,
}


def telling_of(event: Event) -> Telling:
    """How ``event`` is told; one of a type that is not known yet by its code."""
    if event.type == "order.invoiced" and event.data.get("voided"):
        return TELLINGS["order.rest_voided"]
    if event.type == "order.declined" and event.data.get("declined_by_buyer"):
        return TELLINGS["order.declined_by_buyer"]
    return TELLINGS.get(event.type, Telling(event.type, "open"))


def sentence_of(event: Event) -> str:
    """``event`` as a sentence, its amounts and days as the reader writes them."""
    values = _Told(
        {
            name: _shown(name, value, event)
            for name, value in event.data.items()
            if value is not None
        }
    )
    return str(telling_of(event).text) % values


def _shown(name: str, value: Any, event: Event) -> str:
    if name in _AMOUNTS and isinstance(value, int) and event.currency:
        # A released allocation is told as negative; the sentence says the direction.
        return money_text(abs(value), event.currency)
    if (name == "on" or name.endswith("_on")) and isinstance(value, str):
        return day_text(date.fromisoformat(value))
    if event.type == "report.received" and name in _OF_A_CHECK:
        return _OF_A_CHECK[name](str(value))
    if name == "channel" and event.type.startswith("document."):
        return channel_text(str(value))
    return str(value)
