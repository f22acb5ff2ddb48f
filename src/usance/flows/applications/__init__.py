"""How a company comes to a trade account: it applies, is checked, and somebody or something decides."""
