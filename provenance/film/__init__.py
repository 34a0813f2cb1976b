"""The film of a work: scenes from entries, drawn, and put into a file. Only what the ledger and its blobs hold is shown."""
