"""Dunning policies: written, previewed, switched on; the runs, and what they will send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usance.flows.dunning import choosing, policies, previews, runs
from usance.flows.dunning.previews import Preview
from usance.flows.refusals import Refused
from usance.records.dunning import queries
from usance.records.dunning.models import DunningPolicy, DunningRun
from usance.records.identity import public_id
from usance.rules.dunning.policy import LANGUAGES, LEVELS, InvalidDunningPolicy
from usance.rules.dunning.standard import standard_policy
from usance.rules.dunning.texts import words_in
from usance.web.backoffice import dunning_tables
from usance.web.backoffice.acts import offers, perform
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.dunning_acts import POLICY_ACTS
from usance.web.backoffice.dunning_forms import (
    PolicyForm,
    TextForm,
    all_valid,
    policy_initial,
    step_forms,
)
from usance.web.backoffice.shell import page
from usance.web.backoffice.timeline import history_of
from usance.web.backoffice.views.filters import ListQuery
from usance.web.design.parts import Column, Fact, Figure, Identifier, Link, Row, State, Tab, Table
from usance.web.listing import cut
from usance.web.words.dunning import PLACEHOLDER_WORDS, WAIT_WORDS
from usance.web.words.refusals import refusal_text

_NAMES = {"en": "English", "it": "Italiano", "ro": "Română", "hi": "हिन्दी"}


@require_safe
@office
def policies_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The latest version of each policy, and the one that is switched on."""
    rows = [
        row
        for row in queries.policies(seller_id=desk.seller.id).order_by(
            "position", "name", "-version"
        )
        if row.state != "retired"
    ]
    return page(
        request,
        desk,
        "dunning_policies",
        current="dunning_policies",
        heading=_("Dunning policies"),
        may_change=desk.may("money"),
        table=_policies_table(rows) if rows else None,
    )


