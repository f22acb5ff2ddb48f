"""The buyer's own pages with a seller: what is owed, what was ordered, what credit is left."""
