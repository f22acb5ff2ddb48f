"""What an invoice says: the semantic model of EN 16931-1:2017, and the arithmetic that binds it."""
