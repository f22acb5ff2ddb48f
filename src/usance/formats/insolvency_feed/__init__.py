"""Notices of insolvency as a table or as JSON lines: what a gazette or a bureau publishes each day."""

from usance.formats.insolvency_feed.reader import Notice, parse

__all__ = ["Notice", "parse"]
