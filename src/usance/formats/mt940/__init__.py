"""SWIFT MT940 (customer statement) and MT942 (interim transaction report).

:func:`parse` reads the fields as SWIFT defines them and the three ways in which banks fill ``:86:``:
the numbered subfields of German banks, the code words between slashes of Dutch and other banks, and
plain text.
"""

from usance.formats.mt940.reader import looks_like, parse

__all__ = ["looks_like", "parse"]
