"""A paper as blocks, and its printers: HTML, PDF (typst) and Word. Knows nothing of ledgers or law: blocks are the report's work."""
