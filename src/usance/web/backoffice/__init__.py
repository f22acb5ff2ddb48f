"""The seller's own pages: what was decided, what is owed, what came in, and what a person does."""
