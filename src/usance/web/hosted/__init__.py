"""Pages for people who have no account: a company that applies for one."""
