"""The rule sets that an XML invoice can claim to keep, by their own identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_EN16931: Final = "urn:cen.eu:en16931:2017"
_PEPPOL_PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


@dataclass(frozen=True, slots=True)
class Profile:
    """A rule set: EN 16931 itself, or a usage or extension of it."""

    key: str
    """Short and stable, for settings and file names."""
    title: str
    specification: str  # BT-24
    process: str = ""  # BT-23, where the rule set demands one


EN16931: Final = Profile(key="en16931", title="EN 16931", specification=_EN16931)

PEPPOL_BIS_3: Final = Profile(
    key="peppol-bis-3",
    title="Peppol BIS Billing 3.0",
    specification=f"{_EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    process=_PEPPOL_PROCESS,
)

XRECHNUNG: Final = Profile(
    key="xrechnung",
    title="XRechnung 3.0",
    specification=f"{_EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    process=_PEPPOL_PROCESS,
)

XRECHNUNG_EXTENSION: Final = Profile(
    key="xrechnung-extension",
    title="XRechnung 3.0 Extension",
    specification=(
        f"{XRECHNUNG.specification}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
    ),
    process=_PEPPOL_PROCESS,
)

CIUS_RO: Final = Profile(
    key="cius-ro",
    title="RO e-Factura (CIUS-RO 1.0.1)",
    specification=f"{_EN16931}#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1",
)

FACTURX_EN16931: Final = Profile(
    key="facturx-en16931", title="Factur-X EN 16931", specification=_EN16931
)

FACTURX_EXTENDED: Final = Profile(
    key="facturx-extended",
    title="Factur-X EXTENDED",
    specification=f"{_EN16931}#conformant#urn:factur-x.eu:1p0:extended",
)

PROFILES: Final = {
    profile.key: profile
    for profile in (
        EN16931,
        PEPPOL_BIS_3,
        XRECHNUNG,
        XRECHNUNG_EXTENSION,
        CIUS_RO,
        FACTURX_EN16931,
        FACTURX_EXTENDED,
    )
}
"""Every profile by its key."""


def claimed_profile(specification: str) -> Profile | None:
    """The profile whose identifier an invoice states in BT-24; None if it is none of ours.

    EN 16931 and Factur-X EN 16931 have the same identifier; the former is given.
    """
    for profile in PROFILES.values():
        if profile.specification == specification:
            return profile
    return None
