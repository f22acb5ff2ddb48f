"""Channels and formats of documents, and where a delivery stands, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHANNELS: Final[Mapping[str, str | Promise]] = {
    "email": _("E-mail"),
    "portal": pgettext_lazy("channel", "Portal"),
    "webhook": _("Webhook"),
    "peppol": "Peppol",
    "sdi": "SdI",
    "anaf": "ANAF",
    "download": pgettext_lazy("channel", "Download"),
}
FORMATS: Final[Mapping[str, str | Promise]] = {
    "pdf": "PDF",
    "facturx": "Factur-X",
    "ubl": "UBL",
    "xrechnung": "XRechnung",
    "peppol": "Peppol BIS",
    "cii": "CII",
    "fatturapa": "FatturaPA",
    "cius-ro": "RO e-Factura",
    "gst": "GST JSON",
    "cxml": "cXML",
}


def channel_text(channel: str) -> str:
    """A channel by its name."""
    return str(CHANNELS.get(channel, channel))


def format_text(format_: str) -> str:
    """A format by its name. Names of standards are the same in every language."""
    return str(FORMATS.get(format_, format_))


def formats_text(formats: Sequence[str]) -> str:
    """Several formats in a line."""
    return ", ".join(format_text(one) for one in formats)
