"""What opens doors does not stand in logs: a pay link, or the link of an application, is a path.

The server logs no requests, but Django warns of those that fail, and names the path.
"""

from __future__ import annotations

import logging
import re
from typing import Final

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{40,}")
"""Longer than any public id; what is masked beside tokens (digests) is missed by nobody."""


class WithoutTokens(logging.Filter):
    """Lets every record pass, with what may be a token cut short."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message of ``record``."""
        said = record.getMessage()
        masked = _TOKEN.sub(lambda found: f"{found[0][:6]}…", said)
        if masked != said:
            record.msg, record.args = masked, ()
        return True
