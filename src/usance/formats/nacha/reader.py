"""A NACHA file to its batches, leniently, with everything that is wrong with it."""

from __future__ import annotations

from usance.formats.nacha.model import NachaFile


def parse(data: bytes) -> NachaFile:
    """Read a NACHA file of any entry class, with what is wrong in ``NachaFile.faults``.

    Raises FormatError ``too_large``, ``not_nacha`` or ``empty_file``: only where there is nothing
    to read. Whether a file with serious faults may be used is the caller's to say.
    """
    raise NotImplementedError
