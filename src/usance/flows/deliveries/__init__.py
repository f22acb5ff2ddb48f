"""Documents on their way to buyers: queued, sent, answered, sent once more."""
