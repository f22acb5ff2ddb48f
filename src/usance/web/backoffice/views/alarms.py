"""Alarms: the list, one of them with what raised it, and the notices of insolvency that a feed brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import insolvency, monitoring
from usance.formats.errors import FormatError
from usance.records.events import queries as events
from usance.records.identity import NotAnId, parse_public_id, public_id
from usance.records.monitoring import queries
from usance.records.monitoring.models import Alarm
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, ActForm, Done, offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.people import People
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Identifier, Link, Noted, Row, State, Table
from usance.web.listing import cut
from usance.web.words.watches import (
    done_text,
    severity_badge,
    trigger_text,
    watched_fact_name,
    watched_fact_value,
)

VIEWS: Final = ("open", "critical", "acknowledged")
LARGEST_FEED: Final = 20 * 1024 * 1024


class NoteForm(ActForm):
    """What a person says to it."""

    note = forms.CharField(
        label=_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("What you found, or what you did."),
    )


def _acknowledge(desk: Desk, alarm: Alarm, data: dict[str, Any]) -> Done:
    monitoring.acknowledge_alarm(
        desk.seller, alarm_id=alarm.id, note=data["note"], at=desk.at, by=desk.by
    )
    return Done(_("The alarm is acknowledged."))


def _settle(desk: Desk, alarm: Alarm, data: dict[str, Any], *, insolvent: bool) -> Done:
    insolvency.settle_insolvency(
        desk.seller,
        buyer_id=alarm.buyer_id,
        insolvent=insolvent,
        reason=data["note"],
        at=desk.at,
        by=desk.by,
    )
    if alarm.state == "open":
        _acknowledge(desk, alarm, data)
    if insolvent:
        return Done(_("It is recorded that the notice is about this buyer."))
    return Done(_("It is recorded that the notice is about somebody else."))


def _is_open(alarm: Alarm) -> bool:
    return alarm.state == "open"


def _is_notice(alarm: Alarm) -> bool:
    return alarm.trigger.startswith("insolvency.") and _is_open(alarm)


ALARM_ACTS: Final = (
    Act(
        name="insolvent",
        label=_lazy("It is this buyer"),
        title=_lazy("Is the notice about this buyer?"),
        explanation=_lazy(
            "The buyer counts as insolvent from now on, for the policy and for the watches."
        ),
        duty="credit",
        form=NoteForm,
        run=lambda desk, alarm, data: _settle(desk, alarm, data, insolvent=True),
        possible=_is_notice,
        tone="danger",
    ),
    Act(
        name="other",
        label=_lazy("It is somebody else"),
        title=_lazy("Is the notice about somebody else?"),
        explanation=_lazy(
            "The buyer does not count as insolvent, until the next notice. A line that was put on"
            " hold stays so until you release it on the buyer's page."
        ),
        duty="credit",
        form=NoteForm,
        run=lambda desk, alarm, data: _settle(desk, alarm, data, insolvent=False),
        possible=_is_notice,
    ),
    Act(
        name="acknowledge",
        label=_lazy("Acknowledge"),
        title=_lazy("Acknowledge this alarm?"),
        explanation=_lazy("You have seen to it. What the alarm did by itself stays as it is."),
        duty="credit",
        form=NoteForm,
        run=_acknowledge,
        possible=_is_open,
        icon="check",
        tone="primary",
    ),
)


@require_safe
@office
def alarms_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The alarms, the newest first."""
    query = ListQuery.of(request, standings=VIEWS)
    found = queries.find_alarms(
        seller_id=desk.seller.id,
        text=query.text,
        state="open" if query.standing == "critical" else query.standing,
        severity="critical" if query.standing == "critical" else "",
        buyer_id=_named(request, "buyer"),
        watch_id=_named(request, "watch"),
    )
    part = cut(found, request=request, order=("-id",))
    labels = {
        "open": pgettext("alarms", "Open"),
        "critical": _("Critical"),
        "acknowledged": pgettext("alarms", "Acknowledged"),
    }
    return page(
        request,
        desk,
        "alarms",
        current="alarms",
        heading=_("Alarms"),
        query=query,
        tabs=query.tabs(VIEWS, labels.__getitem__, pgettext("alarms", "All")),
        search_label=_("Search alarms"),
        search_hint=_("Buyer or watch"),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        upload=Link(_("Upload insolvency notices"), reverse("office_notices"))
        if desk.may("credit")
        else None,
        watches=Link(_("Watches"), reverse("office_watches")),
    )


@require_safe
@office
def alarm_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One alarm: what raised it, and what was done."""
    alarm = _alarm(desk, public)
    event = alarm.event_id and events.event(seller_id=desk.seller.id, event_id=alarm.event_id)
    about = [alarm.id] + ([event.object_id] if event else [])
    return page(
        request,
        desk,
        "alarm",
        current="alarms",
        heading=alarm.watch.name,
        crumbs=[Link(_("Alarms"), reverse("office_alarms"))],
        page_state=State("alarm", alarm.state),
        page_facts=[Identifier(public), links.buyer_link(alarm.buyer)],
        offers=offers(desk, alarm, ALARM_ACTS, base=links.address("alarm", alarm.id)),
        facts=_facts(desk, alarm),
        read=_read(desk, alarm),
        notice=_notice(event.data) if event and alarm.trigger.startswith("insolvency.") else None,
        done=[_done(action) for action in alarm.actions],
        when=alarm.watch.when,
        history=history_of(desk, about, linked=True),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def alarm_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something about an alarm."""
    alarm = _alarm(desk, public)
    crumbs = [
        Link(_("Alarms"), reverse("office_alarms")),
        Link(alarm.watch.name, links.address("alarm", alarm.id)),
    ]
    return perform(request, desk, alarm, ALARM_ACTS, name=name, current="alarms", crumbs=crumbs)


