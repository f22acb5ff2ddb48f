"""Who stands in for whom: deputies for a while, named and ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import delegations
from usance.records.credit import review_queries
from usance.records.credit.models import Delegation
from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.records.parties.models import Staff
from usance.web.backoffice.acts import Act, ActForm, Done, Offer, offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.fields import DayField
from usance.web.backoffice.people import People
from usance.web.backoffice.shell import page
from usance.web.design.parts import Badge, Column, Link, Row, Table
from usance.web.listing import cut
from usance.web.words.amounts import day_text
from usance.web.words.policies import role_text


class DeputyForm(ActForm):
    """Who stands in for whom, and when. Administrators choose for whom; others name their own."""

    principal = forms.ChoiceField(label=_lazy("Stands in for"))
    deputy = forms.ChoiceField(label=_lazy("Deputy"))
    from_on = DayField(label=_lazy("From"))
    until_on = DayField(label=_lazy("Until"), help_text=_lazy("That day included."))

    def prepare(self) -> None:
        """Offer the people there are, and the coming week."""
        people = parties.staff(seller_id=self.desk.seller.id)
        me = self.desk.staff
        is_admin = me.role == "admin"
        offered = {
            "principal": people if is_admin else [me],
            "deputy": people if is_admin else [one for one in people if one.id != me.id],
        }
        for name, those in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(one.user.email, _named(one)) for one in those]
        begins: dict[str, Any] = {
            "from_on": self.desk.on,
            "until_on": self.desk.on + timedelta(days=7),
        }
        self.initial.update(begins | {"principal": me.user.email})


def _named(one: Staff) -> str:
    return f"{one.user.name or one.user.email} ({role_text(one.role)})"


def _name(desk: Desk, _subject: Any, data: dict[str, Any]) -> Done:
    delegation = delegations.name_deputy(
        desk.seller,
        principal=data["principal"],
        deputy=data["deputy"],
        from_on=data["from_on"],
        until_on=data["until_on"],
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("%(deputy)s stands in until %(day)s.")
        % {"deputy": delegation.deputy, "day": day_text(delegation.until_on)}
    )


def _end(desk: Desk, delegation: Delegation, _data: dict[str, Any]) -> Done:
    delegations.end_delegation(desk.seller, delegation_id=delegation.id, at=desk.at, by=desk.by)
    return Done(_("The delegation ended."))


NEW: Final = Act(
    name="new",
    label=_lazy("Name a deputy"),
    title=_lazy("Name a deputy"),
    explanation=_lazy(
        "The deputy may approve and decline what the person may, and nobody approves what it asked"
        " for itself. What a deputy decides is recorded under both names."
    ),
    duty="deputies",
    form=DeputyForm,
    run=_name,
    icon="plus",
    tone="primary",
)
END: Final = Act(
    name="end",
    label=_lazy("End"),
    title=_lazy("End this delegation?"),
    explanation=_lazy("From now on the deputy decides no more for the other."),
    duty="deputies",
    run=_end,
    tone="danger",
)


@require_safe
@office
def delegations_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The delegations, the newest first."""
    base = reverse("office_delegations")
    part = cut(
        review_queries.delegations(seller_id=desk.seller.id), request=request, order=("-id",)
    )
    new = offers(desk, desk.seller, [NEW], base=base)
    ends: list[Offer] = []
    for row in part.rows:
        if _standing(desk, row) != "over" and _mine(desk, row):
            address = f"{base}/{public_id('delegation', row.id)}"
            ends += offers(desk, row, [END], base=address, suffix=f"-{row.id.hex[-8:]}")
    return page(
        request,
        desk,
        "delegations",
        current="delegations",
        heading=_("Deputies"),
        offers=new,
        ends=ends,
        table=_table(desk, part.rows, {offer.href: offer for offer in ends}, base)
        if part.rows
        else None,
        pagination=part.page,
    )


def _mine(desk: Desk, row: Delegation) -> bool:
    """Whether this person may end it: its own, or as an administrator."""
    return desk.staff.role == "admin" or desk.staff.user.email in (row.principal, row.deputy)


def _standing(desk: Desk, row: Delegation) -> str:
    if row.ended_at is not None or row.until_on < desk.on:
        return "over"
    return "coming" if row.from_on > desk.on else "running"


def _table(desk: Desk, rows: list[Delegation], ends: dict[str, Offer], base: str) -> Table:
    people = People(desk, {email for row in rows for email in (row.principal, row.deputy)})
    looks = {
        "running": Badge(label=pgettext("delegation", "In force"), tone="positive", icon="check"),
        "coming": Badge(label=pgettext("delegation", "To come"), tone="info", icon="calendar"),
        "over": Badge(label=pgettext("delegation", "Over"), tone="neutral", icon="clock"),
    }
    return Table(
        caption=_("Deputies"),
        columns=[
            Column(label=_("Deputy")),
            Column(label=_("Stands in for")),
            Column(label=_("State")),
            Column(label=_("From")),
            Column(label=_("Until")),
            Column(label=_("Change")),
        ],
        rows=[
            Row(
                cells=[
                    people.name(row.deputy),
                    people.name(row.principal),
                    looks[_standing(desk, row)],
                    row.from_on,
                    row.until_on,
                    Link(_("End"), f"{base}/{public_id('delegation', row.id)}/end")
                    if f"{base}/{public_id('delegation', row.id)}/end" in ends
                    else None,
                ]
            )
            for row in rows
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def delegation_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Name a deputy."""
    crumbs = [Link(_("Deputies"), reverse("office_delegations"))]
    return perform(
        request, desk, desk.seller, [NEW], name="new", current="delegations", crumbs=crumbs
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def delegation_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """End a delegation."""
    delegation_id = id_in(public, kind="delegation")
    found = review_queries.delegations(seller_id=desk.seller.id).filter(id=delegation_id).first()
    if found is None or not _mine(desk, found):
        raise Http404("There is no such delegation.")
    crumbs = [Link(_("Deputies"), reverse("office_delegations"))]
    return perform(request, desk, found, [END], name=name, current="delegations", crumbs=crumbs)
