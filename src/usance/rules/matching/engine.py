"""Which open items a bank line pays: every reading of it, weighed, and whether the best may book."""

from __future__ import annotations

from usance.rules.matching.model import BankLine, Knowledge, Matched, MatchingSettings
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import Buyers


def match(
    line: BankLine,
    *,
    items: OpenItems,
    buyers: Buyers,
    knowledge: Knowledge,
    settings: MatchingSettings,
) -> Matched:
    """Find what ``line`` pays. Changes nothing: whoever books tells ``items`` and ``knowledge``."""
    raise NotImplementedError
