"""Sanctions lists as a table, the way OpenSanctions publishes them (``targets.simple.csv``).

A list of the seller's own needs the columns id and name; aliases, country, list and type are read
where they are there. Several values in one cell are set apart by semicolons.
"""

from usance.formats.sanctions_list.reader import parse

__all__ = ["parse"]
