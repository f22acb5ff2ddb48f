"""What the XML syntaxes of invoices share: safe parsing, exact values, profiles and writing."""
