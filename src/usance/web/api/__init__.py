"""The HTTP API: requests in, one flow each, answers out."""
