"""Why a document did not go, and what it lacks, in the reader's words.

What a network or a mail server says is shown as it says it; these are the words for what we say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from usance.records.deliveries.models import Delivery
from usance.rules.delivery_routes import PROFILE, SELLER

_REASONS: Final[Mapping[str, Promise]] = {
    "email no_recipient": _lazy(
        "The buyer has no e-mail address for invoices; enter one in its billing profile."
    ),
    "peppol no_recipient": _lazy(
        "The buyer has no Peppol address; enter it with its scheme in its billing profile."
    ),
    "mail_not_configured": _lazy("There is no mail server; whoever runs the program sets one up."),
    "no_access_point": _lazy("No access point to Peppol is connected; connect one."),
    "not_in_network": _lazy(
        "The address is not registered in Peppol for this kind of document. Look at it with the buyer,"
        " or take Peppol out of its channels."
    ),
    "no_sdi_channel": _lazy("No channel to SdI is connected; connect one."),
    "no_anaf_connection": _lazy("RO e-Factura is not connected; connect it."),
    "no_webhook_endpoint": _lazy(
        "No active webhook endpoint takes it; add one, or enable the one there is, and send it again."
    ),
    "webhook_failed": _lazy(
        "No webhook endpoint took the event; look at the endpoint and send it again."
    ),
    "handing_over": _lazy("It is being handed over right now."),
    "may_have_been_taken": _lazy(
        "No usable answer came: the network may have taken it. Look there, and send it again only if"
        " it is not there."
    ),
    "not_registered": _lazy(
        "It waits for its registration. Send the GST e-invoice to the portal, and hand in its answer."
    ),
    "registration_cancelled": _lazy(
        "Its registration was cancelled at the portal. Credit it, and issue a new one."
    ),
    "no_answer": _lazy("The network has not said what became of it; ask it there."),
    "internal_error": _lazy(
        "Something went wrong here that nobody foresaw; the log of the worker says what. Send it again"
        " once that is mended."
    ),
    "document_unreadable": _lazy(
        "The document cannot be read by this version of the program. Send it once a newer one runs."
    ),
    "document_not_issued": _lazy(
        "There is no document: it is a draft, or was issued before documents were kept."
    ),
    "secret_unreadable": _lazy(
        "The credentials of the connection cannot be read; enter them anew."
    ),
    "counterpart_unavailable": _lazy("The other side cannot be reached; it is tried again."),
    "counterpart_rate_limited": _lazy("The other side asks for patience; it is tried again."),
    "counterpart_malformed": _lazy("The other side gave no usable answer; it is tried again."),
}
"""By our own code, after the channel where it says something else there."""

_HELD: Final[Mapping[str, Promise]] = {
    "queued": _lazy("It is queued and will be sent; wait for what becomes of it."),
    "in_network": _lazy(
        "The network has it and would refuse the same document again; wait for what becomes of it."
    ),
    "issued_at_sdi": _lazy(
        "To SdI the invoice counts as issued, and sent again it would be a second one. Tell the buyer"
        " that it lies in its tax drawer (cassetto fiscale)."
    ),
}

_MISSING: Final[Mapping[str, Promise]] = {
    "sdi_seller_vat_id": _lazy("SdI wants your VAT number; enter it in your company's details."),
    "sdi_recipient": _lazy(
        "SdI wants to know where to deliver; enter the recipient code or the PEC in the buyer's billing"
        " profile, %(nobody)s if it has neither."
    ),
    "sdi_buyer_number": _lazy(
        "SdI wants the buyer's VAT number or codice fiscale; enter it in its billing profile."
    ),
    "gst_seller_gstin": _lazy(
        "A GST e-invoice wants your GSTIN; enter it in your company's details."
    ),
    "gst_buyer_gstin": _lazy(
        "A GST e-invoice wants the buyer's GSTIN; enter it in its billing profile."
    ),
    "gst_line_code": _lazy(
        "A GST e-invoice wants the HSN or SAC code of each line, and line %(line)s (%(item)s) has none."
        " Correct the invoice with a code of 4, 6 or 8 digits."
    ),
    "gst_line_code_invalid": _lazy(
        "A GST e-invoice wants the HSN or SAC code of each line, and line %(line)s (%(item)s) has"
        " %(said)s, which is none. Correct the invoice with a code of 4, 6 or 8 digits."
    ),
}
_PARTS: Final[Mapping[str, Promise]] = {
    "line_1": pgettext_lazy("part of an address", "street"),
    "city": pgettext_lazy("part of an address", "city"),
    "post_code": pgettext_lazy("part of an address", "post code"),
    "subdivision": pgettext_lazy("part of an address", "county or region"),
    "country": pgettext_lazy("part of an address", "country"),
}
_TERMS: Final[Mapping[str, Promise]] = {
    "BT-9": _lazy("the day on which it is due"),
    "BT-10": _lazy("the buyer's reference"),
    "BT-13": _lazy("the number of the purchase order"),
    "BT-31": _lazy("your VAT number"),
    "BT-34": _lazy("your electronic address with its scheme"),
    "BT-35": _lazy("your street"),
    "BT-37": _lazy("your city"),
    "BT-38": _lazy("your post code"),
    "BT-39": _lazy("your county or region"),
    "BT-41": _lazy("the name of your contact"),
    "BT-42": _lazy("the telephone number of your contact"),
    "BT-43": _lazy("the e-mail address of your contact"),
    "BT-48": _lazy("the buyer's VAT number"),
    "BT-49": _lazy("the buyer's electronic address with its scheme"),
    "BT-50": _lazy("the buyer's street"),
    "BT-52": _lazy("the buyer's city"),
    "BT-53": _lazy("the buyer's post code"),
    "BT-54": _lazy("the buyer's county or region"),
    "BT-72": _lazy("the day of delivery"),
    "BT-80": _lazy("the country of the place of delivery"),
    "BT-84": _lazy("the account to pay to"),
    "BT-89": _lazy("the mandate of the direct debit"),
}
"""The terms of EN 16931 that are left out most often; others go by their number."""
_PLACES: Final[Mapping[str, Promise]] = {
    SELLER: _lazy("Enter it in your company's details."),
    PROFILE: _lazy("Enter it in the buyer's billing profile."),
}


def reason_text(row: Delivery, *, missing: Iterable[Mapping[str, Any]] = ()) -> str:
    """Why a delivery stands where it does, and what to do; the network's own words where it has said
    something, and empty where nobody has. ``missing`` are the terms that the event told."""
    told = " ".join(missing_text(one) for one in missing)
    if told:
        return told
    words = _REASONS.get(f"{row.channel} {row.reason_code}") or _REASONS.get(row.reason_code)
    return str(words) if words is not None else row.reason


def held_text(code: str) -> str:
    """Why a document may not go over a way again (``rules.delivery.why_held_back``)."""
    return str(_HELD[code])


def missing_text(missing: Mapping[str, Any]) -> str:
    """What a document lacks and where to enter it (``Missing.to_document``)."""
    values = missing.get("values") or {}
    code = missing.get("code", "")
    if code in _MISSING:
        return str(_MISSING[code]) % values
    place = str(_PLACES.get(missing.get("where", ""), ""))
    if code == "fatturapa_address":
        part = _PARTS.get(values.get("part", ""), values.get("part", ""))
        said = _("FatturaPA wants the %(part)s of %(name)s.") % {
            "part": part,
            "name": values["name"],
        }
    elif term := values.get("term"):
        name = str(_TERMS.get(term, "")) or values.get("path", "")
        said = _("The document lacks %(name)s (%(term)s, %(rule)s).") % {
            "name": name,
            "term": term,
            "rule": values.get("rule", ""),
        }
    else:
        said = _("The document lacks %(field)s.") % {"field": missing.get("field", "")}
    return f"{said} {place}".strip()
