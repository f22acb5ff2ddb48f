"""Settings and entry points of a running Usance."""
