"""The seller's own names for payment terms: a table, and all of it as text to change or paste."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from usance.flows import terms_keys
from usance.flows.refusals import WrongFields
from usance.records.parties import invoicing_queries as queries
from usance.rules.terms import parse_terms
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Column, Row, Table
from usance.web.words.field_faults import fault_text
from usance.web.words.terms import terms_text


class KeysForm(forms.Form):
    """One key a line, an equals sign or a tab, and its terms."""

    keys = forms.CharField(
        label=_lazy("Keys"),
        required=False,
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_lazy(
            "One a line: the key, an equals sign, and the terms as a code or in words, such as ZB30 ="
            " 2/10 net 30. Two columns pasted from a spreadsheet will do as well."
        ),
    )

    def clean_keys(self) -> dict[str, str]:
        """Each key with what stands for it."""
        found: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["keys"].splitlines(), 1):
            if not line.strip():
                continue
            key, between, terms = line.partition("\t") if "\t" in line else line.partition("=")
            if not between or not key.strip() or not terms.strip():
                raise ValidationError(
                    _("Line %(number)s: write a key, an equals sign and its terms.")
                    % {"number": number}
                )
            if key.strip() in found:
                raise ValidationError(
                    _("Line %(number)s: the key is there already.") % {"number": number}
                )
            found[key.strip()] = terms.strip()
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@office
def terms_keys_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """See and change the keys. Sent twice, they are set once."""
    sent = request.method == "POST"
    if sent:
        desk.require("billing")
    kept = queries.terms_keys(seller_id=desk.seller.id)
    form = KeysForm(
        request.POST if sent else None,
        initial={"keys": "\n".join(f"{key} = {code}" for key, code in kept.items())},
    )
    if sent and form.is_valid():
        try:
            terms_keys.set_terms_keys(
                desk.seller, keys=form.cleaned_data["keys"], at=desk.at, by=desk.by
            )
        except WrongFields as error:
            for fault in error.faults:
                key = fault.field.partition("/")[2] or _("Keys")
                form.add_error("keys", f"{key}: {fault_text(fault)}")
        else:
            messages.success(request, _("The keys are as you have set them."))
            return HttpResponseRedirect(reverse("office_terms_keys"))
    return page(
        request,
        desk,
        "terms_keys",
        current="terms_keys",
        heading=_("Keys of payment terms"),
        status=422 if sent else 200,
        form=form,
        table=_table(desk, kept) if kept else None,
        may_change=desk.may("billing"),
    )


def _table(desk: Desk, kept: dict[str, str]) -> Table:
    """What each key means, and when an invoice of today would fall due by it."""
    rows: list[Any] = []
    for key, code in kept.items():
        rows.append(Row(cells=[key, terms_text(code), code, parse_terms(code).due_on(desk.on)]))
    return Table(
        caption=_("Keys of payment terms"),
        columns=[
            Column(label=_("Key")),
            Column(label=_("Payment terms")),
            Column(label=_("Code")),
            Column(label=_("An invoice of today is due")),
        ],
        rows=rows,
    )
