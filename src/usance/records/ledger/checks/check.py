"""What a check is: one statement that finds what does not hold, and the sentence that says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SCOPE: Final = re.compile(r"@(\w+)")


@dataclass(frozen=True, slots=True)
class Check:
    """``query`` selects ``seller_id``, ``kind`` and ``id`` of the object, ``currency``, and the
    figures that ``sentence`` names, of which those in ``money`` are minor units. In the query ``@t``
    stands for "the row of table ``t`` is in question"."""

    invariant: int
    code: str
    sentence: str
    query: str
    money: tuple[str, ...] = ()

    def statement(self, *, one_seller: bool) -> str:
        """The query for one seller (parameter ``seller_id``) or for all."""
        scope = r"\1.seller_id = %(seller_id)s" if one_seller else "true"
        return _SCOPE.sub(scope, self.query)
