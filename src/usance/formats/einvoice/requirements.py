"""What a rule set demands of an invoice and an invoice does not have yet.

A flow asks before it gives an invoice its number. Rules on terms that may be missing, or need a special
form, are here, each under its own name; what else a document breaks the official validation finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from usance.formats.einvoice.en16931_requirements import en16931_terms
from usance.formats.einvoice.german_requirements import xrechnung_terms
from usance.formats.einvoice.missing_term import MissingTerm, due_term
from usance.formats.einvoice.peppol_requirements import peppol_terms
from usance.formats.einvoice.profiles import (
    CIUS_RO,
    FACTURX_EXTENDED,
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
    FACTURX_EXTENDED.key: due_term,
}


def missing_terms(document: InvoiceDocument, *, profile: Profile) -> tuple[MissingTerm, ...]:
    """What ``document`` lacks for ``profile``: first what EN 16931 demands, then the rule set itself.

    Sources: EN 16931-1:2017, Peppol BIS Billing 3.0 of May 2026, XRechnung 3.0.2, CIUS-RO 1.0.9.
    """
    demands = _DEMANDS.get(profile.key)
    own = () if demands is None else demands(document)
    return (*en16931_terms(document), *own)
