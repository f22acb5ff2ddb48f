"""Statements of account: when they are sent, those that were, and sending one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from usance.flows import statement_mails, statement_rules, statements
from usance.flows.refusals import NotFound, Refused
from usance.records.collections import statement_queries as queries
from usance.records.collections.models import SentStatement
from usance.records.events import mails
from usance.records.parties.models import Buyer
from usance.rules.statement_schedule import StatementSchedule
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, Done, offers, perform
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.found import buyer_at
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import names_of
from usance.web.design.parts import Column, Link, Noted, Row, Table
from usance.web.words.amounts import money_text
from usance.web.words.refusals import refusal_text
from usance.web.words.statements import EVERY

_SHOWN: Final = 50


class ScheduleForm(forms.Form):
    """When statements are sent by themselves."""

    every = forms.ChoiceField(label=_lazy("Statements are sent"), choices=list(EVERY.items()))
    day = forms.IntegerField(
        label=_lazy("On the day"),
        min_value=1,
        max_value=31,
        help_text=_lazy(
            "Of the month, 1 to 31, the last day of a shorter one; of the week, 1 (Monday) to 7."
        ),
    )


def _send(desk: Desk, buyer: Buyer, data: dict[str, Any]) -> Done:
    del data
    sent = statement_mails.send_statement(desk.seller, buyer_id=buyer.id, at=desk.at, by=desk.by)
    return Done(
        _("The statement goes to %(recipients)s.") % {"recipients": ", ".join(sent.recipients)}
    )


ACTS: Final = (
    Act(
        name="send",
        label=_lazy("Send statement"),
        title=_lazy("Send the statement of account?"),
        explanation=_lazy(
            "It goes by e-mail to the addresses for invoices, as of today, with PDF and CSV of each"
            " currency in which something is open."
        ),
        duty="money",
        run=_send,
        icon="send",
        tone="primary",
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def statement_settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """When the seller's buyers are sent statements, and the latest that were."""
    here = reverse("office_statement_settings")
    form, done = _schedule(request, desk, buyer=None)
    if done:
        return HttpResponseRedirect(here)
    return page(
        request,
        desk,
        "statements",
        current="statement_settings",
        heading=_("Statements of account"),
        status=422 if request.method == "POST" else 200,
        form=form,
        may_change=desk.may("money"),
        sent=_sent(
            desk, queries.sent_statements(seller_id=desk.seller.id).order_by("-id")[:_SHOWN]
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def buyer_statements(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """The statements of one buyer: as files, those sent, and its schedule."""
    buyer = buyer_at(desk, public)
    here = reverse("office_buyer_statements", args=[public])
    own = queries.rule_of(seller_id=desk.seller.id, buyer_id=buyer.id) is not None
    form, done = _schedule(request, desk, buyer=buyer, own=own)
    if done:
        return HttpResponseRedirect(here)
    found = queries.sent_statements(seller_id=desk.seller.id, buyer_id=buyer.id)
    return page(
        request,
        desk,
        "statements",
        current="buyers",
        heading=_("Statements of account of %(buyer)s") % {"buyer": buyer.name},
        crumbs=links.buyer_crumbs(buyer),
        status=422 if request.method == "POST" else 200,
        form=form,
        of_buyer=True,
        own=own,
        may_change=desk.may("money"),
        files=[
            link
            for currency in statements.currencies_of(desk.seller, buyer_id=buyer.id)
            for link in _files(public, currency)
        ],
        offers=offers(desk, buyer, ACTS, base=here),
        sent=_sent(desk, found.order_by("-id")[:_SHOWN]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def statement_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Send a buyer its statement."""
    buyer = buyer_at(desk, public)
    crumbs = [
        *links.buyer_crumbs(buyer),
        Link(_("Statements"), reverse("office_buyer_statements", args=[public])),
    ]
    return perform(request, desk, buyer, ACTS, name=name, current="buyers", crumbs=crumbs)


def _schedule(
    request: HttpRequest, desk: Desk, *, buyer: Buyer | None, own: bool = False
) -> tuple[forms.Form, bool]:
    """The form of the schedule, and whether what was sent is kept; a refusal stands on the form."""
    buyer_id = buyer.id if buyer else None
    counts = statement_rules.schedule_for(desk.seller, buyer_id=buyer_id)
    initial = {"every": counts.every, "day": counts.day}
    if request.method != "POST":
        return ScheduleForm(initial=initial), False
    desk.require("money")
    if buyer_id is not None and "drop" in request.POST:
        if own:
            with suppress(NotFound):  # somebody else was faster
                statement_rules.drop_rule(desk.seller, buyer_id=buyer_id, at=desk.at, by=desk.by)
        messages.success(request, _("Your own schedule counts for this buyer again."))
        return ScheduleForm(initial=initial), True
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return form, False
    try:
        kept = statement_rules.set_rule(
            desk.seller, **form.cleaned_data, buyer_id=buyer_id, at=desk.at, by=desk.by
        )
    except Refused as error:
        form.add_error("day", refusal_text(error))
        return form, False
    messages.success(request, _said(kept))
    return form, True


def _said(kept: StatementSchedule) -> str:
    if kept.every == "never":
        return _("Statements are sent only when a person sends one.")
    return _("Statements go out by this schedule from now on, to who owes something.")


def _files(public: str, currency: str) -> list[Link]:
    """The statement of today as a document and as a table."""
    address = reverse("office_statement_document", args=[public, currency])
    return [
        Link(_("PDF in %(currency)s") % {"currency": currency}, address),
        Link(_("CSV in %(currency)s") % {"currency": currency}, f"{address}?format=csv"),
    ]


def _sent(desk: Desk, rows: Iterable[SentStatement]) -> Table | None:
    sent = list(rows)
    if not sent:
        return None
    names = names_of(desk, {row.author for row in sent})
    lost = mails.given_up_about(seller_id=desk.seller.id, object_ids=[row.id for row in sent])
    return Table(
        caption=_("Sent"),
        columns=[
            Column(label=_("Day")),
            Column(label=_("Buyer")),
            Column(label=_("Period")),
            Column(label=_("Open")),
            Column(label=_("To")),
        ],
        rows=[
            Row(
                cells=[
                    row.on,
                    links.buyer_link(row.buyer),
                    row.period or Noted(_("On demand"), names.get(row.author, row.author)),
                    ", ".join(money_text(one["open"], one["currency"]) for one in row.accounts),
                    _told(row, lost.get(row.id, ())),
                ]
            )
            for row in sent
        ],
    )


def _told(row: SentStatement, lost: Sequence[str]) -> str | Noted:
    """To whom a statement went, and to whom its mail did not get."""
    if not row.recipients:
        return _("Nobody: there is no address")
    recipients = ", ".join(row.recipients)
    return Noted(recipients, f"{_('Not sent')}: {', '.join(lost)}") if lost else recipients
