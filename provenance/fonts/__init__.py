"""Fonts that this machine has: where they lie, and which characters each of them can draw."""
