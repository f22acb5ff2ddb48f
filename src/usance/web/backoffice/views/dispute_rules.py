"""How the seller answers disputes: by when, and who is written to."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from usance.flows import dispute_talk
from usance.flows.refusals import Refused
from usance.records.collections import dispute_queries
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Link
from usance.web.words.refusals import refusal_text


class DisputeRulesForm(forms.Form):
    """By when disputes are answered, and who is written to."""

    answer_days = forms.IntegerField(label=_lazy("Days to answer in"), min_value=1, max_value=365)
    warn_days = forms.IntegerField(
        label=_lazy("Days before at which it is called to mind"), min_value=0, max_value=365
    )
    email = forms.EmailField(
        label=_lazy("Who is written to"),
        required=False,
        help_text=_lazy("Leave empty for the contact in the company's details."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def dispute_rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set how disputes are answered."""
    kept = dispute_queries.rules(seller_id=desk.seller.id)
    sent = request.method == "POST"
    initial = {name: getattr(kept, name) for name in DisputeRulesForm.base_fields}
    form = DisputeRulesForm(request.POST if sent else None, initial=initial)
    if sent:
        desk.require("billing")
        if form.is_valid():
            try:
                dispute_talk.set_rules(desk.seller, at=desk.at, by=desk.by, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, refusal_text(refused))
            else:
                messages.success(request, _("How disputes are answered is changed."))
                return HttpResponseRedirect(reverse("office_dispute_rules"))
    return page(
        request,
        desk,
        "promise_rules",
        current="disputes",
        heading=_("How disputes are answered"),
        crumbs=[Link(_("Disputes"), reverse("office_disputes"))],
        status=422 if sent else 200,
        form=form,
        may_change=desk.may("billing"),
    )
