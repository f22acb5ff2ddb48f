"""Collections: whom to contact today, the cases, one case with all that was done, and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows.dunning import cases, letters, outlooks, worklists
from usance.flows.dunning.outlooks import Outlook
from usance.flows.dunning.worklists import Line
from usance.flows.refusals import Refused
from usance.records.dunning import handover_queries, queries
from usance.records.dunning.models import DunningCase, DunningHandover
from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.rules.money import Money
from usance.web.backoffice import dunning_tables, links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.dunning_acts import CASE_ACTS, HANDOVER_ACTS
from usance.web.backoffice.handover_panel import handed_over
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import (
    Column,
    Fact,
    Figure,
    Identifier,
    Link,
    Noted,
    Row,
    State,
    Table,
)
from usance.web.files import file_response
from usance.web.listing import cut
from usance.web.words.dunning import LEVEL_WORDS, REASON_WORDS, WAIT_WORDS
from usance.web.words.refusals import refusal_text


@require_safe
@office
def worklist(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom to contact today, why, and what it is worth."""
    found = worklists.who_to_contact(desk.seller, at=desk.at)
    tasks = queries.tasks(seller_id=desk.seller.id, state="open").count()
    return page(
        request,
        desk,
        "collections",
        current="collections",
        heading=_("Whom to contact today"),
        figures=[
            Figure(label=_("To contact"), value=found.total, icon="person"),
            Figure(
                label=_("Expected to be late"),
                value=Money(found.worth, desk.seller.currency),
                note=_("paid more than 30 days after its day, by the score"),
            ),
            Figure(
                label=_("Open tasks"),
                value=tasks,
                icon="check",
                href=reverse("office_dunning_tasks"),
            ),
        ],
        table=_worklist_table(found.lines) if found.lines else None,
        shown=len(found.lines),
        total=found.total,
    )


def _worklist_table(lines: Sequence[Line]) -> Table:
    return Table(
        caption=_("Whom to contact today"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Why")),
            Column(label=_("Best reached")),
            Column(label=_("Overdue"), numeric=True),
            Column(label=_("Days late"), numeric=True),
            Column(label=_("Expected to be late"), numeric=True),
        ],
        rows=[_worklist_row(one) for one in lines],
    )


def _worklist_row(one: Line) -> Row:
    account = one.known.account
    where = f"{reverse('office_dunning_open')}?buyer={public_id('buyer', account.buyer_id)}"
    hour = _("%(from)d to %(until)d o'clock there")
    return Row(
        cells=[
            Link(one.known.name, f"{where}&currency={account.currency}"),
            " · ".join(str(REASON_WORDS[reason]) for reason in one.contact.reasons),
            hour % {"from": one.best_hour, "until": one.best_hour + 1}
            if one.best_hour is not None
            else None,
            Money(one.contact.overdue, account.currency),
            one.contact.oldest_days,
            Money(one.contact.worth, account.currency),
        ]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def open_case(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The case of an account; where there is none yet, whether one shall be begun."""
    buyer_id = id_in(request.GET.get("buyer", ""), kind="buyer")
    currency = request.GET.get("currency", "")
    kept = queries.case_of(seller_id=desk.seller.id, buyer_id=buyer_id, currency=currency)
    if kept is None and request.method == "POST":
        desk.require("money")
        try:
            kept = cases.case_for(desk.seller, buyer_id=buyer_id, currency=currency, at=desk.at)
        except Refused as error:
            raise Http404(str(error)) from None
    if kept is not None:
        return HttpResponseRedirect(_address(kept))
    buyer = parties.buyer(seller_id=desk.seller.id, buyer_id=buyer_id)
    if buyer is None:
        raise Http404("There is no such buyer.")
    return page(
        request,
        desk,
        "dunning_open",
        current="collections",
        heading=_("Collections: %(buyer)s") % {"buyer": buyer.name},
        crumbs=[_home()],
        page_facts=[links.buyer_link(buyer)],
        may_begin=desk.may("money"),
    )


@require_safe
@office
def cases_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cases, the newest first; or those that are paused."""
    standings = ("paused",)
    query = ListQuery.of(request, standings=standings)
    found = queries.cases(
        seller_id=desk.seller.id, paused_on=desk.on if query.standing == "paused" else None
    )
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "list",
        current="collections",
        heading=_("Dunning cases"),
        crumbs=[_home()],
        query=query,
        tabs=query.tabs(standings, lambda _it: _("Paused"), pgettext("dunning cases", "All")),
        table=_cases_table(desk, part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="collections",
        empty_title=_("No cases"),
        empty_text=_("An account has a case from the first message on, or when it is paused."),
        empty_link=Link(_("Dunning policies"), reverse("office_dunning_policies")),
    )


def _cases_table(desk: Desk, rows: Sequence[DunningCase]) -> Table:
    seen = outlooks.outlooks_of(desk.seller, rows, at=desk.at)
    return Table(
        caption=_("Dunning cases"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("State")),
            Column(label=_("Last message")),
            Column(label=_("Level")),
            Column(label=_("Overdue"), numeric=True),
            Column(label=_("Open"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.buyer.name, _address(row)),
                    State("dunning_case", seen[row.id].state),
                    row.last_on,
                    LEVEL_WORDS.get(row.level),
                    Money(seen[row.id].overdue, row.currency),
                    Money(seen[row.id].open, row.currency),
                ]
            )
            for row in rows
        ],
    )


