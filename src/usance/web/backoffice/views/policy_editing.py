"""Writing a version of the policy: the editor, its checks, and what is done with what was written."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from usance.flows import policies
from usance.flows.idempotency import KeyInFlight, KeyReused, answer_once
from usance.flows.refusals import Refused
from usance.records.credit import policy_queries, queries, review_queries
from usance.records.credit.models import CreditPolicy
from usance.records.identity import public_id
from usance.rules.credit.policy import DEFAULT, Policy
from usance.rules.credit.policy_diff import difference
from usance.rules.credit.policy_program import facts_for
from usance.rules.credit.policy_rules import rule_from_document, rule_to_document
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.policy_acts import MomentField, published
from usance.web.backoffice.policy_draft import PolicyDraft, rule_draft
from usance.web.backoffice.policy_editor import Editor, editor_of, kinds
from usance.web.backoffice.policy_templates import TEMPLATES, template_rules
from usance.web.backoffice.shell import page
from usance.web.backoffice.views.policies import diff_context, version_link
from usance.web.design.parts import Link
from usance.web.words.facts import GROUPS, KINDS, fact_name
from usance.web.words.refusals import refusal_text

SAVES: Final = ("draft", "shadow", "publish")


class SaveForm(forms.Form):
    """What is said of the version, and from when it decides."""

    note = forms.CharField(
        label=_lazy("What changed and why"),
        max_length=2000,
        required=False,
        help_text=_lazy("Stands in the list of versions."),
    )
    effective_at = MomentField(
        label=_lazy("Decides from"),
        help_text=_lazy("Leave empty for now. The time is that of your seller."),
        required=False,
    )
    once = forms.RegexField(r"^[A-Za-z0-9_-]{20,64}$", widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def policy_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The editor. Every button of it sends the whole form, and gets it back or saves it."""
    desk.require("credit")
    source = _source(desk, request.GET.get("from", ""))
    if request.method != "POST":
        policy = _policy(desk, source)
        draft = PolicyDraft.of(policy, currency=desk.seller.currency)
        save = SaveForm(initial={"once": secrets.token_urlsafe(18)}, prefix="p")
        return _shown(
            request, desk, editor_of(desk.seller, draft, check=False), save, source=source
        )
    draft = PolicyDraft.read(request.POST, currency=desk.seller.currency)
    act = request.POST.get("do", "check")
    if act in ("check", *SAVES):
        return _checked(request, desk, draft, act, source)
    focus = _template(draft, act) if act.startswith("template:") else draft.change(act)
    save = SaveForm(initial=_typed(request), prefix="p")
    editor = editor_of(desk.seller, draft, check=False)
    return _shown(request, desk, editor, save, source=source, focus=focus)


def _typed(request: HttpRequest) -> dict[str, str]:
    names = ("note", "effective_at", "once")
    return {name: request.POST.get(f"p-{name}", "") for name in names}


def _template(draft: PolicyDraft, act: str) -> str:
    """Add the rules of a template, those excepted whose names are taken."""
    taken = {str(rule.typed.get("name", "")) for rule in draft.rules}
    first = len(draft.rules)
    for document in template_rules(act.partition(":")[2]):
        if document["name"] not in taken:
            whole = rule_to_document(rule_from_document(document, at="template"))
            draft.rules.append(rule_draft(whole, currency=draft.currency))
    return f"r{first}" if len(draft.rules) > first else "add-rule"


def _checked(
    request: HttpRequest, desk: Desk, draft: PolicyDraft, act: str, source: CreditPolicy | None
) -> HttpResponse:
    """Say what is wrong with the policy; if nothing is, do with it what was asked for."""
    editor = editor_of(desk.seller, draft, check=True)
    save = SaveForm(request.POST, prefix="p")
    if editor.policy is None or not save.is_valid():
        return _shown(request, desk, editor, save, source=source, status=422)
    if act == "check":
        before = _policy(desk, source)
        found = difference(before, editor.policy)
        return _shown(request, desk, editor, save, source=source, sound=True, **diff_context(found))
    try:
        answered = answer_once(
            desk.seller,
            key=f"form:{save.cleaned_data['once']}",
            request_hash=_said(request),
            at=desk.at,
            act=lambda: _save(desk, editor.policy, act, save.cleaned_data),
        )
    except (KeyInFlight, KeyReused) as error:
        messages.info(request, refusal_text(error))
        return HttpResponseRedirect(reverse("office_policies"))
    except Refused as error:
        save.add_error("effective_at", refusal_text(error))
        return _shown(request, desk, editor, save, source=source, status=422)
    done = json.loads(answered.body)
    messages.success(request, done["message"])
    return HttpResponseRedirect(done["href"])


