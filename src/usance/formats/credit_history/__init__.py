"""Histories of orders and receivables, in the shapes in which sellers have them, for a backtest."""

from usance.formats.credit_history.history import CreditHistory, Question
from usance.formats.credit_history.reader import KINDS, read

__all__ = ["KINDS", "CreditHistory", "Question", "read"]
