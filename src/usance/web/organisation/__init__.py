"""A buyer's people, cost centres and approvals, as both the seller and the buyer itself see to them."""
