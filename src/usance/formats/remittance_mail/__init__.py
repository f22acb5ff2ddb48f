"""Mails that advise a payment: in their text, in a table, or in what is attached."""

from usance.formats.remittance_mail.letter import Attached, Letter, looks_like, read
from usance.formats.remittance_mail.rows import rows_of_html, rows_of_text

__all__ = ["Attached", "Letter", "looks_like", "read", "rows_of_html", "rows_of_text"]
