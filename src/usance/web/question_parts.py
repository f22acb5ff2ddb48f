"""Questions about invoices and what is said, as both sides see them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from usance.records.collections.models import DisputeRemark, Question, Remark
from usance.web.design.parts import Entry


def about_text(question: Question) -> str:
    """What a question is about: a line, or the whole invoice."""
    if not question.line:
        return _("The whole invoice")
    return _("Line %(number)s: %(text)s") % {"number": question.line, "text": question.subject}


def talk(remarks: Sequence[Remark | DisputeRemark], *, seller: str, buyer: str) -> list[Entry]:
    """What was said, the latest first."""
    side = {"seller": seller, "buyer": buyer}
    return [
        Entry(
            at=remark.created_at,
            title=remark.text,
            actor=remark.name or side[remark.author],
            icon="question" if remark.author == "buyer" else "send",
            tone="caution" if remark.author == "buyer" else "info",
        )
        for remark in reversed(remarks)
    ]
