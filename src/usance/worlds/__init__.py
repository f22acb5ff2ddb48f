"""Simulated trading that drives the real flows: historic orders played again, and the demo."""
