"""UN/CEFACT Cross Industry Invoice D16B: EN 16931, Factur-X / ZUGFeRD 2 and XRechnung in CII.

:func:`read` takes what anyone sends, :func:`render` writes what the profile allows. Sources:
CEN/TS 16931-3-3:2017 (the binding of EN 16931 to CII), Factur-X 1.08 / ZUGFeRD 2.4 (EXTENDED).
"""

from usance.formats.cii.document import PROFILES, read, render

__all__ = ["PROFILES", "read", "render"]
