"""What a rule set demands of an invoice beyond EN 16931, and an invoice does not have yet.

A flow asks before it gives an invoice its number. Rules on terms that may be missing, or need a special
form, are here, each under its own name; what else a document breaks the official validation finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from usance.formats.einvoice.german_requirements import xrechnung_terms
from usance.formats.einvoice.missing_term import MissingTerm
from usance.formats.einvoice.peppol_requirements import peppol_terms
from usance.formats.einvoice.profiles import (
    CIUS_RO,
    PEPPOL_BIS_3,
    XRECHNUNG,
    XRECHNUNG_EXTENSION,
    Profile,
)
from usance.formats.einvoice.romanian_requirements import romanian_terms
from usance.rules.invoicing.document import InvoiceDocument

_DEMANDS: Final[dict[str, Callable[[InvoiceDocument], Iterator[MissingTerm]]]] = {
    PEPPOL_BIS_3.key: peppol_terms,
    XRECHNUNG.key: xrechnung_terms,
    XRECHNUNG_EXTENSION.key: xrechnung_terms,
    CIUS_RO.key: romanian_terms,
}


def missing_terms(document: InvoiceDocument, *, profile: Profile) -> tuple[MissingTerm, ...]:
    """What ``document`` lacks for ``profile``; nothing for EN 16931 and Factur-X.

    Sources: Peppol BIS Billing 3.0 of May 2026, XRechnung 3.0.2, CIUS-RO 1.0.9.
    """
    demands = _DEMANDS.get(profile.key)
    return () if demands is None else tuple(demands(document))
