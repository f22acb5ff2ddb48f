"""Watches: the list, the form to set and change one, and whom it would hit today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import watches
from usance.flows.refusals import Duplicate
from usance.flows.watches import Tried
from usance.records.identity import public_id
from usance.records.monitoring import queries
from usance.records.monitoring.models import Watch
from usance.rules.monitoring import CHANGES, WatchRule, facts_of
from usance.rules.watch_templates import TEMPLATES
from usance.web.backoffice import links
from usance.web.backoffice.acts import Act, Done, offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.watch_forms import WatchForm, parts_of
from usance.web.design.parts import Column, Fact, Link, Row, State, Table
from usance.web.listing import cut
from usance.web.words.facts import GROUPS, KINDS
from usance.web.words.watches import (
    planned_text,
    severity_badge,
    trigger_text,
    watched_fact_name,
    watched_fact_value,
)


def _switch(desk: Desk, watch: Watch, _data: dict[str, Any], *, is_active: bool) -> Done:
    watches.switch_watch(
        desk.seller, watch_id=watch.id, is_active=is_active, at=desk.at, by=desk.by
    )
    return Done(_("The watch is on.") if is_active else _("The watch is off."))


WATCH_ACTS: Final = (
    Act(
        name="off",
        label=_lazy("Switch off"),
        title=_lazy("Switch this watch off?"),
        explanation=_lazy("It raises no alarm any more. Those it has raised stay."),
        duty="credit",
        run=lambda desk, watch, data: _switch(desk, watch, data, is_active=False),
        possible=lambda watch: watch.is_active,
        icon="pause",
    ),
    Act(
        name="on",
        label=_lazy("Switch on"),
        title=_lazy("Switch this watch on?"),
        explanation=_lazy("It looks at what happens from now on."),
        duty="credit",
        run=lambda desk, watch, data: _switch(desk, watch, data, is_active=True),
        possible=lambda watch: not watch.is_active,
        icon="check",
        tone="primary",
    ),
)


@require_safe
@office
def watches_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The watches, and templates to begin with."""
    part = cut(queries.watches(seller_id=desk.seller.id), request=request, order=("-id",))
    new = reverse("office_watch_new")
    known = set(queries.watches(seller_id=desk.seller.id).values_list("name", flat=True))
    return page(
        request,
        desk,
        "watches",
        current="watches",
        heading=_("Watches"),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
        new=Link(_("New watch"), new) if desk.may("credit") else None,
        templates=[
            {
                "name": template["name"],
                "triggers": ", ".join(map(trigger_text, template["triggers"])),
                "actions": [planned_text(action) for action in template["actions"]],
                "href": f"{new}?template={key}",
            }
            for key, template in TEMPLATES.items()
            if template["name"] not in known
        ]
        if desk.may("credit")
        else [],
    )


