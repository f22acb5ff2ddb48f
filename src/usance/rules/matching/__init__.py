"""Cash application: which open items a bank line pays, how sure that is, and why."""
