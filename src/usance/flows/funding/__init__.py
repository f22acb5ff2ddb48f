"""Early money on invoices: chosen by policy, asked for, paid out, repaid from the buyer's payment."""
