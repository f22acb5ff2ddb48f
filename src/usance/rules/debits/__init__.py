"""What holds when money is pulled from a buyer's account: mandates, days, and what comes back."""
