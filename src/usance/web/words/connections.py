"""Connections in words: the counterparts a seller can ask, and how a try went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Final[Mapping[str, tuple[str | Promise, str | Promise]]] = {
    "vies": (_("VIES"), _("The VAT numbers of the European Union. Free, no credentials.")),
    "companies_house": (
        _("Companies House"),
        _("The register of the United Kingdom. Needs a free key."),
    ),
    "gleif": (_("GLEIF"), _("Legal entity identifiers (LEI) of all countries. Free.")),
    "yente": (
        _("OpenSanctions (yente)"),
        _("Sanctions and watch lists, hosted by OpenSanctions or by you."),
    ),
    "sanctions_list": (
        _("Sanctions list of your own"),
        _("A file that you load; nobody outside learns who is searched for."),
    ),
    "creditsafe": (_("Creditsafe"), _("Credit reports. Every report costs money.")),
    "storecove": (_("Storecove"), _("An access point to the Peppol network.")),
    "sdi_folders": (
        _("SdI by folders"),
        _("The Italian exchange system, through a provider that fetches and leaves files."),
    ),
    "anaf": (_("ANAF (RO e-Factura)"), _("Invoices to the tax administration of Romania.")),
    "bank_folder": (
        _("Folder of bank files"),
        _("Bank files that are left in a folder are taken every minute."),
    ),
    "funding_partner": (
        _("Funding partner"),
        _("Advances money on your invoices before your buyers pay."),
    ),
    "stripe": (_("Stripe"), _("Cards of your buyers, typed on Stripe's own page.")),
}
"""Name and description of each kind."""

RESULTS: Final[Mapping[str, Promise]] = {
    "ok": _("Answers"),
    "counterpart_unavailable": _("Does not answer now"),
    "counterpart_rate_limited": _("Is asked too often"),
    "counterpart_refused": _("Does not accept the credentials or the question"),
    "counterpart_malformed": _("Answers something else than its contract"),
    "counterpart_not_covered": _("Does not cover what it was asked"),
    "secret_unreadable": _("The stored credentials cannot be read; enter them again"),
}
"""How a try went."""


def kind_name(kind: str) -> str:
    """What a kind is called."""
    return str(KINDS[kind][0]) if kind in KINDS else kind


def result_text(result: str) -> str:
    """How the last try went."""
    return str(RESULTS.get(result, result))