def _said(request: HttpRequest) -> bytes:
    values = sorted((n, v) for n, v in request.POST.lists() if n != "csrfmiddlewaretoken")
    return hashlib.sha256(json.dumps([request.path, values]).encode()).digest()


def _save(desk: Desk, policy: Policy | None, act: str, data: dict[str, Any]) -> tuple[int, str]:
    assert policy is not None
    note, begins = data["note"], data["effective_at"]
    if act == "publish":
        stored = policies.set_policy(
            desk.seller, policy, at=desk.at, by=desk.by, effective_at=begins, note=note
        )
        waits = review_queries.open_review_of(seller_id=desk.seller.id, subject_id=stored.id)
        message = published(stored.version, waits=waits is not None, begins=begins)
    else:
        stored = policies.draft_policy(desk.seller, policy, at=desk.at, by=desk.by, note=note)
        message = _("Version %(version)s is kept as a draft.") % {"version": stored.version}
        if act == "shadow":
            policies.try_policy(desk.seller, policy_id=stored.id, at=desk.at, by=desk.by)
            message = _("Version %(version)s is on trial.") % {"version": stored.version}
    return 303, json.dumps({"message": message, "href": links.address("policy", stored.id)})


def _source(desk: Desk, public: str) -> CreditPolicy | None:
    """The version that is begun with: the one named, or the one that decides."""
    if not public:
        return policy_queries.deciding_version(seller_id=desk.seller.id, at=desk.at)
    policy_id = id_in(public, kind="policy")
    record = policy_queries.stored_policy(seller_id=desk.seller.id, policy_id=policy_id)
    if record is None:
        raise Http404("There is no such version of the policy.")
    return record


def _policy(desk: Desk, record: CreditPolicy | None) -> Policy:
    return queries.policy(seller_id=desk.seller.id, policy_id=record.id) if record else DEFAULT


def _shown(
    request: HttpRequest,
    desk: Desk,
    editor: Editor,
    save: SaveForm,
    *,
    source: CreditPolicy | None,
    status: int = 200,
    focus: str = "",
    **context: Any,
) -> HttpResponse:
    _focus(editor, focus)
    deciding = queries.deciding_policy(seller_id=desk.seller.id, at=desk.at)
    from_here = f"?from={public_id('policy', source.id)}" if source else ""
    return page(
        request,
        desk,
        "policy_editor",
        current="policies",
        heading=_("New version of the policy"),
        crumbs=[
            Link(_("Credit policy"), reverse("office_policies")),
            *([version_link(source)] if source else []),
        ],
        status=status,
        editor=editor,
        save=save,
        focus=focus,
        kinds=kinds(),
        templates=TEMPLATES,
        fact_groups=_facts_table(),
        action=f"{reverse('office_policy_new')}{from_here}",
        waits=deciding is not None and deciding.second_person,
        currency=desk.seller.currency,
        **context,
    )


def _focus(editor: Editor, focus: str) -> None:
    """Let the browser begin in the field with the id ``focus``."""
    every: list[forms.Form] = [value.form for value in editor.values]
    for card in editor.cards:
        every += [card.form, *card.rows]
    for form in every:
        for name in form.fields:
            if form[name].id_for_label == focus:
                form.fields[name].widget.attrs["autofocus"] = True


def _facts_table() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Every fact by what it is about: its code, its name and what it may be."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for name, kind in facts_for("route").items():
        groups.setdefault(name.partition(".")[0], []).append(
            (name, fact_name(name), str(KINDS[kind]))
        )
    return [(str(GROUPS.get(first, first)), facts) for first, facts in groups.items()]
