"""Remittance advices as text whose layout says nothing: a PDF's, or the body of a mail.

:func:`advice_of_text` picks out lines with the number of a document and an amount, and asks the sum whether
it picked the right ones.
"""

from usance.formats.remittance_text.pdf import text_of_pdf
from usance.formats.remittance_text.reader import advice_of_text

__all__ = ["advice_of_text", "text_of_pdf"]