@require_safe
@office
def case_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One case: its items, its messages, notes and tasks, and what the next run would do."""
    case = _case(desk, public)
    seen = outlooks.outlooks_of(desk.seller, [case], at=desk.at)[case.id]
    sent = queries.messages(seller_id=desk.seller.id, case_id=case.id).order_by("-id")[:50]
    tasks = queries.tasks(seller_id=desk.seller.id, case_id=case.id, state="open")
    return page(
        request,
        desk,
        "dunning_case",
        current="collections",
        heading=_("Collections: %(buyer)s") % {"buyer": case.buyer.name},
        crumbs=[_home(), Link(_("Dunning cases"), reverse("office_dunning_cases"))],
        page_state=State("dunning_case", seen.state),
        page_facts=[Identifier(public), links.buyer_link(case.buyer)],
        offers=offers(desk, case, CASE_ACTS, base=_address(case)),
        paused=_paused(case, seen),
        items=dunning_tables.items_table(seen, currency=case.currency) if seen.items else None,
        sent=dunning_tables.messages_table(sent) if sent else None,
        tasks=[
            (public_id("dunning_task", one.id), one.due_on, dunning_tables.task_words(one))
            for one in tasks.order_by("due_on", "id")
        ],
        may_finish=desk.may("money"),
        handed=handed_over(desk, case),
        notes=dunning_tables.notes_table(
            desk, queries.notes(seller_id=desk.seller.id, case_id=case.id)
        ),
        facts=_facts(case, seen),
        history=history_of(desk, [case.id]),
    )


def _facts(case: DunningCase, seen: Outlook) -> list[Fact]:
    following = LEVEL_WORDS[seen.next_level] if seen.next_level else None
    return [
        Fact(_("Open"), Money(seen.open, case.currency)),
        Fact(_("Overdue"), Money(seen.overdue, case.currency)),
        Fact(_("Last message"), case.last_on),
        Fact(_("Level"), LEVEL_WORDS.get(case.level)),
        Fact(_("A run today would send"), following),
        Fact(_("Why nothing is sent"), WAIT_WORDS.get(seen.waits or "")),
    ]


def _paused(case: DunningCase, seen: Outlook) -> dict[str, Any] | None:
    if seen.state != "paused":
        return None
    return {"until": case.paused_until, "reason": case.pause_reason}


@require_safe
@office
def handover_file(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """The archive that an agency was given."""
    del request
    row = _handover(desk, public)
    kept = handover_queries.file_of(seller_id=desk.seller.id, handover_id=row.id)
    if kept is None:
        raise Http404("There is no such file.")
    return file_response(
        bytes(kept.content), media_type="application/zip", file_name=kept.file_name
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def handover_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Take a hand-over back."""
    row = _handover(desk, public)
    case = queries.case(seller_id=desk.seller.id, case_id=row.case_id)
    assert case is not None
    crumbs = [_home(), Link(case.buyer.name, _address(case))]
    return perform(
        request, desk, row, HANDOVER_ACTS, name=name, current="collections", crumbs=crumbs
    )


