"""Cards by their provider's tokens, what is held on them, and what the provider is told to do."""
