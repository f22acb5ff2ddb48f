"""The statements behind ``verify``, by invariant."""
