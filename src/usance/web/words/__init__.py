"""The trade in words: terms, reasons, refusals and events, as sentences in the reader's language."""
