"""The queue of what the matching proposes, and the rules by which it goes."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows import match_answers, matching_rules, set_aside
from usance.flows.disputes import InvalidDispute
from usance.records.collections.models import DISPUTE_REASONS
from usance.records.identity import NotAnId, parse_public_id
from usance.records.payments import matching_queries, queries
from usance.rules.money import Money
from usance.web.acts import REFUSALS
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.fields import AmountField
from usance.web.backoffice.match_rows import proposal_rows
from usance.web.backoffice.shell import page
from usance.web.design.parts import Column, Link, Noted, Row, Table
from usance.web.words.disputes import DISPUTE_WORDS
from usance.web.words.refusals import refusal_text

SHOWN: Final = 25
"""Proposals on the page; what is answered makes room for the next."""


@require_safe
@office
def matching_queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The open proposals, the surest first."""
    found = matching_queries.proposals(seller_id=desk.seller.id, state="open")
    shown = list(found.order_by("-confidence", "id")[:SHOWN])
    count = matching_queries.count_waiting(seller_id=desk.seller.id)
    aside = list(queries.set_aside_lines(seller_id=desk.seller.id)[:SHOWN])
    return page(
        request,
        desk,
        "matching",
        current="matching",
        heading=_("Matching"),
        proposals=proposal_rows(shown, seller_id=desk.seller.id),
        count=count,
        more=count - len(shown),
        may_book=desk.may("money"),
        reasons=[(code, DISPUTE_WORDS[code]) for code in DISPUTE_REASONS],
        aside=_aside_table(desk, aside) if aside else None,
    )


def _aside_table(desk: Desk, lines: list[Any]) -> Table:
    del desk
    return Table(
        caption=_("Lines set aside"),
        columns=[
            Column(label=_("Booked")),
            Column(label=_("Payer")),
            Column(label=_("What went wrong")),
            Column(label=_("Tried again")),
            Column(label=_("Amount"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    one.bank_transaction.booked_on,
                    one.bank_transaction.counterparty or None,
                    Noted(one.code, one.reason[:200]),
                    one.again_at,
                    Money(one.bank_transaction.amount, one.bank_transaction.currency),
                ]
            )
            for one in lines
        ],
    )


@require_POST
@office
def matching_answer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Accept one proposal or all that are ticked, or say that none of the readings is right."""
    desk.require("money")
    said = request.POST
    if "dismiss" in said:
        _dismiss(request, desk, said["dismiss"])
    else:
        chosen = [said["accept"]] if "accept" in said else said.getlist("ticked")
        if not chosen:
            messages.info(request, _("Tick what is right first."))
        _accept(request, desk, chosen[:SHOWN])
    return HttpResponseRedirect(reverse("office_matching"))


def _accept(request: HttpRequest, desk: Desk, chosen: list[str]) -> None:
    """Each in a transaction of its own: one that is out of date stops no other."""
    booked = 0
    for public in chosen:
        try:
            match_answers.accept_proposal(
                desk.seller,
                proposal_id=parse_public_id("match_proposal", public),
                reading=_number(request.POST.get(f"reading-{public}", "0")),
                dispute=request.POST.get(f"dispute-{public}", ""),
                rate=request.POST.get(f"rate-{public}", ""),
                at=desk.at,
                by=desk.by,
            )
            booked += 1
        except (NotAnId, InvalidDispute):
            messages.error(request, _("Choose again from what the page offers."))
        except REFUSALS as error:
            messages.error(request, refusal_text(error))
    if booked:
        messages.success(
            request,
            ngettext("%(count)s payment is booked.", "%(count)s payments are booked.", booked)
            % {"count": booked},
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1


def _dismiss(request: HttpRequest, desk: Desk, public: str) -> None:
    try:
        match_answers.dismiss_proposal(
            desk.seller,
            proposal_id=parse_public_id("match_proposal", public),
            at=desk.at,
            by=desk.by,
        )
    except NotAnId:
        messages.error(request, _("Choose again from what the page offers."))
    except REFUSALS as error:
        messages.error(request, refusal_text(error))
    else:
        messages.success(request, _("The payment waits to be placed by hand."))


@require_POST
@office
def try_again(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let the lines that were set aside be tried at once."""
    desk.require("money")
    for one in queries.set_aside_lines(seller_id=desk.seller.id):
        set_aside.try_again(desk.seller, line_id=one.bank_transaction_id, at=desk.at)
    messages.success(request, _("The lines are tried again with the next settling."))
    return HttpResponseRedirect(reverse("office_matching"))


