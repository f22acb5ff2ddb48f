"""Each measure runs beside its yardstick, in turn, on the same server, and prints the ratio."""
