"""Layered project files: bytes -> `Project`. Knows what a PSD, PSB, KRA, ORA, XCF, CLIP, Procreate or layered TIFF says of its layers.

`formats.describe(data, name)` reads one file; `compare.changes(before, after)` holds two versions of its layers against one another.
"""