class NoticesForm(forms.Form):
    """A file of insolvency notices."""

    file = forms.FileField(
        label=_lazy("Notices"),
        help_text=_lazy(
            "A table (CSV) or JSON lines with a notice number, a name, what the notice is about"
            " and its date; a company number and a country make sure whom it is about. At most 20 MB."
        ),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Not larger than a day's notices can be."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FEED:
            raise forms.ValidationError(_("The file is larger than 20 MB. Split it by day."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@office
def notices_upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a file of notices. The same notice taken twice changes nothing, so no token is needed."""
    desk.require("credit")
    sent = request.method == "POST"
    form = NoticesForm(request.POST, request.FILES) if sent else NoticesForm()
    refused: FormatError | None = None
    if sent and form.is_valid():
        file: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            taken = insolvency.take_notices(desk.seller, file.read(), at=desk.at, by=desk.by)
        except FormatError as error:
            refused = error
        else:
            _tell(request, taken)
            return HttpResponseRedirect(reverse("office_alarms"))
    return page(
        request,
        desk,
        "notices",
        current="alarms",
        heading=_("Upload insolvency notices"),
        status=422 if sent else 200,
        crumbs=[Link(_("Alarms"), reverse("office_alarms"))],
        form=form,
        refused=refused,
        faults=getattr(refused, "faults", ()) if refused else (),
    )


def _tell(request: HttpRequest, taken: insolvency.Taken) -> None:
    told = messages.warning if taken.reported or taken.suspected else messages.success
    read = ngettext("%(count)s notice was read.", "%(count)s notices were read.", taken.notices)
    sure = ngettext(
        "%(count)s is about a buyer.", "%(count)s are about buyers.", len(taken.reported)
    )
    like = ngettext(
        "%(count)s names somebody like a buyer.",
        "%(count)s name somebody like a buyer.",
        len(taken.suspected),
    )
    told(
        request,
        " ".join(
            [
                read % {"count": taken.notices},
                sure % {"count": len(taken.reported)},
                like % {"count": len(taken.suspected)},
                _("The watches act on them in a few seconds."),
            ]
        ),
    )


def _alarm(desk: Desk, public: str) -> Alarm:
    alarm = queries.alarm(seller_id=desk.seller.id, alarm_id=id_in(public, kind="alarm"))
    if alarm is None:
        raise Http404("There is no such alarm.")
    return alarm


def _named(request: HttpRequest, kind: str) -> Any:
    """The object that the address narrows the list to, if it names one."""
    try:
        return parse_public_id(kind, request.GET.get(kind, ""))
    except NotAnId:
        return None


def _table(rows: Sequence[Alarm]) -> Table:
    return Table(
        caption=_("Alarms"),
        columns=[
            Column(label=_("Alarm")),
            Column(label=_("Buyer")),
            Column(label=_("Severity")),
            Column(label=_("State")),
            Column(label=_("What was done")),
            Column(label=_("Raised")),
        ],
        rows=[
            Row(
                cells=[
                    Noted(
                        Link(alarm.watch.name, links.address("alarm", alarm.id)),
                        trigger_text(alarm.trigger),
                    ),
                    links.buyer_link(alarm.buyer),
                    severity_badge(alarm.watch.severity),
                    State("alarm", alarm.state),
                    " ".join(done_text(action) for action in alarm.actions) or None,
                    alarm.created_at,
                ]
            )
            for alarm in rows
        ],
    )


def _facts(desk: Desk, alarm: Alarm) -> list[Fact]:
    people = People(desk, [alarm.acknowledged_by])
    watch = Link(
        alarm.watch.name, reverse("office_watch", args=[public_id("watch", alarm.watch_id)])
    )
    facts = [
        Fact(_("Buyer"), links.buyer_link(alarm.buyer)),
        Fact(_("Watch"), watch),
        Fact(_("Severity"), severity_badge(alarm.watch.severity)),
        Fact(_("Trigger"), trigger_text(alarm.trigger)),
        Fact(_("Raised"), alarm.created_at),
    ]
    if alarm.acknowledged_at:
        facts += [
            Fact(_("Acknowledged"), alarm.acknowledged_at),
            Fact(_("By"), people.name(alarm.acknowledged_by)),
            Fact(_("Note"), alarm.note or None),
        ]
    return facts


def _read(desk: Desk, alarm: Alarm) -> list[Fact]:
    return [
        Fact(
            watched_fact_name(name),
            watched_fact_value(name, value, trigger=alarm.trigger, currency=desk.seller.currency),
        )
        for name, value in alarm.facts.items()
    ]


def _done(action: dict[str, Any]) -> object:
    """What was done; a review leads to its page."""
    text = done_text(action)
    reviews = action.get("reviews", ())
    return Link(text, reverse("office_limit_review", args=[reviews[0]])) if reviews else text


def _notice(data: dict[str, Any]) -> list[Fact]:
    return [
        Fact(_("Notice"), data.get("notice")),
        Fact(_("Named"), data.get("name")),
        Fact(_("About"), data.get("kind")),
        Fact(_("Court"), data.get("court")),
        Fact(_("Published"), data.get("on")),
        Fact(_("Likeness of the names"), _("%(likeness)s of 100") % data),
    ]