@require_safe
@office
def watch_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One watch."""
    watch = _watch(desk, public)
    alarms = f"{reverse('office_alarms')}?watch={public}"
    return page(
        request,
        desk,
        "watch",
        current="watches",
        heading=watch.name,
        crumbs=[Link(_("Watches"), reverse("office_watches"))],
        page_state=State("watch", "on" if watch.is_active else "off"),
        watch=watch,
        facts=[
            Fact(_("Severity"), severity_badge(watch.severity)),
            Fact(_("Quiet for"), days_text(watch.quiet_days)),
            Fact(_("Version"), watch.version),
            Fact(_("Alarms"), Link(_("Show its alarms"), alarms)),
        ],
        triggers=[trigger_text(one) for one in watch.triggers],
        actions=[planned_text(action) for action in watch.actions],
        offers=offers(desk, watch, WATCH_ACTS, base=links.address("watch", watch.id)),
        edit=reverse("office_watch_edit", args=[public]) if desk.may("credit") else "",
        history=history_of(desk, [watch.id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def watch_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Switch a watch on or off."""
    watch = _watch(desk, public)
    crumbs = [
        Link(_("Watches"), reverse("office_watches")),
        Link(watch.name, links.address("watch", watch.id)),
    ]
    return perform(request, desk, watch, WATCH_ACTS, name=name, current="watches", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def watch_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set a watch, from nothing or from a template."""
    template = TEMPLATES.get(request.GET.get("template", ""))
    initial = parts_of(template) if template else {"people": "credit_manager"}
    return _edit(request, desk, None, initial)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def watch_edit(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Change a watch."""
    watch = _watch(desk, public)
    rule = watches.rule_of(watch, currency=desk.seller.currency)
    return _edit(request, desk, watch, parts_of(rule.to_document()))


def _edit(
    request: HttpRequest, desk: Desk, watch: Watch | None, initial: dict[str, Any]
) -> HttpResponse:
    desk.require("credit")
    sent = request.method == "POST"
    form = WatchForm(request.POST if sent else None, initial=initial)
    rule = form.rule(currency=desk.seller.currency) if sent else None
    tried: Tried | None = None
    if rule is not None and request.POST.get("do") == "save":
        try:
            kept = watches.set_watch(
                desk.seller,
                rule,
                watch_id=watch.id if watch else None,
                is_active=watch.is_active if watch else True,
                at=desk.at,
                by=desk.by,
            )
        except Duplicate:
            form.add_error("name", _("There is a watch with this name already."))
        else:
            messages.success(request, _("The watch is kept and looks at what happens from now on."))
            return HttpResponseRedirect(links.address("watch", kept.id))
    elif rule is not None:
        tried = watches.try_watch(desk.seller, rule, at=desk.at)
    crumbs = [Link(_("Watches"), reverse("office_watches"))]
    if watch is not None:
        crumbs.append(Link(watch.name, links.address("watch", watch.id)))
    return page(
        request,
        desk,
        "watch_form",
        current="watches",
        heading=_("Change a watch") if watch else _("New watch"),
        status=422 if sent and form.errors else 200,
        crumbs=crumbs,
        form=form,
        tried=tried,
        tried_text=_tried_text(tried) if tried else "",
        hits=_hits(desk, rule, tried) if rule and tried and tried.hits else None,
        fact_groups=_fact_groups(rule),
        back=crumbs[-1].href,
        currency=desk.seller.currency,
    )


def _watch(desk: Desk, public: str) -> Watch:
    watch = queries.watch(seller_id=desk.seller.id, watch_id=id_in(public, kind="watch"))
    if watch is None:
        raise Http404("There is no such watch.")
    return watch


def days_text(days: int) -> str:
    """So many days."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _table(rows: Sequence[Watch]) -> Table:
    return Table(
        caption=_("Watches"),
        columns=[
            Column(label=_("Watch")),
            Column(label=_("State")),
            Column(label=_("Severity")),
            Column(label=_("Triggers")),
            Column(label=_("What it does")),
        ],
        rows=[
            Row(
                cells=[
                    Link(watch.name, links.address("watch", watch.id)),
                    State("watch", "on" if watch.is_active else "off"),
                    severity_badge(watch.severity),
                    ", ".join(map(trigger_text, watch.triggers)),
                    ", ".join(map(planned_text, watch.actions)) or None,
                ]
            )
            for watch in rows
        ],
    )


def _tried_text(tried: Tried) -> str:
    return ngettext(
        "It would hit %(count)s of %(buyers)s buyers today.",
        "It would hit %(count)s of %(buyers)s buyers today.",
        tried.count,
    ) % {"count": tried.count, "buyers": tried.buyers}


def _hits(desk: Desk, rule: WatchRule, tried: Tried) -> Table:
    currency, names = desk.seller.currency, sorted(rule.program.reads)
    return Table(
        caption=_("Whom it would hit today"),
        columns=[
            Column(label=_("Buyer")),
            *(Column(label=watched_fact_name(name)) for name in names),
        ],
        rows=[
            Row(
                cells=[
                    Link(
                        hit.name, reverse("office_buyer", args=[public_id("buyer", hit.buyer_id)])
                    ),
                    *(
                        watched_fact_value(name, hit.facts.get(name), trigger="", currency=currency)
                        for name in names
                    ),
                ]
            )
            for hit in tried.hits
        ],
    )


def _fact_groups(rule: WatchRule | None) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What a condition may read, by the first word of its name: code, name and kind."""
    facts = facts_of(rule.triggers if rule else ())
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for name, kind in facts.items():
        first = name.partition(".")[0]
        groups.setdefault(first, []).append((name, watched_fact_name(name), str(KINDS[kind])))
    if "change" not in groups:
        some = _("of the fact's own kind, where every trigger is a change")
        groups["change"] = [(name, watched_fact_name(name), some) for name in CHANGES]
    own = {"event": _("What happened"), "change": _("What has changed")}
    return [(own.get(first) or str(GROUPS.get(first, first)), it) for first, it in groups.items()]
