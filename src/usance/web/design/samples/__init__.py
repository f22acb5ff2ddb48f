"""What the style guide shows: a seller, its buyers and a November of trading. Nothing is stored."""
