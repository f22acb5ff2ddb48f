"""The design system: tokens, components and shells of every page. See ``README.md``."""
