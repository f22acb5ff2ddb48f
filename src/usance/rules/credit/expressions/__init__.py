"""The language of credit policies: a safe, statically checked subset of CEL.

Text becomes a tree (``grammar``), the tree gets kinds (``checker``), the checked tree becomes Python
code of our own making (``generation``), and ``program`` holds it all together. The language itself is
described in ``docs/policy-language.md``.
"""

from usance.rules.credit.expressions.program import Program, Source, compile_program
from usance.rules.credit.expressions.refusal import InvalidExpression
from usance.rules.credit.expressions.typed import Kind

__all__ = ["InvalidExpression", "Kind", "Program", "Source", "compile_program"]
