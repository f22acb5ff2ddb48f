"""Files and links that go with an invoice: attached to its order, looked at, fetched."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import attachments as flow
from usance.flows.attachments import Offered
from usance.flows.refusals import Refused
from usance.records.orders import attachments as kept
from usance.records.orders import queries as orders
from usance.records.orders.models import Order, Shipment
from usance.rules.attachments import (
    LARGEST_ATTACHMENT,
    LONGEST_DESCRIPTION,
    LONGEST_LOCATION,
    LONGEST_REFERENCE,
    MEDIA_TYPES,
)
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, id_in, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Link
from usance.web.files import file_response
from usance.web.words.refusals import refusal_text

_ORDER: Final = ""


class AttachForm(forms.Form):
    """A file or a link, and what it belongs to."""

    belongs_to = forms.ChoiceField(label=_lazy("Goes with"))
    file = forms.FileField(
        label=_lazy("File"),
        required=False,
        help_text=_lazy("PDF, PNG, JPEG, CSV, XLSX or ODS, of at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(MEDIA_TYPES.values())}),
    )
    location = forms.CharField(
        label=_lazy("Or a link to it"),
        required=False,
        max_length=LONGEST_LOCATION,
        help_text=_lazy("Such as https://files.example/proof-of-delivery."),
    )
    reference = forms.CharField(
        label=_lazy("Number or title"), required=False, max_length=LONGEST_REFERENCE
    )
    description = forms.CharField(
        label=_lazy("Description"), required=False, max_length=LONGEST_DESCRIPTION
    )

    def __init__(self, *given: Any, shipments: list[Shipment]) -> None:
        super().__init__(*given)
        field = self.fields["belongs_to"]
        assert isinstance(field, forms.ChoiceField)
        field.required = False
        field.choices = [
            (_ORDER, _("The whole order")),
            *((one.id.hex, _shipment_name(one)) for one in shipments),
        ]

    def clean_file(self) -> UploadedFile[bytes] | None:
        """Not larger than an attachment may be."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > LARGEST_ATTACHMENT:
            raise ValidationError(_("The file is larger than 5 MB. Attach a link to it instead."))
        return file

    def clean(self) -> dict[str, Any]:
        """A file or a link."""
        data = super().clean() or {}
        if not self.errors and bool(data.get("file")) == bool(data.get("location")):
            raise ValidationError(_("Choose a file or enter a link, not both."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@office
def attach(request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """Attach a file or a link. The same file again changes nothing, so no token is needed."""
    desk.require("billing")
    order = orders.order_with_decision(
        seller_id=desk.seller.id, order_id=id_in(public, kind="order")
    )
    if order is None:
        raise Http404("There is no such order.")
    found = orders.shipments(seller_id=desk.seller.id, order_id=order.id, billed=False)
    waiting = list(found.filter(canceled_at__isnull=True).order_by("id"))
    sent = request.method == "POST"
    given = (request.POST, request.FILES) if sent else ()
    form = AttachForm(*given, shipments=waiting)
    if sent and form.is_valid():
        try:
            _attach(desk, order, form.cleaned_data, waiting)
        except Refused as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, _("It is attached and goes with the next invoice."))
            return HttpResponseRedirect(links.address("order", order.id))
    return page(
        request,
        desk,
        "attach",
        current="orders",
        heading=_("Attach to the order"),
        status=422 if sent else 200,
        crumbs=[Link(_("Orders"), reverse("office_orders")), links.order_link(order)],
        form=form,
        back=links.address("order", order.id),
    )


def _attach(desk: Desk, order: Order, data: dict[str, Any], waiting: list[Shipment]) -> None:
    file: UploadedFile[bytes] | None = data["file"]
    offered = Offered(
        content=file.read() if file else b"",
        file_name=(file.name or "") if file else "",
        location=data["location"],
        reference=data["reference"],
        description=data["description"],
    )
    chosen = next((one for one in waiting if one.id.hex == data["belongs_to"]), None)
    if chosen is None:
        flow.attach_to_order(
            desk.seller, order_id=order.id, offered=offered, at=desk.at, by=desk.by
        )
    else:
        flow.attach_to_shipment(
            desk.seller, shipment_id=chosen.id, offered=offered, at=desk.at, by=desk.by
        )


@require_safe
@office
def attached_file(_request: HttpRequest, desk: Desk, public: str) -> HttpResponse:
    """An attached file as a download."""
    found = kept.attachment(
        seller_id=desk.seller.id, attachment_id=id_in(public, kind="attachment")
    )
    if found is None or found.digest is None:
        raise Http404("There is no such file.")
    return file_response(
        kept.content_of(found), media_type=found.media_type, file_name=found.file_name
    )


def _shipment_name(shipment: Shipment) -> str:
    return _("Shipment %(name)s") % {"name": shipment.external_id or f"…{shipment.id.hex[-8:]}"}
