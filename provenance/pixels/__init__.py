"""What pictures look like: decoding, digests, previews, and finding a picture again. Nothing here knows files, generators or the ledger."""
