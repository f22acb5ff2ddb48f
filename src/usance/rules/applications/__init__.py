"""What is asked of a company that applies for a trade account, and what the answers are worth."""
