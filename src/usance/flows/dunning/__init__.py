"""Dunning: policies previewed and switched on, messages queued by runs and decided again as they go."""
