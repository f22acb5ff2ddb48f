"""Whether a document keeps the standard that it claims.

:func:`validate` tells what a file is, runs the official schema and Schematron rules of it, and gives a
:class:`Report`. The rules themselves come from their publishers: a :class:`RuleBook` has those that the
installation carries and those that the operator loaded (docs/validation.md).
"""

from usance.formats.validation.identify import identify
from usance.formats.validation.report import Claim, Finding, Missing, Report, Verdict
from usance.formats.validation.rule_book import RuleBook
from usance.formats.validation.rule_sets import RuleSet
from usance.formats.validation.validate import check_before_sending, prepare, validate

__all__ = [
    "Claim",
    "Finding",
    "Missing",
    "Report",
    "RuleBook",
    "RuleSet",
    "Verdict",
    "check_before_sending",
    "identify",
    "prepare",
    "validate",
]
