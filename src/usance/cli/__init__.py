"""The command line: ``usance``. Every command translates what a person writes into one flow."""

from usance.cli.entry import main

__all__ = ["main"]
