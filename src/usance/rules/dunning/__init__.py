"""Dunning: who is reminded of what, when, how, and in which words; and who is spoken to first.

Everything here is decided from what is passed in: an account's open items with what holds them back,
the seller's policy, and the day. A message is decided once when it is queued, and again, by the same
function, at the moment it goes out.
"""
