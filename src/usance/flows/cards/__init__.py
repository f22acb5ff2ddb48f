"""Cards: kept by their tokens, held for orders, captured at the invoice, charged at the due date."""
