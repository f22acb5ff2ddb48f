"""The versions of the credit policy: which decides, what each says, and in what two differ."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.records.credit import policy_queries, queries
from usance.records.credit.models import CreditPolicy
from usance.records.credit.policy_queries import PolicyStanding, Trial
from usance.records.identity import public_id
from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_diff import Change, PolicyDifference, RuleChange, difference
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.people import People
from usance.web.backoffice.policy_acts import POLICY_ACTS, Version
from usance.web.backoffice.rule_cards import cards_of
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.design.parts import (
    Badge,
    Column,
    Fact,
    Identifier,
    Link,
    Noted,
    Row,
    State,
    Table,
)
from usance.web.listing import cut
from usance.web.words.amounts import instant_text
from usance.web.words.policies import (
    KIND_NAMES,
    SETTINGS,
    member_name,
    member_value,
    setting_value,
)

TRIED: Final = 500
"""Decisions of a trial that are counted."""


@require_safe
@office
def policies_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The versions, the newest first, and what the one on trial has shown."""
    part = cut(queries.policies(seller_id=desk.seller.id), request=request, order=("-id",))
    standings = policy_queries.standings(
        seller_id=desk.seller.id, at=desk.at, policy_ids=[row.id for row in part.rows]
    )
    running = queries.release(seller_id=desk.seller.id, at=desk.at, mode="shadow")
    on_trial = _trial_context(desk, running.policy_id) if running else {}
    return page(
        request,
        desk,
        "policies",
        current="policies",
        heading=_("Credit policy"),
        table=_version_table(desk, part.rows, standings),
        pagination=part.page,
        new=_new_link(desk),
        backtests=_backtests(),
        **on_trial,
    )


def _new_link(desk: Desk) -> Link | None:
    if not desk.may("credit"):
        return None
    deciding = policy_queries.deciding_version(seller_id=desk.seller.id, at=desk.at)
    href = reverse("office_policy_new")
    if deciding is not None:
        href += f"?from={public_id('policy', deciding.id)}"
    return Link(_("Write a new version"), href)


def _backtests() -> str:
    """The page of backtests, where the house has one."""
    try:
        return reverse("office_backtests")
    except NoReverseMatch:
        return ""


def _version_table(
    desk: Desk, rows: list[CreditPolicy], standings: dict[Any, PolicyStanding]
) -> Table:
    people = People(
        desk,
        {row.author for row in rows} | {one.approved_by for one in standings.values()},
    )
    return Table(
        caption=_("Versions of the policy"),
        columns=[
            Column(label=_("Version")),
            Column(label=_("State")),
            Column(label=_("What changed")),
            Column(label=_("Written")),
            Column(label=_("Decides from")),
            Column(label=_("Approved by")),
        ],
        rows=[
            Row(
                cells=[
                    version_link(row),
                    State("policy", standings[row.id].state),
                    row.note or None,
                    Noted(row.created_at, people.name(row.author))
                    if row.author
                    else row.created_at,
                    _period(standings[row.id]),
                    people.name(standings[row.id].approved_by) or None,
                ]
            )
            for row in rows
        ],
    )


def _period(standing: PolicyStanding) -> object:
    """When a version decides; a trial decides nothing."""
    if standing.effective_at is None or standing.state == "shadow":
        return None
    if standing.until is None:
        return standing.effective_at
    return Noted(
        standing.effective_at,
        _("until %(moment)s") % {"moment": instant_text(standing.until)},
    )


def version_link(record: CreditPolicy) -> Link:
    """A version by its number."""
    return Link(
        _("Version %(version)s") % {"version": record.version}, links.address("policy", record.id)
    )


def _trial_context(desk: Desk, policy_id: Any) -> dict[str, Any]:
    record = policy_queries.stored_policy(seller_id=desk.seller.id, policy_id=policy_id)
    assert record is not None
    found = policy_queries.trial(seller_id=desk.seller.id, policy_id=policy_id, last=TRIED)
    return {
        "trial": found,
        "trial_link": version_link(record),
        "trial_said": _trial_said(found),
        "trial_table": _trial_table(found) if found.differing else None,
    }


def _trial_said(found: Trial) -> str:
    return ngettext(
        "Of the last %(count)s decision it judged, %(differ)s would have ended otherwise.",
        "Of the last %(count)s decisions it judged, %(differ)s would have ended otherwise.",
        found.decisions,
    ) % {"count": found.decisions, "differ": found.differ}


def _trial_table(found: Trial) -> Table:
    return Table(
        caption=_("Decisions that would have ended otherwise"),
        columns=[
            Column(label=_("Buyer")),
            Column(label=_("Decided")),
            Column(label=_("Amount"), numeric=True),
            Column(label=_("Was")),
            Column(label=_("Would have been")),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.buyer.name, links.address("decision", row.id)),
                    row.created_at,
                    Money(row.amount, row.currency),
                    State("decision", row.outcome),
                    State("decision", (row.shadow or {})["outcome"]),
                ]
            )
            for row in found.differing
        ],
    )