class MatchingRulesForm(forms.Form):
    """How far the matching may go; percentages as people write them."""

    self_book_from = forms.DecimalField(
        label=_lazy("Books itself from a certainty of"),
        min_value=90,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_lazy(
            "In percent. At 99, about one line in a hundred that books itself may be wrong; what is"
            " less sure is proposed to a person. At 100, next to nothing books itself."
        ),
    )
    large_from = AmountField(
        label=_lazy("Two grounds from"),
        help_text=_lazy(
            "From this amount on a line books itself only if two things speak for it, such as its"
            " number and its amount."
        ),
    )
    book_part_payments = forms.BooleanField(
        label=_lazy("Part payments that name their invoice book themselves"), required=False
    )
    tolerance_amount = AmountField(
        label=_lazy("Small differences up to"),
        help_text=_lazy("Given up without asking, if it is within the share below as well."),
    )
    tolerance_percent = forms.DecimalField(
        label=_lazy("and up to this share of what was due"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_lazy("In percent."),
    )
    charges_limit = AmountField(
        label=_lazy("Bank charges up to"),
        help_text=_lazy(
            "What may be missing because banks took it on the way, although nobody states it."
        ),
    )
    discount_grace_days = forms.IntegerField(
        label=_lazy("Days by which a discount may be late"),
        min_value=0,
        max_value=matching_rules.LONGEST_GRACE,
        help_text=_lazy("A discount taken so many days after its last day is still granted."),
    )
    second_person_from = AmountField(
        label=_lazy("Write-offs need a second person from"),
        required=False,
        help_text=_lazy("Leave empty if one person may write off any amount."),
    )

    def __init__(self, data: Any = None, *, currency: str, **options: Any) -> None:
        super().__init__(data, **options)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency, field.least = currency, 0


@require_http_methods(["GET", "HEAD", "POST"])
@office
def matching_settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set how far the matching goes."""
    kept = matching_queries.rules(seller_id=desk.seller.id)
    sent = request.method == "POST"
    initial = {name: getattr(kept, name, None) for name in MatchingRulesForm.base_fields} | {
        "self_book_from": f"{kept.self_book_from / 100:.2f}",
        "tolerance_percent": f"{kept.tolerance_basis_points / 100:.2f}",
    }
    form = MatchingRulesForm(
        request.POST if sent else None, currency=desk.seller.currency, initial=initial
    )
    if sent:
        desk.require("money")
        if form.is_valid():
            said = dict(form.cleaned_data)
            said["self_book_from"] = int(said["self_book_from"] * 100)
            said["tolerance_basis_points"] = int(said.pop("tolerance_percent") * 100)
            matching_rules.set_rules(desk.seller, at=desk.at, by=desk.by, **said)
            messages.success(request, _("The matching goes by these rules from now on."))
            return HttpResponseRedirect(reverse("office_matching_settings"))
    return page(
        request,
        desk,
        "promise_rules",
        current="matching_settings",
        heading=_("Rules of the matching"),
        crumbs=[Link(_("Matching"), reverse("office_matching"))],
        status=422 if sent else 200,
        form=form,
        may_change=desk.may("money"),
    )


@require_POST
@office
def forget_payer(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Forget one thing that was learnt of who pays for a buyer."""
    desk.require("money")
    try:
        matching_rules.forget_payer(
            desk.seller,
            buyer_id=id_in(public, kind="buyer"),
            learnt_id=forms.UUIDField().clean(request.POST.get("learnt", "")),
            at=desk.at,
            by=desk.by,
        )
    except (*REFUSALS, forms.ValidationError):
        messages.error(request, _("It was forgotten already."))
    else:
        messages.success(request, _("It is forgotten."))
    return HttpResponseRedirect(reverse("office_buyer", args=[public]))
