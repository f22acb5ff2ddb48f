"""Early money: programmes, advances on invoices, and what partners tell."""
