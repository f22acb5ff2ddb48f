"""Views of the hosted pages, one file a story."""
