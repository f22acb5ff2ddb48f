"""Credit scores as a table, the way bureaus such as CRIF or Dun & Bradstreet deliver a portfolio.

Such files are made to order and no bureau publishes a standard for them: the columns go by the names
that are usual in English, Italian, German and French, in any order. A file is read whole, or refused
with every bad row named by line and column.
"""

from usance.formats.score_file.reader import Score, parse

__all__ = ["Score", "parse"]
