"""Money pulled from buyers' accounts: mandates, debits, files for the bank, and what comes back."""
