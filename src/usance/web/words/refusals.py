"""What a person is told when a flow says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from usance.flows.funding.requesting import NotEligible
from usance.web.words.cards import CARD_REFUSALS
from usance.web.words.delivery_reasons import held_text, missing_text
from usance.web.words.dunning import DUNNING_REFUSALS
from usance.web.words.funding import reason_text
from usance.web.words.late_charges import LATE_REFUSALS
from usance.web.words.statements import STATEMENT_REFUSALS

_WORDS: Final[Mapping[str, Promise]] = {
    **CARD_REFUSALS,
    **LATE_REFUSALS,
    **STATEMENT_REFUSALS,
    **DUNNING_REFUSALS,
    "same_person": gettext_lazy(
        "You asked for this write-off, or have agreed to it already. Another person must agree to it."
    ),
    "second_person_needed": gettext_lazy(
        "To write off so much takes a second person. Ask for it on the invoice's page."
    ),
    "rates_apart": gettext_lazy(
        "By your exchange rate, what came is far from what the bank says was ordered. Say whose rate is"
        " right, and accept again."
    ),
    "invalid_dispute": gettext_lazy("Choose a reason, and a line that the invoice has."),
    "unsuitable_file": gettext_lazy(
        "One of these files cannot be handed in. Choose PDF, PNG, JPEG, CSV (in UTF-8), XLSX or ODS files,"
        " not empty and of at most 5 MB each."
    ),
    "too_many_files": gettext_lazy(
        "A dispute takes 20 files of each side, 40 MB together. Join pages into one file, or say the"
        " rest in words."
    ),
    "invalid_dispute_rules": gettext_lazy(
        "Take from 1 to 365 days to answer in, and be reminded at most as many days before."
    ),
    "invalid_matching_rules": gettext_lazy(
        "One of the numbers makes no sense here. Look at what each field takes."
    ),
    "proposal_out_of_date": gettext_lazy(
        "What this would pay has changed meanwhile. Look at the payment and place it by hand."
    ),
    "invalid_mandate": gettext_lazy(
        "The account, the bank or the reference is not right. Look at the IBAN, or the number and the"
        " routing number, character by character."
    ),
    "cannot_collect": gettext_lazy(
        "The bank needs more. To collect in euro, set your creditor identifier in the company's details"
        " and a bank account in EUR with an IBAN; to collect by ACH, set what your bank has given you."
    ),
    "funds_not_good": gettext_lazy(
        "The goods wait for the money of the order's debit. Look when it is good, or let this buyer's"
        " goods leave at once."
    ),
    "card_short": gettext_lazy(
        "The cards of the order hold less than is to ship. Ship what they hold, send the buyer a pay"
        " link for another card, or change the order."
    ),
    "invalid_funding_program": gettext_lazy(
        "The programme does not fit its kind. A partner's names its connection, an insured one its"
        " insurer, the share and the days, your own book none of them, and its condition can be read."
    ),
    "invalid_promise": gettext_lazy(
        "These instalments cannot be agreed. Their sum is what is open, each is due later than the one"
        " before, and their number, the last day and the first amount keep to what is allowed."
    ),
    "invalid_report_rules": gettext_lazy(
        "The settings of reports cannot be kept. Give the cost of capital in per cent a year from 0 to"
        " 100, and keys of 1 to 40 characters."
    ),
    "no_payment_provider": gettext_lazy(
        "No payment provider is connected. Connect one before cards are taken."
    ),
    "provider_refused": gettext_lazy("The payment provider did not take it."),
    "consent_required": gettext_lazy(
        "A card is charged at due dates only with the words that its holder agreed to."
    ),
    "invalid_pay_link": gettext_lazy("A link is good for 1 to 365 days, and for one thing."),
    "pay_link_over": gettext_lazy("The link has run out or was taken back."),
    "promise_stands": gettext_lazy(
        "Instalments for one of these invoices stand already. Withdraw them first."
    ),
    "promises_closed": gettext_lazy("No instalments are taken. Pay, or ask the seller."),
    "registration_differs": gettext_lazy(
        "This is the portal's answer to another document, or its figures differ. Hand in the answer"
        " to this one."
    ),
    "already_registered": gettext_lazy(
        "The document has another IRN, or its IRN was cancelled. A document is registered once."
    ),
    "not_registered": gettext_lazy("The document is not registered with the portal."),
    "registration_cancelled": gettext_lazy(
        "Its registration was cancelled at the portal. Credit it, and issue a new one."
    ),
    "refused_by_portal": gettext_lazy(
        "The portal has not registered it. Correct what its answer names, and send it again."
    ),
    "cancelled_too_late": gettext_lazy(
        "The portal cancels within 24 hours. Issue a credit note instead."
    ),
    "not_a_registration": gettext_lazy(
        "This is no answer of the portal. Paste all of it, from the first { to the last }."
    ),
    "not_a_cancellation": gettext_lazy(
        "This is no answer to a cancellation. Paste all of it, from the first { to the last }."
    ),
    "malformed_json": gettext_lazy(
        "This is no answer of the portal. Paste all of it, from the first { to the last }."
    ),
    "malformed_token": gettext_lazy(
        "The answer has no signed QR code of the portal. Paste all of it, as it came."
    ),
    "invalid_irn": gettext_lazy("The IRN in this answer is not one. Paste it again, as it came."),
    "not_in_india": gettext_lazy(
        "Only an Indian seller registers documents. Enter your GSTIN among the company's details."
    ),
    "not_found": gettext_lazy("It is not there any more. Go back to the list and look again."),
    "illegal_state": gettext_lazy(
        "This cannot be done any more: somebody else, or the calendar, was faster."
        " Look at where it stands now."
    ),
    "shipment_billed": gettext_lazy(
        "The shipment is on an invoice by now. Credit that invoice for it instead."
    ),
    "unsuitable_attachment": gettext_lazy(
        "An invoice carries PDF, PNG, JPEG, CSV (in UTF-8), XLSX and ODS files of at most 5 MB, or a link"
        " that begins with https. Choose one of these."
    ),
    "too_many_attachments": gettext_lazy(
        "The order has as many attachments as an invoice should carry. Remove one first."
    ),
    "invalid_allowance_or_charge": gettext_lazy(
        "This cannot stand on an invoice so. Look at its reason, its code and its tax again."
    ),
    "amount_too_large": gettext_lazy(
        "The amount is more than there is. Look at what is left now and enter less."
    ),
    "limit_exceeded": gettext_lazy(
        "The credit line does not bear the amount, or is not active."
        " Raise the limit or release the line first."
    ),
    "duplicate": gettext_lazy("There is another one with this number already."),
    "mismatch": gettext_lazy("The two belong to different buyers or are in different currencies."),
    "invalid_amount": gettext_lazy("This is not a possible amount."),
    "invalid_order": gettext_lazy("This is not a possible amount."),
    "unknown_currency": gettext_lazy("This is not a currency; write one such as EUR."),
    "unknown_terms": gettext_lazy("These are not payment terms; write them like net_30."),
    "own_request": gettext_lazy(
        "Nobody approves what it asked for itself. Let somebody else with the role decide."
    ),
    "not_your_review": gettext_lazy(
        "Your role may not decide this. Ask one of those named, or be made their deputy."
    ),
    "already_answered": gettext_lazy("You have decided this already; it waits for another person."),
    "decided_elsewhere": gettext_lazy("This is decided on the page of what it is about."),
    "nothing_to_override": gettext_lazy("Only an order can be let past the limit."),
    "effective_in_the_past": gettext_lazy(
        "A policy cannot begin to decide in the past. Name a later moment, or none for now."
    ),
    "figure_approved": gettext_lazy(
        "Somebody has approved the proposed limit already. Decline it, and have it reviewed anew."
    ),
    "not_staff": gettext_lazy("Only people who work here stand in for one another."),
    "own_deputy": gettext_lazy("Nobody is a deputy of itself. Name somebody else."),
    "impossible_period": gettext_lazy(
        "A period ends on the day it begins or later, not before today, and within a year."
    ),
    "own_order": gettext_lazy(
        "Nobody approves an order of its own. Another approver or an administrator decides."
    ),
    "not_your_step": gettext_lazy("The order waits for somebody else."),
    "own_membership": gettext_lazy(
        "Nobody changes its own role or limits, or removes itself. Ask another administrator."
    ),
    "member_has_left": gettext_lazy("This person was removed. Add it again first."),
    "parent_cycle": gettext_lazy(
        "The parent stands below this buyer itself. Choose a company above it, or none."
    ),
    "invalid_approval_chain": gettext_lazy(
        "Nobody could follow these steps: a person is named in two of them, or may not approve."
    ),
    "wrong_fields": gettext_lazy("Some of these values cannot be; look at them again."),
    "invalid_organisation": gettext_lazy("One of these values cannot be; look at them again."),
    "applications_closed": gettext_lazy("No applications are taken at the moment."),
    "country_not_served": gettext_lazy("No applications are taken from this country."),
    "too_many_requests": gettext_lazy("This was asked a moment ago. Wait a while, then try again."),
    "mail_not_configured": gettext_lazy("No e-mail can be sent from here at the moment."),
    "application_incomplete": gettext_lazy("The application is not complete."),
    "terms_differ": gettext_lazy("Somebody has approved other figures. Approve those, or decline."),
    "no_exchange_rate": gettext_lazy(
        "There is no exchange rate between the currencies. Store one first."
    ),
    "in_another_group": gettext_lazy(
        "A line shares another limit already. Take it out of that one first."
    ),
    "invalid_rate": gettext_lazy("This is not a possible rate."),
    "secret_unreadable": gettext_lazy(
        "The credentials of a connection cannot be read any more. Enter them again."
    ),
    "scale_missing": gettext_lazy(
        "The file has scores: say the worst and the best score there can be."
    ),
    "off_the_scale": gettext_lazy(
        "A score in the file lies outside the scale. Correct the ends of the scale, or the file."
    ),
    "invalid_score_file": gettext_lazy("The bureau's name is too long, or the file too large."),
    "invalid_cycle": gettext_lazy("Limits are reviewed every 1 to 3650 days."),
    "no_deciding_policy": gettext_lazy(
        "No policy decides yet. Publish one, or name the version to compare with."
    ),
    "empty_window": gettext_lazy("The last day is before the first. Name them in their order."),
    "document_not_issued": gettext_lazy(
        "There is no document: it is a draft, or was issued before documents were kept."
        " Issue it, or credit it and issue a new one."
    ),
    "invalid_period": gettext_lazy(
        "A statement ends on the day it begins or later, not after today, and covers ten years at"
        " most."
    ),
    "invalid_recipient": gettext_lazy(
        "Only e-mail can go to another address, one such as billing@acme.example."
        " The other ways are set in the billing profile."
    ),
    "invalid_text": gettext_lazy("Write something, of at most 4,000 characters."),
    "no_such_line": gettext_lazy(
        "The invoice has no such line. Choose one that it shows, or the whole invoice."
    ),
    "idempotency_key_in_flight": gettext_lazy("This is being done already. Reload in a moment."),
    "idempotency_key_reused": gettext_lazy(
        "This form was sent before with other values. Reload the page to see what was done."
    ),
}

_WITH_REASON: Final[Mapping[str, Promise]] = {
    "cannot_credit": gettext_lazy("This cannot be credited. %(reason)s"),
    "delivery_under_way": gettext_lazy("It cannot be sent this way again. %(reason)s"),
    "document_unreadable": gettext_lazy("The document cannot be opened here. %(reason)s"),
    "draft_unavailable": gettext_lazy("The draft cannot be shown. %(reason)s"),
    "not_eligible": gettext_lazy("No programme funds this invoice. %(reason)s"),
    "format_unavailable": gettext_lazy("The document cannot be written so. %(reason)s"),
    "statement_unavailable": gettext_lazy("The statement cannot be written. %(reason)s"),
}
"""Refusals whose own text, in English, names what is missing: it is told after the words."""


def _reason(error: Exception) -> str:
    """What the refusal says itself: in the reader's words where it comes in parts."""
    if why := getattr(error, "why", ""):
        return held_text(why)
    if isinstance(error, NotEligible):
        return " ".join(
            f"{name}: {', '.join(map(reason_text, codes))}."
            for name, codes in error.reasons.items()
        )
    missing = getattr(error, "missing", ())
    return " ".join(missing_text(one.to_document()) for one in missing) or str(error)


def refusal_text(error: Exception) -> str:
    """Why nothing was done, and what to do now."""
    code = getattr(error, "code", "")
    if code in _WITH_REASON:
        return (str(_WITH_REASON[code]) % {"reason": _reason(error)}).strip()
    return str(_WORDS.get(code, error))