def _policies_table(rows: list[DunningPolicy]) -> Table:
    return Table(
        caption=_("Dunning policies"),
        columns=[
            Column(label=_("Name")),
            Column(label=_("State")),
            Column(label=_("Version"), numeric=True),
            Column(label=pgettext("dunning policies", "Position"), numeric=True),
            Column(label=_("Steps"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    Link(row.name, _address(row)),
                    State("dunning_policy", row.state),
                    row.version,
                    row.position,
                    len(row.document["steps"]),
                ]
            )
            for row in rows
        ],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def policy_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new policy, which begins as the usual one."""
    desk.require("money")
    return _edit(
        request,
        desk,
        standard_policy(""),
        heading=_("New dunning policy"),
        back=reverse("office_dunning_policies"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def policy_edit(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """The next version of a policy."""
    desk.require("money")
    kept = _policy(desk, public)
    heading = _("Change %(name)s") % {"name": kept.name}
    return _edit(request, desk, kept.document, heading=heading, back=_address(kept))


def _edit(
    request: HttpRequest, desk: Desk, document: Mapping[str, Any], *, heading: str, back: str
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = PolicyForm(sent, initial=policy_initial(document))
    steps = step_forms(document, sent)
    if sent is not None and all_valid([form, *steps]):
        taken = [step for one in steps if (step := one.document()) is not None]
        written = form.document() | {"steps": taken, "texts": document.get("texts", {})}
        try:
            kept = policies.draft_policy(desk.seller, written, at=desk.at, by=desk.by)
        except InvalidDunningPolicy as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, str(error))
        else:
            messages.success(request, _("The draft is saved. Preview it to switch it on."))
            return HttpResponseRedirect(_address(kept))
    return page(
        request,
        desk,
        "dunning_policy_form",
        current="dunning_policies",
        heading=heading,
        crumbs=[_home()],
        status=422 if sent is not None else 200,
        form=form,
        steps=steps,
        back=back,
    )


@require_safe
@office
def policy_page(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """One version with its steps."""
    kept = _policy(desk, public)
    rule = choosing.rule_of(kept, currency=desk.seller.currency)
    segment = [
        *rule.segment.countries,
        *rule.segment.currencies,
        *rule.segment.groups,
        *(f"{key}={value}" for key, value in rule.segment.metadata.items()),
    ]
    return page(
        request,
        desk,
        "dunning_policy",
        current="dunning_policies",
        heading=kept.name,
        crumbs=[_home()],
        page_state=State("dunning_policy", kept.state),
        page_facts=[Identifier(public)],
        offers=offers(desk, kept, POLICY_ACTS, base=_address(kept)),
        may_change=desk.may("money"),
        must_preview=kept.state == "draft" and kept.previewed_at is None,
        edit=reverse("office_dunning_policy_edit", args=[public]),
        texts=reverse("office_dunning_policy_texts", args=[public, _own_language(desk)]),
        preview=reverse("office_dunning_policy_preview", args=[public]),
        steps=dunning_tables.steps_table(rule),
        facts=[
            Fact(_("Version"), kept.version),
            Fact(_("For"), ", ".join(segment) or _("every account")),
            Fact(_("And only if"), None if rule.when == "true" else rule.when),
            Fact(_("Days between two messages at least"), rule.min_days),
            Fact(_("Days that unassigned money stops everything"), rule.money_days),
            Fact(
                _("Goes out"),
                _("from %(from)d to %(until)d o'clock where the buyer is")
                % {"from": rule.from_hour, "until": rule.until_hour},
            ),
            Fact(_("Calendar of holidays"), rule.calendar or _("the buyer's country")),
            Fact(_("Previewed"), kept.previewed_at),
            Fact(_("Switched on"), kept.active_since),
        ],
        history=history_of(desk, [kept.id]),
    )


def _own_language(desk: Desk) -> str:
    return desk.seller.language if desk.seller.language in LANGUAGES else "en"


@require_http_methods(["GET", "HEAD", "POST"])
@office
def policy_texts(request: HttpRequest, desk: Desk, public: str, language: str) -> HttpResponse:
    """A policy's words in one language; changed, they make the next version."""
    kept = _policy(desk, public)
    if language not in LANGUAGES:
        raise Http404("There are no words in this language.")
    texts = kept.document.get("texts", {})
    sent = request.POST if request.method == "POST" else None
    forms = [
        TextForm(
            level,
            sent,
            usual=words_in(language).levels[level],
            own=texts.get(level, {}).get(language),
        )
        for level in LEVELS
    ]
    if sent is not None:
        desk.require("money")
        if all_valid(forms):
            written: dict[str, dict[str, Any]] = {
                level: dict(texts.get(level, {})) for level in LEVELS
            }
            for form in forms:
                written[form.level].pop(language, None)
                if own := form.own():
                    written[form.level][language] = own
            document = kept.document | {"texts": {k: v for k, v in written.items() if v}}
            made = policies.draft_policy(desk.seller, document, at=desk.at, by=desk.by)
            messages.success(request, _("The draft is saved. Preview it to switch it on."))
            return HttpResponseRedirect(_address(made))
    return page(
        request,
        desk,
        "dunning_texts",
        current="dunning_policies",
        heading=_("Words of %(name)s") % {"name": kept.name},
        crumbs=[_home(), Link(kept.name, _address(kept))],
        status=422 if sent is not None else 200,
        tabs=[
            Tab(
                label=_NAMES[one],
                href=reverse("office_dunning_policy_texts", args=[public, one]),
                current=one == language,
            )
            for one in LANGUAGES
        ],
        forms=forms,
        may_change=desk.may("money"),
        back=_address(kept),
        placeholders=[(f"{{{name}}}", words) for name, words in PLACEHOLDER_WORDS.items()],
    )


@require_POST
@office
def policy_preview(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Whom the policy would write to; who has looked may switch it on."""
    desk.require("money")
    kept = _policy(desk, public)
    seen = previews.preview_policy(desk.seller, policy_id=kept.id, at=desk.at)
    kept = policies.mark_previewed(desk.seller, policy_id=kept.id, at=desk.at, by=desk.by)
    return page(
        request,
        desk,
        "dunning_preview",
        current="dunning_policies",
        heading=_("Preview of %(name)s") % {"name": kept.name},
        crumbs=[_home(), Link(kept.name, _address(kept))],
        offers=offers(desk, kept, POLICY_ACTS, base=_address(kept)),
        **_preview(seen),
    )


@require_safe
@office
def outlook(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the policies that are switched on will send if nobody pays."""
    return page(
        request,
        desk,
        "dunning_preview",
        current="collections",
        heading=_("What will be sent"),
        crumbs=[Link(_("Collections"), reverse("office_collections"))],
        offers=[],
        **_preview(previews.simulate(desk.seller, at=desk.at)),
    )


def _preview(seen: Preview) -> dict[str, Any]:
    return {
        "figures": [
            Figure(label=_("Messages today"), value=seen.today, icon="send"),
            Figure(
                label=_("Messages within %(days)d days") % {"days": seen.days}, value=seen.total
            ),
            Figure(label=_("Accounts looked at"), value=seen.accounts),
        ],
        "by_day": dunning_tables.days_table(seen) if seen.total else None,
        "shown": dunning_tables.foreseen_table(seen),
        "more": seen.total - len(seen.shown),
        "waits": [Fact(str(WAIT_WORDS[why]), count) for why, count in seen.waits.most_common()],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@office
def policy_act(request: HttpRequest, desk: Desk, public: str, name: str) -> HttpResponse:
    """Switch a policy on or off."""
    kept = _policy(desk, public)
    crumbs = [_home(), Link(kept.name, _address(kept))]
    return perform(
        request, desk, kept, POLICY_ACTS, name=name, current="dunning_policies", crumbs=crumbs
    )


@require_safe
@office
def runs_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The runs, the newest first, and how far each is."""
    part = cut(queries.runs(seller_id=desk.seller.id), request=request, order=("-id",))
    return page(
        request,
        desk,
        "dunning_runs",
        current="collections",
        heading=_("Dunning runs"),
        crumbs=[Link(_("Collections"), reverse("office_collections"))],
        query=ListQuery.of(request, standings=()),
        may_run=desk.may("money"),
        table=_runs_table(part.rows) if part.rows else None,
        pagination=part.page,
        empty_icon="send",
        empty_title=_("No runs"),
        empty_text=_("Once a policy is switched on there is one each morning."),
        empty_link=Link(_("Dunning policies"), reverse("office_dunning_policies")),
    )


def _runs_table(rows: Any) -> Table:
    def progress(run: DunningRun) -> str:
        return _("%(done)d of %(total)d") % {"done": run.buyers_done, "total": run.buyers_total}

    return Table(
        caption=_("Dunning runs"),
        columns=[
            Column(label=_("Day")),
            Column(label=_("Buyers looked at")),
            Column(label=_("Messages queued"), numeric=True),
            Column(label=_("Finished")),
        ],
        rows=[
            Row(cells=[run.on, progress(run), run.messages, run.finished_at or _("under way")])
            for run in rows
        ],
    )


@require_POST
@office
def run_now(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Order a run; a worker begins with it in a few seconds."""
    desk.require("money")
    try:
        runs.open_run(desk.seller, at=desk.at, by=desk.by)
        messages.success(request, _("The run begins in a few seconds."))
    except Refused as error:
        messages.error(request, refusal_text(error))
    return HttpResponseRedirect(reverse("office_dunning_runs"))


def _home() -> Link:
    return Link(_("Dunning policies"), reverse("office_dunning_policies"))


def _address(kept: DunningPolicy) -> str:
    return reverse("office_dunning_policy", args=[public_id("dunning_policy", kept.id)])


def _policy(desk: Desk, public: str) -> DunningPolicy:
    found = queries.policy(seller_id=desk.seller.id, policy_id=id_in(public, kind="dunning_policy"))
    if found is None:
        raise Http404("There is no such policy.")
    return found
