"""Where the operator's validation rules are: ``USANCE_RULES``, else ``rules`` under ``USANCE_HOME``."""

from __future__ import annotations

import os
from pathlib import Path

from config.database import home

RULES = "USANCE_RULES"


def folder() -> Path:
    """The folder of loaded rule sets; it need not exist."""
    return Path(os.environ.get(RULES) or home() / "rules").resolve()
