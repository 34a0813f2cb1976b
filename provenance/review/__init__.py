"""Before publishing: what a person should look at again, in a work's own record. Findings are hints, never verdicts. Pure."""
