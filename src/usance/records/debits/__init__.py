"""Mandates, the debits under them, the files that carry these to a bank, and its answers."""
