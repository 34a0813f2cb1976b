"""What legal lines rest on: one list of authorities, as data with date, source and certainty. Pure."""
