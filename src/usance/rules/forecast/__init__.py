"""When open items will be paid: a distribution for each, and their sums by week with ranges."""