def _handover(desk: Desk, public: str) -> DunningHandover:
    row = handover_queries.handover(
        seller_id=desk.seller.id, handover_id=id_in(public, kind="dunning_handover")
    )
    if row is None:
        raise Http404("There is no such hand-over.")
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@office
def case_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Note a contact, plan a task, pause, go on."""
    case = _case(desk, public)
    crumbs = [_home(), Link(case.buyer.name, _address(case))]
    return perform(request, desk, case, CASE_ACTS, name=name, current="collections", crumbs=crumbs)


@require_safe
@office
def tasks_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What people are to do, the longest due first."""
    found = queries.tasks(seller_id=desk.seller.id, state="open")
    part = cut(found, request=request, order=("due_on", "id"))
    return page(
        request,
        desk,
        "list",
        current="collections",
        heading=_("Open tasks"),
        crumbs=[_home()],
        query=ListQuery.of(request, standings=()),
        table=Table(
            caption=_("Open tasks"),
            columns=[
                Column(label=_("Buyer")),
                Column(label=_("What is to be done")),
                Column(label=_("By")),
            ],
            rows=[
                Row(
                    cells=[
                        Link(one.buyer.name, _address(one.case)),
                        dunning_tables.task_words(one),
                        one.due_on if one.due_on >= desk.on else Noted(one.due_on, _("late")),
                    ]
                )
                for one in part.rows
            ],
        )
        if part.rows
        else None,
        pagination=part.page,
        empty_icon="check",
        empty_title=_("Nothing to do"),
        empty_text=_("Steps of dunning make tasks, and so can you at a case."),
    )


@require_POST
@office
def task_done(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Tick a task off, or drop it."""
    desk.require("money")
    task = queries.task(seller_id=desk.seller.id, task_id=id_in(public, kind="dunning_task"))
    if task is None:
        raise Http404("There is no such task.")
    try:
        cases.finish_task(
            desk.seller,
            task_id=task.id,
            at=desk.at,
            by=desk.by,
            dropped=request.POST.get("do") == "drop",
        )
        messages.success(request, _("The task is off the list."))
    except Refused as error:
        messages.error(request, refusal_text(error))
    return HttpResponseRedirect(_address(task.case))


@require_safe
@office
def letter(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """A message as a letter to be printed and posted."""
    message = queries.message(
        seller_id=desk.seller.id, message_id=id_in(public, kind="dunning_message")
    )
    if message is None:
        raise Http404("There is no such letter.")
    try:
        content = letters.letter_pdf(desk.seller, message_id=message.id, at=desk.at)
    except Refused as error:
        messages.error(request, refusal_text(error))
        return HttpResponseRedirect(_address(message.case))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{public}.pdf"'
    return response


def _home() -> Link:
    return Link(_("Collections"), reverse("office_collections"))


def _address(case: DunningCase) -> str:
    return reverse("office_dunning_case", args=[public_id("dunning_case", case.id)])


def _case(desk: Desk, public: str) -> DunningCase:
    found = queries.case(seller_id=desk.seller.id, case_id=id_in(public, kind="dunning_case"))
    if found is None:
        raise Http404("There is no such case.")
    return found
