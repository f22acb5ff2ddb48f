"""A folder in which a bank's program, or a person, leaves files."""

from usance.gateways.bank_folder.folder import BankFolder

__all__ = ["BankFolder"]