@require_safe
@office
def policy_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One version: its rules as sentences, its settings, and where it stands."""
    version = _version(desk, public)
    record, standing = version.record, version.standing
    policy = queries.policy(seller_id=desk.seller.id, policy_id=record.id)
    deciding = policy_queries.deciding_version(seller_id=desk.seller.id, at=desk.at)
    currency = policy.currency or desk.seller.currency
    trial = _trial_context(desk, record.id) if standing.state == "shadow" else {}
    return page(
        request,
        desk,
        "policy",
        current="policies",
        heading=_("Policy, version %(version)s") % {"version": record.version},
        crumbs=[Link(_("Credit policy"), reverse("office_policies"))],
        page_state=State("policy", standing.state),
        page_facts=[Identifier(public)],
        version=version,
        rules=cards_of(policy, currency=currency),
        values=list(policy.values.items()),
        settings=settings_of(policy),
        facts=_facts(desk, version),
        offers=offers(desk, version, POLICY_ACTS, base=links.address("policy", record.id)),
        edit=f"{reverse('office_policy_new')}?from={public}" if desk.may("credit") else "",
        compare=_compare(record, deciding),
        review=links.address("review", standing.review_id) if standing.review_id else "",
        history=history_of(desk, [record.id]),
        **trial,
    )


def settings_of(policy: Policy) -> list[Fact]:
    """The settings of a policy."""
    document = policy.to_document()
    return [
        Fact(str(label), setting_value(name, document[name])) for name, label in SETTINGS.items()
    ]


def _facts(desk: Desk, version: Version) -> list[Fact]:
    record, standing = version.record, version.standing
    people = People(desk, {record.author, standing.approved_by, standing.released_by})
    return [
        Fact(_("Written"), record.created_at),
        Fact(_("Author"), people.name(record.author) or None),
        Fact(_("What changed"), record.note or None),
        Fact(_("Decides from"), _period(standing)),
        Fact(_("Published by"), people.name(standing.released_by) or None),
        Fact(_("Approved by"), people.name(standing.approved_by) or None),
    ]


def _compare(record: CreditPolicy, deciding: CreditPolicy | None) -> Link | None:
    if deciding is None or deciding.id == record.id:
        return None
    return Link(
        _("Compare with version %(version)s, which decides") % {"version": deciding.version},
        reverse(
            "office_policy_diff",
            args=[public_id("policy", deciding.id), public_id("policy", record.id)],
        ),
    )


@require_safe
@office
def policy_diff(request: HttpRequest, desk: Desk, public: str, other: str) -> HttpResponse:
    """In what two versions differ, rule by rule."""
    before, after = _version(desk, public).record, _version(desk, other).record
    found = difference(
        queries.policy(seller_id=desk.seller.id, policy_id=before.id),
        queries.policy(seller_id=desk.seller.id, policy_id=after.id),
    )
    return page(
        request,
        desk,
        "policy_diff",
        current="policies",
        heading=_("From version %(before)s to %(after)s")
        % {"before": before.version, "after": after.version},
        crumbs=[
            Link(_("Credit policy"), reverse("office_policies")),
            version_link(after),
        ],
        turned=reverse("office_policy_diff", args=[other, public]),
        **diff_context(found),
    )


def diff_context(found: PolicyDifference) -> dict[str, Any]:
    """A difference as the templates show it."""
    return {
        "same": found.is_empty,
        "changed_settings": _change_table(
            _("Settings"),
            [
                (str(SETTINGS[one.name]), setting_value_or_none(one.name, one.before),
                 setting_value_or_none(one.name, one.after))
                for one in found.settings
            ],
        ),
        "changed_values": _change_table(
            _("Values"), [(one.name, one.before, one.after) for one in found.values]
        ),
        "changed_rules": [_rule_change(one) for one in found.rules],
    }  # fmt: skip


def setting_value_or_none(name: str, value: Any) -> object:
    """A setting that one of the two versions may lack."""
    return None if value is None and name != "overdue_days" else setting_value(name, value)


def _change_table(caption: str, rows: list[tuple[str, object, object]]) -> Table | None:
    if not rows:
        return None
    return Table(
        caption=caption,
        columns=[Column(label=caption), Column(label=_("Before")), Column(label=_("After"))],
        rows=[Row(cells=list(row)) for row in rows],
    )


_LOOKS: Final = {
    "added": ("positive", "plus"),
    "removed": ("negative", "minus"),
    "changed": ("info", "edit"),
    "moved": ("special", "arrow-up"),
}


def _rule_change(one: RuleChange) -> dict[str, Any]:
    words = {
        "added": _("Added"),
        "removed": _("Removed"),
        "changed": _("Changed"),
        "moved": _("Moved"),
    }
    tone, icon = _LOOKS[one.what]
    badges = [Badge(label=words[one.what], tone=tone, icon=icon)]  # type: ignore[arg-type]
    if one.moved and one.what == "changed":
        badges.append(Badge(label=words["moved"], tone="special", icon="arrow-up"))
    return {
        "name": one.name,
        "kind": str(KIND_NAMES[one.kind]),
        "badges": badges,
        "table": _change_table(
            _("What differs"), [_member(change) for change in one.changes if _tells(change)]
        ),
    }


def _tells(change: Change) -> bool:
    """Leave out what an added or removed rule has by default."""
    return change.name not in ("kind", "name") and not (
        change.before in (None, "", False, []) and change.after in (None, "", False, [])
    )


def _member(change: Change) -> tuple[str, object, object]:
    return (
        member_name(change.name),
        member_value(change.name, change.before),
        member_value(change.name, change.after),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def policy_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Do something to a version."""
    version = _version(desk, public)
    crumbs = [Link(_("Credit policy"), reverse("office_policies")), version_link(version.record)]
    return perform(
        request, desk, version, POLICY_ACTS, name=name, current="policies", crumbs=crumbs
    )


def _version(desk: Desk, public: str) -> Version:
    policy_id = id_in(public, kind="policy")
    record = policy_queries.stored_policy(seller_id=desk.seller.id, policy_id=policy_id)
    if record is None:
        raise Http404("There is no such version of the policy.")
    standing = policy_queries.standing(seller_id=desk.seller.id, at=desk.at, policy_id=policy_id)
    return Version(record, standing)
