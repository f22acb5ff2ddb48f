"""Connections: whom the seller asks about companies, and when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows import connections, rescreening
from usance.flows.cards.providers import KINDS as PAYING
from usance.flows.funding.partners import KINDS as FUNDING
from usance.flows.refusals import Refused
from usance.formats.errors import FormatError
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.records.identity import public_id
from usance.web.backoffice.connection_forms import ConnectionForm, ListFileForm
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Badge, Column, Link, Noted, Row, Table
from usance.web.words.connections import KINDS, kind_name, result_text
from usance.web.words.refusals import refusal_text


@require_safe
@office
def connections_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is connected, and what can be."""
    found = list(queries.connections(seller_id=desk.seller.id).order_by("id"))
    kinds = [
        {
            "name": name,
            "about": about,
            "href": reverse("office_connection_new", args=[kind]),
        }
        for kind, (name, about) in KINDS.items()
    ]
    return page(
        request,
        desk,
        "connections",
        current="connections",
        heading=_("Connections"),
        table=_table(found) if found else None,
        kinds=kinds if desk.may("credit") else [],
    )


def _table(found: list[Connection]) -> Table:
    return Table(
        caption=_("Connections"),
        columns=[
            Column(label=_("Connection")),
            Column(label=_("State")),
            Column(label=_("Last try")),
            Column(label=_("Asked about")),
        ],
        rows=[
            Row(
                cells=[
                    Noted(Link(it.name, _address(it)), kind_name(it.kind)),
                    Badge(label=_("On"), tone="positive", icon="check")
                    if it.is_active
                    else Badge(label=_("Off")),
                    Noted(result_text(it.test_result), it.tested_at) if it.tested_at else None,
                    ", ".join(it.settings.get("countries", [])) or _("All countries"),
                ]
            )
            for it in found
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def connection_new(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """Add a connection of a kind."""
    desk.require("credit")
    if kind not in KINDS:
        raise Http404("There is no such kind of connection.")
    sent = request.method == "POST"
    form = ConnectionForm(request.POST if sent else None, desk=desk, kind=kind)
    if sent and form.is_valid():
        try:
            made = connections.create_connection(
                desk.seller,
                kind=kind,
                name=form.cleaned_data["name"],
                settings=form.settings(),
                secrets=form.secrets(),
                at=desk.at,
                by=desk.by,
            )
        except Refused as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, _("%(name)s is connected.") % {"name": made.name})
            return HttpResponseRedirect(_address(made))
    return page(
        request,
        desk,
        "connection",
        current="connections",
        heading=kind_name(kind),
        status=422 if sent else 200,
        crumbs=_crumbs(),
        about=KINDS[kind][1],
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def connection_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One connection: its settings, its last try, and the list that is loaded."""
    it = _connection(desk, public)
    sent = request.method == "POST"
    if sent:
        desk.require("credit")
    form = ConnectionForm(request.POST if sent else None, desk=desk, kind=it.kind, connection=it)
    if sent and form.is_valid():
        try:
            connections.change_connection(
                desk.seller,
                connection_id=it.id,
                settings=form.settings(),
                secrets=form.secrets(),
                at=desk.at,
                by=desk.by,
            )
        except Refused as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, _("The connection is changed."))
            return HttpResponseRedirect(_address(it))
    return _page(request, desk, it, form=form, status=422 if sent else 200)


def _page(
    request: HttpRequest,
    desk: Desk,
    it: Connection,
    *,
    form: ConnectionForm,
    status: int,
    **more: Any,
) -> HttpResponse:
    return page(
        request,
        desk,
        "connection",
        current="connections",
        heading=it.name,
        status=status,
        crumbs=_crumbs(),
        about=KINDS[it.kind][1] if it.kind in KINDS else "",
        connection=it,
        address=_address(it),
        notices_at=_notices_at(request, it),
        may_change=desk.may("credit"),
        tested=result_text(it.test_result),
        form=form,
        loaded=queries.latest_file(seller_id=desk.seller.id, connection_id=it.id),
        screened=_screened(desk, it),
        list_form=more.get("list_form") or ListFileForm(),
    )


def _notices_at(request: HttpRequest, it: Connection) -> str:
    """Where the counterpart tells what happened; empty where it tells nothing."""
    view = "psp_events" if it.kind in PAYING else "funding_events" if it.kind in FUNDING else ""
    public = public_id("connection", it.id)
    return request.build_absolute_uri(reverse(view, args=[public])) if view else ""


def _screened(desk: Desk, it: Connection) -> rescreening.Progress | None:
    """How far the search for every buyer in this list has come."""
    if it.kind != rescreening.LIST:
        return None
    found = rescreening.progress_of(desk.seller)
    return next((one for one in found if one.connection.id == it.id), None)


@require_POST
@office
def connection_test(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Ask the counterpart something harmless."""
    desk.require("credit")
    it = connections.try_connection(
        desk.seller, connection_id=_connection(desk, public).id, at=desk.at, by=desk.by
    )
    if it.test_result == "ok":
        messages.success(request, _("%(name)s answers.") % {"name": it.name})
    else:
        messages.warning(request, f"{it.name}: {result_text(it.test_result)}")
    return HttpResponseRedirect(_address(it))


@require_POST
@office
def connection_switch(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Switch a connection on or off."""
    desk.require("credit")
    it = _connection(desk, public)
    connections.change_connection(
        desk.seller,
        connection_id=it.id,
        is_active=request.POST.get("on") == "1",
        at=desk.at,
        by=desk.by,
    )
    return HttpResponseRedirect(_address(it))


@require_POST
@office
def connection_load(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Take a new version of a sanctions list; the same one twice changes nothing."""
    desk.require("credit")
    it = _connection(desk, public)
    list_form = ListFileForm(request.POST, request.FILES)
    if list_form.is_valid():
        file: UploadedFile[bytes] = list_form.cleaned_data["file"]
        try:
            if (file.size or 0) > connections.LARGEST_LIST:
                raise connections.InvalidConnection(_("The list is larger than 50 MB."))
            loaded = connections.load_list(
                desk.seller,
                connection_id=it.id,
                file_name=file.name or "",
                content=file.read(),
                at=desk.at,
                by=desk.by,
            )
        except (FormatError, Refused) as error:
            list_form.add_error("file", str(error))
        else:
            messages.success(
                request, _("%(count)s entries are searched now.") % {"count": loaded.entries}
            )
            return HttpResponseRedirect(_address(it))
    form = ConnectionForm(desk=desk, kind=it.kind, connection=it)
    return _page(request, desk, it, form=form, status=422, list_form=list_form)


def _crumbs() -> list[Link]:
    return [Link(_("Connections"), reverse("office_connections"))]


def _address(it: Connection) -> str:
    return reverse("office_connection", args=[public_id("connection", it.id)])


def _connection(desk: Desk, public: str) -> Connection:
    it = queries.connection(
        seller_id=desk.seller.id, connection_id=id_in(public, kind="connection")
    )
    if it is None:
        raise Http404("There is no such connection.")
    return it
