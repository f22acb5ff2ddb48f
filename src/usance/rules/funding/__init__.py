"""Early money for open invoices: what may be advanced, what it costs, and who bears what is not paid."""
